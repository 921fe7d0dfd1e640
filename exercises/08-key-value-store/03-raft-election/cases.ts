/** Cases of `raft-election`: what one node is told, and what a network does to several. Plain data, so that they shrink. */
import type { Chance, RaftConfig, RaftMessage } from 'clusterwright/kit'
import { type Input, Reference } from './oracle.ts'
import { ELECTION_TICK, logOf } from './solo.ts'

/** One node and what it is told. */
export interface SoloCase {
  readonly size: number
  readonly flags: boolean
  readonly hardState: { readonly term: number; readonly vote: number; readonly commit: 0 }
  readonly log: readonly number[]
  readonly inputs: readonly Input[]
}

export const configOf = ({ size, flags, hardState, log }: SoloCase): RaftConfig => ({
  id: 1,
  voters: Array.from({ length: size }, (_, index) => index + 1),
  electionTick: ELECTION_TICK,
  heartbeatTick: 1,
  preVote: flags,
  checkQuorum: flags,
  hardState,
  entries: logOf(log),
})

const INPUTS_MAX = 14

export function soloCase(chance: Chance): SoloCase {
  const log = chance.pick([[], [1], [1, 1, 2], [1, 2, 2, 3]])
  const term = (log.at(-1) ?? 0) + chance.int(3)
  const size = chance.pick([3, 3, 4, 5])
  const hardState = { term, vote: chance.pick([0, 0, 2]), commit: 0 } as const
  const bare = { size, flags: chance.chance(0.5), hardState, log }
  const reference = new Reference(configOf({ ...bare, inputs: [] }))
  const inputs: Input[] = []
  while (inputs.length < INPUTS_MAX) {
    const input = inputFor(chance, reference, bare)
    if (!isPossible(reference, input)) continue
    reference.enter(input)
    inputs.push(input)
  }
  return { ...bare, inputs }
}

function inputFor(chance: Chance, reference: Reference, { size, log }: Omit<SoloCase, 'inputs'>): Input {
  const kind = chance.float()
  if (kind < 0.15) return { type: 'silence' }
  if (kind < 0.25) return { type: 'ticks', count: chance.between(1, ELECTION_TICK - 1) }
  const from = chance.between(2, size)
  const near = (below: number, above: number): number => Math.max(1, reference.term + chance.between(-below, above))
  // Whoever stands for election mostly hears how it went.
  const isStanding = reference.raftState === 'StateCandidate' || reference.raftState === 'StatePreCandidate'
  if (isStanding && chance.chance(0.6)) {
    const isPre = reference.raftState === 'StatePreCandidate'
    const type = isPre ? 'MsgPreVoteResp' : 'MsgVoteResp'
    const reject = chance.chance(0.35)
    const term = reject ? reference.term : isPre ? reference.term + 1 : reference.term
    return message({ type, from, term, ...(reject && { reject }) })
  }
  const type = chance.pick([
    'MsgVote',
    'MsgVote',
    'MsgPreVote',
    'MsgHeartbeat',
    'MsgHeartbeat',
    'MsgVoteResp',
    'MsgHeartbeatResp',
  ])
  if (type === 'MsgVoteResp')
    return message({ type, from, term: near(2, 0), ...(chance.chance(0.5) && { reject: true as const }) })
  if (type === 'MsgHeartbeatResp') return message({ type, from, term: near(1, 1) })
  if (type === 'MsgHeartbeat') return message({ type, from, term: near(1, 2) })
  const lastTerm = log.at(-1) ?? 0
  const [index, logTerm] = chance.pick([
    [log.length, lastTerm],
    [log.length, lastTerm],
    [log.length + 2, lastTerm],
    [Math.max(0, log.length - 1), lastTerm],
    [1, lastTerm + 1],
    [log.length + 3, Math.max(0, lastTerm - 1)],
  ])
  return message({ type, from, term: near(1, 2), index: index!, logTerm: logTerm! })
}

const message = (content: Omit<RaftMessage, 'to'>): Input => ({ type: 'step', message: { ...content, to: 1 } })

/** Whether it can happen to a node among others that follow the rules. */
function isPossible(reference: Reference, input: Input): boolean {
  const isLeader = reference.raftState === 'StateLeader'
  // Time passes, but not so much that chance would decide.
  if (input.type === 'ticks') return reference.elapsed + input.count < ELECTION_TICK
  if (input.type === 'silence') return !isLeader
  const { type, term, reject, from } = input.message
  if (type === 'MsgHeartbeat' && term === reference.term) {
    return !isLeader && (reference.lead === 0 || reference.lead === from)
  }
  // Nobody changes its mind within an election.
  if (type.endsWith('Resp') && (reference.said(from) ?? !reject) !== !reject) return false
  if (type === 'MsgHeartbeatResp') return term > reference.term || isLeader
  if (type === 'MsgVoteResp' && !reject) return term <= reference.term
  if (type === 'MsgPreVoteResp' && !reject)
    return reference.raftState === 'StatePreCandidate' && term === reference.term + 1
  return true
}

export function isPossibleCase(one: SoloCase): boolean {
  const reference = new Reference(configOf(one))
  return one.inputs.every((input) => {
    if (!isPossible(reference, input)) return false
    reference.enter(input)
    return true
  })
}

// ── several nodes ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Something that is done to the group, so long after the last. */
export interface Deed {
  readonly afterMs: number
  readonly what: 'crash' | 'start' | 'isolate' | 'heal'
  readonly node: number
}

export interface GroupCase {
  readonly size: number
  readonly flags: boolean
  readonly loss: number
  readonly duplicate: number
  readonly jitterMs: number
  readonly fsyncMs: number
  readonly deeds: readonly Deed[]
}

export function groupCase(chance: Chance): GroupCase {
  const size = chance.pick([3, 3, 3, 4, 5])
  return {
    size,
    flags: chance.chance(0.5),
    loss: chance.pick([0, 0.1, 0.3]),
    duplicate: chance.pick([0, 0.2]),
    jitterMs: chance.pick([1, 50, 400]),
    fsyncMs: chance.pick([1, 20, 60]),
    deeds: chance.times(chance.between(3, 8), () => ({
      afterMs: chance.between(50, 900),
      what: chance.pick(['crash', 'crash', 'start', 'start', 'isolate', 'heal'] as const),
      node: chance.between(1, size),
    })),
  }
}
