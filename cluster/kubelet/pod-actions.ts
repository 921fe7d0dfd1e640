/**
 * What to do next for one Pod: desired (the API's Pod) against actual (what the runtime says), one action at a time.
 *
 * Nothing is remembered between calls except back-offs, so a kubelet that was away does the same as one that was not.
 * Order: a ready sandbox; ephemeral containers, once each; init containers one after another (a restartable one only has to have started); then every
 * container on its own, by the restart policy.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (computePodActions).
 */
import type { Container, EphemeralContainer, Pod } from '#cluster/api/types.ts'
import type { ContainerStatus, PodSandboxStatus } from '#cluster/container-runtime/cri.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { PodAction, ProbeState, RuntimePod } from './state.ts'

/** An action, or the time at which to ask again, or nothing to do. */
export type Next = { readonly action: PodAction } | { readonly waitUntil: Micros } | 'settled'

export interface SyncView {
  readonly now: Micros
  readonly images: (image: string) => boolean
  readonly backoffUntil: (container: string) => Micros | undefined
  readonly probe: (container: string, kind: 'startup' | 'liveness') => ProbeState | undefined
}

/** A restart counts on over all sandboxes that the Pod has had. */
function nextAttempt(runtime: RuntimePod | undefined, container: string): number {
  const latest = latestContainer(runtime, container)
  return latest ? latest.metadata.attempt + 1 : 0
}

export function nextPodAction(pod: Pod, runtime: RuntimePod | undefined, view: SyncView): Next {
  const sandbox = latestSandbox(runtime)
  if (!sandbox || sandbox.state !== 'SANDBOX_READY') return replaceSandbox(pod, runtime, sandbox)
  const inits = pod.spec.initContainers ?? []
  let wait: Micros | undefined
  const consider = (next: Next): PodAction | undefined => {
    if (next === 'settled') return undefined
    if ('action' in next) return next.action
    wait = wait === undefined ? next.waitUntil : Math.min(wait, next.waitUntil)
    return undefined
  }
  for (const helper of pod.spec.ephemeralContainers ?? []) {
    const action = consider(nextForEphemeral(helper, runtime, view))
    if (action) return { action }
  }
  for (const init of inits) {
    const status = latestContainer(runtime, init.name, sandbox)
    const action = consider(nextForInit(pod, init, status, nextAttempt(runtime, init.name), view))
    if (action) return { action }
    if (!isInitDone(init, status, view)) return wait === undefined ? 'settled' : { waitUntil: wait }
  }
  for (const container of pod.spec.containers) {
    const status = latestContainer(runtime, container.name, sandbox)
    const action = consider(nextForContainer(pod, container, status, nextAttempt(runtime, container.name), view))
    if (action) return { action }
  }
  const old = runtime!.containers.find((container) => isSuperseded(runtime!, container))
  if (old) return { action: { type: 'removeContainer', id: old.id } }
  // A sandbox that has been replaced still holds its address.
  const dead = runtime!.sandboxes.find(({ id }) => id !== sandbox.id)
  if (dead) return { action: { type: 'removeSandbox', id: dead.id } }
  return wait === undefined ? 'settled' : { waitUntil: wait }
}

export function latestSandbox(runtime: RuntimePod | undefined): PodSandboxStatus | undefined {
  return runtime?.sandboxes.reduce<PodSandboxStatus | undefined>(
    (best, next) => (best && best.metadata.attempt > next.metadata.attempt ? best : next),
    undefined,
  )
}

/** The newest container of that name, in the given sandbox or in any. */
export function latestContainer(
  runtime: RuntimePod | undefined,
  name: string,
  sandbox?: PodSandboxStatus,
): ContainerStatus | undefined {
  let best: ContainerStatus | undefined
  for (const container of runtime?.containers ?? []) {
    if (container.metadata.name !== name || (sandbox && container.podSandboxId !== sandbox.id)) continue
    if (!best || container.metadata.attempt > best.metadata.attempt) best = container
  }
  return best
}

/** Whether it has ended more than one restart ago: the last ended one is kept for its exit code. */
function isSuperseded(runtime: RuntimePod, container: ContainerStatus): boolean {
  const latest = latestContainer(runtime, container.metadata.name)!
  return container.state === 'CONTAINER_EXITED' && latest.metadata.attempt - container.metadata.attempt >= 2
}

