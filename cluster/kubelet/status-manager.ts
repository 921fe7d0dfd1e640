/**
 * Reports Pod statuses to the API server: the newest only, one request per Pod at a time, nothing that has not changed.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/status/status_manager.go`.
 */
import { isEqual, isPodFinished } from '#cluster/api/meta.ts'
import type { Condition, Pod, PodStatus } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { isOk, patchRequest, reasonOf, send } from '#cluster/client/api-client.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { KubeletState, SentStatus } from './state.ts'

export interface StatusTag {
  readonly for: 'status'
  readonly uid: string
}

/** After a failed report, the next one. */
const RETRY_MICROS = 10_000_000

export const statusTimer = (uid: string): string => `status/${uid}`

export function report(state: KubeletState, ctx: Context, pod: Pod, status: PodStatus): Effect[] {
  const uid = pod.metadata.uid!
  const known = state.statuses.get(uid)
  if (known?.pending) return []
  // After a restart the object itself says what was reported last.
  const last = known?.sent ?? pod.status
  if (last !== undefined && sameStatus(last, status) && !isOverwritten(pod, status, known)) return []
  state.statuses.set(uid, { sent: status, pending: true, version: undefined })
  const patch = { metadata: { uid }, status }
  const tag: StatusTag = { for: 'status', uid }
  return [send(state.client, ctx, patchRequest('pods', pod, 'merge', patch, 'status'), tag)]
}

/** Returns whether the Pod should be looked at again now. */
export function reported(
  state: KubeletState,
  ctx: Context,
  tag: StatusTag,
  answer: Answer,
): { again: boolean; effects: Effect[] } {
  const known = state.statuses.get(tag.uid)
  if (!known) return { again: false, effects: [] }
  if (isOk(answer)) {
    const version = (answer.body as Pod).metadata.resourceVersion
    state.statuses.set(tag.uid, { sent: known.sent, pending: false, version })
    // What has run on in the meantime is told now, and what has ended goes on to its end. Of the others there is no news.
    return { again: known.missed === true || !isSteady(state, tag.uid), effects: [] }
  }
  state.statuses.set(tag.uid, { sent: undefined, pending: false, version: undefined })
  // A Pod that is gone needs no status; the watch will say so.
  if (reasonOf(answer) === 'NotFound' || reasonOf(answer) === 'Conflict') return { again: false, effects: [] }
  ctx.note('statusFailed', { uid: tag.uid, status: answer.status })
  return { again: false, effects: [{ type: 'wake', key: statusTimer(tag.uid), after: RETRY_MICROS }] }
}

/** A status is due while another is under way: the answer to that makes the Pod be looked at again. */
export function missed(state: KubeletState, uid: string): boolean {
  const known = state.statuses.get(uid)
  if (!known?.pending) return false
  if (!known.missed) state.statuses.set(uid, { ...known, missed: true })
  return true
}

/** Whether a change is but the status that we sent ourselves, come back: it asks for nothing. */
export function isEcho(state: KubeletState, { type, object, old }: Delta<Pod>): boolean {
  const { metadata, spec, status } = object
  if (type !== 'updated' || spec !== old.spec || metadata.uid !== old.metadata.uid) return false
  if (metadata.deletionTimestamp !== undefined || status === undefined || isPodFinished(object)) return false
  const sent = state.statuses.get(metadata.uid!)?.sent
  return sent !== undefined && isSteady(state, metadata.uid!) && sameStatus(sent, status)
}

/** It lives, and nothing here waits for a back-off, of which each look may have to tell. */
const isSteady = ({ workers, waiting, backoffs }: KubeletState, uid: string): boolean =>
  workers.get(uid)?.phase === 'syncing' && waiting.size === 0 && backoffs.size === 0

/**
 * Whether somebody has changed what we reported: the node lifecycle controller does so for nodes that it has lost. Only a
 * copy that is newer than our own report tells; versions of one resource may be compared by size (since 1.35).
 */
function isOverwritten(pod: Pod, status: PodStatus, known: SentStatus | undefined): boolean {
  if (known?.version === undefined || Number(pod.metadata.resourceVersion) <= Number(known.version)) return false
  return pod.status === undefined || !sameStatus(pod.status, status)
}

const NO_CONDITIONS: readonly Condition[] = Object.freeze([])

/** Equal but for the times of transitions, which are made up anew each time. */
function sameStatus(a: PodStatus, b: PodStatus): boolean {
  const { conditions: conditionsA = NO_CONDITIONS } = a
  const { conditions: conditionsB = NO_CONDITIONS } = b
  if (conditionsA.length !== conditionsB.length) return false
  for (let i = 0; i < conditionsA.length; i++) if (!sameCondition(conditionsA[i]!, conditionsB[i]!)) return false
  for (let i = 0; i < COMPARED.length; i++) if (!isEqual(a[COMPARED[i]!], b[COMPARED[i]!])) return false
  return true
}

const COMPARED = Object.keys({
  observedGeneration: true,
  phase: true,
  reason: true,
  message: true,
  hostIP: true,
  hostIPs: true,
  podIP: true,
  podIPs: true,
  startTime: true,
  nominatedNodeName: true,
  qosClass: true,
  initContainerStatuses: true,
  containerStatuses: true,
  ephemeralContainerStatuses: true,
  allocatedResources: true,
  resources: true,
} satisfies Record<Exclude<keyof PodStatus, 'conditions'>, true>) as Exclude<keyof PodStatus, 'conditions'>[]

const sameCondition = (a: Condition, b: Condition): boolean =>
  a.type === b.type &&
  a.status === b.status &&
  a.reason === b.reason &&
  a.message === b.message &&
  a.observedGeneration === b.observedGeneration
