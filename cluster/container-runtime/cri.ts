/**
 * The Container Runtime Interface: what a kubelet may ask of a runtime, as it travels.
 *
 * One call is one stream to `<machine>/containerd`: it opens with `{type: 'cri', call, …}` and the runtime closes it with
 * `{type: 'criReply', …}` or `{type: 'criError', code, message}`. `GetContainerEvents` stays open and carries one
 * `{type: 'containerEvent', …}` after the other.
 *
 * `Exec`, `Attach` and `ContainerLog` carry what is printed as `{type: 'chunk', channel, bytes}`, and what is typed the other way.
 *
 * What we leave out: protobuf; stats; image removal. Streaming goes over the call itself, where the real runtime
 * answers with the address of a second server. Two things are added: `RunPodSandbox` returns the sandbox's status with the id, because
 * the kubelet asks for it next anyway; `ContainerLog` stands for the log's file, which the kubelet reads by itself.
 * Where to read upstream: k8s.io/cri-api `pkg/apis/runtime/v1/api.proto`.
 */
import type { Body, Micros } from '#cluster/kernel/component.ts'

// ── what the calls are about ────────────────────────────────────────────────────────────────────────────────────────

export interface PodSandboxMetadata {
  /** Of the Pod. */
  readonly name: string
  readonly uid: string
  readonly namespace: string
  /** Counts the sandboxes that this Pod has had, from 0. */
  readonly attempt: number
}

export interface DnsConfig {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  /** For example `ndots:5`. */
  readonly options: readonly string[]
}

/** `POD`: a network namespace of its own. `NODE`: the machine's (`hostNetwork`), and no CNI plugin runs. */
export type NamespaceMode = 'POD' | 'NODE'

export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata
  readonly hostname?: string
  /** Becomes `/etc/resolv.conf` of the Pod. Missing: the machine's own. */
  readonly dnsConfig?: DnsConfig
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** Default network mode: `POD`. */
  readonly linux?: { readonly cgroupParent?: string; readonly network?: NamespaceMode }
}

export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY'

