/** Reads a bbolt file, ours or the real etcd's: every bucket with its entries, in the order of the pages. */
import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096
const BRANCH = 0x01
const LEAF = 0x02

export type Buckets = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Names, keys and values with one byte in each unit. */
export function readBolt(path: string): Buckets {
  const file = readFileSync(path)
  const newest = [0, PAGE_BYTES]
    .map((at) => file.subarray(at + 16))
    .reduce((a, b) => (a.readBigUInt64LE(48) > b.readBigUInt64LE(48) ? a : b))
  const buckets = new Map<string, Map<string, string>>()
  for (const [name, value] of tree(file, Number(newest.readBigUInt64LE(16)))) {
    const root = Number(value.readBigUInt64LE(0))
    // A small bucket of the real etcd's has its only page where the number of one would be.
    const entries = root === 0 ? leaf(value.subarray(16)) : tree(file, root)
    const latin1 = [...entries].map(([key, held]) => [key.toString('latin1'), held.toString('latin1')] as const)
    buckets.set(name.toString('latin1'), new Map(latin1))
  }
  return buckets
}

type Entry = readonly [Buffer, Buffer]

function* tree(file: Buffer, page: number): IterableIterator<Entry> {
  const at = file.subarray(page * PAGE_BYTES)
  const flags = at.readUInt16LE(8)
  if (flags === LEAF) return yield* leaf(at)
  if (flags !== BRANCH) throw new Error(`page ${page} is of no known kind: ${flags}`)
  for (let i = 0; i < at.readUInt16LE(10); i++) yield* tree(file, Number(at.readBigUInt64LE(16 + 16 * i + 8)))
}

function* leaf(page: Buffer): IterableIterator<Entry> {
  for (let i = 0; i < page.readUInt16LE(10); i++) {
    const element = page.subarray(16 + 16 * i)
    const [start, keyLength, valueLength] = [4, 8, 12].map((offset) => element.readUInt32LE(offset)) as [
      number,
      number,
      number,
    ]
    const key = element.subarray(start, start + keyLength)
    yield [key, element.subarray(start + keyLength, start + keyLength + valueLength)]
  }
}
