import { describe, expect, it } from 'vitest'
import { forkState } from './fork.ts'
import { Groups } from './groups.ts'
import { Log } from './log.ts'
import { EventQueue } from './queue.ts'
import { randomFrom } from './random.ts'
import { Table } from './table.ts'
import { Timers } from './timers.ts'

/** Applies the same random changes to a container and its naive model, forking both now and then. */
function churn<C, M>(
  seed: number,
  make: () => { real: C; model: M },
  change: (real: C, model: M, random: ReturnType<typeof randomFrom>) => void,
  fork: (real: C, model: M) => { real: C; model: M },
  read: (real: C, model: M) => [unknown, unknown],
) {
  const random = randomFrom(seed)
  let pairs = [make()]
  for (let i = 0; i < 400; i++) {
    const pair = pairs[random.int(pairs.length)]!
    change(pair.real, pair.model, random)
    if (random.int(20) === 0) pairs = [...pairs.slice(-4), fork(pair.real, pair.model)]
    if (i % 8 !== 0) continue
    for (const { real, model } of pairs) {
      const [got, wanted] = read(real, model)
      expect(got).toEqual(wanted)
    }
  }
}

describe.each([1, 2, 3, 4, 5])('with seed %i', (seed) => {
  it('a Table and its forks never see each other', () => {
    churn(
      seed,
      () => ({ real: new Table<string, number>(), model: new Map<string, number>() }),
      (real, model, random) => {
        const key = `k${random.int(20)}`
        if (random.int(3) > 0) {
          const value = random.int(1000)
          real.set(key, value)
          model.set(key, value)
        } else expect(real.delete(key)).toBe(model.delete(key))
      },
      (real, model) => ({ real: real.fork(), model: new Map(model) }),
      (real, model) => [[...real], [...model]],
    )
  })

  it('a Table that is mostly empty, and is not looked at whole, holds what it should', () => {
    const keys = ['a', 'b', 'c']
    churn(
      seed,
      () => ({ real: new Table<string, number>(), model: new Map<string, number>() }),
      (real, model, random) => {
        const key = keys[random.int(3)]!
        if (random.int(3) === 0) {
          const value = random.int(1000)
          real.set(key, value)
          model.set(key, value)
        } else expect(real.delete(key)).toBe(model.delete(key))
      },
      (real, model) => ({ real: real.fork(), model: new Map(model) }),
      (real, model) => [
        [real.size, keys.map((key) => [real.has(key), real.get(key)])],
        [model.size, keys.map((key) => [model.has(key), model.get(key)])],
      ],
    )
  })

  it.each([4, 40])('Timers of %i keys and their forks never see each other', (count) => {
    const keys = Array.from({ length: count }, (_, i) => `k${i}`)
    let seq = 0
    churn(
      seed,
      () => ({ real: new Timers(), model: new Map<string, number>() }),
      (real, model, random) => {
        const key = keys[random.int(count)]!
        const choice = random.int(4)
        if (choice === 0) {
          real.delete(key)
          model.delete(key)
        } else if (choice === 1) {
          const known = model.get(key) ?? seq
          expect(real.take(key, known)).toBe(model.delete(key))
        } else {
          real.set(key, ++seq)
          model.set(key, seq)
        }
      },
      (real, model) => ({ real: real.fork(), model: new Map(model) }),
      (real, model) => {
        const twin = real.fork()
        return [keys.filter((key) => twin.take(key, model.get(key) ?? -1)), keys.filter((key) => model.has(key))]
      },
    )
  })

  it('Groups and their forks never see each other', () => {
    churn(
      seed,
      () => ({ real: new Groups<number>(), model: new Map<string, Map<string, number>>() }),
      (real, model, random) => {
        const group = `g${random.int(4)}`
        const key = `k${random.int(6)}`
        if (random.int(3) > 0) {
          const value = random.int(1000)
          real.set(group, key, value)
          if (!model.has(group)) model.set(group, new Map())
          model.get(group)!.set(key, value)
        } else {
          real.delete(group, key)
          model.get(group)?.delete(key)
          if (model.get(group)?.size === 0) model.delete(group)
        }
      },
      (real, model) => ({
        real: real.fork(),
        model: new Map([...model].map(([name, items]) => [name, new Map(items)])),
      }),
      (real, model) => [
        [...real.groups()].sort().map((group) => [group, [...real.values(group)]]),
        [...model.keys()].sort().map((group) => [group, [...model.get(group)!.values()]]),
      ],
    )
  })

  it('a Log and its forks never see each other, over truncation and dropped prefixes', () => {
    churn(
      seed,
      () => ({ real: new Log<number>(), model: { start: 0, entries: [] as number[] } }),
      (real, model, random) => {
        const choice = random.int(12)
        if (choice === 0 && model.entries.length > model.start) {
          const length = model.start + random.int(model.entries.length - model.start)
          real.truncate(length)
          model.entries.length = length
        } else if (choice === 1) {
          const index = model.start + random.int(model.entries.length - model.start + 1)
          real.drop(index)
          model.start = index
        } else {
          for (let n = random.int(300); n >= 0; n--) {
            const value = random.int(1000)
            real.push(value)
            model.entries.push(value)
          }
        }
      },
      (real, model) => ({ real: real.fork(), model: { start: model.start, entries: model.entries.slice() } }),
      (real, model) => [
        [real.start, real.length, real.toArray()],
        [model.start, model.entries.length, model.entries.slice(model.start)],
      ],
    )
  })

  it('a queue gives back by time, then in the order in which they were put in', () => {
    const random = randomFrom(seed)
    const queue = new EventQueue()
    const model: { at: number; seq: number }[] = []
    let now = 0
    for (let seq = 0; seq < 3_000; seq++) {
      const at = now + random.int(random.int(10) === 0 ? 5_000_000 : 3_000)
      const event = { type: 'timer', key: '' } as const
      queue.push({ at, seq, to: 0, incarnation: -1, from: -1, event, cause: 0 })
      model.push({ at, seq })
      if (random.int(2) === 0) {
        model.sort((a, b) => a.at - b.at || a.seq - b.seq)
        const { at, seq } = queue.pop()!
        expect({ at, seq }).toEqual(model.shift())
        now = at
      }
    }
    expect(queue.size).toBe(model.length)
  })
})

describe('forking state', () => {
  it('copies records, shares what is frozen, forks Tables', () => {
    const frozen = Object.freeze({ deep: { free: 1 } })
    const state = { record: { n: 1, list: [1, { m: 2 }] }, frozen, table: new Table([['a', 1]]) }
    const twin = forkState(state)
    state.record.n = 2
    ;(state.record.list[1] as { m: number }).m = 3
    state.table.set('a', 2)
    expect(twin.record).toEqual({ n: 1, list: [1, { m: 2 }] })
    expect(twin.frozen).toBe(frozen)
    expect(twin.table.get('a')).toBe(1)
  })

  it('refuses what it cannot copy and says what to keep instead', () => {
    expect(() => forkState({ when: new Map() })).toThrow(/keep plain data, Tables, Groups and Logs only/)
  })

  it('keeps a key named __proto__ as a key', () => {
    const state = { table: new Table<string, number>(), names: JSON.parse('{"__proto__": {"n": 1}}') as object }
    const twin = forkState(state)
    expect(Object.keys(twin.names)).toEqual(['__proto__'])
    expect(({} as { n?: number }).n).toBeUndefined()
  })
})
