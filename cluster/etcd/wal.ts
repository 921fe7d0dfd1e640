/**
 * The write-ahead log and its snapshots: what goes to the disk, and how the keyspace comes back from it.
 *
 * What the real one does: the WAL holds Raft entries; the keyspace lives in a bbolt file; a snapshot says from which entry
 * on the WAL is still needed.
 * What we model: file `wal-N` holds who writes it, the entries after index N and each change of Raft's hard state; an entry
 * is written over those with its index and above. File `snapshot-N` holds keyspace and members as of entry N. A snapshot
 * counts only once its last record, the seal, is durable; until then the older files stay.
 * What we leave out: pages and torn writes; a snapshot writes the whole keyspace, so one is taken only when the log has
 * grown past it.
 * Where to read upstream: etcd `server/storage/wal/wal.go`, `server/etcdserver/api/snap/snapshotter.go`.
 */
import type { DiskImage, Effect } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Keyspace, Lease } from './keyspace.ts'
import { createKeyspace } from './keyspace.ts'
import type { AlarmType } from './maintenance-messages.ts'
import type { Member } from './cluster-messages.ts'
import { orderedKeys } from './mvcc/ordered-keys.ts'
import { type Change, current } from './mvcc/store.ts'
import { type Entry, type HardState, NO_HARD_STATE } from './raft/messages.ts'
import { appendEntries, createStorage, type Storage } from './raft/storage.ts'
import { confStateOf, tableOf } from './members.ts'

/** Who writes this log, and whom the cluster began with. First in every WAL file. */
export interface MetadataRecord {
  readonly type: 'metadata'
  readonly id: number
  readonly clusterId: number
  readonly members: readonly Member[]
  /** It joined a cluster that was there: it knows where the others are, but nothing of what they have agreed on. */
  readonly joins: boolean
}

interface StateRecord {
  readonly type: 'state'
  readonly hardState: HardState
}

export type WalRecord = MetadataRecord | StateRecord | Entry

interface SnapshotHeader {
  readonly type: 'header'
  readonly index: number
  readonly term: number
  readonly revision: number
  readonly compactRevision: number
  readonly historyStart: number
  readonly members: readonly Member[]
  readonly removed: readonly number[]
}

export type SnapshotRecord =
  | SnapshotHeader
  | { readonly type: 'base'; readonly change: Change }
  | { readonly type: 'change'; readonly change: Change }
  | { readonly type: 'lease'; readonly lease: Lease }
  | { readonly type: 'alarm'; readonly member: number; readonly alarm: AlarmType }
  | { readonly type: 'seal' }

/**
 * Where a new cluster begins: as if this many entries were compacted already, so that no log tells how the first members
 * came, and whoever joins later needs a snapshot.
 */
export const FIRST_INDEX = 1
export const FIRST_TERM = 1

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

/** What a snapshot is of. */
export interface Snapshotted {
  readonly keyspace: Keyspace
  readonly applied: number
  readonly appliedTerm: number
  readonly members: Table<number, Member>
  readonly removed: Table<number, true>
}

/** All that the log determines, as of the last applied entry. */
export function snapshotRecords(state: Snapshotted): readonly SnapshotRecord[] {
  const { store, leases, alarms } = state.keyspace
  const { history, base, revision, compactRevision } = store
  const header: SnapshotHeader = {
    type: 'header',
    index: state.applied,
    term: state.appliedTerm,
    revision,
    compactRevision,
    historyStart: history.start,
    members: [...state.members.values()],
    removed: [...state.removed.keys()],
  }
  const records: SnapshotRecord[] = [header]
  for (const change of base.values()) records.push({ type: 'base', change })
  for (const change of history.from(history.start)) records.push({ type: 'change', change })
  for (const lease of leases.values()) records.push({ type: 'lease', lease })
  for (const [member, alarm] of alarms) records.push({ type: 'alarm', member, alarm })
  records.push({ type: 'seal' })
  return records
}

/** Writes a snapshot. The caller syncs, and removes the older files afterwards. */
export const writeSnapshot = (index: number, records: readonly SnapshotRecord[]): Effect => ({
  type: 'append',
  file: snapshotFile(index),
  records,
})

export interface Recovered extends Snapshotted {
  /** Undefined: the disk is empty. */
  readonly metadata: MetadataRecord | undefined
  readonly storage: Storage
  /** Index of the snapshot that it came from; 0: none. */
  readonly snapshotIndex: number
  /** Files that are of no use any more. */
  readonly stale: readonly string[]
}

