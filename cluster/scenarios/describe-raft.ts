/** What members of etcd say to each other, in words. Heartbeats, and appends that carry nothing, are background. */
import type { RaftBody } from '#cluster/etcd/member.ts'
import type { WriteRequest } from '#cluster/etcd/messages.ts'
import type { Entry, Message } from '#cluster/etcd/raft/messages.ts'
import type { MemberChange } from '#cluster/etcd/state.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { Words } from './described.ts'

export const isRaft = (body: Body): body is RaftBody => body.type === 'Raft'

/** What an entry is about: a key, a member; empty where it is a new leader's own. */
export function entryName({ type, data }: Entry): string {
  if (type === 'EntryConfChange') return (data.context?.body as MemberChange | undefined)?.member.name ?? ''
  if (type !== 'EntryNormal') return ''
  const request = data?.body as WriteRequest | undefined
  return request && 'key' in request ? (request.key.split('/').at(-1) ?? '') : (request?.type ?? '')
}

export function describeRaft({ message }: RaftBody): Words {
  const { type, entries = [], reject = false, index = 0 } = message
  const name = entries.map(entryName).filter(Boolean).join(', ')
  const words = { kind: isAnswer(message) ? 'response' : 'request', verb: type, resource: '', name } as const
  switch (type) {
    case 'MsgApp':
      return { ...words, label: `MsgApp ${placesOf(entries)}`.trim(), background: entries.length === 0 }
    case 'MsgAppResp':
      return { ...words, label: `MsgAppResp ${index}`, failed: reject, resource: String(index) }
    case 'MsgVote':
    case 'MsgPreVote':
      return { ...words, label: `${type} term ${message.term ?? 0}`, resource: String(message.term ?? 0) }
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      return { ...words, label: `${type} ${reject ? 'no' : 'yes'}`, failed: reject }
    case 'MsgSnap':
      return { ...words, label: 'MsgSnap' }
    case 'MsgProp':
      return { ...words, label: 'MsgProp' }
    case 'MsgTimeoutNow':
      return { ...words, label: type }
    default:
      return { ...words, label: type, background: true }
  }
}

const placesOf = (entries: readonly Entry[]): string => {
  const [first] = entries
  const last = entries.at(-1)
  if (!first || !last) return ''
  return first.index === last.index ? String(first.index) : `${first.index}–${last.index}`
}

const isAnswer = ({ type }: Message): boolean => type.endsWith('Resp')
