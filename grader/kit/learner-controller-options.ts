/** What a learner's controller is told, what can go wrong with it, and what it leaves for the checks to look at. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { ClientCall } from './controller-calls.ts'
import type { NewsFault } from './news-faults.ts'

/** What the exercise decides. */
export interface LearnerControllerSpec {
  /** The component's name, for example `replicaset-controller`. */
  readonly name: string
  /** Resources in the cache, and watched: `replicasets`, `pods`. */
  readonly resources: readonly string[]
  /** Which `namespace/name` to reconcile when an object of a resource was added, changed (`old` is there) or deleted. */
  keysOf(resource: string, object: KubernetesObject, old: KubernetesObject | undefined): Iterable<string>
  /** Reconciles at once, each of another key. Default 1, as upstream. */
  readonly workers?: number
}

/** Options of the process: where the API is, and what goes wrong. */
export interface LearnerControllerOptions {
  readonly servers: readonly ProcessId[]
  /** The cache hears of each change so much later. */
  readonly lagMicros?: Micros
  /** Changes that the cache misses, of 1,000; it finds out at the next relist. */
  readonly missesPerMille?: number
  /** Changes after which the key is reconciled a second time for no reason, of 1,000. */
  readonly twicePerMille?: number
  /** How often the cache is listed anew. Default: never; with misses, 10 s. */
  readonly relistMicros?: Micros
  /** Dies at its so-manieth call (from 1), counted over the first life: before it leaves, or when its answer arrives. */
  readonly crash?: { readonly call: number; readonly when: 'before' | 'after' }
  /** Calls that are refused without reaching the server: the so-manieth of a verb and resource, in each life. */
  readonly refuse?: readonly Refusal[]
  /** Calls that the server carries out, but whose answer is lost on the way. */
  readonly lose?: readonly LostAnswer[]
}

/** What a process is told that goes wrong, from the start or in a fork that is told later; with `withNewsFaults`, of its news too. */
export type LateOptions = Partial<LearnerControllerOptions> & { readonly news?: NewsFault }

/** What a fault is, for those who fork: where it strikes, and by what. */
export interface Strike {
  readonly process: ProcessId
  /** What the process is told. */
  readonly options: LateOptions
  /** When something is first done to the world. */
  readonly atMicros?: Micros
}

export interface LostAnswer {
  readonly verb: ClientCall['verb']
  readonly resource: string
  /** The so-manieth of that verb and resource, from 1, in each life. */
  readonly nth: number
  /** What is told instead; default: that no answer came. */
  readonly told?: Pick<Refusal, 'code' | 'reason' | 'message'>
}

export interface Refusal {
  readonly verb: ClientCall['verb']
  readonly resource: string
  /** The first call that is refused, from 1, and how many are. */
  readonly from: number
  readonly count: number
  /** Only during the first so long of each life. */
  readonly forMicros?: Micros
  readonly code: number
  readonly reason: string
  readonly message: string
}

type Asked = Pick<ClientCall, 'verb' | 'resource'>

/** The refusal that a call meets, if it is the `nth` of its verb and resource in a life that is so old. */
export function refusalFor(
  { refuse = [] }: LearnerControllerOptions,
  { verb, resource }: Asked,
  nth: number,
  age: Micros,
): Refusal | undefined {
  return refuse.find(
    (rule) =>
      age < (rule.forMicros ?? Infinity) &&
      rule.verb === verb &&
      rule.resource === resource &&
      nth >= rule.from &&
      nth < rule.from + rule.count,
  )
}

export const lossOf = (
  { lose = [] }: LearnerControllerOptions,
  { verb, resource }: Asked,
  nth: number,
): LostAnswer | undefined => lose.find((rule) => rule.verb === verb && rule.resource === resource && rule.nth === nth)

/** One call of the learner's code, for checks: bounds on writes, order, what was refused. */
export interface CallRecord {
  readonly at: Micros
  readonly call: ClientCall
}

/** What became of one learner's controller in one trial. Shared with the check; not part of the world. */
export interface ControllerReport {
  /** Calls of its first life that reach further than the cache: where a crash can strike. */
  calls: number
  writes: CallRecord[]
  /** Reads that went to the API server, in all lives. */
  liveReads: number
  reconciles: number
  lives: number
}
