/**
 * Reports Pod statuses to the API server: the newest only, one request per Pod at a time, nothing that has not changed.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/status/status_manager.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Pod, PodStatus } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { isOk, patchRequest, reasonOf, send } from '#cluster/client/api-client.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { KubeletState } from './state.ts'

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
  if (last !== undefined && sameStatus(last, status)) return []
  state.statuses.set(uid, { sent: status, pending: true })
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
    state.statuses.set(tag.uid, { ...known, pending: false })
    return { again: true, effects: [] }
  }
  state.statuses.set(tag.uid, { sent: undefined, pending: false })
  // A Pod that is gone needs no status; the watch will say so.
  if (reasonOf(answer) === 'NotFound' || reasonOf(answer) === 'Conflict') return { again: false, effects: [] }
  ctx.note('statusFailed', { uid: tag.uid, status: answer.status })
  return { again: false, effects: [{ type: 'wake', key: statusTimer(tag.uid), after: RETRY_MICROS }] }
}

/** Equal but for the times of transitions, which are made up anew each time. */
function sameStatus(a: PodStatus, b: PodStatus): boolean {
  const bare = (status: PodStatus) => ({
    ...status,
    conditions: status.conditions?.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
  })
  return isEqual(bare(a), bare(b))
}
