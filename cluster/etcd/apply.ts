/**
 * Applies one request of the log to the keyspace: the same requests in the same order give the same state everywhere.
 *
 * Nothing here knows of streams, disks or replication; recovery runs the log through it, and so will every Raft member.
 * Where to read upstream: etcd `server/etcdserver/apply/uber_apply.go`, `server/etcdserver/txn/txn.go`.
 */
import { Table } from '#cluster/kernel/table.ts'
import { encode } from './encoding.ts'
import type {
  Compare,
  DeleteRangeRequest,
  DeleteRangeResponse,
  ErrorResponse,
  EtcdResponse,
  KeyValue,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  ResponseOp,
  TxnRequest,
  WriteRequest,
} from './messages.ts'
import type { OrderedKeys } from './mvcc/ordered-keys.ts'
import { keysFrom, NO_KEYS, withKey, withoutKey } from './mvcc/ordered-keys.ts'
import type { Change, Store, WriteTransaction } from './mvcc/store.ts'
import { beginWrite, compact, createStore, current, endWrite, put, range, remove, revisionError } from './mvcc/store.ts'

export interface Lease {
  readonly id: number
  /** Seconds. */
  readonly ttl: number
  /** What goes when the lease goes. */
  readonly keys: OrderedKeys
}

/** All that the log determines. */
export interface Keyspace {
  store: Store
  leases: Table<number, Lease>
}

export const createKeyspace = (): Keyspace => ({ store: createStore(), leases: new Table() })

const NO_CHANGES: readonly Change[] = []
/** etcd's default for `--max-txn-ops`. */
const TXN_OPS_MAX = 128

export function errorResponse(message: string): ErrorResponse {
  const code = /compacted|future revision/.test(message)
    ? 'OutOfRange'
    : /not found/.test(message)
      ? 'NotFound'
      : /already exists/.test(message)
        ? 'FailedPrecondition'
        : 'InvalidArgument'
  return { type: 'Error', code, message }
}

export interface Applied {
  readonly response: EtcdResponse
  readonly changes: readonly Change[]
}

export function apply(keyspace: Keyspace, request: WriteRequest): Applied {
  switch (request.type) {
    case 'Put':
    case 'DeleteRange':
      return applyOne(keyspace, request)
    case 'Txn':
      return applyTxn(keyspace, request)
    case 'Compact': {
      const problem = compact(keyspace.store, request.revision)
      if (problem) return { response: errorResponse(problem), changes: NO_CHANGES }
      return { response: { type: 'CompactResponse', header: headerOf(keyspace.store) }, changes: NO_CHANGES }
    }
    case 'LeaseGrant': {
      const { id, ttl } = request
      if (keyspace.leases.has(id))
        return { response: errorResponse('etcdserver: lease already exists'), changes: NO_CHANGES }
      keyspace.leases.set(id, { id, ttl, keys: NO_KEYS })
      return {
        response: { type: 'LeaseGrantResponse', header: headerOf(keyspace.store), id, ttl },
        changes: NO_CHANGES,
      }
    }
    case 'LeaseRevoke':
      return revoke(keyspace, request.id)
  }
}

/** Reads at a revision, newest by default. */
export function applyRange(
  store: Store,
  request: RangeRequest,
  newest = store.revision,
): RangeResponse | ErrorResponse {
  const { key, rangeEnd, revision = 0, limit = 0, keysOnly = false, countOnly = false } = request
  const problem = revisionError(store, revision)
  if (problem) return errorResponse(problem)
  const found = range(store, key, rangeEnd, revision, limit)
  const kvs = countOnly ? [] : keysOnly ? found.kvs.map((kv) => ({ ...kv, value: undefined })) : found.kvs
  return {
    type: 'RangeResponse',
    header: { revision: newest },
    kvs,
    more: found.count > found.kvs.length,
    count: found.count,
  }
}

const headerOf = (store: Store) => ({ revision: store.revision })

function applyOne(keyspace: Keyspace, request: PutRequest | DeleteRangeRequest): Applied {
  const problem = leaseProblem(keyspace, [request])
  if (problem) return { response: errorResponse(problem), changes: NO_CHANGES }
  const transaction = beginWrite(keyspace.store)
  const response = perform(keyspace, transaction, request) as PutResponse | DeleteRangeResponse
  const changes = endWrite(keyspace.store, transaction)
  return { response: { ...response, header: headerOf(keyspace.store) }, changes }
}

function applyTxn(keyspace: Keyspace, request: TxnRequest): Applied {
  const { store } = keyspace
  let succeeded = true
  for (let i = 0; succeeded && i < request.compare.length; i++) succeeded = holds(store, request.compare[i]!)
  const operations = succeeded ? request.success : request.failure
  const problem = txnProblem(keyspace, operations)
  if (problem) return { response: errorResponse(problem), changes: NO_CHANGES }
  const transaction = beginWrite(store)
  const responses = operations.map((operation) => perform(keyspace, transaction, operation))
  const changes = endWrite(store, transaction)
  return { response: { type: 'TxnResponse', header: headerOf(store), succeeded, responses }, changes }
}

