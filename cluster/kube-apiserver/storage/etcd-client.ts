/**
 * Calls to etcd: each is a stream and a row that says what it is for; nothing waits in a closure.
 *
 * A call that never reached etcd is sent again to the next member after a pause; one whose answer was lost may have taken
 * effect, so only reads are sent again, and a write fails with what the gRPC client would say.
 * Where to read upstream: etcd `client/v3/retry_interceptor.go`; apiserver `pkg/storage/etcd3/store.go`.
 */
import type { EtcdRequest, EtcdResponse } from '#cluster/etcd/messages.ts'
import type { Context, Effect, Event } from '#cluster/kernel/component.ts'
import type { Call, State } from '../state.ts'

const RETRY_MIN_MICROS = 250_000
const RETRY_MAX_MICROS = 2_000_000
/** After so many refusals a request fails; the server's own calls never give up. */
const REFUSALS_MAX = 8

export const ETCD_RETRY_TIMER = 'etcd-retry'

export function callEtcd(
  state: State,
  ctx: Context,
  body: EtcdRequest,
  purpose: Call['purpose'],
  attempts = 0,
): Effect {
  const stream = ctx.id()
  state.calls.set(stream, { purpose, body, attempts })
  return { type: 'open', stream, to: etcdMember(state), body }
}

export const etcdMember = (state: State): string => state.options.etcd[state.member % state.options.etcd.length]!

export type CallResult =
  | { readonly type: 'answer'; readonly call: Call; readonly response: EtcdResponse }
  | { readonly type: 'failed'; readonly call: Call; readonly message: string }
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
  if (event.reason === 'done') return { type: 'answer', call, response: event.body as EtcdResponse }
  state.member++
  ctx.note('etcd-unreachable', { reason: event.reason, call: call.body.type, purpose: call.purpose.type })
  const isOwn = call.purpose.type !== 'request'
  const mayRetry = event.reason === 'refused' || call.body.type === 'Range' || call.body.type === 'LeaseGrant' || isOwn
  if (!mayRetry) return { type: 'failed', call, message: lostMessage(event.reason) }
  if (!isOwn && call.attempts >= REFUSALS_MAX) return { type: 'failed', call, message: unreachableMessage(state) }
  const alone = state.parked.size === 0
  state.parked.set(event.stream, { ...call, attempts: call.attempts + 1 })
  return {
    type: 'parked',
    effects: alone
      ? [
          {
            type: 'wake',
            key: ETCD_RETRY_TIMER,
            after: Math.min(RETRY_MIN_MICROS * 2 ** Math.min(call.attempts, 4), RETRY_MAX_MICROS),
          },
        ]
      : [],
  }
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

const unreachableMessage = (state: State): string =>
  `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${etcdMember(state).split('/')[0]}:2379: connect: connection refused"`
