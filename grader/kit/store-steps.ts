/**
 * etcd's requests as steps of a store with revisions, and its answers back: what lies between an etcd member and a learner's
 * store. Values cross as text, in etcd's canonical encoding.
 *
 * What we leave out: what only people with etcdctl ask for (sorting, bounds of revisions, previous values, `ignoreValue`,
 * comparisons of a range). `stepOf` has no step for it.
 */
import { encode } from '#cluster/etcd/encoding.ts'
import type {
  Compare,
  EtcdResponse,
  KeyValue,
  LeaseId,
  RangeRequest,
  RequestOp,
  ResponseOp,
  WriteRequest,
} from '#cluster/etcd/messages.ts'
import { NO_LEASE } from '#cluster/etcd/messages.ts'
import { ERROR_COMPACTED, ERROR_FUTURE_REVISION } from '#cluster/etcd/mvcc/store.ts'
import { errorResponse } from '#cluster/etcd/apply.ts'
import type { Table } from '#cluster/kernel/table.ts'
import type { StoreStep } from './store-guest.ts'

type Request = WriteRequest | RangeRequest

/** A learner's answer, as far as it is what the types say; see `grader/modules/mvcc.d.ts`. */
type Answer = Readonly<Record<string, any>>

/** Ids of leases are int64s, and a learner's are numbers: so each has a number here, in the order in which they came. */
export type LeaseNumbers = Table<LeaseId, number>

function numberOf(leases: LeaseNumbers, id: LeaseId): number {
  if (id === NO_LEASE) return 0
  const known = leases.get(id)
  if (known !== undefined) return known
  leases.set(id, leases.size + 1)
  return leases.size
}

const idOf = (leases: LeaseNumbers, number: number): LeaseId =>
  [...leases].find(([, known]) => known === number)?.[0] ?? NO_LEASE

/** The step that a request comes to; undefined where the store is not asked, or knows no such thing. */
export function stepOf(leases: LeaseNumbers, request: Request): StoreStep | undefined {
  if (request.type === 'Compact') return { type: 'Compact', revision: request.revision }
  return request.type === 'LeaseGrant' || request.type === 'LeaseRevoke' || request.type === 'Alarm'
    ? undefined
    : operationOf(leases, request)
}

function operationOf(leases: LeaseNumbers, op: RequestOp): StoreStep | undefined {
  switch (op.type) {
    case 'Put': {
      const { key, value, lease, prevKv, ignoreValue, ignoreLease } = op
      if (prevKv || ignoreValue || ignoreLease) return undefined
      return { type: 'Put', key, value: encode(value), ...(lease && { lease: numberOf(leases, lease) }) }
    }
    case 'DeleteRange':
      return op.prevKv ? undefined : { type: 'DeleteRange', ...rangeOf(op) }
    case 'Range':
      return plainRange(op)
    case 'Txn': {
      const [success, failure] = [op.success, op.failure].map((branch) => branch.map((one) => operationOf(leases, one)))
      const compare = op.compare.map((one) => compareOf(leases, one))
      if (![...success!, ...failure!, ...compare].every(Boolean)) return undefined
      return { type: 'Txn', compare, success, failure }
    }
  }
}

const rangeOf = ({ key, rangeEnd }: { key: string; rangeEnd?: string | undefined }) => ({
  key,
  ...(rangeEnd !== undefined && { rangeEnd }),
})

function plainRange(op: RangeRequest): StoreStep | undefined {
  const { revision, limit, keysOnly, countOnly, sortOrder, sortTarget = 'KEY' } = op
  const isBounded = op.minModRevision || op.maxModRevision || op.minCreateRevision || op.maxCreateRevision
  if (keysOnly || countOnly || sortOrder || sortTarget !== 'KEY' || isBounded) return undefined
  return { type: 'Range', ...rangeOf(op), ...(revision && { revision }), ...(limit && { limit }) }
}

function compareOf(leases: LeaseNumbers, { key, rangeEnd, target, result, operand }: Compare): object | undefined {
  if (rangeEnd !== undefined) return undefined
  return {
    key,
    target,
    result,
    operand: target === 'VALUE' ? encode(operand) : target === 'LEASE' ? numberOf(leases, operand as LeaseId) : operand,
  }
}

// ── what the member's own store said, as a learner's would ──────────────────────────────────────────────────────────

export function answerOf(leases: LeaseNumbers, response: EtcdResponse): Answer | undefined {
  if (response.type === 'Error') {
    if (response.message === ERROR_COMPACTED) return { error: 'ErrCompacted' }
    return response.message === ERROR_FUTURE_REVISION ? { error: 'ErrFutureRev' } : undefined
  }
  if (response.type === 'CompactResponse') return { revision: response.header.revision }
  if (!isOperation(response)) return undefined
  const { type: _, ...rest } = operationAnswer(leases, response)
  return { revision: response.header.revision, ...rest }
}

const isOperation = (response: EtcdResponse): response is ResponseOp =>
  ['PutResponse', 'DeleteRangeResponse', 'RangeResponse', 'TxnResponse'].includes(response.type)

function operationAnswer(leases: LeaseNumbers, response: ResponseOp): Answer {
  switch (response.type) {
    case 'PutResponse':
      return { type: 'Put' }
    case 'DeleteRangeResponse':
      return { type: 'DeleteRange', deleted: response.deleted }
    case 'RangeResponse':
      return {
        type: 'Range',
        kvs: response.kvs.map((kv) => inText(leases, kv)),
        count: response.count,
        more: response.more,
      }
    case 'TxnResponse':
      return {
        type: 'Txn',
        succeeded: response.succeeded,
        responses: response.responses.map((one) => operationAnswer(leases, one)),
      }
  }
}

export const inText = (leases: LeaseNumbers, kv: KeyValue): Answer => ({
  ...kv,
  ...{ value: encode(kv.value), lease: numberOf(leases, kv.lease) },
})

// ── what the learner's store said, as etcd says it ──────────────────────────────────────────────────────────────────

export function responseOf(leases: LeaseNumbers, request: Request, answer: Answer): EtcdResponse {
  if (answer['error'] !== undefined)
    return errorResponse(answer['error'] === 'ErrCompacted' ? ERROR_COMPACTED : ERROR_FUTURE_REVISION)
  const header = { revision: answer['revision'] as number }
  if (request.type === 'Compact') return { type: 'CompactResponse', header }
  return operationResponse(leases, { type: request.type, ...answer }, header)
}

function operationResponse(leases: LeaseNumbers, answer: Answer, header: { revision: number }): ResponseOp {
  switch (answer['type']) {
    case 'DeleteRange':
      return { type: 'DeleteRangeResponse', header, deleted: answer['deleted'], prevKvs: [] }
    case 'Range':
      return {
        ...{ type: 'RangeResponse', header, count: answer['count'], more: answer['more'] },
        kvs: answer['kvs'].map((kv: Answer) => fromText(leases, kv)),
      }
    case 'Txn':
      return {
        ...{ type: 'TxnResponse', header, succeeded: answer['succeeded'] },
        responses: answer['responses'].map((one: Answer) => operationResponse(leases, one, header)),
      }
    default:
      return { type: 'PutResponse', header }
  }
}

/** An object is what begins as one: no text of the API server's does. */
export function fromText(leases: LeaseNumbers, kv: Answer): KeyValue {
  const text = kv['value'] as string
  return {
    ...(kv as KeyValue),
    ...{ value: text.startsWith('{') ? JSON.parse(text) : text, lease: idOf(leases, kv['lease']) },
  }
}
