/**
 * Linearizable reads: a member asks the leader how far the log is committed, and answers once it has applied that much.
 *
 * One round at a time: all reads that come while one is under way share the next.
 * Where to read upstream: etcd `server/etcdserver/v3_server.go` (linearizableReadLoop, requestCurrentIndex).
 */
import type { Context, Effect, Micros } from '#cluster/kernel/component.ts'
import { applyRange } from './apply.ts'
import type { RangeRequest } from './messages.ts'
import { ioOf, isAlone, knowsCommitted } from './raft-config.ts'
import { REQUEST_TIMEOUT_MICROS, TIMED_OUT, unavailable } from './proposals.ts'
import { NONE } from './raft/messages.ts'
import * as nodes from './raft/node.ts'
import type { ReadState } from './raft/read-only.ts'
import type { EtcdState, PendingRead, Reads } from './state.ts'

/** A question that was not answered by then is asked again. */
const ASK_AGAIN_MICROS: Micros = 500_000

const NO_READS: readonly PendingRead[] = Object.freeze([])
export const createReads = (): Reads => ({ next: NO_READS, round: undefined, confirmed: Object.freeze([]) })

const serve = (state: EtcdState, { stream, request }: PendingRead): Effect => ({
  type: 'close',
  stream,
  body: applyRange(state.keyspace.store, request),
})

/** A read comes in; unless it is answered at once, `drive` asks for it. */
export function read(state: EtcdState, stream: number, request: RangeRequest, ctx: Context): Effect[] {
  const pending = { stream, request, deadline: ctx.now + REQUEST_TIMEOUT_MICROS }
  // A lone leader needs to ask nobody: what it has applied is all that anybody was told of.
  const isFresh = isAlone(state) && state.isLeader && knowsCommitted(state)
  if (request.serializable || isFresh) return [serve(state, pending)]
  state.reads.next = Object.freeze([...state.reads.next, pending])
  return []
}

/** Begins a round, if there are reads for it and a leader to ask. @returns whether it did */
export function ask(state: EtcdState, ctx: Context): boolean {
  const { reads, node } = state
  if (reads.round || reads.next.length === 0 || node!.raft.lead === NONE) return false
  // Raft would answer a leader without peers at once, whatever it has committed.
  if (isAlone(state) && !knowsCommitted(state)) return false
  const context = `${state.id.toString(16)}/${state.incarnation}/${state.nextRequest++}`
  reads.round = Object.freeze({ context, reads: reads.next, askedAt: ctx.now })
  reads.next = NO_READS
  nodes.readIndex(node!, context, ioOf(ctx))
  return true
}

export function readsConfirmed(state: EtcdState, states: readonly ReadState[]): void {
  const { reads } = state
  for (const { index, requestCtx } of states) {
    if (reads.round?.context !== requestCtx) continue
    reads.confirmed = Object.freeze([...reads.confirmed, Object.freeze({ index, reads: reads.round.reads })])
    reads.round = undefined
  }
}

/** Answers what this member has applied far enough for. */
export function readsApplied(state: EtcdState, effects: Effect[]): void {
  const { reads, applied } = state
  if (reads.confirmed.length === 0) return
  for (const { index, reads: due } of reads.confirmed) {
    if (index <= applied) for (const pending of due) effects.push(serve(state, pending))
  }
  reads.confirmed = Object.freeze(reads.confirmed.filter(({ index }) => index > applied))
}

/** Another leader: what the old one was asked will not be answered. */
export function readsLost(state: EtcdState, effects: Effect[]): void {
  const { round } = state.reads
  if (!round) return
  state.reads.round = undefined
  const body = unavailable('etcdserver: leader changed')
  for (const { stream } of round.reads) effects.push({ type: 'close', stream, body })
}

/** With every tick: asks again, and gives up what has waited too long. */
export function tickReads(state: EtcdState, ctx: Context, effects: Effect[]): void {
  const { reads } = state
  const isLate = ({ deadline }: PendingRead): boolean => deadline <= ctx.now
  const giveUp = (list: readonly PendingRead[]): readonly PendingRead[] => {
    if (!list.some(isLate)) return list
    for (const { stream } of list.filter(isLate)) effects.push({ type: 'close', stream, body: TIMED_OUT })
    return Object.freeze(list.filter((pending) => !isLate(pending)))
  }
  reads.next = giveUp(reads.next)
  if (reads.round) {
    const left = giveUp(reads.round.reads)
    const isDue = ctx.now - reads.round.askedAt >= ASK_AGAIN_MICROS
    reads.round =
      left.length > 0 ? Object.freeze({ ...reads.round, reads: left, ...(isDue && { askedAt: ctx.now }) }) : undefined
    if (reads.round && isDue) nodes.readIndex(state.node!, reads.round.context, ioOf(ctx))
  }
}
