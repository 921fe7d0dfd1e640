/**
 * The kernel's one container for changing state.
 *
 * A Map inside. Whatever is put into a Table is immutable and replaced, never edited, so that a fork shares everything
 * and never looks within. A fork costs nothing until one side writes: the first write after it copies the Map.
 * Iteration is in the order of insertion, which is deterministic because the steps are.
 *
 * Most Tables of a large world are empty nearly always, and hold one entry for a moment: the call that a node has under way. A
 * Map that loses its last entry lays itself out anew, so up to one entry is kept without a Map. It comes with the second
 * entry and goes with the last, except where somebody iterates: an iterator has to see what is put in and deleted meanwhile.
 */
export class Table<K, V> {
  /** Undefined: `#solo` says whether there is an entry, which is then `#key` and `#value`. */
  #map: Map<K, V> | undefined
  #solo = false
  #key: K | undefined
  #value: V | undefined
  /** Invariant: while false, another Table may read the same Map, so it must be copied before a write. */
  #owned = true
  /** Somebody may be iterating over the Map. */
  #shown = false
  /** Stands before the oldest entry, behind all that were taken: a walk from the start would pass every gap again. */
  #front: MapIterator<K> | undefined

  constructor(entries?: Iterable<readonly [K, V]>) {
    if (entries) this.#map = new Map(entries)
  }

  get size(): number {
    return this.#map ? this.#map.size : Number(this.#solo)
  }

  get(key: K): V | undefined {
    if (this.#map) return this.#map.get(key)
    return this.#solo && this.#key === key ? this.#value : undefined
  }

  has(key: K): boolean {
    return this.#map ? this.#map.has(key) : this.#solo && this.#key === key
  }

  set(key: K, value: V): this {
    if (!this.#map && (!this.#solo || this.#key === key)) {
      this.#solo = true
      this.#key = key
      this.#value = value
    } else this.#own().set(key, value)
    return this
  }

  delete(key: K): boolean {
    if (this.#map) {
      // What is not there need not be copied to be deleted from.
      if (!this.#owned && !this.#map.has(key)) return false
      if (this.#shown || this.#map.size > 1) return this.#own().delete(key)
      if (!this.#map.has(key)) return false
      this.clear()
      return true
    }
    if (!this.#solo || this.#key !== key) return false
    this.#empty()
    return true
  }

  /** Removes the entry that was put in before all others and returns its key; undefined where there is none. */
  takeOldest(): K | undefined {
    const map = this.#own()
    this.#shown = true
    this.#front ??= map.keys()
    const { done, value } = this.#front.next()
    if (done) this.#front = undefined
    else map.delete(value)
    return value
  }

  clear(): void {
    this.#map = undefined
    this.#front = undefined
    this.#owned = true
    this.#shown = false
    this.#empty()
  }

  keys(): IterableIterator<K> {
    return this.#iterable().keys()
  }

  values(): IterableIterator<V> {
    return this.#iterable().values()
  }

  entries(): IterableIterator<[K, V]> {
    return this.#iterable().entries()
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#iterable().entries()
  }

  /** Two Tables with the same content, each free to change. */
  fork(): Table<K, V> {
    const twin = new Table<K, V>()
    twin.#map = this.#map
    twin.#solo = this.#solo
    twin.#key = this.#key
    twin.#value = this.#value
    if (this.#map) this.#owned = twin.#owned = false
    return twin
  }

  /** The Map, ours to write. */
  #own(): Map<K, V> {
    if (this.#map && !this.#owned) {
      this.#map = new Map(this.#map)
      this.#front = undefined
      this.#owned = true
      this.#shown = false
    }
    return this.#made()
  }

  #iterable(): Map<K, V> {
    this.#shown = true
    return this.#made()
  }

  #made(): Map<K, V> {
    if (this.#map) return this.#map
    this.#map = this.#solo ? new Map([[this.#key!, this.#value!]]) : new Map()
    this.#empty()
    return this.#map
  }

  #empty(): void {
    this.#solo = false
    this.#key = undefined
    this.#value = undefined
  }
}
