/**
 * What etcd's file holds: buckets of keys and values, byte for byte, so that the real etcd could go on from it and finds the
 * same checksums. Bytes are the units of a string, one in each.
 *
 * The simulated members need no such file; it is made for who wants a snapshot to take away, or a hash to compare by.
 * What we leave out: users and roles, whose buckets are empty.
 * Where to read upstream: etcd `server/storage/schema/`, `server/storage/mvcc/{hash,kvstore}.go`,
 * `server/storage/backend/backend.go` (Hash).
 */
import { crc32c } from './crc32c.ts'
import type { Keyspace } from './keyspace.ts'
import type { Member } from './cluster-messages.ts'
import { type Change, retained, type Store } from './mvcc/store.ts'
import type { Snapshotted } from './wal.ts'
import { bigEndian, bigEndianId, changeEntry, idField, numberField, revisionBytes } from './wire-bytes.ts'

export type Entry = readonly [key: string, value: string]

/** A bucket, its entries in the order of their keys. */
export interface Bucket {
  readonly name: string
  readonly entries: Iterable<Entry>
}

/** What the simulation does not know of a member, but a real one wants to find. */
export interface Outside {
  urlsOf(member: Member): { readonly peerURLs: readonly string[]; readonly clientURLs: readonly string[] }
  /** As `3.4.0`. */
  readonly clusterVersion: string
}

const ALARMS = { NOSPACE: 1, CORRUPT: 2 } as const
const CONSISTENT_INDEX = 'consistent_index'

/** All buckets, in the order of their names. */
export function bucketsOf({ keyspace, applied, members, removed }: Snapshotted, outside: Outside): Bucket[] {
  const { store, alarms } = keyspace
  const hex = (id: number): string => id.toString(16)
  return [
    { name: 'alarm', entries: sorted([...alarms].map(([id, alarm]) => [alarmBytes(id, ALARMS[alarm]), ''])) },
    { name: 'auth', entries: [['authRevision', bigEndian(1)]] },
    { name: 'authRoles', entries: [] },
    { name: 'authUsers', entries: [] },
    { name: 'cluster', entries: [['clusterVersion', outside.clusterVersion]] },
    { name: 'key', entries: revisionEntries(store) },
    { name: 'lease', entries: leaseEntries(keyspace) },
    { name: 'members', entries: sorted([...members.values()].map((one) => [hex(one.id), memberJson(one, outside)])) },
    { name: 'members_removed', entries: sorted([...removed.keys()].map((id) => [hex(id), 'removed'])) },
    { name: 'meta', entries: metaEntries(store, applied) },
  ]
}

const sorted = (entries: Entry[]): Entry[] => entries.sort(([a], [b]) => (a < b ? -1 : 1))

const alarmBytes = (member: number, alarm: number): string => numberField(1, member) + numberField(2, alarm)

function memberJson(member: Member, { urlsOf }: Outside): string {
  const { peerURLs, clientURLs } = urlsOf(member)
  const { id, name, isLearner } = member
  return JSON.stringify({ id, peerURLs, ...(isLearner && { isLearner }), name, clientURLs })
}

function* revisionEntries(store: Store): IterableIterator<Entry> {
  for (const change of retained(store)) yield changeEntry(change)
}

const leaseEntries = ({ leases }: Keyspace): Entry[] =>
  sorted([...leases.values()].map(({ id, ttl }) => [bigEndianId(id), idField(1, id) + numberField(2, ttl)]))

function metaEntries({ compactRevision }: Store, applied: number): Entry[] {
  const index: Entry = [CONSISTENT_INDEX, bigEndian(applied)]
  if (compactRevision < 0) return [index]
  const compacted = revisionBytes(compactRevision, 0)
  return [index, ['finishedCompactRev', compacted], ['scheduledCompactRev', compacted]]
}

/** The checksum of all buckets; without the index of the log, which says nothing of the content, where that is asked. */
export function hashOfBuckets(buckets: readonly Bucket[], withIndex: boolean): number {
  let hash = 0
  for (const { name, entries } of buckets) {
    hash = crc32c(hash, name)
    for (const [key, value] of entries) {
      if (withIndex || name !== 'meta' || key !== CONSISTENT_INDEX) hash = crc32c(crc32c(hash, key), value)
    }
  }
  return hash
}

/**
 * The checksum of the revisions up to one that is neither compacted nor in the future: what members compare.
 *
 * Of what compaction has left only that counts which still holds at `revision`: of the rest a member may not have been rid
 * yet. Where nothing holds any more, upstream passes this by.
 */
export function hashOfRevisions(store: Store, revision: number): number {
  const holding = new Map<string, Change>()
  for (const change of retained(store)) {
    if (change.main > revision) break
    if (change.kv) holding.set(change.key, change)
    else holding.delete(change.key)
  }
  let hash = crc32c(0, 'key')
  for (const change of retained(store)) {
    if (change.main > revision) break
    const isOld = change.main <= store.compactRevision
    if (isOld && holding.size > 0 && holding.get(change.key) !== change) continue
    const [key, value] = changeEntry(change)
    hash = crc32c(crc32c(hash, key), value)
  }
  return hash
}