function txnProblem(keyspace: Keyspace, operations: readonly RequestOp[]): string | undefined {
  if (operations.length > TXN_OPS_MAX) return 'etcdserver: too many operations in txn request'
  for (const operation of operations) {
    if (operation.type !== 'Range') continue
    const problem = revisionError(keyspace.store, operation.revision ?? 0)
    if (problem) return problem
  }
  if (operations.length > 1 && hasTwicePut(operations)) return 'etcdserver: duplicate key given in txn request'
  return leaseProblem(keyspace, operations)
}

function hasTwicePut(operations: readonly RequestOp[]): boolean {
  const puts = operations.filter((operation): operation is PutRequest => operation.type === 'Put')
  return new Set(puts.map(({ key }) => key)).size < puts.length
}

function leaseProblem(keyspace: Keyspace, operations: readonly RequestOp[]): string | undefined {
  for (const operation of operations) {
    if (operation.type === 'Put' && operation.lease && !keyspace.leases.has(operation.lease)) {
      return 'etcdserver: requested lease not found'
    }
  }
  return undefined
}

function holds(store: Store, compare: Compare): boolean {
  const kv = current(store, compare.key)
  if (compare.target === 'VALUE') {
    if (!kv) return false
    const [value, operand] = [encode(kv.value), encode(compare.operand)]
    if (compare.result === 'EQUAL') return value === operand
    if (compare.result === 'NOT_EQUAL') return value !== operand
    return compare.result === 'GREATER' ? value > operand : value < operand
  }
  const actual = kv ? numberOf(kv, compare.target) : 0
  const operand = compare.operand as number
  switch (compare.result) {
    case 'EQUAL':
      return actual === operand
    case 'NOT_EQUAL':
      return actual !== operand
    case 'GREATER':
      return actual > operand
    case 'LESS':
      return actual < operand
  }
}

function numberOf(kv: KeyValue, target: Exclude<Compare['target'], 'VALUE'>): number {
  switch (target) {
    case 'MOD':
      return kv.modRevision
    case 'CREATE':
      return kv.createRevision
    case 'VERSION':
      return kv.version
    case 'LEASE':
      return kv.lease
  }
}

function perform(keyspace: Keyspace, transaction: WriteTransaction, operation: RequestOp): ResponseOp {
  const { store } = keyspace
  const header = { revision: transaction.main }
  switch (operation.type) {
    case 'Range':
      return applyRange(
        store,
        operation,
        transaction.changes.length > 0 ? transaction.main : store.revision,
      ) as RangeResponse
    case 'Put': {
      const old = current(store, operation.key)
      const kv = put(store, transaction, operation.key, operation.value, operation.lease)
      if (old?.lease !== kv.lease) {
        if (old) detach(keyspace, old)
        attach(keyspace, kv)
      }
      return { type: 'PutResponse', header, ...(operation.prevKv && { prevKv: old }) }
    }
    case 'DeleteRange': {
      const gone = range(store, operation.key, operation.rangeEnd).kvs
      for (const kv of gone) {
        remove(store, transaction, kv.key)
        detach(keyspace, kv)
      }
      return { type: 'DeleteRangeResponse', header, deleted: gone.length, prevKvs: operation.prevKv ? gone : [] }
    }
  }
}

function attach(keyspace: Keyspace, kv: KeyValue): void {
  const lease = kv.lease === 0 ? undefined : keyspace.leases.get(kv.lease)
  if (lease) keyspace.leases.set(lease.id, { ...lease, keys: withKey(lease.keys, kv.key) })
}

function detach(keyspace: Keyspace, kv: KeyValue): void {
  const lease = kv.lease === 0 ? undefined : keyspace.leases.get(kv.lease)
  if (lease) keyspace.leases.set(lease.id, { ...lease, keys: withoutKey(lease.keys, kv.key) })
}

/** A lease goes, and all its keys with it, in one revision. */
function revoke(keyspace: Keyspace, id: number): Applied {
  const lease = keyspace.leases.get(id)
  if (!lease) return { response: errorResponse('etcdserver: requested lease not found'), changes: NO_CHANGES }
  const transaction = beginWrite(keyspace.store)
  for (const key of keysFrom(lease.keys, '')) remove(keyspace.store, transaction, key)
  keyspace.leases.delete(id)
  const changes = endWrite(keyspace.store, transaction)
  return { response: { type: 'LeaseRevokeResponse', header: headerOf(keyspace.store) }, changes }
}
