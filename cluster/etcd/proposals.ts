/**
 * Writes on their way into the log, and those who wait for them.
 *
 * A write waits here while there is no leader, and, at the leader, while its disk is syncing: all that has gathered is then
 * one proposal. From a follower it goes to the leader as a message, which may be lost; so every write has a deadline.
 * Where to read upstream: etcd `server/etcdserver/v3_server.go` (processInternalRaftRequestOnce), `server/etcdserver/errors`.
 */
import type { Body, Context, Effect, Micros, StreamId } from '#cluster/kernel/component.ts'
import type { Member } from './cluster-messages.ts'
import type { ErrorResponse, EtcdResponse, WriteRequest } from './messages.ts'
import { ioOf } from './raft-config.ts'
import { type ConfChangeType, type Entry, NONE } from './raft/messages.ts'
import * as nodes from './raft/node.ts'
import type { EtcdState, MemberChange } from './state.ts'

/** Proposals that may wait; beyond it: `etcdserver: too many requests`. */
const PROPOSALS_MAX = 5_000
/** Five seconds, and two election timeouts, as upstream's ReqTimeout. */
export const REQUEST_TIMEOUT_MICROS: Micros = 7_000_000
/** What an entry takes beside its values, and what an object is counted as: to encode each would cost more than it tells. */
const ENTRY_BYTES = 64
const OBJECT_BYTES = 1_024

export const unavailable = (message: string): ErrorResponse => ({ type: 'Error', code: 'Unavailable', message })
export const TIMED_OUT = unavailable('etcdserver: request timed out')

const reply = (stream: StreamId, body: Body): Effect => ({ type: 'close', stream, body })

/** Where a member's numbers for its requests begin: apart from others' and from those of its earlier lives. */
export const firstRequest = (member: number, incarnation: number): number =>
  (member % 2 ** 20) * 2 ** 33 + (incarnation % 2 ** 7) * 2 ** 26

/** Files a write; `drive` puts it into the log. @returns what is to be said at once */
export function fileWrite(
  state: EtcdState,
  body: WriteRequest,
  stream: StreamId | undefined,
  ctx: Context,
): readonly Effect[] {
  const full = refuseIfFull(state, stream)
  if (full) return full
  const data = { size: estimatedSize(body), body, request: register(state, stream, ctx) }
  state.proposals.push({ type: 'EntryNormal', term: 0, index: 0, data })
  return NOTHING
}

export function fileMemberChange(
  state: EtcdState,
  type: ConfChangeType,
  member: Member,
  stream: StreamId,
  ctx: Context,
  isPromotion = false,
): readonly Effect[] {
  const full = refuseIfFull(state, stream)
  if (full) return full
  const body: MemberChange = { member, isPromotion }
  const data = { type, nodeId: member.id, context: { size: ENTRY_BYTES, body, request: register(state, stream, ctx) } }
  state.proposals.push({ type: 'EntryConfChange', term: 0, index: 0, data })
  return NOTHING
}

const NOTHING: readonly Effect[] = Object.freeze([])

function refuseIfFull({ proposals, waiting }: EtcdState, stream: StreamId | undefined): readonly Effect[] | undefined {
  const outstanding = Math.max(proposals.length - proposals.start, waiting.size)
  if (outstanding < PROPOSALS_MAX || stream === undefined) return undefined
  const message = 'etcdserver: too many requests'
  return [reply(stream, { type: 'Error', code: 'ResourceExhausted', message } as ErrorResponse)]
}

/** @returns the number under which an answer is waited for */
function register(state: EtcdState, stream: StreamId | undefined, ctx: Context): number {
  const request = state.nextRequest++
  if (stream !== undefined) state.waiting.set(request, { stream, deadline: ctx.now + REQUEST_TIMEOUT_MICROS })
  return request
}

/**
 * Proposes what has gathered, if that is possible now; `willSync`: the disk is about to be busy.
 * @returns whether anything was proposed
 */
export function proposeQueued(state: EtcdState, ctx: Context, willSync: boolean): boolean {
  const { proposals, isLeader } = state
  const { raft } = state.node!
  if (proposals.length === proposals.start || raft.lead === NONE || raft.leadTransferee !== NONE) return false
  if (isLeader && (willSync || state.syncing.size > 0)) return false
  const entries: Entry[] = []
  for (let at = proposals.start; at < proposals.length; at++) entries.push(proposals.get(at)!)
  const error = nodes.proposeEntries(state.node!, entries, ioOf(ctx))
  // Refused, it waits on: its deadline will come, or a leader that takes it.
  if (error) return false
  proposals.drop(proposals.length)
  return true
}

function estimatedSize(request: WriteRequest): number {
  if (request.type === 'Put') return ENTRY_BYTES + sizeOfValue(request.value)
  if (request.type !== 'Txn') return ENTRY_BYTES
  let size = ENTRY_BYTES
  for (const op of request.success) size += ENTRY_BYTES + (op.type === 'Put' ? sizeOfValue(op.value) : 0)
  return size
}

const sizeOfValue = (value: unknown): number => (typeof value === 'string' ? value.length : OBJECT_BYTES)

/** Answers whoever waits for this entry here: most entries are another member's. */
export function answer(state: EtcdState, request: number | undefined, response: EtcdResponse, effects: Effect[]): void {
  const waiting = request === undefined ? undefined : state.waiting.get(request)
  if (!waiting) return
  state.waiting.delete(request!)
  effects.push(reply(waiting.stream, response))
}

/** Gives up what has waited too long. It may still come to be applied. */
export function expireWaiting(state: EtcdState, ctx: Context, effects: Effect[]): void {
  for (const [request, { stream, deadline }] of state.waiting) {
    if (deadline > ctx.now) break
    state.waiting.delete(request)
    effects.push(reply(stream, TIMED_OUT))
  }
}
