/** Sequences that chance seldom meets, each written for one thing that is easily got wrong. */
import type { Compare, Operation } from 'clusterwright/mvcc'
import type { Case } from './cases.ts'
import type { Step } from './reference.ts'

export const put = (key: string, value = '1', lease?: number): Operation => ({
  type: 'Put',
  key,
  value,
  ...(lease !== undefined && { lease }),
})
export const del = (key: string, rangeEnd?: string): Operation => ({
  type: 'DeleteRange',
  key,
  ...(rangeEnd !== undefined && { rangeEnd }),
})
export const get = (key: string, revision?: number): Operation => ({
  type: 'Range',
  key,
  ...(revision !== undefined && { revision }),
})
export const list = (key: string, rangeEnd: string, more: { revision?: number; limit?: number } = {}): Operation => ({
  type: 'Range',
  key,
  rangeEnd,
  ...more,
})
export const compact = (revision: number): Step => ({ type: 'Compact', revision })
export const when = (
  key: string,
  target: Compare['target'],
  result: Compare['result'],
  operand: number | string,
): Compare => ({ key, target, result, operand })
export const txn = (compare: Compare[], success: Operation[], failure: Operation[] = []): Operation => ({
  type: 'Txn',
  compare,
  success,
  failure,
})
const ALL = list('\0', '\0')
const allAt = (revision: number): Operation => list('\0', '\0', { revision })

const history: Step[][] = [
  // Generations: made, put, deleted, made anew; and each of them at its revision.
  [put('a'), put('a', '2'), del('a'), get('a'), put('a', '3'), get('a'), ...[2, 3, 4, 5].map((at) => get('a', at))],
  // A generation as long as the one before: the same version, another creation.
  [put('a'), del('a'), put('a'), get('a'), get('a', 2), get('a', 3)],
  // Nothing to delete: no revision; and again, after something was deleted.
  [del('a'), put('a'), del('b', 'c'), del('a'), del('a'), put('b')],
  [del('a', '\0'), put('b'), del('c', 'b'), get('b')],
  // An empty range of a range that is the wrong way round, or ends where it begins.
  [put('a'), put('b'), list('b', 'a'), list('a', 'a'), del('b', 'a'), del('a', 'a'), ALL],
  // A prefix, and what stands beside it in the order of bytes.
  [
    ...['a', 'a/', 'a/b', 'a/c', 'a0', 'a.', 'A/', 'b'].map((key) => put(key)),
    list('a/', 'a0'),
    list('a/', 'a0', { limit: 1 }),
  ],
  [...['a/', 'a/b', 'a0', 'a'].map((key) => put(key)), del('a/', 'a0'), ALL, allAt(5)],
  // From a key on to the last, whatever it is.
  [...['b', '~', 'a', 'ÿ', 'c'].map((key) => put(key)), list('b', '\0'), del('c', '\0'), ALL],
  // The limit, the count and what is left out.
  [...['c', 'a', 'b', 'd'].map((key) => put(key)), ...[0, 1, 3, 4, 5].map((limit) => list('a', 'z', { limit }))],
  [put('b'), put('a'), put('c'), del('b'), list('a', 'z', { limit: 1, revision: 4 }), list('a', 'z', { limit: 2 })],
  [put('a'), { type: 'Range', key: 'a', limit: 1 }, { type: 'Range', key: 'b', limit: 1 }],
  // Values and numbers that count as nothing elsewhere.
  [put('a', ''), get('a'), put('a', '0'), get('a'), get('a', 2), put('b', '', 0), get('b')],
  // A put without a lease has none.
  [put('a', '1', 7), get('a'), put('a', '2'), get('a'), put('a', '3', 8), get('a'), get('a', 2)],
  // The same value once more is a change like any other.
  [put('a'), put('a'), get('a'), get('a', 2)],
  // Revision 1 is there, and empty; the newest can be asked for by its number; the next cannot.
  [get('a', 1), get('a', 2), put('a'), get('a', 1), get('a', 2), get('a', 3), allAt(1)],
  // Revision 0 is now.
  [put('a'), put('a', '2'), get('a', 0), list('a', 'b', { revision: 0, limit: 0 })],
  // Many keys at once are one revision.
  [put('a'), put('b'), put('c'), del('a', 'c'), ALL, put('d'), allAt(4), allAt(5)],
  // Digits in the order of bytes; names that every object has.
  [...['9', '10', '1', '2'].map((key) => put(key)), ALL, list('1', '2')],
  [get('__proto__'), get('constructor'), put('__proto__'), put('toString'), ALL, del('__proto__'), ALL],
  // Upper case comes before lower case.
  [...['b', 'B', 'a', 'C'].map((key) => put(key)), ALL, list('B', 'a')],
  // Reading old revisions of a key that is made later, and of one that is gone.
  [put('a'), put('b'), del('a'), put('c'), ...[1, 2, 3, 4, 5].map(allAt)],
]

