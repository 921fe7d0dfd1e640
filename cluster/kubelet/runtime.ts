/**
 * The kubelet's side of the CRI: calls, the stream of container events, and the picture of what runs.
 *
 * What we model: events instead of polling (the evented PLEG), a full listing after every (re)connect, and replies that
 * only ever move a container forward: created, running, exited.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/pleg/evented.go`, `pkg/kubelet/kuberuntime/`.
 */
import type {
  ContainerEvent,
  ContainerState,
  ContainerStatus,
  CriCall,
  CriCalls,
  PodSandboxMetadata,
  PodSandboxStatus,
} from '#cluster/container-runtime/cri.ts'
import { criRequest } from '#cluster/container-runtime/cri.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { CriTag, KubeletState, RuntimePod } from './state.ts'

const FORWARD: Record<ContainerState, number> = {
  CONTAINER_UNKNOWN: 0,
  CONTAINER_CREATED: 1,
  CONTAINER_RUNNING: 2,
  CONTAINER_EXITED: 3,
}

export function cri<C extends CriCall>(
  state: KubeletState,
  ctx: Context,
  call: C,
  request: CriCalls[C][0],
  tag: CriTag,
): Effect {
  const stream = ctx.id()
  state.criCalls.set(stream, tag)
  return { type: 'open', stream, to: state.options.runtime, body: criRequest(call, request) }
}

/** (Re)connects: events from now on, then a listing of what is there already. */
export function connectRuntime(state: KubeletState, ctx: Context): Effect[] {
  state.criEvents = ctx.id()
  state.recovering = 1
  const body = criRequest('GetContainerEvents', {})
  return [
    { type: 'open', stream: state.criEvents, to: state.options.runtime, body },
    cri(state, ctx, 'ListImages', {}, { for: 'images' }),
    cri(state, ctx, 'ListPodSandbox', {}, { for: 'recovery' }),
  ]
}

export function takeContainerEvent(state: KubeletState, event: ContainerEvent): string | undefined {
  const { podSandboxStatus, containersStatuses } = event
  if (!podSandboxStatus) return forgetSandbox(state, event.containerId)
  return takeSandboxStatus(state, podSandboxStatus, containersStatuses)
}

/** Puts one sandbox and its containers into the picture; returns the Pod's UID. */
export function takeSandboxStatus(
  state: KubeletState,
  sandbox: PodSandboxStatus,
  containers: readonly ContainerStatus[],
): string {
  const { uid } = sandbox.metadata
  const known = state.runtimePods.get(uid) ?? emptyPod(sandbox.metadata)
  const others = known.containers.filter((container) => container.podSandboxId !== sandbox.id)
  const mine = containers.map((container) => {
    const before = known.containers.find((other) => other.id === container.id)
    return before && FORWARD[before.state] > FORWARD[container.state] ? before : container
  })
  // A container that was created after this status was taken stays in the picture.
  const newer = known.containers.filter(
    (container) =>
      container.podSandboxId === sandbox.id &&
      !containers.some((other) => other.id === container.id) &&
      container.state !== 'CONTAINER_EXITED',
  )
  const dead = known.sandboxes.find((other) => other.id === sandbox.id)?.state === 'SANDBOX_NOTREADY'
  const now: PodSandboxStatus = dead ? { ...sandbox, state: 'SANDBOX_NOTREADY' } : sandbox
  const sandboxes = [...known.sandboxes.filter((other) => other.id !== sandbox.id), now]
  state.runtimePods.set(uid, { ...known, sandboxes, containers: [...others, ...mine, ...newer] })
  return uid
}

/** A reply told of one container: created or started. */
export function takeContainer(state: KubeletState, uid: string, container: ContainerStatus): void {
  const pod = state.runtimePods.get(uid)
  if (!pod) return
  const before = pod.containers.find((other) => other.id === container.id)
  if (before && FORWARD[before.state] >= FORWARD[container.state]) return
  const containers = before
    ? pod.containers.map((other) => (other === before ? container : other))
    : [...pod.containers, container]
  state.runtimePods.set(uid, { ...pod, containers })
}

export function forgetContainer(state: KubeletState, uid: string, id: string): void {
  const pod = state.runtimePods.get(uid)
  if (pod) state.runtimePods.set(uid, { ...pod, containers: pod.containers.filter((container) => container.id !== id) })
}

export function markSandboxStopped(state: KubeletState, uid: string, id: string): void {
  const pod = state.runtimePods.get(uid)
  if (!pod) return
  const sandboxes = pod.sandboxes.map((sandbox) =>
    sandbox.id === id ? { ...sandbox, state: 'SANDBOX_NOTREADY' as const } : sandbox,
  )
  state.runtimePods.set(uid, { ...pod, sandboxes })
}

export function forgetSandbox(state: KubeletState, id: string): string | undefined {
  for (const [uid, pod] of state.runtimePods) {
    if (!pod.sandboxes.some((sandbox) => sandbox.id === id)) continue
    const sandboxes = pod.sandboxes.filter((sandbox) => sandbox.id !== id)
    const containers = pod.containers.filter((container) => container.podSandboxId !== id)
    if (sandboxes.length === 0) state.runtimePods.delete(uid)
    else state.runtimePods.set(uid, { ...pod, sandboxes, containers })
    return uid
  }
  return undefined
}

const emptyPod = ({ uid, namespace, name }: PodSandboxMetadata): RuntimePod => ({
  uid,
  namespace,
  name,
  sandboxes: [],
  containers: [],
})
