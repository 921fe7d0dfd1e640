/** Our own examples for `watch-compact`: together they catch every wrong solution that examples can catch. */
import type { Operation } from 'clusterwright/mvcc'
import type { ExampleTold, ExampleWatchStep, WatchExample } from 'clusterwright/mvcc-tests'

type Step = ExampleWatchStep

const put = (key: string, value = '1'): Operation => ({ type: 'Put', key, value })
const del = (key: string, rangeEnd?: string): Operation =>
  rangeEnd === undefined ? { type: 'DeleteRange', key } : { type: 'DeleteRange', key, rangeEnd }
const txn = (...success: Operation[]): Step => ({ type: 'Txn', compare: [], success, failure: [] })
const watch = (watchId: number, key: string, more: { rangeEnd?: string; startRevision?: number } = {}): Step => ({
  ...{ type: 'Watch', watchId, key },
  ...more,
})
const all = (watchId: number, startRevision = 0): Step => watch(watchId, '\0', { rangeEnd: '\0', startRevision })
const room = (watchId: number, places: number | null): Step => ({ type: 'Room', watchId, room: places })
const compact = (revision: number): Step => ({ type: 'Compact', revision })
const cancel = (watchId: number): Step => ({ type: 'Cancel', watchId })
const [sync, progress, snapshot]: [Step, Step, Step] = [{ type: 'Sync' }, { type: 'Progress' }, { type: 'Snapshot' }]
const restore = (more: { bump?: number; markCompacted?: boolean } = {}): Step => ({ type: 'Restore', ...more })
const example = (name: string, steps: Step[], told: Record<number, ExampleTold>): WatchExample => ({
  name,
  steps,
  told,
})

const examples: WatchExample[] = [
  example(
    'from the past, from now on, and from the future',
    [put('a'), put('b'), all(1, 3), all(2), all(3, 5), all(4, 1), put('c'), sync, put('d'), sync, progress],
    {
      1: [['PUT b=1 @3', 'PUT c=1 @4', 'PUT d=1 @5'], '@5'],
      2: [['PUT c=1 @4', 'PUT d=1 @5'], '@5'],
      3: [['PUT d=1 @5'], '@5'],
      4: [['PUT a=1 @2', 'PUT b=1 @3', 'PUT c=1 @4', 'PUT d=1 @5'], '@5'],
    },
  ),
  example(
    'one key, and a range that ends before its end',
    [
      watch(1, 'a'),
      watch(2, 'a/', { rangeEnd: 'a0' }),
      watch(3, 'a0', { rangeEnd: '\0' }),
      put('a'),
      put('a/x'),
      put('a0'),
      put('b'),
      del('a', 'b'),
    ],
    {
      1: [['PUT a=1 @2', 'DELETE a @6']],
      2: [['PUT a/x=1 @3', 'DELETE a/x @6']],
      3: [['PUT a0=1 @4', 'PUT b=1 @5', 'DELETE a0 @6']],
    },
  ),
  example(
    'a revision is one response, with all its changes in their order',
    [all(1), put('a'), txn(put('b'), put('a', '2'), del('b'), put('c')), sync, all(2, 2), sync],
    {
      1: [['PUT a=1 @2', 'PUT b=1 @3', 'PUT a=2 @3', 'DELETE b @3', 'PUT c=1 @3']],
      2: [['PUT a=1 @2', 'PUT b=1 @3', 'PUT a=2 @3', 'DELETE b @3', 'PUT c=1 @3']],
    },
  ),
  example(
    'nobody waits for who is slow, and who is slow loses nothing',
    [all(1), all(2), put('a'), room(1, 0), put('b'), sync, progress, put('c'), room(1, null), sync, progress],
    {
      1: [['PUT a=1 @2', 'PUT b=1 @3', 'PUT c=1 @4'], '@4'],
      2: [['PUT a=1 @2', 'PUT b=1 @3'], '@3', ['PUT c=1 @4'], '@4'],
    },
  ),
  example(
    'who has given up hears nothing more',
    [all(1), all(2), put('a'), sync, cancel(1), put('b'), sync, progress],
    {
      1: [['PUT a=1 @2']],
      2: [['PUT a=1 @2', 'PUT b=1 @3'], '@3'],
    },
  ),
  example(
    'who needs what is compacted is told, once; who does not goes on',
    [
      put('a'),
      all(1),
      put('b'),
      watch(4, 'x'),
      del('a'),
      sync,
      compact(4),
      all(2, 3),
      all(3, 4),
      sync,
      put('c'),
      put('d'),
      sync,
      progress,
    ],
    {
      1: [['PUT b=1 @3', 'DELETE a @4', 'PUT c=1 @5', 'PUT d=1 @6'], '@6'],
      2: ['compacted @4'],
      3: [['DELETE a @4', 'PUT c=1 @5', 'PUT d=1 @6'], '@6'],
      4: ['@6'],
    },
  ),
  example(
    'who is too late hears so as soon as there is room',
    [put('a'), put('a', '2'), put('b'), compact(3), all(1, 2), all(2, 3), sync, put('c')],
    { 1: ['compacted @3'], 2: [['PUT a=2 @3', 'PUT b=1 @4', 'PUT c=1 @5']] },
  ),
  example(
    'a restored store is the one of the snapshot',
    [
      put('a'),
      del('a'),
      put('b'),
      compact(3),
      snapshot,
      put('c'),
      restore(),
      all(1, 3),
      all(2, 2),
      sync,
      put('d'),
      sync,
    ],
    { 1: [['DELETE a @3', 'PUT b=1 @4', 'PUT d=1 @5']], 2: ['compacted @3'] },
  ),
  example(
    'restored further on, with all before it compacted',
    [
      put('a'),
      put('b'),
      snapshot,
      put('c'),
      restore({ bump: 10, markCompacted: true }),
      all(1, 5),
      all(2, 13),
      sync,
      put('d'),
      sync,
    ],
    { 1: ['compacted @13'], 2: [['PUT d=1 @14']] },
  ),
  example(
    'restored further on, with its past',
    [put('a'), snapshot, restore({ bump: 5 }), all(1, 2), sync, put('b'), sync],
    {
      1: [['PUT a=1 @2', 'PUT b=1 @8']],
    },
  ),
  example('a cancellation waits for room', [put('a'), put('a'), compact(3), room(1, 0), all(1, 2), sync], {
    1: ['compacted @3'],
  }),
  example('no bookmark before the event', [all(1), room(1, 0), put('a'), room(1, 1), progress], {
    1: [['PUT a=1 @2']],
  }),
]

export default examples