/** Reads the newest sealed snapshot, and every entry after it. */
export function recover(disk: DiskImage): Recovered {
  const numbered = (prefix: string) =>
    Object.keys(disk)
      .filter((file) => file.startsWith(prefix))
      .map((file) => Number(file.slice(prefix.length)))
      .sort((a, b) => a - b)
  const snapshots = numbered('snapshot-')
  const sealed = snapshots.filter((index) => isSealed(disk[snapshotFile(index)]!))
  const snapshotIndex = sealed.at(-1) ?? 0
  const records = snapshotIndex > 0 ? (disk[snapshotFile(snapshotIndex)] as readonly SnapshotRecord[]) : []
  let snapshot = readSnapshot(records)
  const storage = createStorage()
  startAt(storage, snapshotIndex, snapshot.appliedTerm)
  const wals = numbered('wal-')
  let metadata: MetadataRecord | undefined
  let hardState = NO_HARD_STATE
  for (const record of wals.flatMap((start) => disk[walFile(start)] as readonly WalRecord[])) {
    if (record.type === 'metadata') {
      metadata = record
      if (snapshotIndex === 0) snapshot = begin(storage, record)
    } else if (record.type === 'state') hardState = record.hardState
    else appendEntries(storage, [record])
  }
  // Where the log ends before what was known to be committed, that was known from others.
  const commit = Math.max(Math.min(hardState.commit, storage.entries.length - 1), snapshot.applied)
  if (hardState !== NO_HARD_STATE) storage.hardState = { ...hardState, commit }
  if (snapshotIndex > 0) offer(storage, snapshot)
  const stale = [
    ...snapshots.filter((other) => other !== snapshotIndex).map(snapshotFile),
    ...wals.filter((start) => start < snapshotIndex).map(walFile),
  ]
  return { ...snapshot, metadata, storage, snapshotIndex, stale }
}

function startAt(storage: Storage, index: number, term: number): void {
  storage.entries = Log.startingAt(index + 1)
  storage.compactedTerm = term
}

function offer(storage: Storage, { applied, appliedTerm, members }: Snapshotted): void {
  const confState = confStateOf(members.values())
  storage.snapshot = { metadata: { index: applied, term: appliedTerm, confState } }
}

/** A member at the very beginning: of a new cluster, or of its own time in one that is there. */
export function begin(storage: Storage, { members, joins }: MetadataRecord): Snapshotted {
  const beginning = { ...readSnapshot([]), members: tableOf(members) }
  if (joins) return beginning
  startAt(storage, FIRST_INDEX, FIRST_TERM)
  const snapshot = { ...beginning, applied: FIRST_INDEX, appliedTerm: FIRST_TERM }
  offer(storage, snapshot)
  return snapshot
}

/** Whether all of it is there. */
export const isSealed = (records: readonly unknown[]): boolean =>
  (records[records.length - 1] as SnapshotRecord)?.type === 'seal'

/** What a snapshot holds; without records, the beginning. */
export function readSnapshot(records: readonly SnapshotRecord[]): Snapshotted {
  const keyspace = createKeyspace()
  if (records.length === 0) {
    return { keyspace, applied: 0, appliedTerm: 0, members: new Table(), removed: new Table() }
  }
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
      const { key } = record.change
      store.base.set(key, record.change)
      store.heads.set(key, store.history.start - 1)
      keys.add(key)
    } else if (record.type === 'change') {
      restoreChange(keyspace, record.change)
      keys.add(record.change.key)
    } else if (record.type === 'lease') leases.set(record.lease.id, record.lease)
    else if (record.type === 'alarm') keyspace.alarms.set(record.member, record.alarm)
  }
  while (store.firstOf.length <= store.revision) store.firstOf.push(store.history.length)
  const known = [...keys].sort()
  store.keys.set('known', orderedKeys(known))
  store.keys.set('live', orderedKeys(known.filter((key) => current(store, key) !== undefined)))
  const { index: applied, term: appliedTerm, members, removed } = records[0] as SnapshotHeader
  return {
    keyspace,
    applied,
    appliedTerm,
    members: tableOf(members),
    removed: new Table(removed.map((id) => [id, true] as const)),
  }
}

function restoreChange({ store }: Keyspace, change: Change): void {
  const place = store.history.push(change)
  while (store.firstOf.length <= change.main) store.firstOf.push(place)
  store.heads.set(change.key, place)
}
