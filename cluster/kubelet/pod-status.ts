/**
 * A Pod's status, made from what the runtime says and nothing else.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go` (generateAPIPodStatus, getPhase),
 * `pkg/kubelet/status/generate.go`.
 */
import { conditionOf, formatTime, withConditions } from '#cluster/api/meta.ts'
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  EphemeralContainer,
  Pod,
  PodPhase,
  PodStatus,
} from '#cluster/api/types.ts'
import type { ContainerStatus as RuntimeContainer } from '#cluster/container-runtime/cri.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { isSidecar, latestContainer, latestSandbox, restarts } from './pod-actions.ts'
import type { PodWorker, ProbeKind, ProbeState, RuntimePod, Waiting } from './state.ts'

export interface StatusView {
  readonly now: Micros
  readonly hostIP: string
  readonly waiting: (container: string) => Waiting | undefined
  readonly probe: (container: string, kind: ProbeKind) => ProbeState | undefined
}

export function podStatus(pod: Pod, worker: PodWorker, runtime: RuntimePod | undefined, view: StatusView): PodStatus {
  const status = runningStatus(pod, worker, runtime, view)
  return worker.evicted && worker.phase === 'terminated' ? evictedStatus(status, worker.evicted, view) : status
}

function evictedStatus(
  status: PodStatus,
  { reason, message }: NonNullable<PodWorker['evicted']>,
  view: StatusView,
): PodStatus {
  const why = { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message, lastTransitionTime: formatTime(view.now) } as const // prettier-ignore
  return { ...status, phase: 'Failed', reason, message, conditions: withConditions(status.conditions, [why]) }
}

function runningStatus(pod: Pod, worker: PodWorker, runtime: RuntimePod | undefined, view: StatusView): PodStatus {
  if (worker.rejected) return rejectedStatus(pod, worker, view)
  const started = { hostIP: view.hostIP, startTime: formatTime(worker.startedAt) }
  const inits = (pod.spec.initContainers ?? []).map((container) => containerStatus(pod, container, runtime, view, true))
  const initialized = (pod.spec.initContainers ?? []).every((init, i) => isInitialized(init, inits[i]!))
  const containers = pod.spec.containers.map((container) =>
    containerStatus(pod, container, runtime, view, false, initialized),
  )
  const helpers = (pod.spec.ephemeralContainers ?? []).map((helper) => ephemeralStatus(helper, runtime, view))
  const phase = phaseOf(pod, inits, containers, initialized, worker)
  const sandbox = latestSandbox(runtime)
  const ready = sandbox?.state === 'SANDBOX_READY'
  const ip = pod.spec.hostNetwork ? view.hostIP : ready ? sandbox.network.ip : (pod.status?.podIP ?? '')
  return {
    phase,
    conditions: conditionsOf(
      pod,
      phase,
      ready,
      initialized,
      [...inits.filter((_, i) => isSidecar(pod.spec.initContainers![i]!)), ...containers],
      view,
    ),
    ...started,
    ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: containers,
    ...(helpers.length > 0 && { ephemeralContainerStatuses: helpers }),
    ...(pod.status?.qosClass && { qosClass: pod.status.qosClass }),
  }
}

function rejectedStatus(pod: Pod, worker: PodWorker, view: StatusView): PodStatus {
  const { reason, message } = worker.rejected!
  return {
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: formatTime(worker.startedAt),
    hostIP: view.hostIP,
    conditions: pod.status?.conditions ?? [],
  }
}

function isInitialized(init: Container, status: ContainerStatus): boolean {
  return isSidecar(init) ? status.started === true : status.state?.terminated?.exitCode === 0
}

function containerStatus(
  pod: Pod,
  container: Container,
  runtime: RuntimePod | undefined,
  view: StatusView,
  init: boolean,
  initialized = true,
): ContainerStatus {
  const latest = latestContainer(runtime, container.name)
  const before = latest && previous(runtime!, latest)
  const { name, image } = container
  const waiting = view.waiting(name)
  if (!latest || latest.state === 'CONTAINER_CREATED') {
    const hasInits = !init && (pod.spec.initContainers?.length ?? 0) > 0
    const reason = hasInits && !initialized ? 'PodInitializing' : 'ContainerCreating'
    const state: ContainerState = { waiting: waiting ?? { reason } }
    return {
      name,
      image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: latest?.metadata.attempt ?? 0,
      state,
    }
  }
  const running = latest.state === 'CONTAINER_RUNNING'
  const again = !running && (init ? isSidecar(container) || latest.exitCode !== 0 : restarts(pod, latest.exitCode))
  const ended = running ? undefined : terminated(latest)
  const state: ContainerState = running
    ? { running: { startedAt: formatTime(latest.startedAt) } }
    : again && waiting
      ? { waiting }
      : ended!
  const lastState = state.waiting ? ended : before && terminated(before)
  const started = running && isStarted(container, latest, view)
  const ready =
    init && !isSidecar(container) ? ended?.terminated?.exitCode === 0 : started && isReady(container, latest, view)
  return {
    name,
    image,
    imageID: latest.imageRef,
    containerID: `containerd://${latest.id}`,
    ready,
    started,
    restartCount: latest.metadata.attempt,
    state,
    ...(lastState && { lastState }),
  }
}

