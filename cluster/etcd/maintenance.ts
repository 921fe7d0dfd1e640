/**
 * Upkeep: how large the store is, its space quota and the alarm that goes with it, defragmentation, a hash to compare
 * by, and the whole of it as a snapshot.
 *
 * What the real one does: bbolt keeps revisions in pages of a file that grows and never shrinks; compaction frees pages
 * within it, defragmentation writes the file anew.
 * What we model: the sizes, by counting what each retained revision would take; a file as large as it ever was since it was
 * last defragmented. It is measured when somebody asks, and with every write once there is a quota.
 * What we leave out: etcd's default quota of 2 GiB, which no world fills.
 * Where to read upstream: etcd `server/storage/quota.go`, `server/etcdserver/apply/quota_applier.go`,
 * `server/etcdserver/api/v3rpc/maintenance.go`.
 */
import { errorResponse } from './apply.ts'
import { hashOfRevisions } from './backend.ts'
import { sizeOf } from './encoding.ts'
import { NO_SPACE } from './errors.ts'
import type { DefragmentResponse, HashKvResponse, SnapshotResponse } from './maintenance-messages.ts'
import type { ErrorResponse, KeyValue, WriteRequest } from './messages.ts'
import type { Store } from './mvcc/store.ts'
import { ERROR_COMPACTED, retained, revisionError } from './mvcc/store.ts'
import { growthOf } from './request-check.ts'
import type { EtcdState } from './state.ts'
import { snapshotRecords } from './wal.ts'

const PAGE_BYTES = 4_096
/** bbolt's own pages and etcd's small buckets. */
const EMPTY_BYTES = 5 * PAGE_BYTES
/** What a revision takes beside key and value: its key in bbolt, its numbers, the page's entry. */
const REVISION_BYTES = 56

const bytesOfKv = ({ key, value }: KeyValue): number => REVISION_BYTES + key.length + sizeOf(value ?? '')

/** Bytes of pages that hold something. */
export function sizeInUse(store: Store): number {
  let bytes = 0
  for (const { key, kv } of retained(store)) bytes += kv ? bytesOfKv(kv) : REVISION_BYTES + key.length
  return EMPTY_BYTES + Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES
}

/** Bytes of the file: as large as the store has been seen to be. */
export function fileSize(state: EtcdState): number {
  state.fileBytes = Math.max(state.fileBytes, sizeInUse(state.keyspace.store))
  return state.fileBytes
}

export function defragment(state: EtcdState): DefragmentResponse {
  state.fileBytes = sizeInUse(state.keyspace.store)
  return { type: 'DefragmentResponse', header: { revision: state.keyspace.store.revision } }
}

/** Why a write is refused for lack of space; the caller raises the alarm. */
export function quotaProblem(state: EtcdState, request: WriteRequest, quotaBytes: number): ErrorResponse | undefined {
  // Without a quota nothing is measured: it would cost more than the write.
  if (quotaBytes <= 0) return undefined
  const growth = growthOf(request)
  if (growth === 0) return undefined
  return fileSize(state) + growth < quotaBytes ? undefined : errorResponse(NO_SPACE)
}

/** The checksum of the revisions up to this one, 0 for the newest. The compacted one is gone for hashes, though not for reads. */
export function hashKv({ keyspace: { store } }: EtcdState, revision: number): HashKvResponse | ErrorResponse {
  const problem = revision > 0 && revision <= store.compactRevision ? ERROR_COMPACTED : revisionError(store, revision)
  if (problem) return errorResponse(problem)
  const hash = hashOfRevisions(store, revision === 0 ? store.revision : revision)
  const { compactRevision } = store
  return { type: 'HashKVResponse', header: { revision: store.revision }, hash, compactRevision }
}

/** This member's whole content, for whoever wants to keep it. */
export function snapshot(state: EtcdState): SnapshotResponse {
  const header = { revision: state.keyspace.store.revision }
  return { type: 'SnapshotResponse', header, records: Object.freeze(snapshotRecords(state)) }
}
