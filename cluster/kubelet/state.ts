/** What a kubelet knows, as plain data. */
import type { Lease, Node, NodeStatus, Pod, PodStatus, ResourceList, Taint } from '#cluster/api/types.ts'
import type { Amounts } from '#cluster/api/pod-resources.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import type { EventRecorder } from '#cluster/client/event-recorder.ts'
import type { Informer } from '#cluster/client/informer.ts'
import type { ContainerStatus, PodSandboxStatus, RuntimeCondition } from '#cluster/container-runtime/cri.ts'
import type { Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { Table } from '#cluster/kernel/table.ts'

/** A container whose usage is asked for. */
export interface Measured {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly memoryBytes: number
}

export interface KubeletOptions {
  readonly nodeName: string
  readonly servers: readonly ProcessId[]
  /** The CRI socket, `node-1/containerd`. */
  readonly runtime: ProcessId
  /** The kernel of the machine, `node-1/linux`. */
  readonly linux: ProcessId
  /** Internal IP of the machine. */
  readonly address: string
  readonly capacity?: ResourceList
  readonly labels?: Readonly<Record<string, string>>
  /** `--register-with-taints` */
  readonly taints?: readonly Taint[]
  readonly clusterDNS?: string
  readonly clusterDomain?: string
  /** Whether it tells people in Events what it does. Default false. */
  readonly events?: boolean
  /** Whether it says in a CSINode what volumes can be attached to it. Default false. */
  readonly csiNode?: boolean
  /** It says of its Node all that the real one says: former labels, who attaches its volumes, where it listens. Default: what is acted upon. */
  readonly describesNode?: boolean
  /** Whether Pods are ended when memory runs short. Default false. */
  readonly nodePressureEviction?: boolean
}

/** What the runtime has of one Pod: the kubelet never trusts its memory where it can ask. */
export interface RuntimePod {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** Newest last. */
  readonly sandboxes: readonly PodSandboxStatus[]
  /** In the order of creation; the highest attempt of a name is the one that counts. */
  readonly containers: readonly ContainerStatus[]
}

/** One Pod worker. Invariant: at most one call to the runtime is under way while it syncs. */
export interface PodWorker {
  readonly uid: string
  readonly key: string
  /** `terminated`: nothing runs any more; only the API object is left to be deleted. */
  readonly phase: 'syncing' | 'terminating' | 'terminated'
  /** Calls to the runtime under way. */
  readonly busy: number
  /** When this kubelet first saw the Pod. */
  readonly startedAt: Micros
  /** Set when the Pod was refused at the door: its final status. */
  readonly rejected?: { readonly reason: string; readonly message: string }
  /** It is ended because the node runs short of something. */
  readonly evicted?: { readonly reason: string; readonly message: string }
  /** What it was admitted with; undefined once nothing of it runs any more. */
  readonly holds?: Amounts | undefined
  /** The final delete has been sent. */
  readonly deleting?: boolean
}

export interface SentStatus {
  /** The status that the API server has acknowledged, or the one under way. */
  readonly sent: PodStatus | undefined
  readonly pending: boolean
  /** While it was pending, another look was due: what it found has not been reported. */
  readonly missed?: boolean
  /** The Pod's version once it was acknowledged. */
  readonly version: string | undefined
}

/** Why a container does not run, until it does. */
export interface Waiting {
  readonly reason: string
  readonly message?: string
}

export interface Backoff {
  readonly delay: Micros
  /** Not before this time. */
  readonly until: Micros
  /** When people are told of it again. */
  readonly toldAgainAt?: Micros
}

/** What a Pod's volumes hold, as far as it has come. */
export interface PodVolumes {
  /** Requests that are still out. */
  readonly open: number
  /** What has come, by the request's key. */
  readonly bodies: Readonly<Record<string, unknown>>
  /** Why something has not. */
  readonly failure: string | undefined
  /** When it is to be looked for again, or tokens are due for renewal. */
  readonly until: Micros
}

export interface KubeletState {
  readonly options: KubeletOptions
  /** What the node may give to Pods, in thousandths. */
  readonly allocatable: Amounts
  /** Sum of what the workers hold, `pods` among them. */
  used: Record<string, number>
  client: ApiClient
  /** Undefined where it keeps silent. */
  recorder: EventRecorder | undefined
  pods: Informer<Pod>
  node: Informer<Node>
  registered: boolean
  /** The uid of the Node whose CSINode has been made, or is about to be. A Node of the same name that comes after it has another. */
  csiNodeOf: string
  /** What kind of machine it is on. */
  readonly nodeInfo: Readonly<Record<string, string>>
  lease: { object: Lease | undefined; pending: boolean }
  nodeStatus: {
    sent: NodeStatus | undefined
    sentAt: Micros
    pending: boolean
    /** What it was made from when it was last found to be as it was sent. */
    from: { readonly known: Node | undefined; readonly runtime: readonly RuntimeCondition[] | undefined } | undefined
  }
  runtimeConditions: readonly RuntimeCondition[] | undefined
  /** Calls to the runtime under way. */
  criCalls: Table<StreamId, CriTag>
  /** The stream of container events; 0 while there is none. */
  criEvents: StreamId
  /** Calls still out before what ran at start-up is known; undefined: not begun, 0: known. */
  recovering: number | undefined
  runtimePods: Table<string, RuntimePod>
  workers: Table<string, PodWorker>
  /** When the pull of an image began, by `uid/container`, until the container is created. */
  pulls: Table<string, Micros>
  /** Images on this machine: name → reference. */
  images: Table<string, string>
  statuses: Table<string, SentStatus>
  /** Files of the machine that were asked for, by the call's id. */
  hostCalls: Table<number, { readonly uid: string; readonly path: string }>
  /** What the volumes of Pods hold, by the Pod's uid. */
  volumes: Table<string, PodVolumes>
  /** By `uid/container`. */
  waiting: Table<string, Waiting>
  backoffs: Table<string, Backoff>
  probes: Table<string, ProbeState>
  /** Probe requests under way in the kernel, by the request's id. */
  probeCalls: Table<number, string>
  /** How much memory is held: asked, and not answered yet. */
  memoryCall:
    | { readonly id: number; readonly measured: readonly { readonly uid: string; readonly container: string }[] }
    | undefined
  /** When memory was last found to be short. */
  pressureSeenAt: Micros | undefined
  /** Readings of the kernel's counters, and whom they are for. */
  statsCalls: Table<
    number,
    { readonly stream: StreamId; readonly path: string; readonly measured: readonly Measured[] }
  >
  /** Whom the kubelet's own server serves, and the calls of the runtime that it makes for them. */
  served: Table<StreamId, Served>
  serving: Table<StreamId, StreamId>
  /** Forwarded requests under way in the kernel. */
  forwards: Table<number, { readonly stream: StreamId; readonly connection: number; readonly port: number }>
}

export type Served =
  /** `call` is the stream to the runtime. */
  | { readonly for: 'exec' | 'attach'; readonly call: StreamId }
  | {
      readonly for: 'logs'
      readonly call: StreamId
      readonly query: Readonly<Record<string, string>>
      /** What was there already has been sent. */
      readonly sent: boolean
    }
  | { readonly for: 'forward'; readonly call: 0; readonly uid: string }

export type CriTag =
  | { readonly for: 'runtime' }
  | { readonly for: 'recovery' }
  | { readonly for: 'images' }
  | { readonly for: 'pod'; readonly uid: string; readonly action: PodAction }
  | { readonly for: 'probe'; readonly key: string }

export type PodAction =
  | { readonly type: 'createSandbox'; readonly attempt: number }
  | { readonly type: 'stopSandbox'; readonly id: string }
  | { readonly type: 'removeSandbox'; readonly id: string }
  | { readonly type: 'pullImage'; readonly container: string; readonly image: string }
  | { readonly type: 'createContainer'; readonly container: string; readonly attempt: number }
  | { readonly type: 'startContainer'; readonly container: string; readonly id: string }
  | { readonly type: 'stopContainer'; readonly container: string; readonly id: string; readonly grace: number }
  | { readonly type: 'removeContainer'; readonly id: string }

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

export interface ProbeState {
  readonly uid: string
  readonly container: string
  readonly kind: ProbeKind
  /** Results are of this container; another one starts afresh. */
  readonly containerId: string
  readonly successes: number
  readonly failures: number
  /** Undefined until the first threshold is reached. */
  readonly result: boolean | undefined
}