function replaceSandbox(pod: Pod, runtime: RuntimePod | undefined, dead: PodSandboxStatus | undefined): Next {
  if (!dead) return { action: { type: 'createSandbox', attempt: 0 } }
  if (pod.spec.restartPolicy !== 'Always' && allEnded(pod, runtime)) return 'settled'
  const running = runtime!.containers.some(
    (container) => container.podSandboxId === dead.id && container.state === 'CONTAINER_RUNNING',
  )
  if (running) return { action: { type: 'stopSandbox', id: dead.id } }
  return { action: { type: 'createSandbox', attempt: dead.metadata.attempt + 1 } }
}

function allEnded(pod: Pod, runtime: RuntimePod | undefined): boolean {
  return pod.spec.containers.every((container) => {
    const status = latestContainer(runtime, container.name)
    return status?.state === 'CONTAINER_EXITED' && !restarts(pod, status.exitCode)
  })
}

/** Whether the restart policy wants it run again after this exit. */
export function restarts(pod: Pod, exitCode: number): boolean {
  const policy = pod.spec.restartPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

export const isSidecar = (init: Container): boolean => init.restartPolicy === 'Always'

function nextForInit(
  pod: Pod,
  init: Container,
  status: ContainerStatus | undefined,
  attempt: number,
  view: SyncView,
): Next {
  if (isSidecar(init)) return nextForContainer(pod, init, status, attempt, view, true)
  if (status?.state === 'CONTAINER_EXITED') {
    if (status.exitCode === 0 || pod.spec.restartPolicy === 'Never') return 'settled'
  }
  return nextForContainer(pod, init, status, attempt, view, true)
}

/** Started once, whatever becomes of it, and of the others: somebody wants to look. */
function nextForEphemeral(helper: EphemeralContainer, runtime: RuntimePod | undefined, view: SyncView): Next {
  const status = latestContainer(runtime, helper.name)
  const { name: container, image } = helper
  if (status?.state === 'CONTAINER_CREATED') return { action: { type: 'startContainer', container, id: status.id } }
  if (status) return 'settled'
  const until = view.backoffUntil(container)
  if (until !== undefined && until > view.now) return { waitUntil: until }
  if (!view.images(image) && helper.imagePullPolicy !== 'Never')
    return { action: { type: 'pullImage', container, image } }
  return { action: { type: 'createContainer', container, attempt: 0 } }
}

function isInitDone(init: Container, status: ContainerStatus | undefined, view: SyncView): boolean {
  if (!isSidecar(init)) return status?.state === 'CONTAINER_EXITED' && status.exitCode === 0
  if (status?.state !== 'CONTAINER_RUNNING') return false
  return init.startupProbe === undefined || view.probe(init.name, 'startup')?.result === true
}

function nextForContainer(
  pod: Pod,
  container: Container,
  status: ContainerStatus | undefined,
  attempt: number,
  view: SyncView,
  always = false,
): Next {
  if (status?.state === 'CONTAINER_RUNNING') return nextForRunning(pod, container, status, view)
  if (status?.state === 'CONTAINER_CREATED') {
    return { action: { type: 'startContainer', container: container.name, id: status.id } }
  }
  if (status?.state === 'CONTAINER_EXITED' && !always && !restarts(pod, status.exitCode)) return 'settled'
  const until = view.backoffUntil(container.name)
  if (until !== undefined && until > view.now) return { waitUntil: until }
  if (!view.images(container.image) && container.imagePullPolicy !== 'Never') {
    return { action: { type: 'pullImage', container: container.name, image: container.image } }
  }
  return { action: { type: 'createContainer', container: container.name, attempt } }
}

/** A running container is stopped when its startup or liveness probe has failed for good. */
function nextForRunning(pod: Pod, container: Container, status: ContainerStatus, view: SyncView): Next {
  for (const kind of ['startup', 'liveness'] as const) {
    const probe = view.probe(container.name, kind)
    if (probe?.containerId === status.id && probe.result === false) {
      const grace = pod.spec.terminationGracePeriodSeconds ?? 30
      return { action: { type: 'stopContainer', container: container.name, id: status.id, grace } }
    }
  }
  return 'settled'
}
