/** Our own examples for `mvcc-store`: together they catch every wrong solution that examples can catch. */
import type { ExampleAnswer, ExampleStep, StoreExample } from 'clusterwright/mvcc-tests'
import type { Compare, KeyValue, Operation, StoreError } from 'clusterwright/mvcc'

type Expect = ExampleAnswer | StoreError
type End = { rangeEnd?: string; revision?: number; limit?: number }

const put = (key: string, value = '1', lease?: number): Operation =>
  lease === undefined ? { type: 'Put', key, value } : { type: 'Put', key, value, lease }
const del = (key: string, rangeEnd?: string): Operation =>
  rangeEnd === undefined ? { type: 'DeleteRange', key } : { type: 'DeleteRange', key, rangeEnd }
const get = (key: string, more: End = {}): Operation => ({ type: 'Range', key, ...more })
const all = (more: End = {}): Operation => get('\0', { rangeEnd: '\0', ...more })
const compact = (revision: number): ExampleStep => ({ type: 'Compact', revision })
const txn = (compare: Compare[], success: Operation[], failure: Operation[] = []): Operation => ({
  ...{ type: 'Txn', compare, success, failure },
})
const when = (
  key: string,
  target: Compare['target'],
  result: Compare['result'],
  operand: number | string,
): Compare => ({ key, target, result, operand })
const is = (step: ExampleStep, expect: Expect): ExampleStep => ({ ...step, expect })
const holds = (step: ExampleStep, ...kvs: Partial<KeyValue>[]): ExampleStep => is(step, { kvs, count: kvs.length })
const keys = (step: ExampleStep, ...names: string[]): ExampleStep => holds(step, ...names.map((key) => ({ key })))

const GONE = { error: 'ErrCompacted' } as const
const FUTURE = { error: 'ErrFutureRev' } as const

const history: StoreExample[] = [
  {
    name: 'each change is a revision, and the past can be read',
    steps: [
      is(get('a', { revision: 1 }), { revision: 1, kvs: [], count: 0, more: false }),
      is(put('a', 'red'), { revision: 2 }),
      is(put('a', 'blue', 7), { revision: 3 }),
      is(put('a', 'blue'), { revision: 4 }),
      is(put('b', ''), { revision: 5 }),
      is(del('a'), { revision: 6, deleted: 1 }),
      holds(get('a')),
      is(get('a', { revision: 2 }), {
        revision: 6,
        kvs: [{ key: 'a', value: 'red', createRevision: 2, modRevision: 2, version: 1, lease: 0 }],
      }),
      holds(get('a', { revision: 3 }), { value: 'blue', createRevision: 2, modRevision: 3, version: 2, lease: 7 }),
      holds(get('a', { revision: 5 }), { value: 'blue', createRevision: 2, modRevision: 4, version: 3, lease: 0 }),
      holds(get('a', { revision: 6 })),
      holds(get('b'), { value: '' }),
      is(get('a', { revision: 7 }), FUTURE),
    ],
  },
  {
    name: 'what is deleted is made anew',
    steps: [
      put('a'),
      put('a'),
      del('a'),
      is(del('a'), { revision: 4, deleted: 0 }),
      put('a', '2'),
      holds(get('a'), { value: '2', createRevision: 5, modRevision: 5, version: 1 }),
      holds(get('a', { revision: 3 }), { createRevision: 2, version: 2 }),
    ],
  },
  {
    name: 'a range ends before its end, and comes in the order of bytes',
    steps: [
      ...['b', '9', 'a/b', 'B', 'a0', 'a/', '10', 'a'].map((key) => put(key)),
      is(get('a/', { rangeEnd: 'a0' }), { kvs: [{ key: 'a/' }, { key: 'a/b' }], count: 2, more: false }),
      keys(all(), '10', '9', 'B', 'a', 'a/', 'a/b', 'a0', 'b'),
      keys(get('a0', { rangeEnd: '\0' }), 'a0', 'b'),
      keys(get('b', { rangeEnd: 'a' })),
      keys(get('a/b', { rangeEnd: 'a0\0' }), 'a/b', 'a0'),
      is(get('a', { rangeEnd: 'b', limit: 1 }), { kvs: [{ key: 'a' }], count: 4, more: true }),
      is(get('a', { rangeEnd: 'b', limit: 4 }), { count: 4, more: false }),
      is(get('a', { rangeEnd: 'b', limit: 0 }), { kvs: [{}, {}, {}, {}], count: 4 }),
      is(del('a', 'a0'), { revision: 10, deleted: 3 }),
      is(get('a', { rangeEnd: '\0', limit: 1 }), { kvs: [{ key: 'a0' }], count: 2, more: true }),
    ],
  },
  {
    name: 'a key may have any name',
    steps: [
      is(get('constructor'), { count: 0 }),
      put('__proto__'),
      put('toString'),
      keys(all(), '__proto__', 'toString'),
    ],
  },
]

