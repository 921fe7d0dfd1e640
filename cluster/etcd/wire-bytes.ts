/**
 * Numbers and messages as etcd writes them into its file: big-endian for what is sorted, protobuf for the rest. Bytes are the
 * units of a string, one in each.
 *
 * Where to read upstream: etcd `server/storage/mvcc/revision.go`, `api/mvccpb/kv.proto`; protobuf.dev, "Encoding".
 */
import { bytesOf } from './encoding.ts'
import type { KeyValue, LeaseId } from './messages.ts'
import type { Change } from './mvcc/store.ts'

const HALF = 2 ** 32

function bigEndian32(half: number): string {
  return String.fromCharCode(half >>> 24, (half >>> 16) & 0xff, (half >>> 8) & 0xff, half & 0xff)
}

/** Eight bytes of a whole number below 2^53. */
export const bigEndian = (n: number): string => bigEndian32(Math.floor(n / HALF)) + bigEndian32(n % HALF)

const unsigned = (id: LeaseId): bigint => BigInt.asUintN(64, BigInt(id))

/** Eight bytes of an int64. */
export function bigEndianId(id: LeaseId): string {
  const bits = unsigned(id)
  return bigEndian32(Number(bits >> 32n)) + bigEndian32(Number(bits & 0xffffffffn))
}

/** The key of a revision: such keys sort as revisions do. */
export const revisionBytes = (main: number, sub: number): string => `${bigEndian(main)}_${bigEndian(sub)}`

export function varint(n: number): string {
  let bytes = ''
  while (n >= 0x80) {
    bytes += String.fromCharCode((n % 0x80) | 0x80)
    n = Math.floor(n / 0x80)
  }
  return bytes + String.fromCharCode(n)
}

function varintId(id: LeaseId): string {
  let bits = unsigned(id)
  if (bits < 2n ** 53n) return varint(Number(bits))
  let bytes = ''
  while (bits >= 0x80n) {
    bytes += String.fromCharCode(Number(bits & 0x7fn) | 0x80)
    bits >>= 7n
  }
  return bytes + String.fromCharCode(Number(bits))
}

// A field begins with its number and its kind: 0 is a number, 2 is bytes with their length. What is zero is left out.
const tag = (field: number, kind: 0 | 2): string => String.fromCharCode((field << 3) | kind)
export const numberField = (field: number, n: number): string => (n === 0 ? '' : tag(field, 0) + varint(n))
export const idField = (field: number, id: LeaseId): string => (id === '0' ? '' : tag(field, 0) + varintId(id))
const bytesField = (field: number, bytes: string): string =>
  bytes === '' ? '' : tag(field, 2) + varint(bytes.length) + bytes

/** `mvccpb.KeyValue`. */
const keyValueBytes = (kv: KeyValue): string =>
  bytesField(1, kv.key) +
  numberField(2, kv.createRevision) +
  numberField(3, kv.modRevision) +
  numberField(4, kv.version) +
  bytesField(5, bytesOf(kv.value ?? '')) +
  idField(6, kv.lease)

/** A change as an entry of the bucket of revisions: a tombstone has a mark at its key, and holds the key's name alone. */
export function changeEntry({ key, main, sub, kv }: Change): readonly [key: string, value: string] {
  const revision = revisionBytes(main, sub)
  return kv ? [revision, keyValueBytes(kv)] : [`${revision}t`, bytesField(1, key)]
}
