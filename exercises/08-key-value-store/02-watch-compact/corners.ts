/** Sequences that chance seldom meets, each written for one thing that is easily got wrong. */
import type { WatchRequest } from 'clusterwright/mvcc'
import { compact, del, list, put, txn } from '../01-mvcc-store/corners.ts'
import type { Case, Step } from './cases.ts'

export { compact, del, list, put, txn }
export const watch = (watchId: number, key: string, more: Omit<WatchRequest, 'watchId' | 'key'> = {}): Step => ({
  ...{ type: 'Watch', watchId, key },
  ...more,
})
export const everything = (watchId: number, startRevision?: number): Step =>
  watch(watchId, '\0', { rangeEnd: '\0', ...(startRevision !== undefined && { startRevision }) })
export const cancel = (watchId: number): Step => ({ type: 'Cancel', watchId })
export const room = (watchId: number, places: number | null): Step => ({ type: 'Room', watchId, room: places })
export const sync: Step = { type: 'Sync' }
export const progress: Step = { type: 'Progress' }
export const snapshot: Step = { type: 'Snapshot' }
export const restore = (more: { bump?: number; markCompacted?: boolean } = {}): Step => ({ type: 'Restore', ...more })

const watches: Step[][] = [
  // From now on means: not what is there.
  [put('a'), put('b'), everything(1), put('a', '2'), sync, progress],
  [put('a'), everything(1, 0), sync, put('a', '2'), sync],
  // From the past, the present, the revision that comes next, and later ones.
  [put('a'), put('b'), put('a', '2'), ...[1, 2, 3, 4].map((at) => everything(at, at)), sync, put('c'), sync, progress],
  [put('a'), everything(1, 3), put('b'), sync],
  [put('a'), everything(1, 5), put('b'), put('c'), sync, progress, put('d'), put('e'), sync],
  [everything(1, 1), put('a'), sync],
  // A range ends before its end; one key is one key.
  [
    watch(1, 'a/', { rangeEnd: 'a0' }),
    watch(2, 'a'),
    watch(3, 'a/', { rangeEnd: '\0' }),
    ...['a', 'a/', 'a/b', 'a0'].map((key) => put(key)),
    del('a', 'b'),
    sync,
  ],
  [
    ...['a', 'a/', 'a0'].map((key) => put(key)),
    watch(1, 'a/', { rangeEnd: 'a0', startRevision: 1 }),
    watch(2, 'a', { startRevision: 1 }),
    watch(3, 'b', { rangeEnd: 'a', startRevision: 1 }),
    sync,
  ],
  // A revision of many changes is one response, told at once or later; two of one key are two events.
  [everything(1), txn([], [put('a'), put('b'), del('a'), put('a', '2')]), sync],
  [txn([], [put('a'), put('b'), put('a', '2')]), put('c'), everything(1, 2), sync],
  [put('a'), put('b'), put('c'), everything(1, 2), del('a', 'c'), sync, everything(2, 5), sync],
  [txn([], [put('x'), del('x')]), everything(1, 2), sync, txn([], [put('x'), del('x')]), sync],
  // What deletes nothing, or changes nothing, is no event.
  [everything(1), del('a'), txn([], [del('b')]), sync, progress, put('a'), sync],
  // Two that watch the same; the same number once more, after it was given up.
  [everything(1), everything(2), put('a'), cancel(1), put('b'), sync, everything(3, 3), sync, put('c'), sync],
  [put('a'), everything(1, 2), cancel(1), sync, put('b'), progress, sync],
  [cancel(7), put('a'), everything(1, 2), sync],
]

const slow: Step[][] = [
  // Nobody waits for who is slow; who is slow loses nothing, and gets nothing twice.
  [everything(1), everything(2), room(1, 0), put('a'), put('b'), sync, room(1, null), sync, put('c'), sync],
  [everything(2), everything(1), everything(3), room(1, 0), put('a'), sync, put('b'), sync],
  [everything(1), room(1, 1), put('a'), put('b'), put('c'), sync, room(1, 1), sync, put('d'), room(1, null), sync],
  [put('a'), put('b'), everything(1, 2), room(1, 0), sync, put('c'), room(1, null), put('d'), sync],
  // Room again, and the next change comes before the sync.
  [everything(1), room(1, 0), put('a'), room(1, null), put('b'), sync],
  [
    everything(1),
    room(1, 0),
    txn([], [put('a'), put('b')]),
    del('a'),
    room(1, null),
    txn([], [put('c'), del('c')]),
    sync,
  ],
  // No bookmark overtakes what has not been told.
  [everything(1), room(1, 0), put('a'), progress, room(1, null), progress, sync, progress],
  [put('a'), everything(1, 2), progress, sync, progress],
  [watch(1, 'x'), put('a'), put('b'), progress, put('x'), progress],
  [everything(1), room(1, 0), progress, room(1, null), put('a'), sync, progress],
  // Given up while it lags.
  [everything(1), room(1, 0), put('a'), cancel(1), room(1, null), sync, put('b'), progress],
]

