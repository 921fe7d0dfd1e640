/**
 * Transactions: comparisons choose a branch, its operations happen as one revision or not at all.
 *
 * Comparisons see the store as it was before, those of inner transactions too: which way each of them goes is settled first,
 * then whatever could go wrong on that way is looked for, and only then something is written.
 * What we leave out: an `ignoreValue` whose key an earlier operation of the same transaction deletes makes the real etcd
 * panic; here the key comes back empty.
 * Where to read upstream: etcd `server/etcdserver/txn/txn.go`.
 */
import { bytesOf } from './encoding.ts'
import { KEY_NOT_FOUND, LEASE_NOT_FOUND } from './errors.ts'
import type { Keyspace } from './keyspace.ts'
import { attach, detach } from './keyspace.ts'
import {
  type Compare,
  type DeleteRangeRequest,
  type DeleteRangeResponse,
  type KeyValue,
  type LeaseId,
  NO_LEASE,
  type PutRequest,
  type PutResponse,
  type RequestOp,
  type ResponseOp,
  type TxnRequest,
  type TxnResponse,
} from './messages.ts'
import type { Store, WriteTransaction } from './mvcc/store.ts'
import { current, ERROR_COMPACTED, put, range, remove, revisionError } from './mvcc/store.ts'
import { readRange } from './range.ts'

/** Which way a transaction goes, and each of those within it. */
export interface Path {
  readonly succeeded: boolean
  readonly ops: readonly RequestOp[]
  /** By place in `ops`; operations that are no transactions have none. */
  readonly inner: readonly (Path | undefined)[]
}

const NO_PATHS: readonly undefined[] = []

export function pathOf(store: Store, { compare, success, failure }: TxnRequest): Path {
  let succeeded = true
  for (let i = 0; succeeded && i < compare.length; i++) succeeded = holds(store, compare[i]!)
  const ops = succeeded ? success : failure
  const inner = ops.some(isTxn) ? ops.map((op) => (isTxn(op) ? pathOf(store, op) : undefined)) : NO_PATHS
  return { succeeded, ops, inner }
}

const isTxn = (op: RequestOp): op is TxnRequest => op.type === 'Txn'

/** Why an operation on this way cannot be done; undefined where all can. Puts are looked at before ranges. */
export const pathProblem = (keyspace: Keyspace, path: Path): string | undefined =>
  firstProblem(path, (op) => (op.type === 'Put' ? putProblem(keyspace, op) : undefined)) ??
  firstProblem(path, (op) => (op.type === 'Range' ? rangeProblem(keyspace.store, op.revision ?? 0) : undefined))

/** A negative revision, elsewhere as good as none, is here one that has been compacted. */
const rangeProblem = (store: Store, revision: number): string | undefined =>
  revision < 0 && revision < store.compactRevision ? ERROR_COMPACTED : revisionError(store, revision)

function firstProblem({ ops, inner }: Path, problemOf: (op: RequestOp) => string | undefined): string | undefined {
  for (let i = 0; i < ops.length; i++) {
    const path = inner[i]
    const problem = path ? firstProblem(path, problemOf) : problemOf(ops[i]!)
    if (problem) return problem
  }
  return undefined
}

function putProblem(keyspace: Keyspace, { key, lease, ignoreValue, ignoreLease }: PutRequest): string | undefined {
  if ((ignoreValue || ignoreLease) && !current(keyspace.store, key)) return KEY_NOT_FOUND
  return isLease(lease) && !keyspace.leases.has(lease) ? LEASE_NOT_FOUND : undefined
}

const isLease = (lease: LeaseId | undefined): lease is LeaseId => lease !== undefined && lease !== NO_LEASE

/** Why a put that stands alone cannot be done: there the lease is looked at first. */
export function lonePutProblem(keyspace: Keyspace, request: PutRequest): string | undefined {
  if (isLease(request.lease) && !keyspace.leases.has(request.lease)) return LEASE_NOT_FOUND
  return putProblem(keyspace, request)
}

/** Does what the way says, in order. */
export function performPath(
  keyspace: Keyspace,
  transaction: WriteTransaction,
  { ops, inner }: Path,
): readonly ResponseOp[] {
  return ops.map((op, i): ResponseOp => {
    if (op.type !== 'Txn') return perform(keyspace, transaction, op)
    const { succeeded } = inner[i]!
    const responses = performPath(keyspace, transaction, inner[i]!)
    return { type: 'TxnResponse', header: { revision: 0 }, succeeded, responses } satisfies TxnResponse
  })
}

export function perform(
  keyspace: Keyspace,
  transaction: WriteTransaction,
  operation: Exclude<RequestOp, TxnRequest>,
): ResponseOp {
  if (operation.type === 'Put') return performPut(keyspace, transaction, operation)
  if (operation.type === 'DeleteRange') return performDelete(keyspace, transaction, operation)
  return readRange(keyspace.store, operation, seenBy(keyspace.store, transaction))
}

/** The newest revision that a transaction sees: its own, once it has changed something. */
const seenBy = (store: Store, { main, changes }: WriteTransaction): number =>
  changes.length > 0 ? main : store.revision

function performPut(keyspace: Keyspace, transaction: WriteTransaction, request: PutRequest): PutResponse {
  const { key, ignoreValue, ignoreLease, prevKv } = request
  const old = current(keyspace.store, key)
  const value = ignoreValue ? old?.value : request.value
  const kv = put(keyspace.store, transaction, key, value, ignoreLease ? old?.lease : request.lease)
  if (old?.lease !== kv.lease) {
    if (old) detach(keyspace, old)
    attach(keyspace, kv)
  }
  return { type: 'PutResponse', header: { revision: transaction.main }, ...(prevKv && { prevKv: old }) }
}

function performDelete(
  keyspace: Keyspace,
  transaction: WriteTransaction,
  { key, rangeEnd, prevKv }: DeleteRangeRequest,
): DeleteRangeResponse {
  const gone = range(keyspace.store, key, rangeEnd).kvs
  for (const kv of gone) {
    remove(keyspace.store, transaction, kv.key)
    detach(keyspace, kv)
  }
  const header = { revision: seenBy(keyspace.store, transaction) }
  return { type: 'DeleteRangeResponse', header, deleted: gone.length, prevKvs: prevKv ? gone : [] }
}

// ── comparisons ─────────────────────────────────────────────────────────────────────────────────────────────────────

function holds(store: Store, compare: Compare): boolean {
  const { key, rangeEnd } = compare
  if (rangeEnd === undefined) return holdsFor(compare, current(store, key))
  const { kvs } = range(store, key, rangeEnd)
  return kvs.length === 0 ? holdsFor(compare, undefined) : kvs.every((kv) => holdsFor(compare, kv))
}

function holdsFor({ target, result, operand }: Compare, kv: KeyValue | undefined): boolean {
  if (target === 'VALUE') return kv !== undefined && compares(bytesOf(kv.value ?? ''), bytesOf(operand ?? ''), result)
  if (target === 'LEASE') return compares(BigInt(kv?.lease ?? NO_LEASE), BigInt(operand as LeaseId), result)
  return compares(kv ? numberOf(kv, target) : 0, operand as number, result)
}

function compares<T extends number | bigint | string>(actual: T, operand: T, result: Compare['result']): boolean {
  switch (result) {
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

function numberOf(kv: KeyValue, target: Exclude<Compare['target'], 'VALUE' | 'LEASE'>): number {
  switch (target) {
    case 'MOD':
      return kv.modRevision
    case 'CREATE':
      return kv.createRevision
    case 'VERSION':
      return kv.version
  }
}
