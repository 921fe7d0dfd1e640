/**
 * Writes a file of bbolt, the key-value store beneath the real etcd: pages of 4 KiB, in each bucket a B+ tree of them.
 *
 * What the real one does: copies pages when they change, keeps a list of free ones, and tells by two alternating meta pages
 * which tree is the newest.
 * What we model: such a file as it would be if everything had been written once, in order: leaves filled one after the other,
 * branches above them, no free page.
 * What we leave out: reading and changing a file, buckets within buckets of ours, buckets kept inside their parent's page.
 * Where to read upstream: bbolt `page.go`, `node.go`, `bucket.go`, `db.go` (meta), `tx_check.go`.
 */
import type { Bucket, Entry } from '#cluster/etcd/backend.ts'

const PAGE_BYTES = 4_096
const HEADER_BYTES = 16
/** Of a leaf's and of a branch's element alike, before its key. */
const ELEMENT_BYTES = 16
/** The count of a page's elements has 16 bits, and its highest value a meaning of its own. */
const ELEMENTS_MAX = 0xfffe
/** As bbolt has it, so that it may take the file over. */
const ELEMENTS_MIN = 2

const BRANCH = 0x01
const LEAF = 0x02
const META = 0x04

const MAGIC = 0xed0cdaed
const VERSION = 2
/** Says that the free pages are not listed: whoever opens the file finds them by walking the trees. */
const NO_FREELIST = 0xffff_ffff_ffff_ffffn

const IS_BUCKET = 1
const PLAIN = 0

interface Element {
  readonly key: Buffer
  /** Of a leaf. */
  readonly value: Buffer
  readonly flags: number
  /** Of a branch: the page beneath. */
  readonly child: number
}

/** The whole file. Buckets, and the entries of each, in the order of their names. */
export function boltFile(buckets: readonly Bucket[]): Buffer {
  const pages = new Pages()
  const roots = buckets.map(({ name, entries }): Element => {
    const value = Buffer.alloc(16)
    value.writeBigUInt64LE(BigInt(pages.tree(leafElements(entries))), 0)
    return { key: latin1(name), value, flags: IS_BUCKET, child: 0 }
  })
  const root = pages.tree(roots)
  const metas = [0, 1].map((page) => metaPage(page, root, pages.next))
  return Buffer.concat([...metas, ...pages.written])
}

const latin1 = (bytes: string): Buffer => Buffer.from(bytes, 'latin1')

function* leafElements(entries: Iterable<Entry>): IterableIterator<Element> {
  for (const [key, value] of entries) yield { key: latin1(key), value: latin1(value), flags: PLAIN, child: 0 }
}

class Pages {
  readonly written: Buffer[] = []
  /** The number of the next page; 0 and 1 are the meta pages. */
  next = 2

  /** @returns the page of the tree's root */
  tree(elements: Iterable<Element>): number {
    let level = this.#level(LEAF, elements)
    while (level.length > 1) level = this.#level(BRANCH, level)
    return level[0]!.child
  }

  /** Fills pages with these elements. @returns what the level above has to say of them: a first key and a page each */
  #level(kind: number, elements: Iterable<Element>): Element[] {
    const above: Element[] = []
    let gathered: Element[] = []
    let bytes = HEADER_BYTES
    const close = (): void => {
      const child = this.#write(kind, gathered, bytes)
      above.push({ key: gathered[0]?.key ?? NO_BYTES, value: NO_BYTES, flags: PLAIN, child })
      gathered = []
      bytes = HEADER_BYTES
    }
    for (const element of elements) {
      const size = ELEMENT_BYTES + element.key.length + element.value.length
      const isFull = bytes + size > PAGE_BYTES || gathered.length >= ELEMENTS_MAX
      if (isFull && gathered.length >= ELEMENTS_MIN) close()
      gathered.push(element)
      bytes += size
    }
    if (gathered.length > 0 || above.length === 0) close()
    return above
  }

  /** Writes one page, and as many after it as it overflows into. */
  #write(kind: number, elements: readonly Element[], bytes: number): number {
    const page = this.next
    const count = Math.ceil(bytes / PAGE_BYTES)
    this.next += count
    const buffer = Buffer.alloc(count * PAGE_BYTES)
    writeHeader(buffer, page, kind, elements.length, count - 1)
    let data = HEADER_BYTES + ELEMENT_BYTES * elements.length
    elements.forEach((element, i) => {
      const at = HEADER_BYTES + ELEMENT_BYTES * i
      if (kind === LEAF) writeLeafElement(buffer, at, data - at, element)
      else writeBranchElement(buffer, at, data - at, element)
      data += element.key.copy(buffer, data)
      data += element.value.copy(buffer, data)
    })
    this.written.push(buffer)
    return page
  }
}

const NO_BYTES = Buffer.alloc(0)

function writeHeader(buffer: Buffer, page: number, flags: number, count: number, overflow: number): void {
  buffer.writeBigUInt64LE(BigInt(page), 0)
  buffer.writeUInt16LE(flags, 8)
  buffer.writeUInt16LE(count, 10)
  buffer.writeUInt32LE(overflow, 12)
}

/** `distance`: from the element to its key. */
function writeLeafElement(buffer: Buffer, at: number, distance: number, { flags, key, value }: Element): void {
  buffer.writeUInt32LE(flags, at)
  buffer.writeUInt32LE(distance, at + 4)
  buffer.writeUInt32LE(key.length, at + 8)
  buffer.writeUInt32LE(value.length, at + 12)
}

function writeBranchElement(buffer: Buffer, at: number, distance: number, { key, child }: Element): void {
  buffer.writeUInt32LE(distance, at)
  buffer.writeUInt32LE(key.length, at + 4)
  buffer.writeBigUInt64LE(BigInt(child), at + 8)
}

/** The second is the newer one, as if it were the first transaction that wrote anything. */
function metaPage(page: number, root: number, pageCount: number): Buffer {
  const buffer = Buffer.alloc(PAGE_BYTES)
  writeHeader(buffer, page, META, 0, 0)
  const meta = buffer.subarray(HEADER_BYTES)
  meta.writeUInt32LE(MAGIC, 0)
  meta.writeUInt32LE(VERSION, 4)
  meta.writeUInt32LE(PAGE_BYTES, 8)
  meta.writeBigUInt64LE(BigInt(root), 16)
  meta.writeBigUInt64LE(NO_FREELIST, 32)
  meta.writeBigUInt64LE(BigInt(pageCount), 40)
  meta.writeBigUInt64LE(BigInt(page), 48)
  meta.writeBigUInt64LE(fnv1a(meta.subarray(0, CHECKED_BYTES)), CHECKED_BYTES)
  return buffer
}

/** Of a meta page: all before its checksum. */
const CHECKED_BYTES = 56

/** FNV-1a, 64 bits. */
function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}
