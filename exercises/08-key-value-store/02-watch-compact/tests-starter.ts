import type { ExampleWatchStep, WatchExample } from 'clusterwright/mvcc-tests'

/** What is a watch told? Each example is a sequence of calls to a new store, and what its watches hear. */
const examples: WatchExample[] = [
  {
    name: 'a watch from now on hears of what comes, and of nothing before',
    steps: [put('a', '1'), { type: 'Watch', watchId: 1, key: 'a' }, put('a', '2'), put('b', '1')],
    told: { 1: [['PUT a=2 @3']] },
  },
  // TODO one more: a watch that begins at revision 2, after two puts. What does it hear, and in how many responses?
  //   { type: 'Watch', watchId: 1, key: 'a', startRevision: 2 }
]

export default examples

// ── given: a short way to write a put; the other calls are written as above ─────────────────────────────────────────

function put(key: string, value: string): ExampleWatchStep {
  return { type: 'Put', key, value }
}
