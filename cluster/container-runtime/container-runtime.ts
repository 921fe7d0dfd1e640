/**
 * containerd, as the kubelet sees it: the CRI.
 *
 * What the real one does: keeps images, makes a sandbox (namespaces, network, pause process) for every Pod and runs its
 * containers in it; each sandbox's shim keeps containers alive while containerd is away.
 * What we model: the calls of `cri.ts`; a database that is durable before an answer leaves; network namespaces and the
 * chain of CNI plugins as child processes; containers as child processes of simulated programs, which outlive a restart:
 * when containerd comes back it asks each child whether it is there, and has CNI collect the garbage of a crash.
 * What we leave out: shims as processes (what ends while containerd is away ends with code 255), runc, snapshots, logs,
 * stats, other runtimes. Garbage collection at start is CRI-O's habit. Signals other than SIGTERM and SIGKILL.
 * Where to read upstream: containerd `internal/cri/server`, `docs/cri`; k8s.io/cri-api.
 */
import type { Body, Component, Effect, Event, StreamId } from '#cluster/kernel/component.ts'
import type { ExecOutput, ExecResult, PrintedOutput } from '#cluster/linux/exec.ts'
import { SHIM_CONNECT } from '#cluster/linux/program.ts'
import type { OutOfMemory } from '#cluster/linux/memory.ts'
import type { SyscallReply } from '#cluster/linux/syscall.ts'
import { containerStatus, refuse, reply, sandboxStatus, statusesOf } from './answers.ts'
import {
  containerEnded,
  createContainer,
  execEnded,
  outOfMemory,
  execSync,
  execTimedOut,
  graceOver,
  removeContainer,
  startContainer,
  stopContainer,
} from './containers.ts'
import type { Container, ContainerFilter, CriRequest, PodSandbox, PodSandboxFilter } from './cri.ts'
import { imageStatus, listImages, preload, pulled, pullImage } from './image-service.ts'
import { collectGarbage, NETWORKS_READ, networksRead, readNetworks } from './networks.ts'
import {
  netnsMade,
  pauseEnded,
  pluginEnded,
  removePodSandbox,
  runPodSandbox,
  stopPodSandbox,
  takenDown,
} from './sandboxes.ts'
import type { RuntimeOptions, RuntimeState, Work } from './state.ts'
import { createState, load, wakeTasks } from './state.ts'
import {
  attach,
  containerLog,
  exec,
  execPrinted,
  hangUp,
  streamedExecEnded,
  takeChunk,
  takePrinted,
} from './streaming.ts'

const RUNTIME_VERSION = 'v2.2.0'
/** Calls that may wait while containerd finds out what survived. */
const PARKED_MAX = 1_024
/** Calls that may be under way at once. */
const TASKS_MAX = 4_096

export const containerRuntime: Component<RuntimeState, RuntimeOptions> = {
  name: 'container-runtime',
  init: createState,
  step(state, event, ctx): Effect[] {
    const work: Work = { state, ctx, effects: [] }
    handle(work, event)
    return work.effects
  },
}

function handle(work: Work, event: Event): void {
  const { state } = work
  switch (event.type) {
    case 'booted':
      return boot(work, event)
    case 'opened':
      if (event.body.type === 'cri') park(work, event.stream, event.body)
      else work.effects.push({ type: 'close', stream: event.stream })
      return
    case 'closed':
      if (state.probes.has(event.stream)) return probed(work, event.stream, event.reason === 'done')
      hangUp(work, event.stream)
      state.listeners.delete(event.stream)
      state.parked.delete(event.stream)
      return
    case 'data':
      return takeChunk(work, event.stream, event.body)
    case 'message':
      return message(work, event.from, event.body)
    case 'childExited':
      return childExited(work, event)
    case 'timer':
      return timer(work, Number(event.key.slice('task:'.length)))
  }
}

