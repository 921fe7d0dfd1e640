/**
 * How many bytes entries take, by which Raft limits messages, unapplied and uncommitted entries.
 *
 * What the real one does: counts the protobuf encoding. What we model: the same arithmetic, without encoding anything.
 * Where to read upstream: etcd-io/raft `util.go` (entsSize, payloadSize), `raftpb/raft.pb.go`.
 */
import { type ConfChangeSingle, type Entry, type EntryContent, NO_LIMIT } from './messages.ts'

/** Bytes of a protobuf varint. */
function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

const field = (value: number): number => 1 + varintSize(value)
const bytesField = (size: number): number => 1 + varintSize(size) + size

const changeSize = ({ nodeId }: ConfChangeSingle): number => 2 + field(nodeId)

/** Bytes of what an entry carries; 0: nothing, which is never refused. */
export function payloadSize(entry: EntryContent): number {
  if (entry.data === undefined) return 0
  if (entry.type === 'EntryNormal') return entry.data.size
  const context = entry.data.context === undefined ? 0 : bytesField(entry.data.context.size)
  if (entry.type === 'EntryConfChange') return changeSize(entry.data) + context
  return 2 + context + entry.data.changes.reduce((sum, change) => sum + bytesField(changeSize(change)), 0)
}

export function payloadsSize(entries: readonly EntryContent[]): number {
  let size = 0
  for (const entry of entries) size += payloadSize(entry)
  return size
}

export function entrySize(entry: Entry): number {
  const payload = payloadSize(entry)
  return 2 + field(entry.term) + field(entry.index) + (payload === 0 ? 0 : bytesField(payload))
}

/** Without a limit nobody asks, and nothing is counted. */
export const sizeUnder = (limit: number, entries: readonly Entry[]): number =>
  limit >= NO_LIMIT ? 0 : entriesSize(entries)

export function entriesSize(entries: readonly Entry[]): number {
  let size = 0
  for (const entry of entries) size += entrySize(entry)
  return size
}

/** The longest beginning within `maxSize` bytes; one entry at least, if there is one. */
export function limitSize(entries: readonly Entry[], maxSize: number): readonly Entry[] {
  if (entries.length < 2 || maxSize >= NO_LIMIT) return entries
  let size = 0
  for (let i = 0; i < entries.length; i++) {
    size += entrySize(entries[i]!)
    if (i > 0 && size > maxSize) return entries.slice(0, i)
  }
  return entries
}
