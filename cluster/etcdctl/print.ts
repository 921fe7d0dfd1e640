/** What etcdctl prints of an answer, and how it exits. */
import { memberIdFor } from '#cluster/etcd/members.ts'
import type { Member } from '#cluster/etcd/cluster-messages.ts'
import type { EtcdRequest, EtcdResponse, KeyValue, LeaseId } from '#cluster/etcd/messages.ts'

export interface Printed {
  readonly text: string
  readonly exitCode: number
}

const hex = (id: number | LeaseId): string => BigInt.asUintN(64, BigInt(id)).toString(16)
const textOf = ({ value }: KeyValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** @param valuesOnly `--print-value-only` */
export function printResponse(request: EtcdRequest, response: EtcdResponse, valuesOnly = false): Printed {
  if (response.type === 'Error') return { text: `Error: ${response.message}`, exitCode: 1 }
  return { text: textFor(request, response, valuesOnly), exitCode: 0 }
}

function textFor(
  request: EtcdRequest,
  response: Exclude<EtcdResponse, { type: 'Error' }>,
  valuesOnly: boolean,
): string {
  switch (response.type) {
    case 'RangeResponse':
      return response.kvs.map((kv) => (valuesOnly ? textOf(kv) : `${kv.key}\n${textOf(kv)}`)).join('\n')
    case 'PutResponse':
      return 'OK'
    case 'DeleteRangeResponse':
      return String(response.deleted)
    case 'CompactResponse':
      return `compacted revision ${request.type === 'Compact' ? request.revision : ''}`
    case 'DefragmentResponse':
      return 'Finished defragmenting etcd member'
    case 'WatchResponse':
      if (response.canceled)
        return `watch was canceled (${response.cancelReason || compacted(response.compactRevision)})`
      return response.events
        .map(({ type, kv }) => [type, kv.key, type === 'PUT' ? textOf(kv) : ''].join('\n'))
        .join('\n')
    case 'MemberListResponse':
    case 'MemberAddResponse':
    case 'MemberRemoveResponse':
    case 'MemberUpdateResponse':
    case 'MemberPromoteResponse':
      return printMembers(request, response)
    case 'MoveLeaderResponse':
      return request.type === 'MoveLeader' ? `Leadership transferred to ${hex(request.targetId)}` : ''
    case 'StatusResponse': {
      const { memberId, dbSize, leader, isLearner, raftTerm, raftIndex, raftAppliedIndex } = response
      return `${hex(memberId)}, ${size(dbSize)}, ${leader === memberId}, ${isLearner}, ${raftTerm}, ${raftIndex}, ${raftAppliedIndex}`
    }
    case 'LeaseGrantResponse':
      return `lease ${hex(response.id)} granted with TTL(${response.ttl}s)`
    case 'LeaseKeepAliveResponse':
      return response.ttl > 0
        ? `lease ${hex(response.id)} keepalived with TTL(${response.ttl})`
        : `lease ${hex(response.id)} expired or revoked.`
    case 'LeaseRevokeResponse':
      return request.type === 'LeaseRevoke' ? `lease ${hex(request.id)} revoked` : ''
    case 'LeaseTimeToLiveResponse':
      return response.ttl < 0
        ? `lease ${hex(response.id)} already expired`
        : `lease ${hex(response.id)} granted with TTL(${response.grantedTtl}s), remaining(${response.ttl}s)`
    default:
      return ''
  }
}

const compacted = (revision = 0): string => `etcdserver: mvcc: required revision has been compacted, oldest ${revision}`

/** Decimal, as etcdctl has it. */
const size = (bytes: number): string => `${Math.round(bytes / 1000)} kB`

interface Members {
  readonly members: readonly Member[]
  readonly member?: Member
}

function printMembers(request: EtcdRequest, { members, member }: Members): string {
  switch (request.type) {
    case 'MemberAdd':
      return `Member ${hex(member?.id ?? memberIdFor(request.peer))} added to cluster`
    case 'MemberRemove':
      return `Member ${hex(request.id)} removed from cluster`
    case 'MemberUpdate':
      return `Member ${hex(request.id)} updated in cluster`
    case 'MemberPromote':
      return `Member ${hex(request.id)} promoted in cluster`
    default:
      return members
        .map(({ id, name, isLearner }) => `${hex(id)}, ${name}, ${isLearner ? 'learner' : 'voter'}`)
        .join('\n')
  }
}
