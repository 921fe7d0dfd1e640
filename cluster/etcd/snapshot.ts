/**
 * A snapshot in somebody's hands: what is in it, and a new cluster from it.
 *
 * What the real one does: `etcdctl snapshot save` copies a member's file; `snapshot restore` writes a data folder for each
 * member of a new cluster, with the keys and revisions of the copy and a log that knows nothing of the old one. What was
 * written after the copy is lost, and its revisions will be given to other writes; so `--bump-revision` moves the restored
 * store beyond every revision that anybody may have seen, and `--mark-compacted` makes watchers of the old ones start anew.
 * What we model: the same, as files for a member's disk; its process must be stopped, and starts from them.
 * What we leave out: bits that rot in the copy; only one that was not saved to its end is found out.
 * Where to read upstream: etcd `etcdutl/snapshot/v3_snapshot.go`; etcd.io, "Disaster recovery".
 */
import type { DiskImage, ProcessId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { bucketsOf, hashOfBuckets, type Outside } from './backend.ts'
import type { SnapshotResponse } from './maintenance-messages.ts'
import { sizeInUse } from './maintenance.ts'
import { clusterIdFor, memberFor, memberIdFor, tableOf } from './members.ts'
import { compact, type Store } from './mvcc/store.ts'
import * as wal from './wal.ts'

export interface SnapshotStatus {
  /** CRC-32C of all buckets. */
  readonly hash: number
  readonly revision: number
  /** Entries in all buckets. */
  readonly totalKey: number
  /** Bytes. */
  readonly totalSize: number
}

export interface RestoreOptions {
  /** The new cluster; its ids are those of the old one, unless it has another token. */
  readonly members: readonly ProcessId[]
  readonly token?: string
  /** How far beyond the copy's newest revision the store begins; with it goes `markCompacted`. */
  readonly bumpRevision?: number
  /** Nothing before the store's newest revision can be read or watched. */
  readonly markCompacted?: boolean
}

const SIMULATED: Outside = {
  urlsOf: ({ name }) => ({ peerURLs: [`http://${name}:2380`], clientURLs: [`http://${name}:2379`] }),
  clusterVersion: '3.4.0',
}

const NOT_COMPLETE = 'snapshot file integrity check failed: it was not saved to its end'

function read({ records }: Pick<SnapshotResponse, 'records'>): wal.Snapshotted | undefined {
  return wal.isSealed(records) ? wal.readSnapshot(records as readonly wal.SnapshotRecord[]) : undefined
}

/** What `etcdctl snapshot status` tells; a text: why nothing can be told. */
export function snapshotStatus(saved: Pick<SnapshotResponse, 'records'>): SnapshotStatus | string {
  const snapshot = read(saved)
  if (!snapshot) return NOT_COMPLETE
  const { store } = snapshot.keyspace
  const buckets = bucketsOf(snapshot, SIMULATED).map(({ name, entries }) => ({ name, entries: [...entries] }))
  const totalKey = buckets.reduce((sum, { entries }) => sum + entries.length, 0)
  return { hash: hashOfBuckets(buckets, true), revision: store.revision, totalKey, totalSize: sizeInUse(store) }
}

/** The disk of each new member, by its process; a text: why there is none. */
export function restore(
  saved: Pick<SnapshotResponse, 'records'>,
  { members, token = '', bumpRevision = 0, markCompacted = false }: RestoreOptions,
): ReadonlyMap<ProcessId, DiskImage> | string {
  const snapshot = read(saved)
  if (!snapshot) return NOT_COMPLETE
  const { keyspace } = snapshot
  bump(keyspace.store, bumpRevision, markCompacted)
  const all = members.map((peer) => memberFor(peer, memberIdFor(peer, undefined, token)))
  const records = Object.freeze(
    wal.snapshotRecords({
      keyspace,
      applied: wal.FIRST_INDEX,
      appliedTerm: wal.FIRST_TERM,
      members: tableOf(all),
      removed: new Table(),
    }),
  )
  const clusterId = clusterIdFor(members, token)
  return new Map(
    all.map(({ id, peer }) => {
      const metadata: wal.MetadataRecord = { type: 'metadata', id, clusterId, members: all, joins: false }
      return [peer, { [wal.snapshotFile(wal.FIRST_INDEX)]: records, [wal.walFile(wal.FIRST_INDEX)]: [metadata] }]
    }),
  )
}

function bump(store: Store, by: number, markCompacted: boolean): void {
  store.revision += by
  while (store.firstOf.length <= store.revision) store.firstOf.push(store.history.length)
  if (markCompacted) compact(store, store.revision)
}