const compacted: Step[][] = [
  // Before, at and after the compacted revision.
  [
    put('a'),
    put('a', '2'),
    put('b'),
    compact(3),
    ...[2, 3, 4].map((at) => everything(at, at)),
    sync,
    put('c'),
    sync,
    progress,
  ],
  // At it: a deletion, and a transaction of several.
  [put('a'), del('a'), put('b'), compact(3), everything(1, 3), sync],
  [put('a'), put('b'), txn([], [put('a', '2'), del('b'), put('c')]), put('d'), compact(4), everything(1, 4), sync],
  [
    put('a'),
    put('b'),
    put('c'),
    del('a', 'c'),
    compact(5),
    everything(1, 5),
    watch(2, 'b', { startRevision: 4 }),
    sync,
  ],
  // What was told already is not affected; what watches nothing that has happened is not either.
  [everything(1), watch(2, 'x'), put('a'), put('b'), put('c'), sync, compact(4), put('d'), sync, progress],
  [put('a'), put('b'), put('c'), watch(1, 'x', { startRevision: 2 }), sync, compact(4), put('x'), sync],
  [put('a'), everything(1, 9), put('b'), put('c'), compact(4), put('d'), sync],
  // Who lags behind it is told, when there is room.
  [
    everything(1),
    everything(2),
    room(1, 0),
    put('a'),
    put('b'),
    put('c'),
    compact(4),
    sync,
    room(1, null),
    sync,
    put('d'),
    sync,
  ],
  [
    everything(1),
    room(1, 0),
    put('a'),
    put('b'),
    put('c'),
    compact(3),
    room(1, null),
    put('d'),
    sync,
    everything(2, 3),
    sync,
  ],
  [put('a'), put('a'), compact(3), everything(1, 2), room(1, 0), sync, room(1, null), sync, put('b'), progress],
  // Who lags, and is not behind it, loses nothing.
  [everything(1), put('a'), put('b'), room(1, 0), put('c'), put('d'), compact(4), room(1, null), sync, put('e'), sync],
  // A refused compaction cancels nobody.
  [put('a'), everything(1, 2), compact(9), sync, put('b'), compact(2), compact(2), sync, everything(2, 2), sync],
  // Twice: the newer revision is named.
  [put('a'), put('b'), put('c'), put('d'), compact(3), compact(5), everything(1, 3), sync, everything(2, 5), sync],
]

const ALL = list('\0', '\0')
const at = (revision: number): Step => list('\0', '\0', { revision })
const restored: Step[][] = [
  // As it was: the present, the past, and what can be watched.
  [
    put('a'),
    put('b'),
    del('a'),
    snapshot,
    put('c'),
    restore(),
    ALL,
    at(2),
    at(3),
    at(5),
    everything(1, 2),
    sync,
    put('d'),
    sync,
  ],
  [
    put('a'),
    put('a', '2'),
    compact(3),
    snapshot,
    restore(),
    at(2),
    at(3),
    everything(1, 2),
    everything(2, 3),
    sync,
    put('a', '3'),
    ALL,
  ],
  [put('a', '1', 7), del('a'), put('b'), snapshot, restore(), put('a', '2'), ALL, compact(4), at(3), at(4)],
  [snapshot, restore(), put('a'), ALL, everything(1, 2), sync],
  // The watches of before are gone.
  [everything(1), put('a'), snapshot, restore(), put('b'), sync, progress],
  [put('a'), everything(1, 2), room(1, 0), snapshot, restore(), put('b'), sync, everything(1), put('c'), sync],
  // Further on: nothing happened at the revisions between.
  [
    put('a'),
    put('b'),
    snapshot,
    put('c'),
    restore({ bump: 10 }),
    ALL,
    at(3),
    at(7),
    at(13),
    at(14),
    put('c'),
    ALL,
    everything(1, 3),
    sync,
  ],
  [put('a'), snapshot, restore({ bump: 5 }), everything(1, 4), everything(2), sync, progress, put('a', '2'), sync],
  // And all before it compacted: who has seen more than there is now lists anew.
  [
    put('a'),
    put('b'),
    snapshot,
    put('c'),
    put('d'),
    restore({ bump: 10, markCompacted: true }),
    ALL,
    at(12),
    at(13),
    everything(1, 6),
    everything(2, 13),
    sync,
    put('e'),
    sync,
    ALL,
  ],
  [
    put('a'),
    put('b'),
    snapshot,
    restore({ markCompacted: true }),
    at(2),
    at(3),
    everything(1, 2),
    everything(2, 3),
    sync,
    everything(3, 4),
    put('c'),
    sync,
  ],
  [
    put('a'),
    put('a', '2'),
    compact(3),
    snapshot,
    restore({ bump: 4, markCompacted: true }),
    compact(7),
    compact(8),
    at(7),
    everything(1),
    put('a', '3'),
    sync,
    ALL,
  ],
  // A snapshot is of its moment, and may be restored twice.
  [
    put('a'),
    snapshot,
    put('a', '2'),
    del('a'),
    restore(),
    ALL,
    put('b'),
    restore({ bump: 3, markCompacted: true }),
    ALL,
    put('a', '3'),
    ALL,
  ],
]

export const corners: readonly Case[] = [...watches, ...slow, ...compacted, ...restored].map((steps) => ({ steps }))