const transactions: Step[][] = [
  // Several puts of one key.
  [txn([], [put('a', '1'), put('a', '2'), put('b')]), get('a'), put('a', '3'), get('a'), get('a', 2)],
  // Deleted and put, put and deleted, in one.
  [put('a'), put('a'), txn([], [del('a'), put('a', '2')]), get('a'), get('a', 3)],
  [put('a'), txn([], [put('a', '2'), del('a')]), get('a'), get('a', 2), put('a', '3'), get('a')],
  [txn([], [put('x'), del('x')]), get('x'), put('y')],
  [txn([], [put('x'), del('x'), put('x', '2')]), get('x')],
  // It reads what it has written, unless it asks for a revision.
  [put('a'), txn([], [put('a', '2'), get('a'), get('a', 2), put('b'), list('a', 'c', { limit: 1 }), del('a', 'c')])],
  [txn([], [get('a'), put('a'), get('a'), del('a'), get('a')])],
  // Its own revision is not there yet when it begins.
  [put('a'), txn([], [put('a', '2'), get('a', 3)]), get('a'), put('b')],
  // An error leaves nothing, wherever it comes.
  [put('a'), txn([], [put('a', '2'), del('a'), put('b'), get('a', 9)]), ALL, put('c')],
  [put('a'), put('a', '2'), compact(3), txn([], [del('a'), get('a', 2)]), ALL, put('c')],
  [put('a'), txn([], [put('b'), txn([], [put('c'), get('a', 7)])]), ALL, put('d')],
  [put('a'), txn([], [txn([when('a', 'VERSION', 'EQUAL', 1)], [put('b')]), del('a'), get('a', 7)]), ALL],
  // An error in what is not done is none.
  [put('a'), txn([when('a', 'VERSION', 'EQUAL', 1)], [put('b')], [get('a', 9)]), ALL],
  [put('a'), txn([], [txn([when('a', 'VALUE', 'EQUAL', '2')], [get('a', 9)], [put('b')])]), ALL],
  // Nothing changes, nothing counts.
  [put('a'), txn([], []), txn([], [get('a')]), txn([], [del('b'), del('c', '\0')]), put('b')],
  [put('a'), txn([when('a', 'VERSION', 'EQUAL', 2)], [put('b')]), put('c')],
  // No condition: it holds. Several: all must.
  [txn([], [put('a')], [put('b')]), ALL],
  [
    put('a', '1'),
    txn([when('a', 'VALUE', 'EQUAL', '1'), when('a', 'VERSION', 'EQUAL', 2)], [put('b')], [put('c')]),
    ALL,
  ],
  [
    put('a', '1'),
    txn([when('a', 'VALUE', 'EQUAL', '2'), when('a', 'VERSION', 'EQUAL', 1)], [put('b')], [put('c')]),
    ALL,
  ],
  // A key that is not there: all numbers 0, and no value of any kind.
  ...(['VERSION', 'CREATE', 'MOD', 'LEASE'] as const).map((target) => [
    txn([when('a', target, 'EQUAL', 0)], [put('y')], [put('n')]),
    txn([when('a', target, 'NOT_EQUAL', 0)], [put('y')], [put('n')]),
    txn([when('a', target, 'LESS', 1)], [put('y')], [put('n')]),
    txn([when('a', target, 'GREATER', 0)], [put('y')], [put('n')]),
  ]),
  (['EQUAL', 'NOT_EQUAL', 'LESS', 'GREATER'] as const).map((result) =>
    txn([when('a', 'VALUE', result, '')], [put('y')], [put('n')]),
  ),
  // A key that was deleted is not there either.
  [
    put('a'),
    put('a'),
    del('a'),
    txn([when('a', 'VERSION', 'EQUAL', 0), when('a', 'MOD', 'EQUAL', 0)], [put('a')], [put('n')]),
    ALL,
  ],
  [put('a'), del('a'), txn([when('a', 'VALUE', 'NOT_EQUAL', '2')], [put('y')], [put('n')])],
  // Deleted and made again to the same version: who asks for its revision sees it.
  [
    put('a', '1'),
    del('a'),
    put('a', '1'),
    txn([when('a', 'VERSION', 'EQUAL', 1), when('a', 'VALUE', 'EQUAL', '1')], [get('a')]),
    txn([when('a', 'MOD', 'EQUAL', 2)], [put('y')], [put('n')]),
    txn([when('a', 'CREATE', 'EQUAL', 4)], [put('y')], [put('n')]),
  ],
  // What it was created at is not what it was changed at.
  [put('a'), put('a', '2'), ...[2, 3].map((at) => txn([when('a', 'CREATE', 'EQUAL', at)], [get('a')], [get('b')]))],
  // Exactly equal is neither less nor greater.
  [
    put('a', '2', 5),
    ...(['VERSION', 'CREATE', 'MOD', 'LEASE', 'VALUE'] as const).flatMap((target) =>
      (['GREATER', 'LESS'] as const).map((result) =>
        txn(
          [when('a', target, result, { VERSION: 1, CREATE: 2, MOD: 2, LEASE: 5, VALUE: '2' }[target])],
          [get('a')],
          [get('b')],
        ),
      ),
    ),
  ],
  // Numbers are numbers: 9 comes before 10.
  [
    put('a', '1', 10),
    txn([when('a', 'LEASE', 'GREATER', 9)], [put('y')], [put('n')]),
    txn([when('a', 'LEASE', 'LESS', 9)], [put('y')], [put('n')]),
  ],
  // Values are texts: 10 comes before 9.
  [put('a', '10'), txn([when('a', 'VALUE', 'LESS', '9')], [put('y')], [put('n')])],
  // A transaction within one asks of the store as it was before the whole.
  [
    put('a', '1'),
    txn([], [put('a', '2'), txn([when('a', 'VALUE', 'EQUAL', '2')], [put('y')], [put('n')]), get('a')]),
    ALL,
  ],
  [txn([], [put('a'), txn([when('a', 'VERSION', 'EQUAL', 0)], [del('a')], [put('n')])]), ALL],
  // One within another is the same revision.
  [txn([], [put('a'), txn([], [put('a', '2'), txn([], [put('b')])]), put('c')]), ALL, put('d')],
  [put('a'), txn([when('a', 'VERSION', 'EQUAL', 9)], [], [txn([], [del('a')]), put('a', '2')]), ALL, allAt(2)],
]

