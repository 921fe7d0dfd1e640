/**
 * etcd's requests and responses, between protobuf (as the loader gives it: snake case, int64 as text, bytes as Buffers)
 * and the simulation's messages.
 */
import { isUtf8 } from 'node:buffer'
import { bytesOf } from '#cluster/etcd/encoding.ts'
import {
  type Compare,
  type DeleteRangeRequest,
  type EtcdResponse,
  type KeyValue,
  NO_LEASE,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  type ResponseOp,
  type TxnRequest,
  type WatchCreateRequest,
  type WatchEvent,
  type WatchResponse,
} from '#cluster/etcd/messages.ts'

/** A message of protobuf. */
export type Wire = Record<string, any>

const keyOf = (bytes: Buffer): string => bytes.toString('latin1')
const endOf = (bytes: Buffer): string | undefined => (bytes.length > 0 ? keyOf(bytes) : undefined)
const valueOf = (bytes: Buffer): unknown =>
  isUtf8(bytes) ? bytes.toString('utf8') : Object.freeze({ binary: bytes.toString('latin1') })

// ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function rangeRequest(wire: Wire): RangeRequest {
  return {
    type: 'Range',
    key: keyOf(wire.key),
    rangeEnd: endOf(wire.range_end),
    limit: Number(wire.limit),
    revision: Number(wire.revision),
    serializable: wire.serializable,
    keysOnly: wire.keys_only,
    countOnly: wire.count_only,
    ...(wire.sort_order !== 'NONE' && { sortOrder: wire.sort_order }),
    sortTarget: wire.sort_target,
    minModRevision: Number(wire.min_mod_revision),
    maxModRevision: Number(wire.max_mod_revision),
    minCreateRevision: Number(wire.min_create_revision),
    maxCreateRevision: Number(wire.max_create_revision),
  }
}

export const putRequest = (wire: Wire): PutRequest => ({
  type: 'Put',
  key: keyOf(wire.key),
  value: valueOf(wire.value),
  lease: wire.lease,
  prevKv: wire.prev_kv,
  ignoreValue: wire.ignore_value,
  ignoreLease: wire.ignore_lease,
})

export const deleteRangeRequest = (wire: Wire): DeleteRangeRequest => ({
  type: 'DeleteRange',
  key: keyOf(wire.key),
  rangeEnd: endOf(wire.range_end),
  prevKv: wire.prev_kv,
})

export const txnRequest = (wire: Wire): TxnRequest => ({
  type: 'Txn',
  compare: wire.compare.map(compareOf),
  success: wire.success.map(requestOp),
  failure: wire.failure.map(requestOp),
})

function requestOp(wire: Wire): RequestOp {
  switch (wire.request) {
    case 'request_range':
      return rangeRequest(wire.request_range)
    case 'request_put':
      return putRequest(wire.request_put)
    case 'request_delete_range':
      return deleteRangeRequest(wire.request_delete_range)
    case 'request_txn':
      return txnRequest(wire.request_txn)
    default:
      // An operation that is none is refused as upstream does, by its type.
      return { type: 'None' } as unknown as RequestOp
  }
}

const OPERANDS = {
  VERSION: 'version',
  CREATE: 'create_revision',
  MOD: 'mod_revision',
  VALUE: 'value',
  LEASE: 'lease',
} as const

/** An operand of another kind than the target counts as none: 0, or no bytes. */
function compareOf(wire: Wire): Compare {
  const target = wire.target as Compare['target']
  const operand = wire[OPERANDS[target]]
  return {
    target,
    result: wire.result,
    key: keyOf(wire.key),
    rangeEnd: endOf(wire.range_end),
    operand:
      target === 'VALUE'
        ? valueOf(operand ?? Buffer.alloc(0))
        : target === 'LEASE'
          ? (operand ?? NO_LEASE)
          : Number(operand ?? 0),
  }
}

/** `window`: see there. */
export const watchCreateRequest = (wire: Wire, window: number): WatchCreateRequest => ({
  type: 'WatchCreate',
  window,
  watchId: Number(wire.watch_id),
  key: wire.key.length > 0 ? keyOf(wire.key) : '\0',
  rangeEnd: endOf(wire.range_end),
  startRevision: Number(wire.start_revision),
  prevKv: wire.prev_kv,
  filters: wire.filters,
  progressNotify: wire.progress_notify,
  fragment: wire.fragment,
})

// ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function keyValue(kv: KeyValue): Wire {
  return {
    key: Buffer.from(kv.key, 'latin1'),
    create_revision: kv.createRevision,
    mod_revision: kv.modRevision,
    version: kv.version,
    value: kv.value === undefined ? Buffer.alloc(0) : Buffer.from(bytesOf(kv.value), 'latin1'),
    lease: kv.lease,
  }
}

/** All but the header's identities, which the caller adds at the top. */
export function kvResponse(response: EtcdResponse): Wire {
  const header = { revision: (response as { header: { revision: number } }).header.revision }
  switch (response.type) {
    case 'RangeResponse':
      return { header, kvs: response.kvs.map(keyValue), more: response.more, count: response.count }
    case 'PutResponse':
      return { header, ...(response.prevKv && { prev_kv: keyValue(response.prevKv) }) }
    case 'DeleteRangeResponse':
      return { header, deleted: response.deleted, prev_kvs: response.prevKvs.map(keyValue) }
    case 'TxnResponse':
      return { header, succeeded: response.succeeded, responses: response.responses.map(responseOp) }
    default:
      return { header }
  }
}

const OPS = {
  RangeResponse: 'response_range',
  PutResponse: 'response_put',
  DeleteRangeResponse: 'response_delete_range',
  TxnResponse: 'response_txn',
} as const

const responseOp = (response: ResponseOp): Wire => ({ [OPS[response.type]]: kvResponse(response) })

export const watchResponse = (response: WatchResponse): Wire => ({
  header: { revision: response.header.revision },
  watch_id: response.watchId,
  created: response.created,
  canceled: response.canceled,
  compact_revision: response.compactRevision,
  cancel_reason: response.cancelReason,
  fragment: response.fragment,
  events: response.events.map(watchEvent),
})

const watchEvent = ({ type, kv, prevKv }: WatchEvent): Wire => ({
  type,
  kv: keyValue(kv),
  ...(prevKv && { prev_kv: keyValue(prevKv) }),
})