function message(work: Work, from: string, body: Body): void {
  if (body.type === 'syscallReply') {
    const { id, results } = body as SyscallReply
    if (id === NETWORKS_READ) return networksRead(work, results)
    for (const task of wakeTasks(work, `syscall:${id}`)) {
      if (task.stage === 'makeNetns') netnsMade(work, task, results)
      else takenDown(work, task)
    }
  } else if (body.type === 'execResult') {
    if (!streamedExecEnded(work, body as ExecResult)) execEnded(work, body as ExecResult)
  } else if (body.type === 'printed') takePrinted(work, from, body as PrintedOutput)
  else if (body.type === 'execOutput') execPrinted(work, body as ExecOutput)
  else if (body.type === 'fileChanged') readNetworks(work, false)
  else if (body.type === 'outOfMemory') outOfMemory(work, body as OutOfMemory)
}

function childExited(work: Work, event: Extract<Event, { type: 'childExited' }>): void {
  const { state } = work
  const id = state.children.get(event.child)
  if (id === undefined) {
    for (const task of wakeTasks(work, `child:${event.child}`)) pluginEnded(work, task, event.child, event)
    return
  }
  const container = state.containers.get(id)
  if (container) return containerEnded(work, container, event.code)
  const sandbox = state.sandboxes.get(id)
  if (sandbox) pauseEnded(work, sandbox)
  else state.children.delete(event.child)
}

function timer(work: Work, id: number): void {
  const task = work.state.tasks.get(id)
  if (!task) return
  if (task.stage === 'pull') pulled(work, task)
  else if (task.stage === 'stopContainer') graceOver(work, task)
  else if (task.stage === 'exec') execTimedOut(work, task)
}

// ── start ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function boot(work: Work, event: Extract<Event, { type: 'booted' }>): void {
  const { state, ctx, effects } = work
  preload(state)
  load(state, event.disk)
  readNetworks(work, true)
  const probe = (process: string, id: string): void => {
    const stream = ctx.id()
    state.probes.set(stream, id)
    state.children.set(process, id)
    effects.push({ type: 'open', stream, to: process, body: SHIM_CONNECT })
  }
  for (const sandbox of state.sandboxes.values()) if (sandbox.phase === 'ready') probe(sandbox.pause, sandbox.id)
  for (const container of state.containers.values()) {
    // One that was being started when we died may run although the record does not say so.
    if (container.state !== 'CONTAINER_EXITED') probe(container.process, container.id)
  }
}

/** A child has answered, or cannot. */
function probed(work: Work, stream: StreamId, alive: boolean): void {
  const { state } = work
  const id = state.probes.get(stream)!
  state.probes.delete(stream)
  const container = state.containers.get(id)
  const sandbox = state.sandboxes.get(id)
  if (alive && container?.state === 'CONTAINER_CREATED') {
    state.containers.set(id, { ...container, state: 'CONTAINER_RUNNING', startedAt: container.createdAt })
  } else if (!alive && container?.state === 'CONTAINER_RUNNING') containerEnded(work, container, undefined)
  else if (!alive && container) state.children.delete(container.process)
  else if (!alive && sandbox) pauseEnded(work, sandbox)
  if (state.probes.size > 0) return
  collectGarbage(work)
  for (const [waiting, body] of [...state.parked]) {
    state.parked.delete(waiting)
    serve(work, waiting, body as CriRequest)
  }
}

/** Nothing is served before it is known what survived. */
function park(work: Work, stream: StreamId, body: Body): void {
  const { state } = work
  if (state.probes.size === 0) return serve(work, stream, body as CriRequest)
  if (state.parked.size >= PARKED_MAX) return refuse(work, stream, 'Unavailable', 'server is not initialized yet')
  state.parked.set(stream, body)
}

// ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function serve(work: Work, stream: StreamId, request: CriRequest): void {
  if (work.state.tasks.size >= TASKS_MAX)
    return refuse(work, stream, 'ResourceExhausted', 'too many calls are under way')
  switch (request.call) {
    case 'RunPodSandbox':
      return runPodSandbox(work, stream, request)
    case 'StopPodSandbox':
      return stopPodSandbox(work, stream, request)
    case 'RemovePodSandbox':
      return removePodSandbox(work, stream, request)
    case 'CreateContainer':
      return createContainer(work, stream, request)
    case 'StartContainer':
      return startContainer(work, stream, request)
    case 'StopContainer':
      return stopContainer(work, stream, request)
    case 'RemoveContainer':
      return removeContainer(work, stream, request)
    case 'ExecSync':
      return execSync(work, stream, request)
    case 'Exec':
      return exec(work, stream, request)
    case 'Attach':
      return attach(work, stream, request)
    case 'ContainerLog':
      return containerLog(work, stream, request)
    case 'PullImage':
      return pullImage(work, stream, request)
    case 'ImageStatus':
      return imageStatus(work, stream, request)
    case 'ListImages':
      return listImages(work, stream)
    case 'GetContainerEvents':
      work.state.listeners.set(stream, true)
      return
    default:
      return look(work, stream, request)
  }
}

