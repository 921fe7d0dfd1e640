/** Chance for generators of cases: the same numbers for the same seed and name, in every host. */
import { randomFrom } from '#cluster/kernel/random.ts'

export interface Chance {
  /** Uniform in [0, 1). */
  float(): number
  /** A whole number from 0 to below - 1. */
  int(below: number): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of them. */
  pick<T>(items: readonly T[]): T
  /** Each of them with this probability, in their order. */
  some<T>(items: readonly T[], probability: number): T[]
  /** All of them in another order. */
  shuffle<T>(items: readonly T[]): T[]
  /** So many results of `make`, which gets the index. */
  times<T>(count: number, make: (index: number) => T): T[]
}

export function chanceFrom(seed: number, name: string): Chance {
  const { float, int } = randomFrom(seed, name)
  // The first draws of neighbouring seeds are alike in their high bits for some names; a few throw-aways mend that.
  for (let i = 0; i < 4; i++) float()
  return {
    float,
    int,
    between: (low, high) => low + int(high - low + 1),
    chance: (probability) => float() < probability,
    pick: (items) => items[int(items.length)]!,
    some: (items, probability) => items.filter(() => float() < probability),
    shuffle(items) {
      const all = [...items]
      for (let i = all.length - 1; i > 0; i--) {
        const j = int(i + 1)
        ;[all[i], all[j]] = [all[j]!, all[i]!]
      }
      return all
    },
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
  }
}
