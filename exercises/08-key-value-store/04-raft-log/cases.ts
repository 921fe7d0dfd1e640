/** Any appends of leaders to one follower, and what its log must be after each: the rule, written once more. */
import type { Chance, RaftEntry, RaftMessage } from 'clusterwright/kit'
import { entriesOf } from './solo.ts'

/** Leaders in the order of their terms: each has a log, and sends pieces of it in any order. */
export interface AppendCase {
  readonly log: readonly number[]
  readonly sends: readonly {
    /** The leader's whole log; its term is the last one's. */
    readonly terms: readonly number[]
    readonly index: number
    readonly count: number
    readonly commit: number
  }[]
}

const pick = (terms: readonly number[], index: number): number => (index === 0 ? 0 : terms[index - 1]!)

export function appendCase(chance: Chance): AppendCase {
  const committed = chance.times(chance.between(0, 2), () => 1)
  const log = [...committed, ...chance.times(chance.int(4), () => chance.between(1, 2))].sort()
  const sends: AppendCase['sends'][number][] = []
  let known = committed.length
  let leader: readonly number[] = committed
  for (let term = 3; term <= 5; term++) {
    // A leader has all that is committed, some of what its predecessor had, and more of its own.
    const kept = leader.slice(0, chance.between(known, leader.length))
    leader = [...kept, ...chance.times(chance.between(1, 4), () => term)]
    for (let count = chance.between(1, 4); count > 0; count--) {
      const index = chance.int(leader.length + 1)
      const commit = chance.between(known, leader.length)
      const many = chance.int(leader.length - index + 1)
      sends.push({ terms: leader, index, count: many, commit: chance.chance(0.5) ? commit : known })
      known = Math.max(known, sends.at(-1)!.commit)
    }
  }
  return { log, sends }
}

export interface Follower {
  readonly log: readonly number[]
  readonly commit: number
  /** Absent: refused. */
  readonly agrees?: number
}

export const messageOf = ({ terms, index, count, commit }: AppendCase['sends'][number]): RaftMessage => {
  const entries: RaftEntry[] = entriesOf(terms).slice(index, index + count)
  return { type: 'MsgApp', from: 2, to: 1, term: terms.at(-1)!, index, logTerm: pick(terms, index), entries, commit }
}

/** What a follower with this log and commit index makes of it. */
export function followed({ log, commit }: Follower, send: AppendCase['sends'][number]): Follower {
  const { terms, index, count } = send
  if (index > log.length || pick(log, index) !== pick(terms, index)) return { log, commit }
  const last = index + count
  let agreed = index
  while (agreed < last && log[agreed] === terms[agreed]) agreed++
  const next = agreed === last ? log : terms.slice(0, last)
  return { log: next, commit: Math.max(commit, Math.min(send.commit, last)), agrees: last }
}
