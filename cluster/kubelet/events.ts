/**
 * Events: what the kubelet tells people about a Pod and its containers, and about its node.
 *
 * Reasons and words are those of 1.36. A kubelet says all this only where `events` is set: a lesson in which each message counts has the
 * Pod's status for it.
 * What we leave out: events of image garbage collection, eviction, lifecycle hooks and of kinds of volumes that we have not.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/events/event.go`, `pkg/kubelet/kuberuntime/kuberuntime_container.go`,
 * `pkg/kubelet/images/image_manager.go`, `pkg/kubelet/prober/prober.go`.
 */
import type { Condition, KubernetesObject, Pod } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { messageOf, send } from '#cluster/client/api-client.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import { recordEvent } from '#cluster/client/event-recorder.ts'
import type { CriError, CriReply } from '#cluster/container-runtime/cri.ts'
import type { Context, Effect, Micros } from '#cluster/kernel/component.ts'
import { containerNamed, podOf } from './pod-lookup.ts'
import { probeKey } from './prober.ts'
import type { Backoff, KubeletState, PodAction, ProbeState } from './state.ts'
import { type VolumeTag, volumeWith } from './volumes.ts'

/** Nobody waits for the answer. */
const IGNORED = Object.freeze({ for: 'event' } as const)
export type EventTag = typeof IGNORED

type Words = Omit<EventNote, 'object'>

function tell(state: KubeletState, ctx: Context, object: KubernetesObject, words: Words): Effect[] {
  const request = state.recorder && recordEvent(state.recorder, ctx, { object, ...words })
  return request ? [send(state.client, ctx, request, IGNORED)] : []
}

/** About a Pod, or one of its containers. */
export function tellOfPod(
  state: KubeletState,
  ctx: Context,
  pod: Pod | undefined,
  type: EventNote['type'],
  reason: string,
  message: string,
  container?: string,
): Effect[] {
  if (!state.recorder || !pod) return []
  const fieldPath = container === undefined ? undefined : pathOf(pod, container)
  return tell(state, ctx, pod, { type, reason, message, ...(fieldPath !== undefined && { fieldPath }) })
}

function pathOf({ spec }: Pod, name: string): string {
  const has = (list: readonly { readonly name: string }[] = []): boolean => list.some((one) => one.name === name)
  const list = has(spec.initContainers) ? 'initContainers' : has(spec.ephemeralContainers) ? 'ephemeralContainers' : 'containers' // prettier-ignore
  return `spec.${list}{${name}}`
}

// ── what is done for a Pod ──────────────────────────────────────────────────────────────────────────────────────────

