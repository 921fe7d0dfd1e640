/**
 * A joint configuration: while members change, whatever is decided needs a majority of the old set and one of the new.
 *
 * Where to read upstream: etcd-io/raft `quorum/joint.go`.
 */
import type { AckedIndex, MajorityConfig, VoteResult } from './majority.ts'
import { committedIndexOf, describeMajority, formatMajority, voteResultOf } from './majority.ts'

export interface JointConfig {
  readonly incoming: MajorityConfig
  /** Empty: the configuration is not joint. */
  readonly outgoing: MajorityConfig
}

export function formatJoint({ incoming, outgoing }: JointConfig): string {
  return outgoing.length > 0 ? `${formatMajority(incoming)}&&${formatMajority(outgoing)}` : formatMajority(incoming)
}

/** All voters, in ascending order. */
export function idsOf({ incoming, outgoing }: JointConfig): readonly number[] {
  if (outgoing.length === 0) return incoming
  return [...new Set([...incoming, ...outgoing])].sort((a, b) => a - b)
}

export const committedIndex = ({ incoming, outgoing }: JointConfig, acked: AckedIndex): number =>
  Math.min(committedIndexOf(incoming, acked), committedIndexOf(outgoing, acked))

export function voteResult({ incoming, outgoing }: JointConfig, votes: ReadonlyMap<number, boolean>): VoteResult {
  const a = voteResultOf(incoming, votes)
  const b = voteResultOf(outgoing, votes)
  if (a === b) return a
  return a === 'VoteLost' || b === 'VoteLost' ? 'VoteLost' : 'VotePending'
}

export const describeJoint = (config: JointConfig, acked: AckedIndex): string => describeMajority(idsOf(config), acked)