export interface PodSandboxStatus {
  readonly id: string
  readonly metadata: PodSandboxMetadata
  readonly state: PodSandboxState
  /** The machine's wall clock. */
  readonly createdAt: Micros
  /** `ip` is empty for `NODE` and before the network is set up. */
  readonly network: { readonly ip: string; readonly additionalIps: readonly string[] }
  readonly linux: { readonly network: NamespaceMode }
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface PodSandbox {
  readonly id: string
  readonly metadata: PodSandboxMetadata
  readonly state: PodSandboxState
  readonly createdAt: Micros
  readonly labels: Readonly<Record<string, string>>
}

export interface ContainerMetadata {
  readonly name: string
  /** Counts the containers of this name in this Pod, from 0: the restart count. */
  readonly attempt: number
}

export interface LinuxContainerResources {
  readonly cpuShares?: number
  /** Microseconds per `cpuPeriod`; 0 or missing: no limit. */
  readonly cpuQuota?: number
  /** Default 100,000. */
  readonly cpuPeriod?: number
  readonly memoryLimitInBytes?: number
}

export interface ContainerConfig {
  readonly metadata: ContainerMetadata
  readonly image: { readonly image: string }
  /** Takes the place of the image's entry point. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly envs?: readonly { readonly key: string; readonly value: string }[]
  /** What is mounted, file by file; the real CRI names directories of the host instead. */
  readonly files?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly linux?: { readonly resources?: LinuxContainerResources }
}

export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN'

export interface ContainerStatus {
  readonly id: string
  readonly podSandboxId: string
  readonly metadata: ContainerMetadata
  readonly state: ContainerState
  readonly createdAt: Micros
  /** 0 until then. */
  readonly startedAt: Micros
  readonly finishedAt: Micros
  /** Valid once exited: 137 by SIGKILL, 143 by SIGTERM, 255 if nobody saw it end. */
  readonly exitCode: number
  /** Its whole name: `docker.io/library/nginx:latest`. */
  readonly image: { readonly image: string }
  /** `docker.io/library/nginx@sha256:…` */
  readonly imageRef: string
  /** `Completed`, `Error`, `StartError`, `Unknown`, or empty while it has not ended. */
  readonly reason: string
  readonly message: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface Container {
  readonly id: string
  readonly podSandboxId: string
  readonly metadata: ContainerMetadata
  readonly image: { readonly image: string }
  readonly imageRef: string
  readonly state: ContainerState
  readonly createdAt: Micros
  readonly labels: Readonly<Record<string, string>>
}

export interface Image {
  /** `sha256:…` */
  readonly id: string
  readonly repoTags: readonly string[]
  /** The same by what is in them: `docker.io/library/nginx@sha256:…`. */
  readonly repoDigests: readonly string[]
  readonly size: number
}

export interface RuntimeCondition {
  readonly type: 'RuntimeReady' | 'NetworkReady'
  readonly status: boolean
  readonly reason: string
  readonly message: string
}

// ── the calls ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Request and reply of every call, by its name. */
export interface CriCalls {
  Version: [
    request: object,
    reply: { readonly runtimeName: string; readonly runtimeVersion: string; readonly runtimeApiVersion: 'v1' },
  ]
  Status: [request: object, reply: { readonly conditions: readonly RuntimeCondition[] }]
  RunPodSandbox: [
    request: { readonly config: PodSandboxConfig; readonly runtimeHandler?: string },
    reply: { readonly podSandboxId: string; readonly status: PodSandboxStatus },
  ]
  /** Kills what runs in it and takes its network down. Idempotent; an unknown id is a success. */
  StopPodSandbox: [request: { readonly podSandboxId: string }, reply: object]
  /** Removes the sandbox and its containers, by force if need be. An unknown id is a success. */
  RemovePodSandbox: [request: { readonly podSandboxId: string }, reply: object]
  PodSandboxStatus: [
    request: { readonly podSandboxId: string },
    reply: { readonly status: PodSandboxStatus; readonly containersStatuses: readonly ContainerStatus[] },
  ]
  ListPodSandbox: [request: { readonly filter?: PodSandboxFilter }, reply: { readonly items: readonly PodSandbox[] }]
  CreateContainer: [
    request: { readonly podSandboxId: string; readonly config: ContainerConfig },
    reply: { readonly containerId: string },
  ]
  StartContainer: [request: { readonly containerId: string }, reply: object]
  /** SIGTERM, then SIGKILL after `timeout` seconds; answers once it has ended. Idempotent. */
  StopContainer: [request: { readonly containerId: string; readonly timeout: number }, reply: object]
  /** Kills it first if it runs. An unknown id is a success. */
  RemoveContainer: [request: { readonly containerId: string }, reply: object]
  ListContainers: [request: { readonly filter?: ContainerFilter }, reply: { readonly containers: readonly Container[] }]
  ContainerStatus: [request: { readonly containerId: string }, reply: { readonly status: ContainerStatus }]
  /** `timeout` in seconds, 0: none. Past it: code `DeadlineExceeded`. */
  ExecSync: [
    request: { readonly containerId: string; readonly cmd: readonly string[]; readonly timeout: number },
    reply: { readonly stdout: string; readonly stderr: string; readonly exitCode: number },
  ]
  /** Chunks both ways; the reply comes when the command has ended. */
  Exec: [
    request: {
      readonly containerId: string
      readonly cmd: readonly string[]
      readonly stdin: boolean
      readonly tty: boolean
    },
    reply: { readonly exitCode: number },
  ]
  /** What the container's own program prints from now on, until it ends. */
  Attach: [request: { readonly containerId: string; readonly stdin: boolean }, reply: object]
  /** Lines, as `{type: 'logLines', lines}`, newest last; with `follow` until the container ends. */
  ContainerLog: [request: { readonly containerId: string; readonly follow: boolean }, reply: object]
  PullImage: [request: { readonly image: string }, reply: { readonly imageRef: string; readonly sizeBytes: number }]
  /** `image` is undefined if it is not on the machine. */
  ImageStatus: [request: { readonly image: string }, reply: { readonly image: Image | undefined }]
  ListImages: [request: object, reply: { readonly images: readonly Image[] }]
  /** Never answered: the stream carries `ContainerEvent`s from now on, until either side closes it. */
  GetContainerEvents: [request: object, reply: never]
}

export type CriCall = keyof CriCalls

export interface PodSandboxFilter {
  readonly id?: string
  readonly state?: PodSandboxState
  readonly labelSelector?: Readonly<Record<string, string>>
}

export interface ContainerFilter {
  readonly id?: string
  readonly podSandboxId?: string
  readonly state?: ContainerState
  readonly labelSelector?: Readonly<Record<string, string>>
}

/** Some bytes of a channel, either way. */
export interface Chunk extends Body {
  readonly type: 'chunk'
  readonly channel: 'stdin' | 'stdout' | 'stderr'
  /** One character for each byte. */
  readonly bytes: string
  /** No more of this channel. */
  readonly end?: boolean
  /** Of the terminal, from now on. */
  readonly size?: { readonly columns: number; readonly rows: number }
}

export interface LogLine {
  readonly at: Micros
  readonly channel: 'stdout' | 'stderr'
  /** With its newline; without one, the next line goes on with it. One character for each byte. */
  readonly bytes: string
}

export interface LogLines extends Body {
  readonly type: 'logLines'
  readonly lines: readonly LogLine[]
}

/** What opens the stream. */
export type CriRequest<C extends CriCall = CriCall> = C extends CriCall
  ? Body & { readonly type: 'cri'; readonly call: C } & CriCalls[C][0]
  : never

/** What closes it when all went well. */
export type CriReply<C extends CriCall = CriCall> = Body & { readonly type: 'criReply' } & CriCalls[C][1]

/** gRPC's own names. */
export type GrpcCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'InvalidArgument'
  | 'FailedPrecondition'
  | 'ResourceExhausted'
  | 'DeadlineExceeded'
  | 'Unavailable'
  | 'Unimplemented'
  | 'Unknown'

/** What closes it otherwise. */
export interface CriError extends Body {
  readonly type: 'criError'
  readonly code: GrpcCode
  readonly message: string
}

export type ContainerEventType =
  'CONTAINER_CREATED_EVENT' | 'CONTAINER_STARTED_EVENT' | 'CONTAINER_STOPPED_EVENT' | 'CONTAINER_DELETED_EVENT'

/** On the stream of `GetContainerEvents`. The sandbox itself counts as a container: its id is then `containerId`. */
export interface ContainerEvent extends Body {
  readonly type: 'containerEvent'
  readonly containerId: string
  readonly containerEventType: ContainerEventType
  readonly createdAt: Micros
  /** As of now; undefined once the sandbox is removed. */
  readonly podSandboxStatus: PodSandboxStatus | undefined
  /** Of every container of the sandbox, as of now. */
  readonly containersStatuses: readonly ContainerStatus[]
}

export function criRequest<C extends CriCall>(call: C, request: CriCalls[C][0]): CriRequest<C> {
  return { type: 'cri', call, ...request } as CriRequest<C>
}
