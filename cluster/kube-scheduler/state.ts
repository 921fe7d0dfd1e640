/** What the scheduler keeps, and what a step of it works with. */
import type { Node, Pod } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import type { EventRecorder } from '#cluster/client/event-recorder.ts'
import type { Informer } from '#cluster/client/informer.ts'
import type { LeaderElection } from '#cluster/client/leader-election.ts'
import type { Context, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Table } from '#cluster/kernel/table.ts'
import type { Cache } from './cache.ts'
import type { KubeSchedulerConfiguration } from './configuration.ts'
import type { Asking, ExtenderOptions } from './extender-types.ts'
import type { CycleState } from './framework.ts'
import type { DecisionRecord } from './history.ts'
import type { Listers } from './listers.ts'
import type { Profile, ProfileOptions } from './profile.ts'
import type { QueuedPod } from './queued-pod.ts'
import type { QueuePlugins, SchedulingQueue } from './scheduling-queue.ts'

export interface SchedulerOptions {
  readonly servers: readonly ProcessId[]
  /** The file behind `--config`: its fields come before those below. */
  readonly config?: KubeSchedulerConfiguration
  /** Default: one, `default-scheduler`, with the default plugins. All of them must sort the queue alike. */
  readonly profiles?: readonly ProfileOptions[]
  /** 0 (the default): adaptive. */
  readonly percentageOfNodesToScore?: number
  /** How long one scheduling cycle takes. Default 1 ms. */
  readonly cycleMicros?: Micros
  /** Others like it run: it schedules only while it holds the Lease of its name. Default false. */
  readonly leaderElect?: boolean
  /** First and longest wait after a failed attempt. Default 1 s, 10 s. */
  readonly backoff?: { readonly initialMicros?: Micros; readonly maxMicros?: Micros }
  /** Other processes that have a word in each cycle. */
  readonly extenders?: readonly ExtenderOptions[]
  /** Of how many Pods the decisions are kept, for people to ask about. Default 0. */
  readonly decisionsKept?: number
}

export interface SchedulerState {
  readonly options: SchedulerOptions
  /** Undefined where there is nobody to compete with. */
  election: LeaderElection | undefined
  client: ApiClient
  recorder: EventRecorder
  pods: Informer<Pod>
  nodes: Informer<Node>
  /** What else the plugins read, by resource. */
  listers: Listers
  queue: SchedulingQueue
  cache: Cache
  /** Pods between Reserve and the answer to their binding, by key. */
  bindings: Table<string, Binding>
  /** Of those, the ones that Permit plugins hold back. */
  waitingPods: Table<string, WaitingPod>
  /** The last attempts by Pod, latest Pod last; empty unless `decisionsKept`. */
  decisions: Table<string, readonly DecisionRecord[]>
  /** The cycle that waits for an extender. */
  asking: Asking | undefined
  /** Slot of the node that the next cycle looks at first. */
  nextStart: number
  /** The cycle under way ends then. */
  busyUntil: Micros
  /** A `schedule` timer is set. */
  awake: boolean
}

/** What a step works with. */
export interface Scheduling {
  readonly state: SchedulerState
  readonly ctx: Context
  readonly effects: Effect[]
  readonly profiles: ReadonlyMap<string, Profile>
  readonly queuePlugins: QueuePlugins
  /** What plugins have said in this step about Pods that wait; acted upon at its end. */
  readonly verdicts: Verdict[]
}

/** A word about a Pod that waits at Permit. Without `message` it is allowed. */
export interface Verdict {
  readonly key: string
  readonly plugin: string
  readonly message?: string
}

/** A Pod between Reserve and the answer to its binding. */
export interface Binding {
  readonly queued: QueuedPod
  readonly nodeName: string
  readonly cycleState: CycleState
  readonly stage: 'permit' | 'preBind' | 'bind'
  /** In stage `preBind`: what has been sent and is not answered, who waits, and until when. */
  readonly preBind?: { readonly open: number; readonly plugins: readonly string[]; readonly until: Micros }
}

/** A Pod that waits at Permit. */
export interface WaitingPod {
  /** Plugins that have not allowed it yet, and when each has had enough. */
  readonly pending: readonly { readonly plugin: string; readonly timeoutMicros: Micros; readonly until: Micros }[]
  /** Plugins by whose rules something has happened meanwhile that is worth another try. */
  readonly missed: readonly string[]
}

export const schedulerNameOf = (pod: Pod): string => pod.spec.schedulerName ?? 'default-scheduler'
