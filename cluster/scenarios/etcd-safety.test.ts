/** etcd under faults, on a few seeds; `npm run soak -- etcd` has the many. And that the checkers can fail. */
import { describe, expect, it } from 'vitest'
import { PLANTED_BUGS } from './etcd-bugs.ts'
import { etcdRestored } from './etcd-restored.ts'
import { etcdUnderFaults } from './etcd-under-faults.ts'
import { linearizabilityProblem, type Operation } from './linearizable.ts'

/** A seed in which each shows, and as what. */
const FOUND_IN = [
  ['an entry of an old term is committed by counting', 47, 'leader completeness'],
  ['acknowledged before it is on the disk', 2, 'an assertion failed'],
  ['votes are asked for before the own is on the disk', 240, 'log matching'],
  ['a vote is forgotten in a crash', 3, 'election safety'],
  ['the term is forgotten in a crash', 2, 'election safety'],
  ['a member reads its own store', 1, 'stale: read'],
  ['a leader answers reads without asking', 2, 'stale: read'],
  ['a leader commits what it alone has', 3, 'leader completeness'],
  ['a vote for a log that is behind', 5, 'leader completeness'],
  ['a refusal is counted as a vote', 3, 'election safety'],
  ['an append is taken wherever it says it belongs', 3, 'log matching'],
  ['an acknowledgement counts for more than it says', 1, 'an assertion failed'],
  ['a watch leaves out a change', 1, 'etcd-cache'],
  ['a watch tells a change twice', 1, 'etcd-cache'],
  ['restored at revisions that have been seen', 3, 'the copy of'],
  ['restored beyond them, and old watches go on', 11, 'etcd-cache'],
] as const

describe('etcd under faults', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps what it promises (seed %i)', (seed) => {
    const run = etcdUnderFaults(seed)
    expect(run.problem).toBeUndefined()
    expect(Math.min(run.leaders - 1, run.committed - 10, run.answered - 20)).toBeGreaterThan(0)
  })

  it('lets whoever is behind a change of members answer the newcomer that leads (seed 308)', () => {
    expect(etcdUnderFaults(308).problem).toBeUndefined()
  })

  it('has a seed for every planted bug', () => {
    expect(FOUND_IN.map(([name]) => name).sort()).toEqual(PLANTED_BUGS.map(({ name }) => name).sort())
  })

  it.each(FOUND_IN)('is caught at it when planted: %s', (name, seed, property) => {
    const bug = PLANTED_BUGS.find((one) => one.name === name)!
    expect(bug.run(seed).problem).toContain(property)
  })
})

describe('a cluster that comes back from a snapshot', () => {
  it.each([1, 2, 3, 4])('begins with what is in there, and nobody believes what is lost (seed %i)', (seed) => {
    const { problem, lists } = etcdRestored(seed)
    expect(problem).toBeUndefined()
    // Each of the two begins once, and once more when its watch cannot go on.
    expect(lists).toBeGreaterThanOrEqual(4)
  })
})

describe('answers are linearizable', () => {
  const history = new Map([
    [2, { key: 'a', value: 1 }],
    [3, { key: 'a', value: 2 }],
    [4, { key: 'b', value: 3 }],
  ])
  const op = (type: 'read' | 'write', start: number, end: number, key: string, value: unknown, revision: number) =>
    ({ type, start, end, key, value, revision }) as Operation

  it.each([
    ['one after the other', [op('write', 0, 1, 'a', 1, 2), op('read', 2, 3, 'a', 1, 2), op('write', 4, 5, 'a', 2, 3)]],
    ['at the same time, in either order', [op('write', 0, 9, 'a', 2, 3), op('read', 1, 8, 'a', 1, 2)]],
    ['a read of what was never written', [op('read', 0, 1, 'c', undefined, 4)]],
    ['a read at a later revision than its key’s', [op('read', 0, 1, 'a', 2, 4)]],
  ])('%s', (_, operations) => {
    expect(linearizabilityProblem(operations, history)).toBeUndefined()
  })

  it.each([
    ['a stale read', [op('write', 0, 1, 'a', 2, 3), op('read', 2, 3, 'a', 1, 2)], 'stale: read'],
    ['reads that go back', [op('read', 0, 1, 'a', 2, 3), op('read', 2, 3, 'a', 1, 2)], 'stale: read'],
    ['a write before one that was over', [op('read', 0, 1, 'a', 2, 3), op('write', 2, 3, 'a', 1, 2)], 'stale: write'],
    ['a lost write', [op('write', 0, 1, 'b', 7, 9)], 'an acknowledged write is lost'],
    ['a write that became another', [op('write', 0, 1, 'b', 7, 4)], 'an acknowledged write is lost'],
    ['a value out of nowhere', [op('read', 0, 1, 'a', 9, 3)], 'a read holds what never was'],
    ['a value of another time', [op('read', 0, 1, 'a', 1, 3)], 'a read holds what never was'],
  ])('or not: %s', (_, operations, expected) => {
    expect(linearizabilityProblem(operations, history)).toContain(expected)
  })
})
