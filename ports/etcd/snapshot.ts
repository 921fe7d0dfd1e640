/** A member's snapshot as the real etcd sends it: a bbolt file in pieces, and after it the SHA-256 of the whole. */
import { createHash } from 'node:crypto'
import { bucketsOf, hashOfBuckets, type Outside } from '#cluster/etcd/backend.ts'
import type { SnapshotResponse } from '#cluster/etcd/maintenance-messages.ts'
import { readSnapshot, type SnapshotRecord } from '#cluster/etcd/wal.ts'
import { boltFile } from './bbolt.ts'
import type { Wire } from './wire.ts'

/** As large as upstream's buffer. */
const PIECE_BYTES = 32 * 1_024

const bucketsIn = ({ records }: SnapshotResponse, outside: Outside) =>
  bucketsOf(readSnapshot(records as readonly SnapshotRecord[]), outside)

/** What comes over the wire. The checksum is a piece of its own; by then nothing remains. */
export function* snapshotPieces(response: SnapshotResponse, outside: Outside): IterableIterator<Wire> {
  const file = boltFile(bucketsIn(response, outside))
  for (let at = 0; at < file.length; at += PIECE_BYTES) {
    const blob = file.subarray(at, at + PIECE_BYTES)
    yield { blob, remaining_bytes: file.length - at - blob.length }
  }
  yield { blob: createHash('sha256').update(file).digest(), remaining_bytes: 0 }
}

/** The checksum of the whole file's content, which upstream's members may be asked for too. */
export const fileHash = (response: SnapshotResponse, outside: Outside): Wire => ({
  header: { revision: response.header.revision },
  hash: hashOfBuckets(bucketsIn(response, outside), false),
})
