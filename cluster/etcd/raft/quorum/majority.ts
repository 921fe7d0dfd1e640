/**
 * A majority: more than half of a set of voters.
 *
 * Where to read upstream: etcd-io/raft `quorum/majority.go`.
 */

/** Ids in ascending order. */
export type MajorityConfig = readonly number[]

/** The index that a voter has acknowledged; undefined: it has not reported in. */
export type AckedIndex = (id: number) => number | undefined

export type VoteResult = 'VotePending' | 'VoteLost' | 'VoteWon'

/** What an empty half of a joint configuration has committed: it holds nobody back. */
export const EVERYTHING = Infinity

export const formatMajority = (voters: MajorityConfig): string => `(${voters.join(' ')})`

/** The highest index that more than half have acknowledged. */
export function committedIndexOf(voters: MajorityConfig, acked: AckedIndex): number {
  const n = voters.length
  if (n === 0) return EVERYTHING
  const indexes = voters.map((id) => acked(id) ?? 0).sort((a, b) => a - b)
  return indexes[n - (Math.floor(n / 2) + 1)]!
}

/** Nobody to ask is a vote won, so that a joint configuration with an empty half is decided by the other. */
export function voteResultOf(voters: MajorityConfig, votes: ReadonlyMap<number, boolean>): VoteResult {
  if (voters.length === 0) return 'VoteWon'
  let granted = 0
  let missing = 0
  for (const id of voters) {
    const vote = votes.get(id)
    if (vote === undefined) missing++
    else if (vote) granted++
  }
  const needed = Math.floor(voters.length / 2) + 1
  if (granted >= needed) return 'VoteWon'
  return granted + missing >= needed ? 'VotePending' : 'VoteLost'
}

/** One line per voter: a bar for how many are behind it, and its index. */
export function describeMajority(voters: MajorityConfig, acked: AckedIndex): string {
  const n = voters.length
  if (n === 0) return '<empty majority quorum>'
  const known = voters.map((id) => ({ id, index: acked(id) ?? 0, isKnown: acked(id) !== undefined }))
  const ranked = [...known].sort((a, b) => a.index - b.index || a.id - b.id)
  const lines = known.map(({ id, index, isKnown }) => {
    const bar = ranked.findIndex((other) => other.index === index)
    const drawn = isKnown ? `${'x'.repeat(bar)}>${' '.repeat(n - bar)}` : `?${' '.repeat(n)}`
    return `${drawn} ${String(index).padStart(5)}    (id=${id})\n`
  })
  return `${' '.repeat(n)}    idx\n${lines.join('')}`
}
