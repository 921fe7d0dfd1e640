/**
 * The STATUS of a Pod as people see it: not its phase, but what its containers are going through.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/printers/internalversion/printers.go` (printPod).
 */
import { conditionOf, isPodReady, parseTime } from '../meta.ts'
import type { ContainerStatus, Pod } from '../types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { humanDuration } from './human-duration.ts'

export interface PodSummary {
  readonly ready: string
  readonly status: string
  readonly restarts: string
}

export function podSummary(pod: Pod, now: Micros): PodSummary {
  const sidecars = (pod.spec.initContainers ?? [])
    .filter(({ restartPolicy }) => restartPolicy === 'Always')
    .map(({ name }) => name)
  const inits = pod.status?.initContainerStatuses ?? []
  const statuses = [...inits.filter(({ name }) => sidecars.includes(name)), ...(pod.status?.containerStatuses ?? [])]
  const total = pod.spec.containers.length + sidecars.length
  const readyCount = statuses.filter(({ ready, state }) => ready && state?.running !== undefined).length
  const initializing = initReason(pod, inits, sidecars)
  const restarting = initializing ? [...inits] : statuses
  return {
    ready: `${readyCount}/${total}`,
    status: finalReason(pod, initializing ?? mainReason(pod)),
    restarts: restartsOf(restarting, now),
  }
}

function initReason(pod: Pod, inits: readonly ContainerStatus[], sidecars: readonly string[]): string | undefined {
  for (let i = 0; i < inits.length; i++) {
    const { name, state, started } = inits[i]!
    if (state?.terminated?.exitCode === 0) continue
    if (sidecars.includes(name) && started) continue
    if (state?.terminated) return `Init:${state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`}`
    const waiting = state?.waiting?.reason
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`
    return `Init:${i}/${(pod.spec.initContainers ?? []).length}`
  }
  return undefined
}

function mainReason(pod: Pod): string {
  let reason = phaseReason(pod)
  let running = false
  for (const { state, ready } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated) reason = state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`
    else if (ready && state?.running) running = true
  }
  if (reason === 'Completed' && running) return isPodReady(pod) ? 'Running' : 'NotReady'
  return reason
}

function phaseReason(pod: Pod): string {
  const gated = conditionOf(pod, 'PodScheduled')
  if (gated?.reason === 'SchedulingGated') return 'SchedulingGated'
  return pod.status?.reason || (pod.status?.phase ?? 'Pending')
}

function finalReason(pod: Pod, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (pod.status?.reason === 'NodeLost') return 'Unknown'
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' ? reason : 'Terminating'
}

function restartsOf(statuses: readonly ContainerStatus[], now: Micros): string {
  let count = 0
  let last: Micros | undefined
  for (const { restartCount, lastState } of statuses) {
    count += restartCount
    const finished = parseTime(lastState?.terminated?.finishedAt)
    if (finished !== undefined && (last === undefined || finished > last)) last = finished
  }
  return count > 0 && last !== undefined ? `${count} (${humanDuration(now - last)} ago)` : String(count)
}
