/** What a configuration says of an extender, and what a cycle that waits for some has to remember. */
import type { StreamId } from '#cluster/kernel/component.ts'
import type { PreemptionCandidate, Status } from './framework.ts'
import type { QueuedPod } from './queued-pod.ts'

/** As in `extenders` of the configuration; the address is `http://<machine>/<process>/…`. */
export interface ExtenderOptions {
  readonly urlPrefix: string
  readonly filterVerb?: string
  readonly prioritizeVerb?: string
  readonly bindVerb?: string
  readonly preemptVerb?: string
  /** What its scores are multiplied with; a must with `prioritizeVerb`. */
  readonly weight?: number
  /** Whether it knows the nodes itself, and wants names alone. */
  readonly nodeCacheCapable?: boolean
  /** Only Pods that ask for one of these concern it; without any, all do. */
  readonly managedResources?: readonly { readonly name: string; readonly ignoredByScheduler?: boolean }[]
  /** Whether a cycle goes on without it when it does not answer. */
  readonly ignorable?: boolean
  /** Default 5. */
  readonly httpTimeoutSeconds?: number
}

/** A cycle that waits for an extender. */
export interface Asking {
  readonly queued: QueuedPod
  readonly stage: 'filter' | 'prioritize' | 'preempt'
  /** Those that are still to be asked one after the other, by their place. */
  readonly rest: readonly number[]
  /** Nodes let pass so far; absent where nobody was asked to filter. */
  readonly names?: readonly string[]
  readonly refused: Readonly<Record<string, Status>>
  /** Points by node, weighted. */
  readonly points: Readonly<Record<string, number>>
  /** Requests under way: stream, place of the extender. */
  readonly open: readonly (readonly [StreamId, number])[]
  /** In stage `preempt`: what is left of the candidates, or what went wrong. */
  readonly agreed?: readonly PreemptionCandidate[] | Status
}

/** Where the final look at the nodes is narrowed to, what comes on top of the plugins' scores, and who may be preempted. */
export type Extended = Pick<Asking, 'names' | 'refused' | 'points' | 'agreed'>
