/** An event of the trace in the words in which figures, stories and transcripts speak of it. */
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'

/**
 * How it is drawn. `request` and `cri` are solid arrows, `response` thin ones, `watch` dotted; `cni` and `start` begin a
 * process, `exit` ends one; `decision` is something that a process made up its mind about, without an arrow.
 */
export type Kind =
  | 'command'
  | 'request'
  | 'response'
  | 'watch'
  | 'cri'
  | 'criReply'
  | 'cni'
  | 'cniResult'
  | 'syscall'
  | 'syscallReply'
  | 'packet'
  | 'message'
  | 'disk'
  | 'timer'
  | 'decision'
  | 'start'
  | 'exit'
  | 'lost'
  | 'fault'

export interface Described {
  readonly tick: number
  readonly at: Micros
  /** Tick of the event that made this one happen; 0: the outside world. */
  readonly cause: number
  readonly kind: Kind
  /** Verb and resource: `POST pods`, `ADDED Pod`, `txn put pods`, `RunPodSandbox`, `ADD bridge`. */
  readonly label: string
  readonly verb: string
  /** Plural where it is an API resource; else what the verb is about, or empty. */
  readonly resource: string
  readonly name: string
  readonly from: ProcessId | undefined
  readonly to: ProcessId
  /** A refusal, an error, or an answer that never came. */
  readonly failed: boolean
  /** Leases, statuses of Nodes that say nothing new, bookmarks, health checks, timers: what figures leave out. */
  readonly background: boolean
  /** What the process made of it, from the notes of its step; empty where it said nothing. */
  readonly remark: string
}

/** What a body alone tells; the rest comes from the event around it. */
export interface Words {
  readonly kind: Kind
  readonly label: string
  readonly verb: string
  readonly resource: string
  readonly name: string
  readonly failed?: boolean
  readonly background?: boolean
}
