/** Your own examples for `raft-election`: what one node is told, step by step, and what it must be and send then. */
import type { HardState, Message, MessageType, StateType } from 'clusterwright/raft'

/** After the step before it; name what you are sure of. */
export interface NodeExpectation {
  raftState?: StateType
  term?: number
  vote?: number
  lead?: number
  /** Messages that this step must make it send; of each, the fields that you name. */
  sends?: readonly Partial<Message>[]
  /** Types of which it must send nothing; of votes, nothing but refusals. */
  sendsNo?: readonly MessageType[]
}

/** One of these, and what is then expected. */
export type NodeStep = (
  | { tick: number }
  /** Ticks until it asks for votes, at most twice the election timeout. */
  | { silence: true }
  /** A message to it. */
  | { step: Omit<Message, 'to'> }
  /** It dies and comes back with its hard state. */
  | { restart: true }
) & { expect?: NodeExpectation }

/** The node is number 1, and `electionTick` is 10. Left out: three voters, an empty log, everything 0, both flags off. */
export interface ElectionExample {
  name: string
  size?: number
  /** The terms of the entries of its log. */
  log?: readonly number[]
  hardState?: HardState
  preVote?: boolean
  checkQuorum?: boolean
  steps: readonly NodeStep[]
}
