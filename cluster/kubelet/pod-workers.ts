/**
 * Pod workers: one small state machine per Pod, from first sight to the last word to the API server.
 *
 * syncing: `nextPodAction` says what is missing, one call to the runtime is made, and its answer asks again.
 * terminating: every container is stopped within the grace period, then the sandbox.
 * terminated: the final status is reported and, for a Pod that is being deleted, the object removed with grace 0.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/pod_workers.go`, `pkg/kubelet/kubelet.go` (SyncPod,
 * SyncTerminatingPod, SyncTerminatedPod).
 */
import { keyOf } from '#cluster/api/meta.ts'
import { addAmounts } from '#cluster/api/pod-resources.ts'
import type { Pod } from '#cluster/api/types.ts'
import { deleteRequest, send } from '#cluster/client/api-client.ts'
import type { CriError, CriReply } from '#cluster/container-runtime/cri.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { holdingsOf, refusal } from './admission.ts'
import { noteCrashes, noteFailure } from './backoff.ts'
import { environmentOf } from './environment.ts'
import { tellOfAction, tellOfBackoffs, tellOfFailure, tellOfPod, tellOfSuccess } from './events.ts'
import { nextPodAction } from './pod-actions.ts'
import { callFor, takeReply } from './pod-calls.ts'
import { containerNamed, podOf } from './pod-lookup.ts'
import { podStatus } from './pod-status.ts'
import { dropProbes, probeKey, tendProbes } from './prober.ts'
import type { KubeletState, PodAction, PodWorker, ProbeKind, ProbeState } from './state.ts'
import { missed, report } from './status-manager.ts'
import { lookAgain, mount } from './volumes.ts'

export interface DeleteTag {
  readonly for: 'delete'
  readonly uid: string
}

const DELETE_RETRY_MICROS = 5_000_000

export const workerTimer = (uid: string): string => `worker/${uid}`

/** Looks at one Pod afresh: does what is due and reports what is. */
export function tend(state: KubeletState, ctx: Context, uid: string, known?: Pod): Effect[] {
  // Before the runtime has told what runs already, any decision would be a guess.
  if (state.recovering !== 0) return []
  const pod = known ?? podOf(state, uid)
  const isNew = pod !== undefined && !state.workers.has(uid)
  const worker = state.workers.get(uid) ?? (pod && admit(state, ctx, pod))
  if (!worker) return removeOrphan(state, ctx, uid)
  if (worker.busy > 0) return []
  if (worker.phase === 'syncing' && (!pod || pod.metadata.deletionTimestamp !== undefined)) {
    setWorker(state, { ...worker, phase: 'terminating' })
    return tend(state, ctx, uid)
  }
  if (worker.phase === 'syncing')
    return [...(isNew ? tellOfRefusal(state, ctx, pod, worker) : []), ...sync(state, ctx, pod!, worker)]
  if (worker.phase === 'terminating') return terminate(state, ctx, pod, worker)
  return finish(state, ctx, pod, worker)
}

const tellOfRefusal = (state: KubeletState, ctx: Context, pod: Pod, { rejected }: PodWorker): Effect[] =>
  rejected ? tellOfPod(state, ctx, pod, 'Warning', rejected.reason, rejected.message) : []

function setWorker(state: KubeletState, worker: PodWorker): PodWorker {
  state.workers.set(worker.uid, worker)
  return worker
}

function admit(state: KubeletState, ctx: Context, pod: Pod): PodWorker | undefined {
  const uid = pod.metadata.uid!
  const { phase } = pod.status ?? {}
  if (phase === 'Succeeded' || phase === 'Failed') {
    if (pod.metadata.deletionTimestamp === undefined && !state.runtimePods.has(uid)) return undefined
  }
  const worker: PodWorker = { uid, key: keyOf(pod), phase: 'syncing', busy: 0, startedAt: ctx.now }
  // What runs already was admitted before.
  const rejected = state.runtimePods.has(uid) ? undefined : refusal(pod, state.used, state.allocatable)
  if (rejected) return setWorker(state, { ...worker, rejected })
  const holds = holdingsOf(pod)
  addAmounts(state.used, holds)
  return setWorker(state, { ...worker, holds })
}

/** Nothing of it runs any more: its place is free. */
function release(state: KubeletState, worker: PodWorker): PodWorker {
  if (!worker.holds) return worker
  addAmounts(state.used, worker.holds, -1)
  return setWorker(state, { ...worker, holds: undefined })
}

