/**
 * Who takes part in a group, in which role, how far each has come, and who voted how.
 *
 * Where to read upstream: etcd-io/raft `tracker/tracker.go`.
 */
import type { ConfState } from '../messages.ts'
import { committedIndex, formatJoint, idsOf, type JointConfig, voteResult } from '../quorum/joint.ts'
import { formatMajority, type VoteResult } from '../quorum/majority.ts'
import { formatProgress, type Progress } from './progress.ts'

export interface Config {
  readonly voters: JointConfig
  /** The joint configuration is left as soon as it is committed. */
  readonly autoLeave: boolean
  /** Invariant: nobody is a learner and a voter of either half. Ascending. */
  readonly learners: readonly number[]
  /** Voters of the outgoing half that will be learners once it is left. Ascending. */
  readonly learnersNext: readonly number[]
}

export interface ProgressTracker {
  config: Config
  /** One for each member, by ascending id. */
  progress: Progress[]
  /** The first answer of each voter in this election. */
  votes: Vote[]
  readonly maxInflight: number
  readonly maxInflightBytes: number
}

interface Vote {
  readonly id: number
  readonly granted: boolean
}

export const NO_CONFIG: Config = Object.freeze({
  voters: Object.freeze({ incoming: Object.freeze([]), outgoing: Object.freeze([]) }),
  autoLeave: false,
  learners: Object.freeze([]),
  learnersNext: Object.freeze([]),
})

export const createTracker = (maxInflight: number, maxInflightBytes: number): ProgressTracker => ({
  config: NO_CONFIG,
  progress: [],
  votes: [],
  maxInflight,
  maxInflightBytes,
})

export const isJoint = (config: Config): boolean => config.voters.outgoing.length > 0

export const progressOf = (tracker: ProgressTracker, id: number): Progress | undefined =>
  tracker.progress.find((progress) => progress.id === id)

/** Only one voter, and nobody on the way out. */
export const isSingleton = ({ config }: ProgressTracker): boolean =>
  config.voters.incoming.length === 1 && !isJoint(config)

export const isVoter = ({ voters }: Config, id: number): boolean =>
  voters.incoming.includes(id) || voters.outgoing.includes(id)

export function confStateOf({ config }: ProgressTracker): ConfState {
  const { voters, learners, learnersNext, autoLeave } = config
  return { voters: voters.incoming, votersOutgoing: voters.outgoing, learners, learnersNext, autoLeave }
}

/** The highest index that a quorum has acknowledged. */
export const committed = (tracker: ProgressTracker): number =>
  committedIndex(tracker.config.voters, (id) => progressOf(tracker, id)?.match)

/** Whether a quorum was heard of since the last check. */
export function isQuorumActive({ config, progress }: ProgressTracker): boolean {
  const active = progress.filter(({ isLearner }) => !isLearner).map((p) => [p.id, p.recentActive] as const)
  return voteResult(config.voters, new Map(active)) === 'VoteWon'
}

export const voterNodes = ({ config }: ProgressTracker): readonly number[] => idsOf(config.voters)

export function resetVotes(tracker: ProgressTracker): void {
  tracker.votes = []
}

/** The first answer counts. */
export function recordVote(tracker: ProgressTracker, id: number, granted: boolean): void {
  if (tracker.votes.some((vote) => vote.id === id)) return
  tracker.votes = [...tracker.votes, { id, granted }]
}

export function tallyVotes(tracker: ProgressTracker): { granted: number; rejected: number; result: VoteResult } {
  const { config, votes } = tracker
  const counted = votes.filter(({ id }) => progressOf(tracker, id)?.isLearner === false)
  const granted = counted.filter((vote) => vote.granted).length
  const result = voteResult(config.voters, new Map(votes.map((vote) => [vote.id, vote.granted])))
  return { granted, rejected: counted.length - granted, result }
}

export function formatConfig({ voters, learners, learnersNext, autoLeave }: Config): string {
  return [
    `voters=${formatJoint(voters)}`,
    learners.length > 0 && `learners=${formatMajority(learners)}`,
    learnersNext.length > 0 && `learners_next=${formatMajority(learnersNext)}`,
    autoLeave && 'autoleave',
  ]
    .filter(Boolean)
    .join(' ')
}

export const formatProgressMap = (progress: readonly Progress[]): string =>
  progress.map((p) => `${p.id}: ${formatProgress(p)}\n`).join('')
