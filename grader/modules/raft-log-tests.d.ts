/** Your own examples for `raft-log`: what one node is told, step by step, and what its log, its answers and its reads are then. */
import type { HardState, Message, MessageType } from 'clusterwright/raft'

/** After the step before it; name what you are sure of. */
export interface LogExpectation {
  /** Terms of the entries of its log, as they have been written. */
  log?: readonly number[]
  commit?: number
  /** Indexes of all that it has given out to be applied since it started. */
  applied?: readonly number[]
  /** All reads that it has answered, as `context@index`. */
  reads?: readonly string[]
  /** What `propose` or `readIndex` returned. */
  taken?: boolean
  /** Messages that this step must make it send; of each, the fields that you name. Of entries, terms are compared. */
  sends?: readonly Partial<Message>[]
  sendsNo?: readonly MessageType[]
}

export type LogStep = (
  | { step: Omit<Message, 'to'> }
  | { propose: string }
  | { readIndex: string }
  /** It stands for election and is elected. */
  | { lead: true }
  | { tick: true }
  /** It dies and comes back with what it has written. */
  | { restart: true }
) & { expect?: LogExpectation }

/** The node is number 1. Left out: three voters, an empty log, everything 0. */
export interface LogExample {
  name: string
  size?: number
  /** The terms of the entries of its log; each entry's data is its `index/term`. */
  log?: readonly number[]
  hardState?: HardState
  steps: readonly LogStep[]
}
