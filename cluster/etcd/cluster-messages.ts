/** What clients and etcd say to each other about the cluster itself: its members, its leader, how a member is. */
import type { Body, ProcessId } from '#cluster/kernel/component.ts'
import type { ResponseHeader } from './maintenance-messages.ts'

/** A member of the cluster, as all members know it. */
export interface Member {
  /** Below 2^53; in hex it is what etcdctl prints. */
  readonly id: number
  readonly name: string
  /** Where its peers reach it. */
  readonly peer: ProcessId
  readonly isLearner: boolean
}

/** Who is in the cluster, as the leader knows it. */
export interface MemberListRequest extends Body {
  readonly type: 'MemberList'
}

export interface MemberAddRequest extends Body {
  readonly type: 'MemberAdd'
  /** Where the new member will be. */
  readonly peer: ProcessId
  readonly isLearner?: boolean
}

export interface MemberRemoveRequest extends Body {
  readonly type: 'MemberRemove'
  readonly id: number
}

/** Where a member is found from now on; it has moved there with its disk. */
export interface MemberUpdateRequest extends Body {
  readonly type: 'MemberUpdate'
  readonly id: number
  readonly peer: ProcessId
}

/** Makes a learner that has caught up a voter. */
export interface MemberPromoteRequest extends Body {
  readonly type: 'MemberPromote'
  readonly id: number
}

/** Only the leader takes it. */
export interface MoveLeaderRequest extends Body {
  readonly type: 'MoveLeader'
  readonly targetId: number
}

/** How this member is. */
export interface StatusRequest extends Body {
  readonly type: 'Status'
}

export type ClusterRequest =
  | MemberListRequest
  | MemberAddRequest
  | MemberRemoveRequest
  | MemberUpdateRequest
  | MemberPromoteRequest
  | MoveLeaderRequest
  | StatusRequest

export interface MembersResponse extends Body {
  readonly type:
    | 'MemberListResponse'
    | 'MemberAddResponse'
    | 'MemberRemoveResponse'
    | 'MemberUpdateResponse'
    | 'MemberPromoteResponse'
  readonly header: ResponseHeader
  /** By ascending id. */
  readonly members: readonly Member[]
  /** The one that was added. */
  readonly member?: Member
}

export interface MoveLeaderResponse extends Body {
  readonly type: 'MoveLeaderResponse'
  readonly header: ResponseHeader
}

export interface StatusResponse extends Body {
  readonly type: 'StatusResponse'
  readonly header: ResponseHeader
  readonly memberId: number
  /** 0: none. */
  readonly leader: number
  readonly raftTerm: number
  /** Committed, as far as this member knows. */
  readonly raftIndex: number
  readonly raftAppliedIndex: number
  readonly isLearner: boolean
  /** Bytes of the file, and of what is in use of it. */
  readonly dbSize: number
  readonly dbSizeInUse: number
  readonly errors: readonly string[]
}
