/**
 * A Pod's status, made from what the runtime says and nothing else.
 *
 * What we leave out: resizes under way, what a runtime adds to the resources that were asked for.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go` (generateAPIPodStatus, getPhase, convertToAPIPodLevelResourcesStatus),
 * `pkg/kubelet/status/generate.go`.
 */
import { aboutGeneration, conditionOf, formatTime, withConditions } from '#cluster/api/meta.ts'
import { podResources } from '#cluster/api/pod-resources.ts'
import type { Condition, Container, ContainerStatus, Pod, PodPhase, PodStatus } from '#cluster/api/types.ts'
import { containerStatus, ephemeralStatus, type StatusView } from './container-status.ts'
import { isSidecar, latestSandbox } from './pod-actions.ts'
import type { PodWorker, RuntimePod } from './state.ts'

export function podStatus(pod: Pod, worker: PodWorker, runtime: RuntimePod | undefined, view: StatusView): PodStatus {
  const status = runningStatus(pod, worker, runtime, view)
  return worker.evicted && worker.phase === 'terminated' ? evictedStatus(status, worker.evicted, view) : status
}

function evictedStatus(
  status: PodStatus,
  { reason, message }: NonNullable<PodWorker['evicted']>,
  view: StatusView,
): PodStatus {
  const why = condition(status, formatTime(view.now), 'DisruptionTarget', true, { reason: 'TerminationByKubelet', message }) // prettier-ignore
  return { ...status, phase: 'Failed', reason, message, conditions: withConditions(status.conditions, [why]) }
}

function runningStatus(pod: Pod, worker: PodWorker, runtime: RuntimePod | undefined, view: StatusView): PodStatus {
  if (worker.rejected) return rejectedStatus(pod, worker, view)
  const inits = (pod.spec.initContainers ?? []).map((container) => containerStatus(pod, container, runtime, view, true))
  const initialized = (pod.spec.initContainers ?? []).every((init, i) => isInitialized(init, inits[i]!))
  const containers = pod.spec.containers.map((container) => containerStatus(pod, container, runtime, view, false))
  const helpers = (pod.spec.ephemeralContainers ?? []).map((helper) => ephemeralStatus(pod, helper, runtime, view))
  const phase = phaseOf(pod, inits, containers, initialized, worker)
  const sandbox = latestSandbox(runtime)
  const ready = sandbox?.state === 'SANDBOX_READY'
  const ip = pod.spec.hostNetwork ? view.hostIP : ready ? sandbox.network.ip : (pod.status?.podIP ?? '')
  const serving = [...inits.filter((_, i) => isSidecar(pod.spec.initContainers![i]!)), ...containers]
  const incomplete = inits.filter((status, i) => !isInitialized(pod.spec.initContainers![i]!, status))
  return {
    ...aboutGeneration(pod),
    phase,
    conditions: conditionsOf(pod, phase, ready, initialized ? [] : incomplete, serving, view),
    hostIP: view.hostIP,
    hostIPs: [{ ip: view.hostIP }],
    startTime: formatTime(worker.startedAt),
    ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: containers,
    ...(helpers.length > 0 && { ephemeralContainerStatuses: helpers }),
    ...(pod.status?.qosClass && { qosClass: pod.status.qosClass }),
    ...podResources(pod, phase === 'Running'),
  }
}

function rejectedStatus(pod: Pod, worker: PodWorker, view: StatusView): PodStatus {
  const { reason, message } = worker.rejected!
  return {
    ...aboutGeneration(pod),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: formatTime(worker.startedAt),
    hostIP: view.hostIP,
    conditions: pod.status?.conditions ?? [],
    ...(pod.status?.qosClass && { qosClass: pod.status.qosClass }),
  }
}

function isInitialized(init: Container, status: ContainerStatus): boolean {
  return isSidecar(init) ? status.started === true : status.state?.terminated?.exitCode === 0
}

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

/** The kubelet's own conditions, in the order in which it writes them; those of others stand before them. */
const OWN = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const

function conditionsOf(
  pod: Pod,
  phase: PodPhase,
  sandboxReady: boolean,
  incomplete: readonly ContainerStatus[],
  containers: readonly ContainerStatus[],
  view: StatusView,
): readonly Condition[] {
  const unready = containers.filter((status) => !status.ready)
  const done = phase === 'Succeeded' || phase === 'Failed'
  const initialized = incomplete.length === 0
  const ready = initialized && unready.length === 0 && !done
  const why: Why = done
    ? { reason: phase === 'Failed' ? 'PodFailed' : 'PodCompleted' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: ${namesOf(unready)}` }
  const whyNot: Why = initialized
    ? phase === 'Succeeded' && { reason: 'PodCompleted' }
    : { reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${namesOf(incomplete)}` }
  const about = aboutGeneration(pod)
  const at = formatTime(view.now)
  const rows = [
    condition(about, at, 'PodReadyToStartContainers', sandboxReady),
    condition(about, at, 'Initialized', initialized, whyNot),
    ready ? readyRow(pod, about, at) : condition(about, at, 'Ready', false, why),
    condition(about, at, 'ContainersReady', ready, !ready && why),
    condition(about, at, 'PodScheduled', true),
  ]
  const others = pod.status?.conditions?.filter(({ type }) => !OWN.some((own) => own === type)) ?? []
  return [...others, ...rows.map((row) => since(conditionOf(pod, row.type), row))]
}

/** All containers are ready. So is the Pod, where others agree whose conditions it waits for. */
function readyRow(pod: Pod, about: Pick<Condition, 'observedGeneration'>, at: string): Condition {
  const missing = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = conditionOf(pod, conditionType)
    if (!found) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    return found.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`]
  })
  const why = missing.length > 0 && { reason: 'ReadinessGatesNotReady', message: missing.join(', ') }
  return condition(about, at, 'Ready', missing.length === 0, why)
}

type Why = Pick<Condition, 'reason' | 'message'> | false

/** A transition is a change of the status: until then it holds since it first did. */
const since = (old: Condition | undefined, row: Condition): Condition =>
  old?.status === row.status && old.lastTransitionTime !== undefined
    ? { ...row, lastTransitionTime: old.lastTransitionTime }
    : row

const namesOf = (statuses: readonly ContainerStatus[]): string => `[${statuses.map(({ name }) => name).join(' ')}]`

function condition(
  { observedGeneration }: Pick<Condition, 'observedGeneration'>,
  lastTransitionTime: string,
  type: string,
  met: boolean,
  detail: Why = false,
): Condition {
  return {
    type,
    status: met ? 'True' : 'False',
    lastTransitionTime,
    ...(observedGeneration !== undefined && { observedGeneration }),
    ...detail,
  }
}
