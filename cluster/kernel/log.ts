/**
 * An append-only history in immutable segments: etcd's revisions, a write-ahead log, a file on a disk.
 *
 * A fork shares every full segment; only the open one is copied, and only when somebody appends. Dropping a prefix
 * (compaction) drops whole segments and keeps the numbering: `get(i)` means the same entry for ever.
 */
const SEGMENT = 1024

export class Log<T> {
  /** Invariant: all but the last are full and never change again. */
  #segments: T[][] = [[]]
  /** Index of the first entry of `#segments[0]`; always a multiple of SEGMENT. */
  #base = 0
  /** Entries below this index have been dropped. */
  #start = 0
  #length = 0
  #tailOwned = true

  /** An empty history whose first entry will have this index, as if everything before it had been dropped. */
  static startingAt<T>(index: number): Log<T> {
    const log = new Log<T>()
    log.#base = Math.floor(index / SEGMENT) * SEGMENT
    log.#segments = [new Array<T>(index - log.#base)]
    log.#start = index
    log.#length = index
    return log
  }

  /** One past the index of the last entry; counts dropped entries too. */
  get length(): number {
    return this.#length
  }

  /** Index of the first entry that is still there. */
  get start(): number {
    return this.#start
  }

  get(index: number): T | undefined {
    if (index < this.#start || index >= this.#length) return undefined
    const offset = index - this.#base
    return this.#segments[Math.floor(offset / SEGMENT)]![offset % SEGMENT]
  }

  push(entry: T): number {
    let tail = this.#segments[this.#segments.length - 1]!
    if (tail.length === SEGMENT) {
      tail = []
      this.#segments = [...this.#segments, tail]
      this.#tailOwned = true
    } else if (!this.#tailOwned) {
      tail = tail.slice()
      this.#segments = [...this.#segments.slice(0, -1), tail]
      this.#tailOwned = true
    }
    tail.push(entry)
    return this.#length++
  }

  /** Cuts everything from `length` on. */
  truncate(length: number): void {
    if (length >= this.#length) return
    if (length < this.#start) throw new Error(`Log.truncate(${length}): entries below ${this.#start} are dropped`)
    const offset = length - this.#base
    const keep = Math.floor(offset / SEGMENT)
    this.#segments = [...this.#segments.slice(0, keep), this.#segments[keep]!.slice(0, offset % SEGMENT)]
    this.#tailOwned = true
    this.#length = length
  }

  /** Drops everything below `index`. */
  drop(index: number): void {
    if (index <= this.#start) return
    this.#start = Math.min(index, this.#length)
    const whole = Math.min(Math.floor((this.#start - this.#base) / SEGMENT), this.#segments.length - 1)
    if (whole > 0) {
      this.#segments = this.#segments.slice(whole)
      this.#base += whole * SEGMENT
    }
  }

  *from(index: number): IterableIterator<T> {
    for (let i = Math.max(index, this.#start); i < this.#length; i++) yield this.get(i)!
  }

  toArray(): T[] {
    return [...this.from(this.#start)]
  }

  fork(): Log<T> {
    const twin = new Log<T>()
    twin.#segments = this.#segments
    twin.#base = this.#base
    twin.#start = this.#start
    twin.#length = this.#length
    this.#tailOwned = false
    twin.#tailOwned = false
    return twin
  }
}
