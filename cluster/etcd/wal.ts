/**
 * The write-ahead log and its snapshots: what goes to the disk, and how the keyspace comes back from it.
 *
 * What the real one does: the WAL holds Raft entries; the keyspace lives in a bbolt file; a snapshot says from which entry
 * on the WAL is still needed.
 * What we model: file `wal-N` holds the entries after index N; file `snapshot-N` holds the keyspace as of entry N. A
 * snapshot counts only once its last record, the seal, is durable; until then the older files stay.
 * What we leave out: pages and torn writes; a snapshot writes the whole keyspace, so one is taken only when the log has
 * grown past it.
 * Where to read upstream: etcd `server/storage/wal/wal.go`, `server/etcdserver/api/snap/snapshotter.go`.
 */
import type { DiskImage, Effect } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import type { Keyspace, Lease } from './apply.ts'
import { apply, createKeyspace } from './apply.ts'
import type { KeyValue, WriteRequest } from './messages.ts'
import { NO_KEYS, withKey } from './mvcc/ordered-keys.ts'
import type { Change } from './mvcc/store.ts'

/** One entry of the log. */
export interface Entry {
  /** From 1, without gaps. */
  readonly index: number
  readonly request: WriteRequest
}

type SnapshotRecord =
  | {
      readonly type: 'header'
      readonly index: number
      readonly revision: number
      readonly compactRevision: number
      readonly historyStart: number
    }
  | { readonly type: 'base'; readonly kv: KeyValue }
  | { readonly type: 'change'; readonly change: Change }
  | { readonly type: 'lease'; readonly lease: Lease }
  | { readonly type: 'seal' }

/** etcd's default for `--snapshot-count`. */
export const SNAPSHOT_COUNT = 10_000

export const walFile = (index: number): string => `wal-${index}`
export const snapshotFile = (index: number): string => `snapshot-${index}`

/** Whether the log has grown enough since the last snapshot to be worth another. */
export function wantsSnapshot(keyspace: Keyspace, entriesSince: number): boolean {
  if (entriesSince < SNAPSHOT_COUNT) return false
  const { history, base } = keyspace.store
  return entriesSince >= history.length - history.start + base.size
}

/** Writes the keyspace as of entry `index`. The caller syncs, and removes the older files afterwards. */
export function writeSnapshot(keyspace: Keyspace, index: number): Effect {
  const { store, leases } = keyspace
  const { history, base, revision, compactRevision } = store
  const records: SnapshotRecord[] = [{ type: 'header', index, revision, compactRevision, historyStart: history.start }]
  for (const kv of base.values()) records.push({ type: 'base', kv })
  for (const change of history.from(history.start)) records.push({ type: 'change', change })
  for (const lease of leases.values()) records.push({ type: 'lease', lease })
  records.push({ type: 'seal' })
  return { type: 'append', file: snapshotFile(index), records }
}

export interface Recovered {
  readonly keyspace: Keyspace
  /** Index of the last entry. */
  readonly index: number
  /** Index of the snapshot that it came from; 0: none. */
  readonly snapshotIndex: number
  /** Files that are of no use any more. */
  readonly stale: readonly string[]
}

/** Reads the newest sealed snapshot and applies every entry after it. */
export function recover(disk: DiskImage): Recovered {
  const numbered = (prefix: string) =>
    Object.keys(disk)
      .filter((file) => file.startsWith(prefix))
      .map((file) => Number(file.slice(prefix.length)))
      .sort((a, b) => a - b)
  const snapshots = numbered('snapshot-')
  const sealed = snapshots.filter((index) => isSealed(disk[snapshotFile(index)]!))
  const snapshotIndex = sealed[sealed.length - 1] ?? 0
  const keyspace =
    snapshotIndex > 0 ? readSnapshot(disk[snapshotFile(snapshotIndex)] as SnapshotRecord[]) : createKeyspace()
  let index = snapshotIndex
  const wals = numbered('wal-')
  for (const start of wals) {
    for (const entry of disk[walFile(start)] as Entry[]) {
      if (entry.index <= index) continue
      if (entry.index !== index + 1)
        throw new Error(`the log jumps from entry ${index} to ${entry.index}: a file is missing`)
      apply(keyspace, entry.request)
      index = entry.index
    }
  }
  const stale = [
    ...snapshots.filter((other) => other !== snapshotIndex).map(snapshotFile),
    ...wals.filter((start) => start < snapshotIndex).map(walFile),
  ]
  return { keyspace, index, snapshotIndex, stale }
}

const isSealed = (records: readonly unknown[]): boolean =>
  (records[records.length - 1] as SnapshotRecord)?.type === 'seal'

function readSnapshot(records: readonly SnapshotRecord[]): Keyspace {
  const keyspace = createKeyspace()
  const { store, leases } = keyspace
  const keys = new Set<string>()
  for (const record of records) {
    if (record.type === 'header') {
      store.revision = record.revision
      store.compactRevision = record.compactRevision
      store.history = Log.startingAt(record.historyStart)
      store.firstOf = Log.startingAt(record.compactRevision)
    } else if (record.type === 'base') {
      // Places below the history's start stand for "in the base".
      store.base.set(record.kv.key, record.kv)
      store.heads.set(record.kv.key, store.history.start - 1)
      keys.add(record.kv.key)
    } else if (record.type === 'change') {
      restoreChange(keyspace, record.change)
      keys.add(record.change.key)
    } else if (record.type === 'lease') leases.set(record.lease.id, record.lease)
  }
  while (store.firstOf.length <= store.revision) store.firstOf.push(store.history.length)
  let ordered = NO_KEYS
  for (const key of [...keys].sort()) ordered = withKey(ordered, key)
  store.keys.set('root', ordered)
  return keyspace
}

function restoreChange({ store }: Keyspace, change: Change): void {
  const place = store.history.push(change)
  while (store.firstOf.length <= change.main) store.firstOf.push(place)
  store.heads.set(change.key, place)
}
