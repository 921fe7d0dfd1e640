/** Cases of `reflector`: what happens in the store, and to the connection. Plain data. */
import type { Chance } from 'clusterwright/kit'

export type Act =
  | { readonly do: 'put' | 'delete'; readonly name: string }
  /** As `put`, and told under the other name: what is new as MODIFIED, what is not as ADDED. */
  | { readonly do: 'misname'; readonly name: string }
  /** One comes and goes before anybody could be told: only its deletion is. */
  | { readonly do: 'flash'; readonly name: string }
  /** The server tells the last change once more. */
  | { readonly do: 'again' }
  /** Something else in the store changes: its revision goes on, and this resource does not notice. */
  | { readonly do: 'elsewhere' }
  /** So many of the changes that are on their way arrive. */
  | { readonly do: 'hear'; readonly count: number }
  | { readonly do: 'bookmark' }
  /** The connection ends. */
  | { readonly do: 'end'; readonly code: number }
  /** The next list fails. */
  | { readonly do: 'refuse'; readonly code: number }
  /** The server forgets all that is older than now. */
  | { readonly do: 'forget' }

export interface Case {
  readonly acts: readonly Act[]
  /** What each version begins with. Absent: nothing. */
  readonly prefix?: string
}

/** Those with a slash are in another namespace. */
const NAMES = ['a', 'b', 'c', 'd', 'shop/a']
const CODES = [0, 200, 200, 403, 429, 500, 503, 504]

function actFrom(chance: Chance): Act {
  const roll = chance.int(100)
  if (roll < 26) return { do: 'put', name: chance.pick(NAMES) }
  if (roll < 38) return { do: 'delete', name: chance.pick(NAMES) }
  if (roll < 46) return { do: 'elsewhere' }
  if (roll < 48) return { do: 'flash', name: chance.pick(NAMES) }
  if (roll < 67) return { do: 'hear', count: chance.between(1, 3) }
  if (roll < 70) return { do: 'again' }
  if (roll < 77) return { do: 'bookmark' }
  if (roll < 88) return { do: 'end', code: chance.pick(CODES) }
  if (roll < 92) return { do: 'refuse', code: chance.pick([0, 429, 500]) }
  return { do: 'forget' }
}

export const storyCase = (chance: Chance): Case => ({
  acts: [
    ...(chance.chance(0.2) ? [{ do: 'refuse', code: 500 } as const] : []),
    ...chance.times(chance.between(6, 30), () => actFrom(chance)),
  ],
})

export interface LiveCase {
  readonly writes: readonly { readonly atMs: number; readonly do: 'put' | 'delete'; readonly name: string }[]
  readonly faults: {
    /** The reflector's machine is cut off, for so long. */
    readonly cutOff?: { readonly atMs: number; readonly forMs: number }
    readonly serverDiesMs?: number
    readonly reflectorDiesMs?: number
  }
}

const LIVE_NAMES = NAMES.filter((name) => !name.includes('/'))

/** All of it happens within so long. */
export const LIVE_MS = 24_000

export function liveCase(chance: Chance): LiveCase {
  const time = (): number => 2000 + chance.int(LIVE_MS - 4000)
  const cutAt = time()
  return {
    writes: chance
      .times(chance.between(8, 20), () => ({
        atMs: time(),
        do: chance.chance(0.65) ? ('put' as const) : ('delete' as const),
        name: chance.pick(LIVE_NAMES),
      }))
      .sort((a, b) => a.atMs - b.atMs),
    faults: {
      ...(chance.chance(0.8) && { cutOff: { atMs: cutAt, forMs: chance.between(3000, 12_000) } }),
      // What a server that has started again knows begins then: who was away must list anew.
      ...(chance.chance(0.7) && { serverDiesMs: cutAt + 500 + chance.int(3000) }),
      ...(chance.chance(0.2) && { reflectorDiesMs: time() }),
    },
  }
}
