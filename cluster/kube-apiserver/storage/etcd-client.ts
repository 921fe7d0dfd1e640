/**
 * Calls to etcd: each is a stream and a row that says what it is for; nothing waits in a closure.
 *
 * Members are asked in turn. One that fails is passed over until it answers again, which is tried apart from what anybody
 * waits for. A call that never reached etcd is sent again to the next member after a pause; one whose answer was lost may have taken
 * effect, so only reads are sent again, and a write fails with what the gRPC client would say.
 * Where to read upstream: etcd `client/v3/retry_interceptor.go`; apiserver `pkg/storage/etcd3/store.go`.
 */
import type { ErrorResponse, EtcdRequest, EtcdResponse } from '#cluster/etcd/messages.ts'
import type { Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Call, State } from '../state.ts'

const RETRY_MIN_MICROS = 250_000
const RETRY_MAX_MICROS = 2_000_000
/** gRPC's first pause before it dials again. */
const PROBE_MICROS: Micros = 1_000_000
/** After so many refusals a request fails; the server's own calls never give up. */
const REFUSALS_MAX = 8

export const ETCD_RETRY_TIMER = 'etcd-retry'
/** Followed by the member. */
export const ETCD_PROBE_TIMER = 'etcd-probe/'

export function callEtcd(
  state: State,
  ctx: Context,
  body: EtcdRequest,
  purpose: Call['purpose'],
  attempts = 0,
): Effect {
  const stream = ctx.id()
  const to = nextMember(state)
  state.calls.set(stream, { purpose, body, attempts, to })
  return { type: 'open', stream, to, body }
}

/** Whose turn it is: the next that has not just failed; if all have, the next. */
export function nextMember(state: State): ProcessId {
  const { etcd } = state.options
  for (let i = 0; i < etcd.length; i++) {
    const at = (state.member + i) % etcd.length
    if (state.membersDown.has(etcd[at]!)) continue
    state.member = at + 1
    return etcd[at]!
  }
  return etcd[state.member++ % etcd.length]!
}

/** @returns what brings it back in time */
export function memberFailed(state: State, member: ProcessId): Effect[] {
  if (state.options.etcd.length === 1 || state.membersDown.has(member)) return []
  state.membersDown.set(member, true)
  return [{ type: 'wake', key: `${ETCD_PROBE_TIMER}${member}`, after: PROBE_MICROS }]
}

/** Asks a member that has failed how it is. */
export function probeMember(state: State, member: ProcessId, ctx: Context): Effect[] {
  const stream = ctx.id()
  const body = { type: 'Status' } as const
  state.calls.set(stream, { purpose: { type: 'probe' }, body, attempts: 0, to: member })
  return [{ type: 'open', stream, to: member, body }]
}

function probed(state: State, { to }: Call, isUp: boolean): CallResult {
  state.membersDown.delete(to)
  return { type: 'parked', effects: isUp ? [] : memberFailed(state, to) }
}

/** What an answer means that says nothing of the request, only that this member could not serve it. */
const isUnavailable = (body: EtcdResponse | undefined): body is ErrorResponse =>
  body?.type === 'Error' && body.code === 'Unavailable'

export type CallResult =
  | { readonly type: 'answer'; readonly call: Call; readonly response: EtcdResponse }
  | { readonly type: 'failed'; readonly call: Call; readonly message: string; readonly effects: readonly Effect[] }
  | { readonly type: 'parked'; readonly effects: readonly Effect[] }

/** What became of a call; undefined where the stream is none of ours. */
export function callClosed(
  state: State,
  event: Extract<Event, { type: 'closed' }>,
  ctx: Context,
): CallResult | undefined {
  const call = state.calls.get(event.stream)
  if (!call) return undefined
  state.calls.delete(event.stream)
  const response = event.body as EtcdResponse | undefined
  const refusal = isUnavailable(response) ? response.message : undefined
  const isAnswered = event.reason === 'done' && refusal === undefined
  if (call.purpose.type === 'probe') return probed(state, call, isAnswered)
  if (isAnswered) return { type: 'answer', call, response: response! }
  const probe = memberFailed(state, call.to)
  const reason = refusal ?? event.reason
  ctx.note('etcd-unreachable', { reason, call: call.body.type, purpose: call.purpose.type })
  const isOwn = call.purpose.type !== 'request' && call.purpose.type !== 'lent'
  const mayRetry = event.reason === 'refused' || call.body.type === 'Range' || call.body.type === 'LeaseGrant' || isOwn
  if (!mayRetry) return { type: 'failed', call, message: refusal ?? lostMessage(event.reason), effects: probe }
  if (!isOwn && call.attempts >= REFUSALS_MAX) {
    return { type: 'failed', call, message: refusal ?? unreachableMessage(call.to), effects: probe }
  }
  const alone = state.parked.size === 0
  state.parked.set(event.stream, { ...call, attempts: call.attempts + 1 })
  const after = Math.min(RETRY_MIN_MICROS * 2 ** Math.min(call.attempts, 4), RETRY_MAX_MICROS)
  const retry: Effect[] = alone ? [{ type: 'wake', key: ETCD_RETRY_TIMER, after }] : []
  return { type: 'parked', effects: [...probe, ...retry] }
}

/** Sends again what waits. */
export function retryParked(state: State, ctx: Context): Effect[] {
  const calls = [...state.parked.values()]
  state.parked.clear()
  return calls.map(({ body, purpose, attempts }) => callEtcd(state, ctx, body, purpose, attempts))
}

const lostMessage = (reason: string): string =>
  reason === 'timeout'
    ? 'etcdserver: request timed out'
    : 'rpc error: code = Unavailable desc = error reading from server: EOF'

const unreachableMessage = (member: ProcessId): string =>
  `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${member.split('/')[0]}:2379: connect: connection refused"`
