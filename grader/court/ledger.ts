/**
 * The verdicts of a batch on disk: `verdicts.jsonl`, one line per submission, a line there whole or not at all.
 *
 * What the real one does: a database's write-ahead log appends, syncs, and cuts a torn end off when it starts again.
 * What we model: the same. A line is one write; a sync follows soon, and always at the end. A line without its line end was
 * torn and is cut off. What no longer holds (another version, other seeds, another file) is left out by rewriting the file
 * beside itself and renaming it, so that at every moment there is one whole ledger.
 * What we leave out: two batches on one ledger at once.
 * Where to read upstream: fsync(2), rename(2); SQLite's page on atomic commit.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs'

import { join } from 'node:path'
import type { Verdict } from '../verdict/verdict.ts'
import type { Settings } from './messages.ts'

export interface Entry {
  readonly file: string
  /** SHA-256 of the submission's bytes. */
  readonly source: string
  readonly settings: Settings
  /** What was lost on the way: two losses, and the submission is set aside. */
  readonly losses?: readonly string[]
  readonly verdict: Verdict
}

/** Where a line lies, and what is needed of it without reading it again. */
interface Place {
  readonly file: string
  readonly status: Verdict['status']
  readonly offset: number
  readonly length: number
}

export interface Opened {
  readonly ledger: Ledger
  /** Why lines were left out, and how many for each reason. */
  readonly dropped: ReadonlyMap<string, number>
}

export const LEDGER = 'verdicts.jsonl'
const SYNC_EVERY = 32

export class Ledger {
  readonly #path: string
  #file: number
  #size: number
  #unsynced = 0
  #places: Place[]

  private constructor(path: string, places: Place[], size: number) {
    this.#path = path
    this.#places = places
    this.#size = size
    this.#file = openSync(path, 'a')
  }

  /**
   * Opens the ledger in a folder, keeping the lines for which `staleness` has nothing to say. Of two lines for one file the first
   * is kept.
   */
  static async open(folder: string, staleness: (entry: Entry) => string | undefined): Promise<Opened> {
    const path = join(folder, LEDGER)
    const dropped = new Map<string, number>()
    const drop = (why: string): void => void dropped.set(why, (dropped.get(why) ?? 0) + 1)
    if (!existsSync(path)) return { ledger: new Ledger(path, [], 0), dropped }
    const places: Place[] = []
    const seen = new Set<string>()
    let offset = 0
    let isWhole = true
    for await (const { bytes, isTorn } of linesOf(path)) {
      const length = bytes.length + 1
      const entry = isTorn ? undefined : parsed(bytes)
      const why = isTorn
        ? 'the line was torn'
        : entry === undefined
          ? 'the line is damaged'
          : seen.has(entry.file)
            ? 'there was one before'
            : staleness(entry)
      if (why === undefined) places.push({ file: entry!.file, status: entry!.verdict.status, offset, length })
      else drop(why)
      if (why === undefined) seen.add(entry!.file)
      else if (!isTorn) isWhole = false
      if (!isTorn) offset += length
    }
    truncateSync(path, offset)
    const ledger = new Ledger(path, places, offset)
    if (!isWhole) ledger.#rewrite(places)
    return { ledger, dropped }
  }

  /** Files that have a verdict. */
  get files(): ReadonlySet<string> {
    return new Set(this.#places.map(({ file }) => file))
  }

  /** How many verdicts of each status. */
  counts(): Record<Verdict['status'], number> {
    const counts = { pass: 0, fail: 0, error: 0, inconclusive: 0, internal: 0 }
    for (const { status } of this.#places) counts[status] += 1
    return counts
  }

  add(entry: Entry): void {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`)
    for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written)
    this.#places.push({ file: entry.file, status: entry.verdict.status, offset: this.#size, length: bytes.length })
    this.#size += bytes.length
    this.#unsynced += 1
    if (this.#unsynced >= SYNC_EVERY) this.sync()
  }

  sync(): void {
    fsyncSync(this.#file)
    this.#unsynced = 0
  }

  /** Its lines in the order of the names, wherever a resumed run has put them. */
  sort(): void {
    const sorted = [...this.#places].sort((a, b) => (a.file < b.file ? -1 : 1))
    if (sorted.some((place, index) => place !== this.#places[index])) this.#rewrite(sorted)
  }

  /** One after the other, so that no batch has to fit into memory. */
  *entries(which: (status: Verdict['status']) => boolean = () => true): Generator<Entry> {
    const file = openSync(this.#path, 'r')
    try {
      for (const { offset, length, status } of this.#places)
        if (which(status)) yield JSON.parse(readAt(file, offset, length).toString('utf8')) as Entry
    } finally {
      closeSync(file)
    }
  }

  close(): void {
    this.sync()
    closeSync(this.#file)
  }

  #rewrite(places: readonly Place[]): void {
    const draft = `${this.#path}.draft`
    const [from, to] = [openSync(this.#path, 'r'), openSync(draft, 'w')]
    let offset = 0
    this.#places = places.map((place) => {
      const bytes = readAt(from, place.offset, place.length)
      for (let written = 0; written < bytes.length;) written += writeSync(to, bytes, written)
      offset += place.length
      return { ...place, offset: offset - place.length }
    })
    fsyncSync(to)
    for (const file of [from, to, this.#file]) closeSync(file)
    renameSync(draft, this.#path)
    this.#file = openSync(this.#path, 'a')
    this.#size = offset
  }
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let read = 0; read < length;) {
    const more = readSync(file, bytes, read, length - read, offset + read)
    if (more === 0) throw new Error(`${LEDGER} has become shorter while it was in use`)
    read += more
  }
  return bytes
}

function parsed(bytes: Buffer): Entry | undefined {
  try {
    const entry = JSON.parse(bytes.toString('utf8')) as Partial<Entry> | null
    const isEntry = typeof entry?.file === 'string' && typeof entry.source === 'string'
    return isEntry && entry.settings && typeof entry.verdict?.digest === 'string' ? (entry as Entry) : undefined
  } catch {
    return undefined
  }
}

/** Lines as bytes; the last is torn if no line end follows. */
async function* linesOf(path: string): AsyncGenerator<{ bytes: Buffer; isTorn: boolean }> {
  let held: Buffer[] = []
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield { bytes: Buffer.concat([...held, chunk.subarray(start, end)]), isTorn: false }
      held = []
      start = end + 1
    }
    if (start < chunk.length) held.push(chunk.subarray(start))
  }
  if (held.length > 0) yield { bytes: Buffer.concat(held), isTorn: true }
}
