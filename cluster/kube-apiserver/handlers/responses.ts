/** How a request ends: its answer, its seat, and what its parent makes of it. */
import type { HttpResponse } from '#cluster/api/http.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Effect, StreamId } from '#cluster/kernel/component.ts'
import { annotate } from '../audit/audit.ts'
import { isStoredAsSeen } from '../conversion/conversion.ts'
import { release } from '../flowcontrol/seats.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { PendingRequest, Seated, State } from '../state.ts'
import { shaped, shapeProblem } from './views.ts'

/** @param warnings for whoever reads the answer, in a header */
export function answer(
  stream: StreamId,
  status: number,
  body: unknown,
  warnings: readonly string[] = [],
  flow?: Seated,
): Effect {
  const retryAfter = (body as Status | undefined)?.details?.retryAfterSeconds
  const headers = {
    ...(flow && {
      'x-kubernetes-pf-flowschema-uid': flow.schemaUid,
      'x-kubernetes-pf-prioritylevel-uid': flow.levelUid,
    }),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(warnings.length > 0 && { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') }),
  }
  const response: HttpResponse =
    retryAfter === undefined && warnings.length === 0 && !flow
      ? { type: 'response', status, body }
      : { type: 'response', status, headers, body }
  return { type: 'close', stream, body: response }
}

export const isMutating = (info: RequestInfo): boolean =>
  info.verb !== 'get' && info.verb !== 'list' && info.verb !== 'watch'

/** Which seats a request takes. */
export const laneOf = (info: RequestInfo): 'reading' | 'mutating' => (isMutating(info) ? 'mutating' : 'reading')

/** Ends a request with an answer. */
export function respond(state: State, row: PendingRequest, status: number, body: unknown): Effect[] {
  dropRequest(state, row)
  if (row.stream !== undefined) {
    const { resource } = row.info
    const isPlain = status >= 300 || (row.view === undefined && isStoredAsSeen(resource))
    const odd = isPlain ? undefined : shapeProblem(resource, row.view, body as KubernetesObject)
    if (odd) return [answer(row.stream, odd.code, odd, [], row.flow)]
    const warnings = row.advice?.length ? [...(row.warnings ?? []), ...row.advice] : row.warnings
    return [
      answer(
        row.stream,
        status,
        isPlain ? body : shaped(resource, row.view, body, row.arrived, state.schemas?.descriptions),
        warnings,
        row.flow,
      ),
    ]
  }
  const parent = row.parent === undefined ? undefined : state.requests.get(row.parent)
  if (!parent) return []
  // What has gone meanwhile is no failure; of others the first is told.
  const failed = parent.failed ?? (status >= 300 && status !== 404 ? (body as Status) : undefined)
  const children = parent.children! - 1
  if (children > 0) {
    state.requests.set(parent.id, { ...parent, children, ...(failed && { failed }) })
    return []
  }
  return failed ? respond(state, parent, failed.code, failed) : respond(state, parent, 200, parent.listed)
}

export const refuse = (state: State, row: PendingRequest, status: Status): Effect[] =>
  respond(state, row, status.code, status)

/** Forgets a request and frees its seat. */
export function dropRequest(state: State, row: PendingRequest): void {
  if (!state.requests.delete(row.id)) return
  state.awaitingCache.delete(row.id)
  if (row.parent !== undefined) return
  if (row.annotations) annotate(state, row.stream, row.annotations)
  const lane = laneOf(row.info)
  if (row.stage === 'queued') state.queues[lane].delete(row.id)
  else if (!row.flow) state[lane]--
  else if (row.flow.level) release(state, row.id, row.flow, row.stage === 'flow')
}
