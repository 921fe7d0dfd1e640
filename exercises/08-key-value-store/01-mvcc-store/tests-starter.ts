import type { ExampleStep, StoreExample } from 'clusterwright/mvcc-tests'

/** What must a store answer? Each example is a sequence of calls to a new one. */
const examples: StoreExample[] = [
  {
    name: 'the first put is revision 2, and can be read',
    steps: [
      put('a', 'red', { revision: 2 }),
      { type: 'Range', key: 'a', expect: { count: 1, kvs: [{ value: 'red', version: 1, createRevision: 2 }] } },
    ],
  },
  // TODO one more: put `a` twice, then read it at the revision between. What must it hold?
  //   { type: 'Range', key: 'a', revision: 2, expect: { kvs: [{ value: … }] } }
]

export default examples

// ── given: a short way to write a put; the other calls are written as above ─────────────────────────────────────────

function put(key: string, value: string, expect?: ExampleStep['expect']): ExampleStep {
  return expect === undefined ? { type: 'Put', key, value } : { type: 'Put', key, value, expect }
}
