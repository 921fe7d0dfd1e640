/** Calls to etcd, its answers and its watch responses, in words. */
import type {
  EtcdRequest,
  EtcdResponse,
  RequestOp,
  TxnRequest,
  TxnResponse,
  WatchResponse,
} from '#cluster/etcd/messages.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { Words } from './described.ts'
import { isBackgroundResource } from './describe-http.ts'

const FOLDERS: Readonly<Record<string, string>> = { minions: 'nodes', 'services/specs': 'services' }

/** `/registry/services/specs/default/web` → the resource and the name that people know. */
export function parseKey(key: string): { resource: string; name: string } {
  const match = /^\/registry\/(services\/specs|[^/]+)\/(?:(.*)\/)?([^/]*)$/.exec(key)
  if (!match) return { resource: key, name: '' }
  return { resource: FOLDERS[match[1]!] ?? match[1]!, name: match[3]! }
}

const TYPES = new Set([
  'Range', 'Put', 'DeleteRange', 'Txn', 'Compact', 'LeaseGrant', 'LeaseRevoke', 'LeaseKeepAlive',
  'WatchCreate', 'WatchCancel', 'WatchProgress', 'LeaseTimeToLive', 'LeaseLeases',
  'Defragment', 'HashKV', 'Snapshot', 'Alarm', 'Status', 'MoveLeader', 'MemberList', 'MemberAdd', 'MemberRemove', 'MemberUpdate', 'MemberPromote',
]) // prettier-ignore

export const isEtcdRequest = (body: Body): body is EtcdRequest => TYPES.has(body.type)
export const isEtcdResponse = (body: Body): body is EtcdResponse =>
  body.type === 'Error' ||
  (body.type.endsWith('Response') && TYPES.has(body.type.slice(0, -'Response'.length))) ||
  body.type === 'WatchResponse'

const OPS = { Range: 'range', Put: 'put', DeleteRange: 'delete' } as const

function describeOp(op: RequestOp, prefix = ''): Words {
  if (op.type === 'Txn') return describeTxn(op)
  const { resource, name } = parseKey(op.key)
  const verb = prefix + OPS[op.type]
  return { kind: 'request', label: `${verb} ${resource}`, verb, resource, name, background: isQuiet(resource) }
}

function describeTxn({ compare, success, failure }: TxnRequest): Words {
  const op = success.find(({ type }) => type !== 'Range') ?? success[0] ?? failure[0]
  if (op) return describeOp(op, 'txn ')
  const { resource, name } = parseKey(compare[0]?.key ?? '')
  return { kind: 'request', label: `txn ${resource}`, verb: 'txn', resource, name }
}

const isQuiet = (resource: string): boolean => isBackgroundResource(resource) || resource === 'events'

export function describeEtcdRequest(request: EtcdRequest): Words {
  switch (request.type) {
    case 'Range':
    case 'Put':
    case 'DeleteRange':
      return describeOp(request)
    case 'Txn':
      return describeTxn(request)
    case 'WatchCreate': {
      const { resource, name } = parseKey(request.key)
      return { kind: 'request', label: `watch ${resource}`, verb: 'watch', resource, name, background: true }
    }
    default:
      return { kind: 'request', label: request.type, verb: request.type, resource: '', name: '', background: true }
  }
}

export function describeEtcdResponse(response: EtcdResponse, asked: Words | undefined): Words {
  if (response.type === 'WatchResponse') return describeWatchResponse(response)
  const { resource = '', name = '', background = false } = asked ?? {}
  const base = { kind: 'response', resource, name, background } as const
  if (response.type === 'Error') return { ...base, label: response.message, verb: response.code, failed: true }
  if (response.type === 'TxnResponse' && !(response as TxnResponse).succeeded)
    return { ...base, label: 'compare failed', verb: 'compare failed', failed: true }
  if (response.type === 'StatusResponse')
    return { ...base, label: `file ${response.dbSize} · in use ${response.dbSizeInUse}`, verb: 'ok' }
  if (response.type === 'LeaseKeepAliveResponse') return { ...base, label: `TTL ${response.ttl}`, verb: 'ok' }
  const revision = `revision ${response.header.revision}`
  const read = response.type === 'RangeResponse' ? response.kvs.map(({ value }) => value) : []
  // Objects of Kubernetes are too long to be told.
  const values = read
    .filter((value) => typeof value === 'string')
    .map((value) => value.split('\n')[0]!.slice(0, VALUE_MAX))
  return { ...base, label: [revision, ...values].join(' · '), verb: 'ok' }
}

const VALUE_MAX = 24

function describeWatchResponse({ events, canceled, compactRevision = 0, cancelReason = '' }: WatchResponse): Words {
  const first = events[0]
  if (!first) {
    const reason = compactRevision > 0 ? `compacted before revision ${compactRevision}` : cancelReason
    const label = canceled ? `watch cancelled: ${reason}` : 'watch progress'
    return {
      kind: 'watch',
      label,
      verb: 'watch',
      resource: '',
      name: '',
      background: !canceled,
      failed: canceled === true,
    }
  }
  const { resource, name } = parseKey(first.kv.key)
  const verb = first.type
  const more = events.length > 1 ? ` and ${events.length - 1} more` : ''
  return { kind: 'watch', label: `${verb} ${resource}${more}`, verb, resource, name, background: isQuiet(resource) }
}
