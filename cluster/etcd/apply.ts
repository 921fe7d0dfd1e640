/**
 * Applies one request of the log to the keyspace: the same requests in the same order give the same state everywhere.
 *
 * Nothing here knows of streams, disks or replication; recovery runs the log through it, and so does every member.
 * Where to read upstream: etcd `server/etcdserver/apply/uber_apply.go`.
 */
import { codeOf, LEASE_EXISTS, LEASE_NOT_FOUND, NO_SPACE } from './errors.ts'
import type { Keyspace } from './keyspace.ts'
import type { AlarmRequest, AlarmType } from './maintenance-messages.ts'
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  ErrorResponse,
  EtcdResponse,
  LeaseId,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  WriteRequest,
} from './messages.ts'
import { keysFrom, NO_KEYS } from './mvcc/ordered-keys.ts'
import type { Change, Store } from './mvcc/store.ts'
import { beginWrite, compact, endWrite, remove, revisionError } from './mvcc/store.ts'
import { readRange } from './range.ts'
import { growthOf, requestProblem } from './request-check.ts'
import { lonePutProblem, pathOf, pathProblem, perform, performPath } from './txn.ts'

const NO_CHANGES: readonly Change[] = []
/** Seconds: three halves of the election timeout, and whole. A lease that is to be shorter lives that long. */
const LEASE_TTL_MIN = 2

export const errorResponse = (message: string): ErrorResponse => ({ type: 'Error', code: codeOf(message), message })

export interface Applied {
  readonly response: EtcdResponse
  readonly changes: readonly Change[]
}

const headerOf = (store: Store) => ({ revision: store.revision })
const refused = (problem: string): Applied => ({ response: errorResponse(problem), changes: NO_CHANGES })

export function apply(keyspace: Keyspace, request: WriteRequest): Applied {
  const problem = requestProblem(request) ?? spaceProblem(keyspace, request)
  if (problem) return refused(problem)
  switch (request.type) {
    case 'Put':
    case 'DeleteRange':
      return applyOne(keyspace, request)
    case 'Txn':
      return applyTxn(keyspace, request)
    case 'Compact': {
      const tooLate = compact(keyspace.store, request.revision)
      if (tooLate) return refused(tooLate)
      return { response: { type: 'CompactResponse', header: headerOf(keyspace.store) }, changes: NO_CHANGES }
    }
    case 'LeaseGrant': {
      const { id } = request
      const ttl = Math.max(request.ttl, LEASE_TTL_MIN)
      if (keyspace.leases.has(id)) return refused(LEASE_EXISTS)
      keyspace.leases.set(id, { id, ttl, keys: NO_KEYS })
      return {
        response: { type: 'LeaseGrantResponse', header: headerOf(keyspace.store), id, ttl },
        changes: NO_CHANGES,
      }
    }
    case 'LeaseRevoke':
      return revoke(keyspace, request.id)
    case 'Alarm':
      return applyAlarm(keyspace, request)
  }
}

function spaceProblem({ alarms }: Keyspace, request: WriteRequest): string | undefined {
  if (alarms.size === 0 || growthOf(request) === 0) return undefined
  return [...alarms.values()].includes('NOSPACE') ? NO_SPACE : undefined
}

function applyAlarm({ alarms, store }: Keyspace, { action, memberId, alarm }: AlarmRequest): Applied {
  const told = (list: readonly (readonly [number, AlarmType])[]): Applied => {
    const all = list.map(([id, type]) => ({ memberId: id, alarm: type }))
    return { response: { type: 'AlarmResponse', header: headerOf(store), alarms: all }, changes: NO_CHANGES }
  }
  if (action === 'GET' || !alarm) return told([...alarms].filter(([, type]) => !alarm || type === alarm))
  if (action === 'ACTIVATE') alarms.set(memberId, alarm)
  else if (alarms.get(memberId) !== alarm) return told([])
  else alarms.delete(memberId)
  return told([[memberId, alarm]])
}

/** Reads at a revision, newest by default. */
export function applyRange(store: Store, request: RangeRequest): RangeResponse | ErrorResponse {
  const problem = requestProblem(request) ?? revisionError(store, request.revision ?? 0)
  return problem ? errorResponse(problem) : readRange(store, request, store.revision)
}

function applyOne(keyspace: Keyspace, request: PutRequest | DeleteRangeRequest): Applied {
  const problem = request.type === 'Put' ? lonePutProblem(keyspace, request) : undefined
  if (problem) return refused(problem)
  const transaction = beginWrite(keyspace.store)
  const response = perform(keyspace, transaction, request) as PutResponse | DeleteRangeResponse
  return { response, changes: endWrite(keyspace.store, transaction) }
}

function applyTxn(keyspace: Keyspace, request: TxnRequest): Applied {
  const { store } = keyspace
  const path = pathOf(store, request)
  const problem = pathProblem(keyspace, path)
  if (problem) return refused(problem)
  const transaction = beginWrite(store)
  const responses = performPath(keyspace, transaction, path)
  const changes = endWrite(store, transaction)
  return {
    response: { type: 'TxnResponse', header: headerOf(store), succeeded: path.succeeded, responses },
    changes,
  }
}

/** A lease goes, and all its keys with it, in one revision. */
function revoke(keyspace: Keyspace, id: LeaseId): Applied {
  const lease = keyspace.leases.get(id)
  if (!lease) return refused(LEASE_NOT_FOUND)
  const transaction = beginWrite(keyspace.store)
  for (const key of keysFrom(lease.keys, '')) remove(keyspace.store, transaction, key)
  keyspace.leases.delete(id)
  const changes = endWrite(keyspace.store, transaction)
  return { response: { type: 'LeaseRevokeResponse', header: headerOf(keyspace.store) }, changes }
}
