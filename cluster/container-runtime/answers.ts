/** What containerd says: replies, errors, statuses and events. */
import type { StreamId } from '#cluster/kernel/component.ts'
import type {
  ContainerEvent,
  ContainerEventType,
  ContainerStatus,
  CriCall,
  CriCalls,
  CriError,
  GrpcCode,
  PodSandboxStatus,
} from './cri.ts'
import type { ContainerRecord, SandboxRecord, Task, Work } from './state.ts'

export function reply<C extends CriCall>(
  work: Work,
  stream: StreamId | undefined,
  _call: C,
  body: CriCalls[C][1],
): void {
  if (stream !== undefined)
    work.effects.push({ type: 'close', stream, body: { type: 'criReply', ...(body as object) } })
}

export function refuse(work: Work, stream: StreamId | undefined, code: GrpcCode, message: string): void {
  const body: CriError = { type: 'criError', code, message }
  if (stream !== undefined) work.effects.push({ type: 'close', stream, body })
}

/** Ends a task with an answer. */
export function finish<C extends CriCall>(work: Work, task: Task, call: C, body: CriCalls[C][1]): void {
  work.state.tasks.delete(task.id)
  reply(work, task.stream, call, body)
}

export function abort(work: Work, task: Task, code: GrpcCode, message: string): void {
  work.state.tasks.delete(task.id)
  refuse(work, task.stream, code, message)
}

const NOTHING = Object.freeze({})

export function sandboxStatus(sandbox: SandboxRecord): PodSandboxStatus {
  const { config, id, phase, createdAt, ip } = sandbox
  return {
    id,
    metadata: config.metadata,
    state: phase === 'ready' ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    createdAt,
    network: { ip, additionalIps: [] },
    linux: { network: config.linux?.network ?? 'POD' },
    labels: config.labels ?? NOTHING,
    annotations: config.annotations ?? NOTHING,
  }
}

export function containerStatus(container: ContainerRecord): ContainerStatus {
  const { id, sandbox, config, state, createdAt, startedAt, finishedAt, exitCode, image, imageRef, reason, message } =
    container
  return {
    id,
    podSandboxId: sandbox,
    metadata: config.metadata,
    state,
    createdAt,
    startedAt,
    finishedAt,
    exitCode,
    image: { image },
    imageRef,
    reason,
    message,
    labels: config.labels ?? NOTHING,
    annotations: config.annotations ?? NOTHING,
  }
}

export function statusesOf(work: Work, sandbox: SandboxRecord): ContainerStatus[] {
  return sandbox.containers.map((id) => containerStatus(work.state.containers.get(id)!))
}

/** Tells everybody who listens. CREATED events are left out: the kubelet makes nothing of them. */
export function announce(work: Work, containerId: string, kind: ContainerEventType, sandboxId: string): void {
  const { state, ctx, effects } = work
  if (state.listeners.size === 0) return
  const sandbox = state.sandboxes.get(sandboxId)
  const body: ContainerEvent = {
    type: 'containerEvent',
    containerId,
    containerEventType: kind,
    createdAt: ctx.now,
    podSandboxStatus: sandbox && sandboxStatus(sandbox),
    containersStatuses: sandbox ? statusesOf(work, sandbox) : [],
  }
  for (const stream of state.listeners.keys()) effects.push({ type: 'write', stream, body })
}