/** Something is about to be asked of the runtime. */
export function tellOfAction(state: KubeletState, ctx: Context, pod: Pod | undefined, action: PodAction): Effect[] {
  if (!state.recorder || !pod) return []
  const uid = pod.metadata.uid!
  switch (action.type) {
    case 'createSandbox':
      if (action.attempt === 0) return []
      return tellOfPod(state, ctx, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.') // prettier-ignore
    case 'pullImage':
      state.pulls.set(`${uid}/${action.container}`, ctx.now)
      return tellOfPod(state, ctx, pod, 'Normal', 'Pulling', `Pulling image ${quote(action.image)}`, action.container)
    case 'createContainer': {
      // One that was pulled for it has been told of already.
      if (state.pulls.delete(`${uid}/${action.container}`)) return []
      const message = `Container image ${quote(containerNamed(pod, action.container)?.image ?? '')} already present on machine and can be accessed by the pod`
      return tellOfPod(state, ctx, pod, 'Normal', 'Pulled', message, action.container)
    }
    case 'stopContainer':
      return tellOfPod(state, ctx, pod, 'Normal', 'Killing', whyStopped(state, pod, action), action.container)
    default:
      return []
  }
}

const quote = (text: string): string => JSON.stringify(text)

function whyStopped(state: KubeletState, pod: Pod, { container, id }: PodAction & { type: 'stopContainer' }): string {
  const uid = pod.metadata.uid!
  const failed = (['startup', 'liveness'] as const).find((kind) => {
    const probe = state.probes.get(probeKey(uid, container, kind))
    return probe?.containerId === id && probe.result === false
  })
  return failed ? `Container ${container} failed ${failed} probe, will be restarted` : `Stopping container ${container}`
}

/** Whole milliseconds as Go prints them: `308ms`, `1.5s`, `1m2.005s`. */
function inGo(micros: Micros): string {
  const millis = Math.floor(micros / 1_000)
  if (millis < 1_000) return millis === 0 ? '0s' : `${millis}ms`
  const minutes = Math.floor(millis / 60_000)
  return `${minutes > 0 ? `${minutes}m` : ''}${(millis % 60_000) / 1_000}s`
}

/** The runtime has done it. */
export function tellOfSuccess(
  state: KubeletState,
  ctx: Context,
  pod: Pod | undefined,
  action: PodAction,
  reply: CriReply,
): Effect[] {
  if (!state.recorder || !pod) return []
  switch (action.type) {
    case 'pullImage': {
      const took = inGo(ctx.now - (state.pulls.get(`${pod.metadata.uid}/${action.container}`) ?? ctx.now))
      const size = (reply as CriReply<'PullImage'>).sizeBytes
      const message = `Successfully pulled image ${quote(action.image)} in ${took} (${took} including waiting). Image size: ${size} bytes.`
      return tellOfPod(state, ctx, pod, 'Normal', 'Pulled', message, action.container)
    }
    case 'createContainer':
      return tellOfPod(state, ctx, pod, 'Normal', 'Created', 'Container created', action.container)
    case 'startContainer':
      return tellOfPod(state, ctx, pod, 'Normal', 'Started', 'Container started', action.container)
    default:
      return []
  }
}

/** The runtime has refused. */
export function tellOfFailure(
  state: KubeletState,
  ctx: Context,
  pod: Pod | undefined,
  action: PodAction,
  error: CriError,
): Effect[] {
  if (!state.recorder || !pod) return []
  const warn = (reason: string, message: string, container?: string): Effect[] =>
    tellOfPod(state, ctx, pod, 'Warning', reason, message, container)
  switch (action.type) {
    case 'createSandbox':
      return warn('FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`)
    case 'pullImage':
      state.pulls.delete(`${pod.metadata.uid}/${action.container}`)
      return [
        ...warn('Failed', `Failed to pull image ${quote(action.image)}: ${error.message}`, action.container),
        ...warn('Failed', 'Error: ErrImagePull', action.container),
      ]
    case 'createContainer':
    case 'startContainer':
      return warn('Failed', `Error: ${error.message}`, action.container)
    case 'stopContainer':
      return warn('FailedKillPod', `error killing pod: ${error.message}`)
    default:
      return []
  }
}

/** A Pod that waits out a back-off is looked at this often, and says so each time. */
const BACKOFF_PERIOD_MICROS = 10_000_000
const BACKOFF_JITTER_MICROS = 5_000_000

/** Containers that wait, told again each time the Pod comes round. @returns when that is next, too; undefined: none waits */
export function tellOfBackoffs(
  state: KubeletState,
  ctx: Context,
  pod: Pod,
): { readonly effects: Effect[]; readonly after: Micros } | undefined {
  if (!state.recorder) return undefined
  const uid = pod.metadata.uid!
  const { spec, metadata } = pod
  const effects: Effect[] = []
  let after: Micros | undefined
  for (const { name, image } of [...(spec.initContainers ?? []), ...spec.containers]) {
    const key = `${uid}/${name}`
    const backoff = state.backoffs.get(key)
    if (!backoff || backoff.until <= ctx.now) continue
    const due = backoff.toldAgainAt ?? ctx.now
    if (due > ctx.now) {
      after = Math.min(after ?? Infinity, due - ctx.now)
      continue
    }
    const next = BACKOFF_PERIOD_MICROS + ctx.random('pod-back-off').int(BACKOFF_JITTER_MICROS)
    after = Math.min(after ?? Infinity, next)
    state.backoffs.set(key, { ...backoff, toldAgainAt: ctx.now + next } satisfies Backoff)
    const { reason = '' } = state.waiting.get(key) ?? {}
    if (reason === 'CrashLoopBackOff') {
      const message = `Back-off restarting failed container ${name} in pod ${metadata.name}_${metadata.namespace}(${uid})`
      effects.push(...tellOfPod(state, ctx, pod, 'Warning', 'BackOff', message, name))
    } else if (reason.endsWith('ImagePull') || reason === 'ImagePullBackOff') {
      effects.push(...tellOfPod(state, ctx, pod, 'Normal', 'BackOff', `Back-off pulling image ${quote(image)}`, name))
      effects.push(...tellOfPod(state, ctx, pod, 'Warning', 'Failed', 'Error: ImagePullBackOff', name))
    }
  }
  return after === undefined ? undefined : { effects, after }
}

/** Its own cache of ConfigMaps and Secrets names them in the singular. */
const inKubeletsWords = (answer: Answer): string => messageOf(answer).replace(/^(configmap|secret)s (?=")/, '$1 ')

/** What a Pod mounts has not come. */
export function tellOfMount(state: KubeletState, ctx: Context, { uid, key }: VolumeTag, answer: Answer): Effect[] {
  const pod = podOf(state, uid)
  const volume = pod && volumeWith(pod, key)
  if (volume === undefined) return []
  return tellOfPod(state, ctx, pod, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume ${quote(volume)} : ${inKubeletsWords(answer)}`) // prettier-ignore
}

/** Claims that are not bound. */
export function tellOfClaims(state: KubeletState, ctx: Context, uid: string, why: string): Effect[] {
  const pod = podOf(state, uid)
  return pod ? tellOfPod(state, ctx, pod, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${why}`) : []
}

const CAPITALIZED = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const

export const tellOfProbe = (
  state: KubeletState,
  ctx: Context,
  pod: Pod | undefined,
  { kind, container }: ProbeState,
  output: string,
): Effect[] =>
  tellOfPod(state, ctx, pod, 'Warning', 'Unhealthy', `${CAPITALIZED[kind]} probe failed: ${output}`, container)

// ── the node ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The kubelet names its Node by its name where the UID belongs: it tells of it before it knows it. */
const nodeRef = ({ options: { nodeName } }: KubeletState): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: nodeName, uid: nodeName },
})

export const tellOfStart = (state: KubeletState, ctx: Context): Effect[] =>
  state.recorder
    ? [
        ...tell(state, ctx, nodeRef(state), { type: 'Normal', reason: 'Starting', message: 'Starting kubelet.' }),
        ...tell(state, ctx, nodeRef(state), {
          type: 'Normal',
          reason: 'NodeAllocatableEnforced',
          message: 'Updated Node Allocatable limit across pods',
        }),
      ]
    : []

/** The reason that goes with each condition, by what it has become. */
const NODE_REASONS: readonly (readonly [type: string, status: Condition['status'], reason: string])[] = [
  ['MemoryPressure', 'False', 'NodeHasSufficientMemory'],
  ['MemoryPressure', 'True', 'NodeHasInsufficientMemory'],
  ['DiskPressure', 'False', 'NodeHasNoDiskPressure'],
  ['DiskPressure', 'True', 'NodeHasDiskPressure'],
  ['PIDPressure', 'False', 'NodeHasSufficientPID'],
  ['PIDPressure', 'True', 'NodeHasInsufficientPID'],
  ['Ready', 'True', 'NodeReady'],
  ['Ready', 'False', 'NodeNotReady'],
]

/** What of the node's conditions has changed since they were last reported. A node that has just come is not told to be unready. */
export function tellOfNode(
  state: KubeletState,
  ctx: Context,
  before: readonly Condition[] | undefined,
  after: readonly Condition[],
): Effect[] {
  if (!state.recorder) return []
  return NODE_REASONS.flatMap(([type, status, reason]) => {
    const old = before?.find((condition) => condition.type === type)?.status
    const isNew = after.some((condition) => condition.type === type && condition.status === status) && old !== status
    if (!isNew || (old === undefined && reason === 'NodeNotReady')) return []
    const message = `Node ${state.options.nodeName} status is now: ${reason}`
    return tell(state, ctx, nodeRef(state), { type: 'Normal', reason, message })
  })
}
