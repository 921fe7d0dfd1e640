/**
 * What a page and the simulation say to each other: plain JSON, so that the page holds no truth of its own.
 *
 * Ticks are the trace's sequence numbers, times whole microseconds of virtual time. A *branch* is a run: 0 is the story as
 * written; each change makes another one, which shares everything before its tick with the one it was made from.
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Compiled, Replay } from '#grader/verdict/verdict.ts'
import type { ApiServiceView, ReaderView } from './api-views.ts'
import type { SchedulerRequest } from './configured-scheduler.ts'
import type { Described } from '#cluster/scenarios/described.ts'

/** The stories that figures run, by the names of their files. */
export type StoryName =
  | 'deployment-journey'
  | 'scheduler-funnel'
  | 'node-goes-dark'
  | 'add-to-first-packet'
  | 'lights-out'
  | 'pod-as-a-unit'
  | 'who-is-active'
  | 'request-pipeline'
  | 'role-board'
  | 'raft-arena'
  | 'raft-four'
  | 'museum-index'
  | 'museum-reads'
  | 'museum-lease'
  | 'museum-watch'
  | 'museum-durability'
  | 'disaster-day'
  | 'stacked-etcd'
  | 'external-etcd'
  | 'revision-tape'
  | 'two-schedulers'
  | 'watch-and-410'
  | 'taints-and-zones'
  | 'aggregation'
  | 'fill-a-node'

/** A change of the story's own words, made before it is played. */
export interface Edit {
  readonly find: string
  readonly replace: string
}

export interface StoryRequest extends SchedulerRequest {
  readonly story: StoryName
  readonly seed?: number | undefined
  readonly edits?: readonly Edit[]
}

/** What somebody does to a run. A line for kubectl or etcdctl is what they would type, without its name. */
export type Change =
  | { readonly command: Command }
  | { readonly kubectl: readonly string[]; readonly input?: string }
  | { readonly etcdctl: readonly string[] }

export interface ForkRequest {
  readonly branch: number
  readonly tick: number
  readonly changes: readonly Change[]
  /** How much virtual time to run on at least, beyond the end of the branch that it leaves. */
  readonly extraMicros?: Micros
}

export interface SceneView {
  /** Prose of the story before the command. */
  readonly prose: readonly string[]
  readonly command: string
  readonly output: string
  readonly fromTick: number
  readonly toTick: number
  readonly at: Micros
}

/** One note of a step that pictures are drawn from. */
export interface NoteView {
  readonly tick: number
  readonly at: Micros
  readonly process: ProcessId
  readonly kind: string
  readonly detail: any
}

export interface Timeline {
  readonly branch: number
  /** Where it left the branch that it comes from; undefined for the story itself. */
  readonly forked: { readonly branch: number; readonly tick: number; readonly at: Micros } | undefined
  readonly seed: number
  readonly scenes: readonly SceneView[]
  /** Everything but the background, in order; a branch repeats what it shares. */
  readonly events: readonly Described[]
  /** Decisions, hops of packets, and the answers that clients in Pods got. */
  readonly notes: readonly NoteView[]
  readonly end: { readonly tick: number; readonly at: Micros }
  /** Hash of the whole run: same story, same seed, same hash. */
  readonly hash: string
}

export interface ProcessView {
  readonly id: ProcessId
  readonly name: string
  readonly component: string
  /** `gone`: it is not running, though its machine may have power. */
  readonly state: 'up' | 'paused' | 'gone'
  /** Started by another process: a plugin, a container. */
  readonly isChild: boolean
}

export type PodPhase = 'pending' | 'creating' | 'running' | 'ready' | 'succeeded' | 'failed' | 'terminating'

export interface ContainerView {
  readonly name: string
  readonly state: 'waiting' | 'running' | 'exited'
  readonly restarts: number
  /** Of the container that runs now; empty before there is one. */
  readonly id: string
  /** Why it waits, or how it ended. */
  readonly reason: string
}