/** It is never started again, and never counts as ready. */
function ephemeralStatus(
  { name, image }: EphemeralContainer,
  runtime: RuntimePod | undefined,
  view: StatusView,
): ContainerStatus {
  const latest = latestContainer(runtime, name)
  const common = { name, image, ready: false, restartCount: 0 }
  if (!latest || latest.state === 'CONTAINER_CREATED')
    return { ...common, imageID: '', state: { waiting: view.waiting(name) ?? { reason: 'ContainerCreating' } } }
  const isRunning = latest.state === 'CONTAINER_RUNNING'
  const state = isRunning ? { running: { startedAt: formatTime(latest.startedAt) } } : terminated(latest)
  return { ...common, imageID: latest.imageRef, containerID: `containerd://${latest.id}`, state }
}

function previous(runtime: RuntimePod, latest: RuntimeContainer): RuntimeContainer | undefined {
  return runtime.containers.find(
    ({ metadata }) => metadata.name === latest.metadata.name && metadata.attempt === latest.metadata.attempt - 1,
  )
}

const terminated = (container: RuntimeContainer): ContainerState => ({
  terminated: {
    exitCode: container.exitCode,
    reason: container.reason || (container.exitCode === 0 ? 'Completed' : 'Error'),
    startedAt: formatTime(container.startedAt),
    finishedAt: formatTime(container.finishedAt),
  },
})

const isStarted = (container: Container, latest: RuntimeContainer, view: StatusView): boolean =>
  container.startupProbe === undefined || passed(view.probe(container.name, 'startup'), latest)

const isReady = (container: Container, latest: RuntimeContainer, view: StatusView): boolean =>
  container.readinessProbe === undefined || passed(view.probe(container.name, 'readiness'), latest)

const passed = (probe: ProbeState | undefined, latest: RuntimeContainer): boolean =>
  probe?.containerId === latest.id && probe.result === true

function phaseOf(
  pod: Pod,
  inits: readonly ContainerStatus[],
  containers: readonly ContainerStatus[],
  initialized: boolean,
  worker: PodWorker,
): PodPhase {
  const failedInit = inits.some(
    ({ state }, i) => !isSidecar(pod.spec.initContainers![i]!) && (state?.terminated?.exitCode ?? 0) !== 0,
  )
  if (failedInit && pod.spec.restartPolicy === 'Never') return 'Failed'
  if (!initialized && worker.phase === 'syncing') return 'Pending'
  const ended = containers.filter(({ state }) => state?.terminated)
  if (ended.length === containers.length) {
    const failed = ended.some(({ state }) => state!.terminated!.exitCode !== 0)
    const policy = pod.spec.restartPolicy ?? 'Always'
    if (worker.phase === 'terminated') return failed ? 'Failed' : 'Succeeded'
    if (policy === 'Always' || (policy === 'OnFailure' && failed)) return 'Running'
    return failed ? 'Failed' : 'Succeeded'
  }
  const begun = containers.some(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated)
  return begun ? 'Running' : 'Pending'
}

function conditionsOf(
  pod: Pod,
  phase: PodPhase,
  sandboxReady: boolean,
  initialized: boolean,
  containers: readonly ContainerStatus[],
  view: StatusView,
): readonly Condition[] {
  const unready = containers.filter((status) => !status.ready).map((status) => status.name)
  const done = phase === 'Succeeded' || phase === 'Failed'
  const ready = initialized && unready.length === 0 && !done
  const why: Pick<Condition, 'reason' | 'message'> = done
    ? { reason: 'PodCompleted' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
  const at = formatTime(view.now)
  const rows = [
    condition(at, 'PodReadyToStartContainers', sandboxReady),
    condition(at, 'Initialized', initialized, { reason: 'ContainersNotInitialized' }),
    condition(at, 'Ready', ready, why),
    condition(at, 'ContainersReady', ready, why),
  ]
  if (!conditionOf(pod, 'PodScheduled')) rows.push(condition(at, 'PodScheduled', true))
  return withConditions(pod.status?.conditions, rows)
}

function condition(
  lastTransitionTime: string,
  type: string,
  met: boolean,
  detail?: Pick<Condition, 'reason' | 'message'>,
): Condition {
  return met ? { type, status: 'True', lastTransitionTime } : { type, status: 'False', lastTransitionTime, ...detail }
}