type LookCall = 'Version' | 'Status' | 'PodSandboxStatus' | 'ListPodSandbox' | 'ListContainers' | 'ContainerStatus'

function look(work: Work, stream: StreamId, request: CriRequest<LookCall>): void {
  const { state } = work
  switch (request.call) {
    case 'Version':
      return reply(work, stream, 'Version', {
        runtimeName: 'containerd',
        runtimeVersion: RUNTIME_VERSION,
        runtimeApiVersion: 'v1',
      })
    case 'Status':
      return status(work, stream)
    case 'PodSandboxStatus': {
      const sandbox = state.sandboxes.get(request.podSandboxId)
      if (!sandbox) {
        return refuse(
          work,
          stream,
          'NotFound',
          `an error occurred when try to find sandbox "${request.podSandboxId}": not found`,
        )
      }
      const containersStatuses = statusesOf(work, sandbox)
      return reply(work, stream, 'PodSandboxStatus', { status: sandboxStatus(sandbox), containersStatuses })
    }
    case 'ListPodSandbox':
      return reply(work, stream, 'ListPodSandbox', { items: listSandboxes(state, request.filter ?? {}) })
    case 'ListContainers':
      return reply(work, stream, 'ListContainers', { containers: listContainers(state, request.filter ?? {}) })
    case 'ContainerStatus': {
      const container = state.containers.get(request.containerId)
      if (container) return reply(work, stream, 'ContainerStatus', { status: containerStatus(container) })
      return refuse(
        work,
        stream,
        'NotFound',
        `an error occurred when try to find container "${request.containerId}": not found`,
      )
    }
    default:
      return refuse(work, stream, 'Unimplemented', `unknown method ${(request as CriRequest).call}`)
  }
}

function status(work: Work, stream: StreamId): void {
  const networked = work.state.network !== undefined
  const reason = networked ? '' : 'NetworkPluginNotReady'
  const text = networked ? '' : 'Network plugin returns error: cni plugin not initialized'
  reply(work, stream, 'Status', {
    conditions: [
      { type: 'RuntimeReady', status: true, reason: '', message: '' },
      { type: 'NetworkReady', status: networked, reason, message: text },
    ],
  })
}

function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return (
    wanted === undefined ||
    Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
  )
}

function listSandboxes(state: RuntimeState, filter: PodSandboxFilter): PodSandbox[] {
  const items: PodSandbox[] = []
  for (const sandbox of state.sandboxes.values()) {
    const { id, metadata, state: condition, createdAt, labels } = sandboxStatus(sandbox)
    if (filter.id !== undefined && filter.id !== id) continue
    if (filter.state !== undefined && filter.state !== condition) continue
    if (hasLabels(labels, filter.labelSelector)) items.push({ id, metadata, state: condition, createdAt, labels })
  }
  return items
}

function listContainers(state: RuntimeState, filter: ContainerFilter): Container[] {
  const items: Container[] = []
  for (const container of state.containers.values()) {
    const full = containerStatus(container)
    const { id, podSandboxId, metadata, image, imageRef, state: condition, createdAt, labels } = full
    if (filter.id !== undefined && filter.id !== id) continue
    if (filter.podSandboxId !== undefined && filter.podSandboxId !== podSandboxId) continue
    if (filter.state !== undefined && filter.state !== condition) continue
    if (!hasLabels(labels, filter.labelSelector)) continue
    items.push({ id, podSandboxId, metadata, image, imageRef, state: condition, createdAt, labels })
  }
  return items
}