// ── syncing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function sync(state: KubeletState, ctx: Context, pod: Pod, worker: PodWorker): Effect[] {
  const { uid } = worker
  if (worker.rejected) return reportStatus(state, ctx, pod, worker)
  const { phase } = pod.status ?? {}
  if ((phase === 'Succeeded' || phase === 'Failed') && state.runtimePods.has(uid)) {
    setWorker(state, { ...worker, phase: 'terminating' })
    return tend(state, ctx, uid)
  }
  noteCrashes(state, ctx, pod)
  const effects = tendProbes(state, pod)
  const next = nextPodAction(pod, state.runtimePods.get(uid), {
    now: ctx.now,
    images: (image) => state.images.has(image),
    backoffUntil: (container) =>
      state.backoffs.size === 0 ? undefined : state.backoffs.get(`${uid}/${container}`)?.until,
    probe: (container, kind) => probeOf(state, uid, container, kind),
  })
  if (next !== 'settled' && 'action' in next) {
    const mounting = needsVolumes(next.action) ? mount(state, ctx, pod) : undefined
    if (mounting)
      return [...effects, ...mounting, ...(state.statuses.has(uid) ? [] : reportStatus(state, ctx, pod, worker))]
    const problem = configProblem(state, ctx, pod, next.action)
    if (problem) return [...effects, ...problem, ...reportStatus(state, ctx, pod, worker)]
    effects.push(...perform(state, ctx, pod, worker, next.action))
    // As upstream's syncPod: the status goes out when the work begins and when it has settled, not in between.
    if (state.statuses.has(uid)) return effects
  } else if (next !== 'settled') {
    const told = tellOfBackoffs(state, ctx, pod)
    const after = Math.min(next.waitUntil - ctx.now, told?.after ?? Infinity)
    effects.push(...(told?.effects ?? []), { type: 'wake', key: workerTimer(uid), after: Math.max(1, after) })
  }
  effects.push(...reportStatus(state, ctx, pod, worker))
  return effects
}

/** How long a container that lacks a part of its environment waits. Upstream: the period after which a failed sync is tried again. */
const CONFIG_RETRY_MICROS = 10_000_000

/** Why the container cannot be made; undefined: it can. */
function configProblem(state: KubeletState, ctx: Context, pod: Pod, action: PodAction): Effect[] | undefined {
  const container = action.type === 'createContainer' ? containerNamed(pod, action.container) : undefined
  if (!container?.env && !container?.envFrom) return undefined
  const uid = pod.metadata.uid!
  const environment = environmentOf(pod, container, state.volumes.get(uid)?.bodies ?? {})
  if (typeof environment !== 'string') return undefined
  const until = ctx.now + CONFIG_RETRY_MICROS
  lookAgain(state, uid, until)
  state.waiting.set(`${uid}/${container.name}`, { reason: 'CreateContainerConfigError', message: environment })
  ctx.note('CreateContainerConfigError', { pod: pod.metadata.name, container: container.name, message: environment })
  return [
    ...tellOfPod(state, ctx, pod, 'Warning', 'Failed', `Error: ${environment}`, container.name),
    { type: 'wake', key: workerTimer(uid), after: CONFIG_RETRY_MICROS },
  ]
}

/** Before there is anything of a Pod, what it mounts has to be there. */
const needsVolumes = ({ type }: PodAction): boolean => type === 'createSandbox' || type === 'createContainer'

function probeOf(state: KubeletState, uid: string, container: string, kind: ProbeKind): ProbeState | undefined {
  return state.probes.size === 0 ? undefined : state.probes.get(probeKey(uid, container, kind))
}

function reportStatus(state: KubeletState, ctx: Context, pod: Pod, worker: PodWorker): Effect[] {
  const { uid } = worker
  if (missed(state, uid)) return []
  const status = podStatus(pod, worker, state.runtimePods.get(uid), {
    now: ctx.now,
    hostIP: state.options.address,
    waiting: (container) => (state.waiting.size === 0 ? undefined : state.waiting.get(`${uid}/${container}`)),
    probe: (container, kind) => probeOf(state, uid, container, kind),
  })
  return report(state, ctx, pod, status)
}

// ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function terminate(state: KubeletState, ctx: Context, pod: Pod | undefined, worker: PodWorker): Effect[] {
  const { uid } = worker
  dropProbes(state, uid)
  const runtime = state.runtimePods.get(uid)
  const asked = pod?.metadata.deletionGracePeriodSeconds ?? pod?.spec.terminationGracePeriodSeconds ?? 30
  const grace = worker.evicted ? 0 : asked
  const running = (runtime?.containers ?? []).filter(
    ({ state: is }) => is === 'CONTAINER_RUNNING' || is === 'CONTAINER_CREATED',
  )
  const actions: PodAction[] = running.map(({ id, metadata }) => ({
    type: 'stopContainer',
    container: metadata.name,
    id,
    grace,
  }))
  if (actions.length === 0) {
    for (const { id, state: is } of runtime?.sandboxes ?? [])
      if (is === 'SANDBOX_READY') actions.push({ type: 'stopSandbox', id })
  }
  if (actions.length > 0) {
    setWorker(state, { ...worker, busy: actions.length })
    return actions.flatMap((action) => [
      callFor(state, ctx, pod, uid, action),
      ...tellOfAction(state, ctx, pod, action),
    ])
  }
  setWorker(state, { ...release(state, worker), phase: 'terminated' })
  return finish(state, ctx, pod, state.workers.get(uid)!)
}