const compactions: Step[][] = [
  // Below, at and above the revision.
  [put('a'), put('a', '2'), put('a', '3'), compact(3), ...[2, 3, 4, 5].map((at) => get('a', at)), get('a', 1)],
  // At the newest, and on.
  [put('a'), put('b'), compact(3), ALL, allAt(3), allAt(2), put('a', '2'), allAt(3), ALL],
  // Twice, backwards, in the future; the refused ones change nothing.
  [
    put('a'),
    put('a', '2'),
    put('a', '3'),
    compact(3),
    compact(3),
    compact(2),
    get('a', 3),
    compact(5),
    get('a', 3),
    compact(4),
    get('a', 3),
    get('a', 4),
  ],
  // At a tombstone; right before and right after it.
  [put('a'), del('a'), put('b'), compact(3), get('a', 3), get('a'), allAt(3), put('a', '2'), get('a')],
  [put('a'), del('a'), put('b'), compact(2), get('a', 2), get('a', 3), ALL],
  [put('a'), del('a'), put('b'), compact(4), allAt(4), put('a'), get('a'), get('a', 4)],
  // At a tombstone that a new generation follows.
  [put('a'), put('a'), del('a'), put('a', '2'), compact(4), get('a', 4), get('a', 5), put('a', '3'), get('a')],
  [
    put('a'),
    del('a'),
    put('a', '2'),
    del('a'),
    put('a', '3'),
    compact(5),
    ...[5, 6].map((at) => get('a', at)),
    put('a'),
    get('a'),
  ],
  // What was put long before is still the newest; its version goes on.
  [put('a'), put('b'), put('b', '2'), put('b', '3'), compact(5), get('a', 5), put('a', '2'), get('a'), get('a', 5)],
  [put('a'), put('a', '2'), put('a', '3'), compact(4), put('a', '4'), get('a'), get('a', 4)],
  // In the middle of a generation, and twice so.
  [
    put('a'),
    put('a', '2'),
    put('a', '3'),
    put('a', '4'),
    compact(3),
    compact(4),
    ...[3, 4, 5].map((at) => get('a', at)),
  ],
  // A compaction makes no revision.
  [put('a'), compact(2), put('b'), ALL],
  // In a transaction of many changes, and beside it.
  [
    put('a'),
    txn([], [put('a', '2'), put('a', '3'), del('b'), put('b')]),
    put('c'),
    compact(3),
    allAt(3),
    allAt(4),
    allAt(2),
  ],
  [put('a'), txn([], [del('a'), put('b')]), compact(3), allAt(3), ALL, put('a'), get('a')],
  [
    put('a'),
    put('b'),
    del('a', 'c'),
    put('b', '2'),
    compact(4),
    allAt(4),
    allAt(5),
    txn([], [get('b', 4), get('b', 5)]),
  ],
  // A key that is gone, and one that comes in its place.
  [put('b'), del('b'), compact(3), put('a'), put('c'), ALL, del('a', 'c'), compact(6), put('d'), put('b'), ALL],
  // The error is the same for whoever asks: one key, a range, an empty one.
  [
    put('a'),
    put('a'),
    put('a'),
    compact(4),
    get('x', 2),
    list('x', 'y', { revision: 3 }),
    list('x', 'y', { revision: 5 }),
  ],
  [put('a'), put('a'), compact(3), txn([], [list('x', 'y', { revision: 2, limit: 1 }), put('b')]), ALL],
]

export const corners: readonly Case[] = [...history, ...transactions, ...compactions].map((steps) => ({ steps }))