const transactions: StoreExample[] = [
  {
    name: 'numbers are numbers',
    steps: [
      put('a', '1', 10),
      is(txn([when('a', 'LEASE', 'GREATER', 9)], []), { succeeded: true }),
      is(txn([when('a', 'LEASE', 'LESS', 9)], []), { succeeded: false }),
    ],
  },
  {
    name: 'a transaction is one revision, or none',
    steps: [
      is(txn([], [put('a'), put('b'), get('b'), put('a', '2')]), {
        ...{ revision: 2, succeeded: true },
        responses: [{}, {}, { kvs: [{ value: '1', modRevision: 2 }] }, {}],
      }),
      holds(get('a'), { value: '2', version: 2, createRevision: 2 }),
      holds(get('a', { revision: 2 }), { value: '2' }),
      is(txn([], [get('a'), del('x')]), { revision: 2 }),
      is(txn([when('a', 'VERSION', 'EQUAL', 9)], [put('c')]), { revision: 2, succeeded: false, responses: [] }),
      is(txn([], [del('a'), put('a', '3'), get('a', { revision: 2 }), txn([], [put('c')])]), {
        ...{ revision: 3 },
        responses: [{ deleted: 1 }, {}, { kvs: [{ value: '2' }] }, { succeeded: true }],
      }),
      holds(get('a'), { value: '3', version: 1, createRevision: 3 }),
    ],
  },
  {
    name: 'what cannot be read spoils the whole, and nothing has happened',
    steps: [
      put('a'),
      is(txn([], [put('a', '2'), get('a', { revision: 3 })]), FUTURE),
      is(txn([], [put('b'), txn([], [get('a', { revision: 9 })])]), FUTURE),
      is(txn([when('a', 'MOD', 'EQUAL', 2)], [get('a')], [get('a', { revision: 9 })]), {
        revision: 2,
        succeeded: true,
      }),
      is(all(), { revision: 2, kvs: [{ key: 'a', value: '1' }] }),
    ],
  },
  {
    name: 'conditions look at the store as it was',
    steps: [
      put('a', '10', 5),
      put('a', '10', 5),
      is(txn([when('a', 'CREATE', 'EQUAL', 2), when('a', 'MOD', 'EQUAL', 3)], []), { succeeded: true }),
      is(txn([when('a', 'VERSION', 'EQUAL', 2), when('a', 'LEASE', 'EQUAL', 4)], []), { succeeded: false }),
      is(txn([when('a', 'VERSION', 'GREATER', 2)], []), { succeeded: false }),
      is(txn([when('a', 'VALUE', 'LESS', '9')], []), { succeeded: true }),
      is(txn([when('x', 'VERSION', 'EQUAL', 0), when('x', 'MOD', 'LESS', 1)], []), { succeeded: true }),
      is(txn([when('x', 'VALUE', 'EQUAL', '')], []), { succeeded: false }),
      is(txn([when('x', 'VALUE', 'NOT_EQUAL', '1')], []), { succeeded: false }),
      is(txn([], [put('a', '2'), txn([when('a', 'VALUE', 'EQUAL', '2')], [put('y')], [put('n')])]), {
        responses: [{}, { succeeded: false }],
      }),
      keys(all(), 'a', 'n'),
      del('a'),
      is(txn([when('a', 'VERSION', 'EQUAL', 0)], []), { succeeded: true }),
    ],
  },
]

const compactions: StoreExample[] = [
  {
    name: 'compaction keeps what is still the newest, and what comes after',
    steps: [
      put('a', 'red'),
      put('a', 'blue'),
      put('b'),
      del('a'),
      put('a', 'green'),
      put('a', 'grey'),
      is(compact(9), FUTURE),
      is(compact(4), { revision: 7 }),
      is(get('a', { revision: 3 }), GONE),
      is(get('x', { rangeEnd: 'y', revision: 2 }), GONE),
      holds(get('a', { revision: 4 }), { value: 'blue', version: 2, createRevision: 2 }),
      keys(all({ revision: 5 }), 'b'),
      holds(get('a', { revision: 6 }), { value: 'green' }),
      is(compact(4), GONE),
      is(compact(3), GONE),
      is(compact(5), { revision: 7 }),
      holds(get('a', { revision: 6 }), { value: 'green', createRevision: 6 }),
      is(txn([], [put('c'), get('a', { revision: 4 })]), GONE),
      is(put('b', '2'), { revision: 8 }),
      holds(get('b'), { version: 2, createRevision: 4 }),
    ],
  },
  {
    name: 'a key that was compacted away is a new one',
    steps: [
      put('b'),
      put('d'),
      keys(all(), 'b', 'd'),
      del('b'),
      compact(4),
      keys(all(), 'd'),
      put('a'),
      keys(all(), 'a', 'd'),
      put('c'),
      put('b', '2'),
      keys(all(), 'a', 'b', 'c', 'd'),
      compact(7),
      holds(get('b', { revision: 7 }), { version: 1, createRevision: 7 }),
    ],
  },
]

const examples: StoreExample[] = [...history, ...transactions, ...compactions]

export default examples
