/** What containerd keeps, in memory and on its disk. */
import type { Body, Context, DiskImage, Effect, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { CniResult, NetConfList } from '#cluster/cni/spec.ts'
import type { ContainerConfig, CriCall, CriRequest, Image, LogLine, PodSandboxConfig } from './cri.ts'
import type { ImageRow } from './images.ts'
import { imageRows } from './images.ts'

export interface RuntimeOptions {
  /** Images beyond the ones that are always there. */
  readonly images?: readonly ImageRow[]
  /** References that need no pull. The sandbox image is always there. */
  readonly preloaded?: readonly string[]
  /** Handed to programs that speak to the API. */
  readonly apiServers?: readonly ProcessId[]
  /** Of a pull: for asking the registry, and per megabyte. */
  readonly pullMicros?: { readonly manifest: Micros; readonly perMegabyte: Micros }
}

export interface SandboxRecord {
  readonly id: string
  readonly config: PodSandboxConfig
  /** `setup`: its network is being made. `ready`: pause runs. `stopped`: nothing of it runs any more. */
  readonly phase: 'setup' | 'ready' | 'stopped'
  readonly createdAt: Micros
  /** Path of the network namespace; empty for the machine's own. */
  readonly netns: string
  /** Inode of it; 0 before it is there. */
  readonly inode: number
  /** Result of ADD, for CHECK and DEL. */
  readonly cniResult: CniResult | undefined
  /** The network that ADD was for: DEL must use the same. */
  readonly network: NetConfList | undefined
  readonly ip: string
  readonly pause: ProcessId
  /** Ids of its containers, oldest first. */
  readonly containers: readonly string[]
}

export interface ContainerRecord {
  readonly id: string
  readonly sandbox: string
  readonly config: ContainerConfig
  /** Its whole name. */
  readonly image: string
  readonly imageRef: string
  readonly state: 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED'
  readonly createdAt: Micros
  readonly startedAt: Micros
  readonly finishedAt: Micros
  readonly exitCode: number
  readonly reason: string
  readonly message: string
  readonly process: ProcessId
  /** The kernel has killed it for going beyond its limit. */
  readonly isOutOfMemory?: boolean
}

/** A call (or a piece of housekeeping) that waits for something. */
export interface Task {
  readonly id: number
  /** Who is to be answered; undefined for housekeeping and for callers that have gone. */
  readonly stream: StreamId | undefined
  readonly stage:
    | 'makeNetns'
    | 'addNetwork'
    | 'deleteNetwork'
    | 'deleteNetns'
    | 'collectGarbage'
    | 'stopContainer'
    | 'removeContainer'
    | 'exec'
    | 'pull'
  readonly sandbox: string
  readonly container: string
  /** How far a chain of plugins has got. */
  readonly position: number
  readonly prevResult: CniResult | undefined
  /** What is to be done once the network is down. */
  readonly purpose: 'stop' | 'remove' | 'failed' | undefined
  /** The error that the call ends with once everything is undone. */
  readonly failure: string
  readonly image: string
}

export interface RuntimeState {
  readonly options: Required<Omit<RuntimeOptions, 'images'>> & { readonly rows: readonly ImageRow[] }
  images: Table<string, Image>
  sandboxes: Table<string, SandboxRecord>
  containers: Table<string, ContainerRecord>
  /** Names that are taken, of sandboxes and containers. */
  names: Table<string, string>
  /** What each child process is: a sandbox's or a container's id. */
  children: Table<ProcessId, string>
  tasks: Table<number, Task>
  /** Task that waits for a system call, a plugin, an exec or a stop: by `syscall:…`, `child:…`, `exec:…`, `container:…`. */
  waiting: Table<string, readonly number[]>
  /** Streams of `GetContainerEvents`. */
  listeners: Table<StreamId, true>
  /** The newest lines that each container printed, until it is removed. */
  logs: Table<string, readonly LogLine[]>
  /** Who hears what a container prints. */
  followers: Table<StreamId, { readonly container: string; readonly kind: 'log' | 'attach' }>
  /** Sessions by `Exec`, and which stream each belongs to. */
  execs: Table<number, { readonly container: string; readonly stream: StreamId }>
  execStreams: Table<StreamId, number>
  network: NetConfList | undefined
  /** Children that have not said yet whether they survived our restart: what they are, by stream. */
  probes: Table<StreamId, string>
  /** Garbage has been collected since the start. */
  collected: boolean
  /** Calls that came before we knew. */
  parked: Table<StreamId, Body>
  /** Records in the database since it was last rewritten. */
  journal: number
}

/** What one step works with. */
export interface Work {
  readonly state: RuntimeState
  readonly ctx: Context
  readonly effects: Effect[]
}

export type Request<C extends CriCall> = CriRequest<C>

const PULL_MICROS = { manifest: 150_000, perMegabyte: 10_000 }

export function createState(options: RuntimeOptions): RuntimeState {
  const { images = [], preloaded = [], apiServers = [], pullMicros = PULL_MICROS } = options
  return {
    options: Object.freeze({ preloaded, apiServers, pullMicros, rows: Object.freeze([...imageRows, ...images]) }),
    images: new Table(),
    sandboxes: new Table(),
    containers: new Table(),
    names: new Table(),
    children: new Table(),
    tasks: new Table(),
    waiting: new Table(),
    listeners: new Table(),
    logs: new Table(),
    followers: new Table(),
    execs: new Table(),
    execStreams: new Table(),
    network: undefined,
    probes: new Table(),
    collected: false,
    parked: new Table(),
    journal: 0,
  }
}

// ── the database ────────────────────────────────────────────────────────────────────────────────────────────────────

const DATABASE = 'meta.db'
/** The database is rewritten when it has more records than this and most of them are of no use. */
const JOURNAL_MIN = 4_096

type DatabaseRecord =
  | { readonly kind: 'sandbox'; readonly id: string; readonly value?: SandboxRecord }
  | { readonly kind: 'container'; readonly id: string; readonly value?: ContainerRecord }
  | { readonly kind: 'image'; readonly id: string; readonly value?: Image }

/** Appends to the database. It is durable once a `persist` that follows has come back. */
function record(work: Work, entry: DatabaseRecord): void {
  const { state, effects } = work
  effects.push({ type: 'append', file: DATABASE, records: [entry] })
  state.journal++
  const alive = state.sandboxes.size + state.containers.size + state.images.size
  if (state.journal > JOURNAL_MIN && state.journal > alive * 4) rewrite(work)
}

function rewrite({ state, effects }: Work): void {
  const records: DatabaseRecord[] = [
    ...[...state.images].map(([id, value]) => ({ kind: 'image', id, value }) as const),
    ...[...state.sandboxes].map(([id, value]) => ({ kind: 'sandbox', id, value }) as const),
    ...[...state.containers].map(([id, value]) => ({ kind: 'container', id, value }) as const),
  ]
  effects.push({ type: 'remove', file: DATABASE }, { type: 'append', file: DATABASE, records })
  state.journal = records.length
}

/** Effects after this wait until all that was recorded is durable. */
export function persist(work: Work): void {
  work.effects.push({ type: 'persist', id: work.ctx.id() })
}

export function putSandbox(work: Work, sandbox: SandboxRecord): void {
  work.state.sandboxes.set(sandbox.id, sandbox)
  record(work, { kind: 'sandbox', id: sandbox.id, value: sandbox })
}

export function dropSandbox(work: Work, id: string): void {
  const sandbox = work.state.sandboxes.get(id)
  if (!sandbox) return
  work.state.sandboxes.delete(id)
  work.state.names.delete(sandboxName(sandbox.config))
  record(work, { kind: 'sandbox', id })
}

export function putContainer(work: Work, container: ContainerRecord): void {
  work.state.containers.set(container.id, container)
  record(work, { kind: 'container', id: container.id, value: container })
}

export function dropContainer(work: Work, container: ContainerRecord): void {
  const { state } = work
  state.containers.delete(container.id)
  state.logs.delete(container.id)
  state.names.delete(containerName(container.config, state.sandboxes.get(container.sandbox)!.config))
  const sandbox = state.sandboxes.get(container.sandbox)!
  const containers = sandbox.containers.filter((id) => id !== container.id)
  state.sandboxes.set(sandbox.id, { ...sandbox, containers })
  record(work, { kind: 'container', id: container.id })
}

export function putImage(work: Work, reference: string, image: Image): void {
  work.state.images.set(reference, image)
  record(work, { kind: 'image', id: reference, value: image })
}

/** Reads the database after a boot. */
export function load(state: RuntimeState, disk: DiskImage): void {
  const entries = (disk[DATABASE] ?? []) as readonly DatabaseRecord[]
  state.journal = entries.length
  for (const { kind, id, value } of entries) {
    const table = { sandbox: state.sandboxes, container: state.containers, image: state.images }[kind] as Table<
      string,
      any
    >
    if (value === undefined) table.delete(id)
    else table.set(id, value)
  }
  for (const sandbox of [...state.sandboxes.values()]) {
    state.names.set(sandboxName(sandbox.config), sandbox.id)
    state.sandboxes.set(sandbox.id, { ...sandbox, containers: [] })
  }
  for (const container of [...state.containers.values()]) {
    const sandbox = state.sandboxes.get(container.sandbox)
    // The sandbox's record is written after its last container's.
    if (!sandbox) state.containers.delete(container.id)
    else {
      state.names.set(containerName(container.config, sandbox.config), container.id)
      state.sandboxes.set(sandbox.id, { ...sandbox, containers: [...sandbox.containers, container.id] })
    }
  }
}

export function sandboxName({ metadata }: PodSandboxConfig): string {
  return `${metadata.name}_${metadata.namespace}_${metadata.uid}_${metadata.attempt}`
}

export function containerName({ metadata }: ContainerConfig, sandbox: PodSandboxConfig): string {
  const pod = sandbox.metadata
  return `${metadata.name}_${pod.name}_${pod.namespace}_${pod.uid}_${metadata.attempt}`
}

/** 64 hexadecimal digits. */
export function newId(work: Work): string {
  // Two draws, the rest derived: eight would cost more than the rest of the call.
  const random = work.ctx.random('id')
  const first = random.int(0x1_0000_0000)
  let word = random.int(0x1_0000_0000)
  let id = first.toString(16).padStart(8, '0')
  for (let i = 1; i < 8; i++) {
    id += (word >>> 0).toString(16).padStart(8, '0')
    word = Math.imul(word ^ (word >>> 16), 0x45d9f3b) + first
  }
  return id
}

// ── tasks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function newTask(work: Work, stream: StreamId | undefined, stage: Task['stage'], more: Partial<Task>): Task {
  const id = work.ctx.id()
  const blank = {
    sandbox: '',
    container: '',
    position: 0,
    prevResult: undefined,
    purpose: undefined,
    failure: '',
    image: '',
  }
  const task: Task = { ...blank, ...more, id, stream, stage }
  work.state.tasks.set(id, task)
  return task
}

export function updateTask(work: Work, task: Task): Task {
  work.state.tasks.set(task.id, task)
  return task
}

export function waitFor(work: Work, key: string, task: Task): void {
  const { waiting } = work.state
  waiting.set(key, [...(waiting.get(key) ?? []), task.id])
}

/** The tasks that have waited for this, which they do no longer. */
export function wakeTasks(work: Work, key: string): Task[] {
  const { waiting, tasks } = work.state
  const ids = waiting.get(key)
  if (!ids) return []
  waiting.delete(key)
  return ids.map((id) => tasks.get(id)).filter((task) => task !== undefined)
}
