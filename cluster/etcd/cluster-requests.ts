/**
 * Requests about the cluster itself: its members, its leader, this member's state.
 *
 * What we leave out: the check that enough members have started.
 * Where to read upstream: etcd `server/etcdserver/server.go` (AddMember, RemoveMember, PromoteMember, MoveLeader),
 * `server/etcdserver/api/v3rpc/maintenance.go` (Status).
 */
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { errorResponse } from './apply.ts'
import { membersResponse } from './committed.ts'
import { changeProblem, memberFor, memberIdFor } from './members.ts'
import type { ClusterRequest, Member, StatusResponse } from './cluster-messages.ts'
import type { ErrorResponse, EtcdResponse, LeaseKeepAliveRequest, LeaseTimeToLiveRequest } from './messages.ts'
import { fileSize, sizeInUse } from './maintenance.ts'
import { fileMemberChange, unavailable } from './proposals.ts'
import { NONE } from './raft/messages.ts'
import * as nodes from './raft/node.ts'
import { progressOf } from './raft/tracker/tracker.ts'
import { ioOf } from './raft-config.ts'
import type { EtcdState } from './state.ts'

/** A learner may be promoted once it has this share of what the leader has. */
const READY_SHARE = 0.9

/** @returns what is to be said at once; `drive` does the rest */
export function clusterRequest(
  state: EtcdState,
  stream: StreamId,
  request: ClusterRequest,
  ctx: Context,
): readonly Effect[] {
  const say = (body: EtcdResponse): readonly Effect[] => [{ type: 'close', stream, body }]
  switch (request.type) {
    case 'MemberList':
      return say(membersResponse(state, 'MemberListResponse'))
    case 'Status':
      return say(status(state))
    case 'MemberAdd': {
      const { peer, isLearner = false } = request
      const member = memberFor(peer, memberIdFor(peer, state.removed), isLearner)
      const problem = changeProblem(state, 'add', member)
      if (problem) return say(refused(problem))
      const type = isLearner ? 'ConfChangeAddLearnerNode' : 'ConfChangeAddNode'
      return fileMemberChange(state, type, member, stream, ctx)
    }
    case 'MemberRemove': {
      const member = state.members.get(request.id)
      if (!member) return say(refused('etcdserver: member not found'))
      return fileMemberChange(state, 'ConfChangeRemoveNode', member, stream, ctx)
    }
    case 'MemberUpdate': {
      const member = state.members.get(request.id)
      if (!member) return say(refused('etcdserver: member not found'))
      return fileMemberChange(state, 'ConfChangeUpdateNode', { ...member, peer: request.peer }, stream, ctx)
    }
    case 'MemberPromote': {
      const member = state.members.get(request.id)
      const problem = member ? promotionProblem(state, member) : 'etcdserver: member not found'
      if (problem) return say(refused(problem))
      return fileMemberChange(state, 'ConfChangeAddNode', { ...member!, isLearner: false }, stream, ctx, true)
    }
    case 'MoveLeader':
      return say(moveLeader(state, request.targetId, ctx))
  }
}

const refused = (message: string): ErrorResponse => {
  const { code } = errorResponse(message)
  return { type: 'Error', code: code === 'InvalidArgument' ? 'FailedPrecondition' : code, message }
}

/** Only the leader knows how far a learner has come. */
function promotionProblem(state: EtcdState, member: Member): string | undefined {
  const { tracker, id } = state.node!.raft
  const own = progressOf(tracker, id)?.match ?? 0
  const match = progressOf(tracker, member.id)?.match ?? 0
  const problem = changeProblem(state, 'promote', member)
  if (problem) return problem
  if (match >= own * READY_SHARE) return undefined
  return 'etcdserver: can only promote a learner member which is in sync with leader'
}

/** Answered as soon as it is begun; upstream waits until the other leads. */
function moveLeader(state: EtcdState, target: number, ctx: Context): EtcdResponse {
  if (!state.isLeader) return refused('etcdserver: not leader')
  const member = state.members.get(target)
  if (!member || member.isLearner) return refused('etcdserver: bad leader transferee')
  nodes.transferLeader(state.node!, target, ioOf(ctx))
  return { type: 'MoveLeaderResponse', header: { revision: state.keyspace.store.revision } }
}

function status(state: EtcdState): StatusResponse {
  const { raft } = state.node!
  return {
    type: 'StatusResponse',
    header: { revision: state.keyspace.store.revision },
    memberId: state.id,
    leader: raft.lead,
    raftTerm: raft.term,
    raftIndex: raft.log.committed,
    raftAppliedIndex: state.applied,
    isLearner: state.members.get(state.id)?.isLearner === true,
    dbSize: fileSize(state),
    dbSizeInUse: sizeInUse(state.keyspace.store),
    errors: errorsOf(state),
  }
}

/** What `endpoint status` shows in its last column. */
function errorsOf(state: EtcdState): string[] {
  const errors = state.node!.raft.lead === NONE ? ['etcdserver: no leader'] : []
  for (const [member, alarm] of state.keyspace.alarms) errors.push(`memberID:${member} alarm:${alarm} `)
  return errors
}

/** Passes a request that only the leader can answer on to it. */
export function forward(
  state: EtcdState,
  stream: StreamId,
  body: ClusterRequest | LeaseKeepAliveRequest | LeaseTimeToLiveRequest,
  ctx: Context,
): Effect[] {
  const leader = state.members.get(state.node!.raft.lead)
  if (state.node!.raft.lead === NONE || !leader) {
    return [{ type: 'close', stream, body: unavailable('etcdserver: no leader') }]
  }
  const there = ctx.id()
  state.forwards.set(there, stream)
  return [{ type: 'open', stream: there, to: leader.peer, body }]
}