export interface PodView {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  readonly node: string | undefined
  readonly phase: PodPhase
  /** Why it does not run, by the scheduler or the kubelet; empty where nobody says. */
  readonly message: string
  readonly ip: string
  readonly containers: readonly ContainerView[]
  /** Of all its containers together. */
  readonly restarts: number
  /** Thousandths of a CPU. */
  readonly cpuMilli: number
  /** How it is to be spread with others of its `app`; absent: it does not say. */
  readonly spread?: readonly SpreadView[]
  /** Absent where no program on its machine says what it holds. */
  readonly memory?: MemoryView
  /** Taints that it tolerates beyond those that everybody does, as one writes them; absent: none. */
  readonly tolerations?: readonly string[]
}

/** Bytes. */
export interface MemoryView {
  readonly request: number
  /** Undefined: none. */
  readonly limit: number | undefined
  /** What its programs hold, by the kernel. */
  readonly used: number
  readonly qos: string
  readonly priority: number
}

/** Bytes. */
export interface NodeMemoryView {
  readonly capacity: number
  /** What the scheduler may promise. */
  readonly allocatable: number
  readonly used: number
  /** The kubelet has said that it runs short. */
  readonly isShort: boolean
}

export interface SpreadView {
  readonly topologyKey: string
  readonly maxSkew: number
  /** `DoNotSchedule`, not `ScheduleAnyway`. */
  readonly isHard: boolean
}

export interface NodeView {
  /** Status of the Ready condition; `Unknown` is what the node controller writes when a kubelet is silent. */
  readonly ready: 'True' | 'False' | 'Unknown'
  /** What is said about that, by the kubelet or the node controller. */
  readonly message: string
  /** Since the last renewal of its Lease, by the store. */
  readonly leaseAge: Micros | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly string[]
  readonly cpuAllocatable: number
  readonly cpuRequested: number
  /** Absent where no program of the machine says what it holds. */
  readonly memory?: NodeMemoryView
}

export interface LinkView {
  readonly name: string
  readonly kind: 'loopback' | 'device' | 'veth' | 'bridge'
  readonly up: boolean
  /** With their prefix: `10.244.1.7/24`. */
  readonly addresses: readonly string[]
  /** Name of the bridge that it is a port of. */
  readonly master: string | undefined
}

/** A network namespace: the machine's own bears the machine's name, a Pod's `namespace/name`. */
export interface NetnsView {
  readonly label: string
  readonly links: readonly LinkView[]
}

export interface MachineView {
  readonly name: string
  readonly role: 'control-plane' | 'node' | 'outside'
  /** It has power. */
  readonly up: boolean
  readonly processes: readonly ProcessView[]
  /** The Node object of this name, if there is one. */
  readonly node: NodeView | undefined
  readonly netns: readonly NetnsView[]
  /** Addresses that host-local has written down as given out. */
  readonly allocated: readonly string[]
}

/** A Lease by which one of several processes is the one that works. */
export interface LeaderView {
  /** The Lease bears the name of the process. */
  readonly name: string
  /** Machine of its holder. */
  readonly holder: string
  /** Since it was renewed, by the store. */
  readonly age: Micros | undefined
  /** Without a renewal it is free after this long. */
  readonly duration: Micros
}

export interface TapeCell {
  readonly revision: number
  readonly resource: string
  readonly name: string
  readonly verb: 'put' | 'delete'
}

export interface ObjectKey {
  readonly resource: string
  /** Empty for what has none. */
  readonly namespace: string
  readonly name: string
}

export interface ObjectRef extends ObjectKey {
  readonly kind: string
  readonly revision: number
}

/** `outside`: it is no member yet, or none any more. */
export type RaftRole = 'leader' | 'follower' | 'candidate' | 'pre-candidate' | 'learner' | 'outside'

export interface KeyView {
  readonly key: string
  readonly value: string
}

