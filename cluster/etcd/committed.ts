/**
 * Applies committed entries: to the keyspace, to the membership; answers who waits for them here; tells the watchers.
 *
 * Where to read upstream: etcd `server/etcdserver/server.go` (applyEntries, applyConfChange).
 */
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { apply, errorResponse } from './apply.ts'
import { leaseApplied, wakeForLeases } from './leases.ts'
import { changeProblem, confStateOf, type MemberChangeKind } from './members.ts'
import type { MembersResponse } from './cluster-messages.ts'
import type { EtcdResponse, WriteRequest } from './messages.ts'
import type { Change } from './mvcc/store.ts'
import { ioOf } from './raft-config.ts'
import { answer } from './proposals.ts'
import type { ConfChangeType, Entry } from './raft/messages.ts'
import * as nodes from './raft/node.ts'
import type { EtcdState, MemberChange } from './state.ts'
import { deliver } from './watches.ts'

export function applyCommitted(state: EtcdState, entries: readonly Entry[], ctx: Context, effects: Effect[]): void {
  let changes: Change[] = []
  let leasesChanged = false
  for (const entry of entries) {
    state.applied = entry.index
    state.appliedTerm = entry.term
    if (entry.data === undefined) continue
    if (entry.type === 'EntryNormal') {
      const request = entry.data.body as WriteRequest
      if (request.type === 'Compact') {
        // Watchers that want previous values must be told before compaction forgets them.
        effects.push(...deliver(state, changes))
        changes = []
      }
      const applied = apply(state.keyspace, request)
      for (const change of applied.changes) changes.push(change)
      answer(state, entry.data.request, applied.response, effects)
      if (state.isLeader && leaseApplied(state, request, ctx)) leasesChanged = true
    } else if (entry.type === 'EntryConfChange') applyMemberChange(state, entry, ctx, effects)
  }
  const { storage } = state.node!.raft.log
  const { snapshot } = storage
  const { applied: index, appliedTerm: term } = state
  storage.snapshot = { metadata: { ...snapshot.metadata, index, term } }
  if (changes.length > 0) effects.push(...deliver(state, changes))
  if (leasesChanged) effects.push(...wakeForLeases(state, ctx))
}

function applyMemberChange(
  state: EtcdState,
  { data }: Extract<Entry, { type: 'EntryConfChange' }>,
  ctx: Context,
  effects: Effect[],
): void {
  const { member, isPromotion } = data.context!.body as MemberChange
  const { request } = data.context!
  const kind = kindOf(data.type, isPromotion)
  const problem = changeProblem(state, kind, member)
  const change = problem ? { ...data, nodeId: 0 } : data
  const wanted = { transition: 'ConfChangeTransitionAuto', changes: [change] } as const
  nodes.applyChange(state.node!, wanted, ioOf(ctx))
  if (problem) return answer(state, request, errorResponse(problem), effects)
  if (kind === 'remove') {
    state.members.delete(member.id)
    state.removed.set(member.id, true)
    if (member.id === state.id) stop(state, ctx, effects)
  } else if (kind === 'update') state.members.set(member.id, { ...state.members.get(member.id)!, peer: member.peer })
  else state.members.set(member.id, { ...member, isLearner: data.type === 'ConfChangeAddLearnerNode' })
  ctx.note('membership', { kind, member: member.name, members: state.members.size })
  const { storage } = state.node!.raft.log
  const confState = confStateOf(state.members.values())
  storage.snapshot = { metadata: { ...storage.snapshot.metadata, confState } }
  answer(state, request, membersResponse(state, RESPONSES[kind], kind === 'add' ? member.id : undefined), effects)
}

const RESPONSES = {
  add: 'MemberAddResponse',
  promote: 'MemberPromoteResponse',
  update: 'MemberUpdateResponse',
  remove: 'MemberRemoveResponse',
} as const

function kindOf(type: ConfChangeType, isPromotion: boolean): MemberChangeKind {
  if (type === 'ConfChangeRemoveNode') return 'remove'
  if (type === 'ConfChangeUpdateNode') return 'update'
  return isPromotion ? 'promote' : 'add'
}

export function membersResponse(state: EtcdState, type: MembersResponse['type'], added?: number): EtcdResponse {
  const members = [...state.members.values()].sort((a, b) => a.id - b.id)
  const member = added === undefined ? undefined : state.members.get(added)
  return { type, header: { revision: state.keyspace.store.revision }, members, ...(member && { member }) }
}

/** This member is not one any more: it falls silent, and its clients go elsewhere. */
export function stop(state: EtcdState, ctx: Context, effects: Effect[]): void {
  if (state.isStopped) return
  state.isStopped = true
  ctx.note('removed', { member: state.id.toString(16) })
  effects.push({ type: 'cancelWake', key: 'tick' }, { type: 'cancelWake', key: 'leases' })
  for (const stream of new Set([...state.watches.values()].map((watch) => watch.stream))) {
    effects.push({ type: 'close', stream })
  }
  state.watches.clear()
}