function finish(state: KubeletState, ctx: Context, pod: Pod | undefined, worker: PodWorker): Effect[] {
  const { uid } = worker
  const sandbox = state.runtimePods.get(uid)?.sandboxes[0]
  if (pod) {
    const effects = reportStatus(state, ctx, pod, worker)
    if (effects.length > 0 || state.statuses.get(uid)?.pending) return effects
  }
  if (pod && pod.metadata.deletionTimestamp !== undefined) {
    if (!worker.deleting) {
      setWorker(state, { ...worker, deleting: true })
      const request = deleteRequest('pods', pod, { gracePeriodSeconds: 0, preconditions: { uid } })
      const tag: DeleteTag = { for: 'delete', uid }
      return [send(state.client, ctx, request, tag)]
    }
    return []
  }
  // One that has ended by itself keeps its containers, and their logs, until somebody deletes it.
  if (pod) return []
  if (sandbox) {
    setWorker(state, { ...worker, busy: 1 })
    return [callFor(state, ctx, pod, uid, { type: 'removeSandbox', id: sandbox.id })]
  }
  forgetPod(state, uid)
  return []
}

/** The delete has been answered: gone, or to be tried again. */
export function deleteAnswered(state: KubeletState, uid: string, gone: boolean): Effect[] {
  const worker = state.workers.get(uid)
  if (!worker) return []
  if (gone) return []
  setWorker(state, { ...worker, deleting: false })
  return [{ type: 'wake', key: workerTimer(uid), after: DELETE_RETRY_MICROS }]
}

function forgetPod(state: KubeletState, uid: string): void {
  const worker = state.workers.get(uid)
  if (worker) release(state, worker)
  state.workers.delete(uid)
  state.statuses.delete(uid)
  state.volumes.delete(uid)
  state.runtimePods.delete(uid)
  dropProbes(state, uid)
  for (const table of [state.waiting, state.backoffs, state.pulls]) {
    for (const key of [...table.keys()]) if (key.startsWith(`${uid}/`)) table.delete(key)
  }
}

/** Something runs for a Pod that the API server does not know (any more): clean it up. */
function removeOrphan(state: KubeletState, ctx: Context, uid: string): Effect[] {
  const runtime = state.runtimePods.get(uid)
  if (!runtime || !state.pods.synced) return []
  const worker: PodWorker = {
    uid,
    key: `${runtime.namespace}/${runtime.name}`,
    phase: 'terminating',
    busy: 0,
    startedAt: ctx.now,
  }
  setWorker(state, worker)
  return terminate(state, ctx, undefined, worker)
}

// ── calls to the runtime ────────────────────────────────────────────────────────────────────────────────────────────

function perform(state: KubeletState, ctx: Context, pod: Pod, worker: PodWorker, action: PodAction): Effect[] {
  setWorker(state, { ...worker, busy: 1 })
  if (action.type === 'createContainer') state.waiting.delete(`${worker.uid}/${action.container}`)
  return [callFor(state, ctx, pod, worker.uid, action), ...tellOfAction(state, ctx, pod, action)]
}

/** Takes in the runtime's answer to one of the calls above. */
export function runtimeAnswered(
  state: KubeletState,
  ctx: Context,
  uid: string,
  action: PodAction,
  body: CriReply | CriError | undefined,
): Effect[] {
  const worker = state.workers.get(uid)
  if (!worker) return []
  const busy = Math.max(0, worker.busy - 1)
  setWorker(state, { ...worker, busy })
  if (body?.type === 'criReply') {
    takeReply(state, ctx, uid, action, body)
    const told = state.recorder ? tellOfSuccess(state, ctx, podOf(state, uid), action, body) : []
    return busy === 0 ? [...told, ...tend(state, ctx, uid)] : told
  }
  if (!body) return [] // The connection is gone: everything is listed again once it is back.
  ctx.note('criError', { uid, action: action.type, message: body.message })
  return failed(state, ctx, uid, action, body)
}

/** A refused call: wait, longer each time, and say why in the status. */
function failed(state: KubeletState, ctx: Context, uid: string, action: PodAction, error: CriError): Effect[] {
  const effects: Effect[] = [
    { type: 'wake', key: workerTimer(uid), after: noteFailure(state, ctx, uid, action, error) },
  ]
  const pod = podOf(state, uid)
  effects.push(...tellOfFailure(state, ctx, pod, action, error))
  if (pod) effects.push(...reportStatus(state, ctx, pod, state.workers.get(uid)!))
  return effects
}