/** One member of several. Of one that is down, what its disk holds. */
export interface EtcdMemberView {
  readonly process: ProcessId
  readonly machine: string
  readonly state: ProcessView['state']
  readonly role: RaftRole
  readonly term: number
  /** Machine of the member that it has voted for in its term. */
  readonly vote: string | undefined
  /** Machine of the member that it takes for the leader. */
  readonly leader: string | undefined
  /** Votes that a candidate has, its own too. */
  readonly votes: number
  /** Machines of the members with a vote, and of those without, as this one has them. */
  readonly voters: readonly string[]
  readonly learners: readonly string[]
  readonly lastIndex: number
  readonly lastTerm: number
  /** Up to here its log is on its disk. */
  readonly stableIndex: number
  /** The end of its log, by index. */
  readonly entries: readonly { readonly index: number; readonly term: number }[]
  readonly committed: number
  readonly applied: number
  readonly revision: number
  /** What a read of this member alone would find. */
  readonly keys: readonly KeyView[]
  readonly fsyncMicros: Micros
}

/** Somebody who watches the store, or the API server in front of it. */
export interface WatcherView {
  readonly process: ProcessId
  readonly resource: string
  /** The newest that it has seen. */
  readonly revision: number
}

export interface HistoryCell {
  readonly revision: number
  /** Place within its transaction. */
  readonly sub: number
  readonly key: string
  /** How it begins; undefined: a tombstone. */
  readonly value: string | undefined
  readonly bytes: number
}

/** A store that somebody uses without Kubernetes: all that it retains. */
export interface KeyspaceView {
  readonly cells: readonly HistoryCell[]
  readonly revision: number
  readonly compactRevision: number
  readonly inUseBytes: number
  readonly fileBytes: number
}

/** The whole cluster right after one event. */
export interface Frame {
  readonly branch: number
  readonly tick: number
  readonly at: Micros
  readonly machines: readonly MachineView[]
  readonly pods: readonly PodView[]
  readonly leaders: readonly LeaderView[]
  readonly store: {
    readonly revision: number
    readonly compactRevision: number
    readonly isUp: boolean
    /** The newest revisions that are no background, oldest first. */
    readonly tape: readonly TapeCell[]
  }
  /** Members of etcd, where there are several. */
  readonly etcd: readonly EtcdMemberView[]
  /** Undefined: it is Kubernetes', or nobody can look into it. */
  readonly keyspace: KeyspaceView | undefined
  readonly watchers: readonly WatcherView[]
  readonly reader: ReaderView | undefined
  readonly apiServices: readonly ApiServiceView[]
  /** Objects that can be inspected, newest change first. */
  readonly objects: readonly ObjectRef[]
  /** Pairs of machines that cannot reach each other. */
  readonly cuts: readonly string[]
}

export interface DiffView {
  /** `in` was added by the newest revision, `out` taken away. */
  readonly kind: 'same' | 'in' | 'out'
  readonly text: string
}

export interface FieldChange {
  /** `status.conditions[Ready].status`. */
  readonly path: string
  /** Undefined: it was not there, or is not there any more. */
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface Inspection {
  readonly ref: ObjectRef
  readonly previousRevision: number | undefined
  /** It has been deleted. */
  readonly isGone: boolean
  /** It was there at the moment that it is compared with. */
  readonly wasThere: boolean
  /** Fields that differ from that moment, but for the store's own counters. */
  readonly changes: readonly FieldChange[]
  /** The object as YAML, beside what it was at that moment. */
  readonly lines: readonly DiffView[]
  readonly revisions: readonly number[]
}

/** What is needed to see a failing run of a check again. */
export interface ReplayRequest {
  readonly exercise: string
  readonly replay: Replay
  readonly compiled: Compiled
}

export interface Requests {
  /** Answered by the replay's own worker alone. */
  replay: [ReplayRequest, Timeline]
  load: [StoryRequest, Timeline]
  fork: [ForkRequest, Timeline]
  seek: [{ branch: number; tick: number }, Frame]
  /** Compared with what it was at `sinceTick`; default: with its own revision before. */
  inspect: [ObjectKey & { branch: number; tick: number; sinceTick?: number }, Inspection | undefined]
  why: [{ branch: number; tick: number }, readonly Described[]]
}

export type RequestName = keyof Requests

export interface Asked<N extends RequestName = RequestName> {
  readonly id: number
  readonly name: N
  readonly body: Requests[N][0]
}

export type Answered =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }
