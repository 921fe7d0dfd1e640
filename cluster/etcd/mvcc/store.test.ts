import { describe, expect, it } from 'vitest'
import { forkState } from '#cluster/kernel/fork.ts'
import type { Store } from './store.ts'
import {
  at,
  beginWrite,
  changesFrom,
  compact,
  createStore,
  current,
  endWrite,
  ERROR_COMPACTED,
  ERROR_FUTURE_REVISION,
  generationsOf,
  put,
  range,
  remove,
  revisionError,
} from './store.ts'

type Step = readonly ['put', string, string] | readonly ['delete', string] | readonly ['compact', number]

/** Each step is a revision of its own; a list of steps shares one. */
function play(steps: readonly (Step | readonly Step[])[], store: Store = createStore()): Store {
  for (const step of steps) {
    const transaction = beginWrite(store)
    for (const one of (Array.isArray(step[0]) ? step : [step]) as readonly Step[]) {
      if (one[0] === 'put') put(store, transaction, one[1], one[2])
      else if (one[0] === 'delete') remove(store, transaction, one[1])
      else compact(store, one[1])
    }
    endWrite(store, transaction)
  }
  return store
}

const values = (store: Store, from: string, end?: string, revision = 0, limit = 0): string =>
  range(store, from, end, revision, limit)
    .kvs.map(({ key, value }) => `${key}=${value as string}`)
    .join(' ')

describe('the store', () => {
  const history: readonly (Step | readonly Step[])[] = [
    ['put', 'a', '1'], // revision 2
    ['put', 'b', '1'], // 3
    ['put', 'a', '2'], // 4
    ['delete', 'a'], // 5
    [
      ['put', 'a', '3'],
      ['put', 'c', '1'],
      ['delete', 'b'],
    ], // 6
  ]

  it.each([
    [2, 'a=1'],
    [3, 'a=1 b=1'],
    [4, 'a=2 b=1'],
    [5, 'b=1'],
    [6, 'a=3 c=1'],
    [0, 'a=3 c=1'],
  ])('shows at revision %i what held then', (revision, expected) => {
    expect(values(play(history), 'a', '\0', revision)).toBe(expected)
  })

  it.each([
    ['one key', 'a', undefined, 'a=3'],
    ['one key that is not there', 'b', undefined, ''],
    ['from a key up to, without, an end', 'a', 'c', 'a=3'],
    ['from a key to the last', 'b', '\0', 'c=1'],
  ])('reads %s', (_, from, end, expected) => {
    expect(values(play(history), from, end)).toBe(expected)
  })

  it('counts all keys of a range, whatever the limit', () => {
    const store = play([
      ['put', 'a', '1'],
      ['put', 'b', '1'],
      ['put', 'c', '1'],
    ])
    expect(range(store, 'a', '\0', 0, 2)).toMatchObject({ count: 3, kvs: [{ key: 'a' }, { key: 'b' }] })
  })

  it('counts versions from the creation, and begins again after a deletion', () => {
    const store = play(history)
    expect(current(store, 'a')).toMatchObject({ createRevision: 6, modRevision: 6, version: 1 })
    expect(at(store, 'a', 4)).toMatchObject({ createRevision: 2, modRevision: 4, version: 2 })
  })

  it('spends no revision on a transaction that changes nothing', () => {
    expect(
      play([
        ['put', 'a', '1'],
        ['delete', 'nothing'],
      ]).revision,
    ).toBe(2)
  })

  it('tells changes in order, those of one transaction under one revision', () => {
    const told = [...changesFrom(play(history), 5)].map(
      ({ main, sub, key, kv }) => `${main}.${sub} ${key} ${kv ? 'put' : 'deleted'}`,
    )
    expect(told).toEqual(['5.0 a deleted', '6.0 a put', '6.1 c put', '6.2 b deleted'])
  })

  it('keeps the generations of a key apart', () => {
    expect(generationsOf(play(history), 'a')).toEqual([
      { created: 2, revisions: [2, 4, 5] },
      { created: 6, revisions: [6] },
    ])
  })

  it('still answers at the compacted revision and later, and not before', () => {
    const store = play([...history, ['compact', 4]])
    expect([2, 3, 4, 6, 7].map((revision) => revisionError(store, revision))).toEqual([
      ERROR_COMPACTED,
      ERROR_COMPACTED,
      undefined,
      undefined,
      ERROR_FUTURE_REVISION,
    ])
    expect([4, 5, 6].map((revision) => values(store, 'a', '\0', revision))).toEqual(['a=2 b=1', 'b=1', 'a=3 c=1'])
  })

  it('refuses to compact twice at the same place, or ahead of time', () => {
    const store = play(history)
    expect([compact(store, 4), compact(store, 4), compact(store, 3), compact(store, 7)]).toEqual([
      undefined,
      ERROR_COMPACTED,
      ERROR_COMPACTED,
      ERROR_FUTURE_REVISION,
    ])
  })

  it('forgets a key altogether once its tombstone is compacted', () => {
    const store = play([
      ['put', 'a', '1'],
      ['delete', 'a'],
      ['put', 'b', '1'],
      ['compact', 4],
    ])
    expect(store.heads.has('a')).toBe(false)
    expect(current(play([['put', 'a', '2']], store), 'a')).toMatchObject({ version: 1, createRevision: 5 })
  })

  it('goes on in a fork without the original noticing', () => {
    const original = play(history)
    const fork = forkState(original)
    play(
      [
        ['put', 'a', '9'],
        ['delete', 'c'],
        ['compact', 7],
      ],
      fork,
    )
    expect([values(original, 'a', '\0'), values(original, 'a', '\0', 2), original.revision]).toEqual([
      'a=3 c=1',
      'a=1',
      6,
    ])
    expect(values(fork, 'a', '\0')).toBe('a=9')
  })
})

describe('against a store that keeps a copy per revision', () => {
  /** The naive model: one Map per revision, and nothing clever. */
  interface Model {
    copies: Map<number, Map<string, string>>
    revision: number
    compacted: number
  }

  const chanceOf = (seed: number) => {
    let state = seed
    return (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 4294967296) * below)
    }
  }

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'agrees on every revision after random changes, seed %i',
    (seed) => {
      const chance = chanceOf(seed + 1)
      const store = createStore()
      const model: Model = { copies: new Map([[1, new Map()]]), revision: 1, compacted: 0 }
      for (let round = 0; round < 120; round++) {
        if (chance(25) === 0 && model.revision > model.compacted + 1) {
          const revision = model.compacted + 1 + chance(model.revision - model.compacted)
          expect(compact(store, revision)).toBeUndefined()
          model.compacted = revision
        } else change(store, model, chance)
        if (round % 10 === 9) compare(store, model)
      }
      compare(store, model)
    },
  )

  function change(store: Store, model: Model, chance: (below: number) => number): void {
    const transaction = beginWrite(store)
    const next = new Map(model.copies.get(model.revision))
    let changed = false
    for (let i = chance(3); i >= 0; i--) {
      const key = `k${chance(12)}`
      if (chance(3) > 0) {
        const value = String(chance(1000))
        put(store, transaction, key, value)
        next.set(key, value)
        changed = true
      } else {
        expect(remove(store, transaction, key)?.value).toBe(next.get(key))
        changed = next.delete(key) || changed
      }
    }
    endWrite(store, transaction)
    if (changed) model.copies.set(++model.revision, next)
  }

  function compare(store: Store, model: Model): void {
    expect(store.revision).toBe(model.revision)
    for (let revision = Math.max(model.compacted, 1); revision <= model.revision; revision++) {
      const expected = [...model.copies.get(revision)!]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${value}`)
      expect(values(store, '', '\0', revision)).toBe(expected.join(' '))
      expect(revisionError(store, revision)).toBeUndefined()
    }
    if (model.compacted > 1) expect(revisionError(store, model.compacted - 1)).toBe(ERROR_COMPACTED)
  }
})
