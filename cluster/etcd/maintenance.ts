/**
 * Upkeep: how large the store is, its space quota and the alarm that goes with it, defragmentation, a hash to compare by.
 *
 * What the real one does: bbolt keeps revisions in pages of a file that grows and never shrinks; compaction frees pages
 * within it, defragmentation writes the file anew.
 * What we model: the sizes, by counting what each retained revision would take; a file as large as it ever was since it was
 * last defragmented. It is measured when somebody asks, and with every write once there is a quota.
 * What we leave out: the real hash (ours compares our members alone); etcd's default quota of 2 GiB, which no world fills.
 * Where to read upstream: etcd `server/storage/quota.go`, `server/etcdserver/apply/quota_applier.go`,
 * `server/etcdserver/api/v3rpc/maintenance.go`.
 */
import { errorResponse } from './apply.ts'
import { bytesOf, sizeOf } from './encoding.ts'
import { NO_SPACE } from './errors.ts'
import type { DefragmentResponse, HashKvResponse } from './maintenance-messages.ts'
import type { ErrorResponse, KeyValue, WriteRequest } from './messages.ts'
import type { Store } from './mvcc/store.ts'
import { revisionError } from './mvcc/store.ts'
import { growthOf } from './request-check.ts'
import type { EtcdState } from './state.ts'

const PAGE_BYTES = 4_096
/** bbolt's own pages and etcd's small buckets. */
const EMPTY_BYTES = 5 * PAGE_BYTES
/** What a revision takes beside key and value: its key in bbolt, its numbers, the page's entry. */
const REVISION_BYTES = 56

const bytesOfKv = ({ key, value }: KeyValue): number => REVISION_BYTES + key.length + sizeOf(value ?? '')

/** What is kept from before the compaction: not what was replaced by the compacted revision itself. */
function olderOf({ base, history, compactRevision }: Store): KeyValue[] {
  const replaced = new Set<string>()
  for (const { key, main } of history.from(history.start)) {
    if (main > compactRevision) break
    replaced.add(key)
  }
  return [...base.values()].filter(({ key }) => !replaced.has(key))
}

/** Bytes of pages that hold something. */
export function sizeInUse(store: Store): number {
  const { history } = store
  let bytes = 0
  for (const kv of olderOf(store)) bytes += bytesOfKv(kv)
  for (const { key, kv } of history.from(history.start)) bytes += kv ? bytesOfKv(kv) : REVISION_BYTES + key.length
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
  const growth = growthOf(request)
  if (quotaBytes <= 0 || growth === 0) return undefined
  return fileSize(state) + growth < quotaBytes ? undefined : errorResponse(NO_SPACE)
}

/** FNV-1a, 32 bits, over everything that is retained up to a revision, 0 for all. */
export function hashKv({ keyspace: { store } }: EtcdState, revision: number): HashKvResponse | ErrorResponse {
  const problem = revisionError(store, revision)
  if (problem) return errorResponse(problem)
  let hash = 0x811c9dc5
  const add = (text: string): void => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  }
  const addKv = (kv: KeyValue): void => {
    add(`${kv.key}\0${kv.createRevision} ${kv.modRevision} ${kv.version} ${kv.lease}\0`)
    add(bytesOf(kv.value ?? ''))
  }
  // By key: whether a value is in the base or in the history is this member's business.
  const older = olderOf(store).sort((a, b) => a.modRevision - b.modRevision || (a.key < b.key ? -1 : 1))
  for (const kv of older) addKv(kv)
  for (const { key, main, sub, kv } of store.history.from(store.history.start)) {
    if (revision > 0 && main > revision) break
    if (kv) addKv(kv)
    else add(`${key}\0${main} ${sub}t`)
  }
  const { compactRevision } = store
  return { type: 'HashKVResponse', header: { revision: store.revision }, hash, compactRevision }
}
