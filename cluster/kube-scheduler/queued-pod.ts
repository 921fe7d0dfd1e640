/** A Pod in the scheduling queue, with what the queue must remember about it. Immutable: each move makes a new one. */
import type { Pod } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'

export interface QueuedPod {
  readonly key: string
  readonly pod: Pod
  /** When it last entered a queue. */
  readonly timestamp: Micros
  /** Arrival number: settles equal priority and equal time. */
  readonly sequence: number
  readonly attempts: number
  /** Attempts that ended in "no node", in a row: they set the back-off. */
  readonly unschedulableCount: number
  /** Attempts that ended in an error, in a row: they set the back-off, and nothing shortens it. */
  readonly errorCount: number
  /** Plugins that said no at the last attempt. */
  readonly unschedulablePlugins: readonly string[]
  /** The PreEnqueue plugin that holds it back, if any. */
  readonly gatedBy?: string | undefined
}
