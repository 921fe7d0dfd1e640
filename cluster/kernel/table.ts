/**
 * The kernel's one container for changing state.
 *
 * A Map inside. Whatever is put into a Table is immutable and replaced, never edited, so that a fork shares everything
 * and never looks within. A fork costs nothing until one side writes: the first write after it copies the Map.
 * Iteration is in the order of insertion, which is deterministic because the steps are.
 */
export class Table<K, V> {
  #map: Map<K, V>
  /** Invariant: while false, another Table may read the same Map, so it must be copied before a write. */
  #owned: boolean
  /** Stands before the oldest entry, behind all that were taken: a walk from the start would pass every gap again. */
  #front: MapIterator<K> | undefined

  constructor(entries?: Iterable<readonly [K, V]>) {
    this.#map = new Map(entries)
    this.#owned = true
  }

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  set(key: K, value: V): this {
    this.#own()
    this.#map.set(key, value)
    return this
  }

  delete(key: K): boolean {
    // What is not there need not be copied to be deleted from.
    if (!this.#owned && !this.#map.has(key)) return false
    this.#own()
    return this.#map.delete(key)
  }

  /** Removes the entry that was put in before all others and returns its key; undefined where there is none. */
  takeOldest(): K | undefined {
    this.#own()
    this.#front ??= this.#map.keys()
    const { done, value } = this.#front.next()
    if (done) this.#front = undefined
    else this.#map.delete(value)
    return value
  }

  clear(): void {
    this.#map = new Map()
    this.#front = undefined
    this.#owned = true
  }

  keys(): IterableIterator<K> {
    return this.#map.keys()
  }

  values(): IterableIterator<V> {
    return this.#map.values()
  }

  entries(): IterableIterator<[K, V]> {
    return this.#map.entries()
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#map.entries()
  }

  /** Two Tables with the same content, each free to change. */
  fork(): Table<K, V> {
    this.#owned = false
    const twin = new Table<K, V>()
    twin.#map = this.#map
    twin.#owned = false
    return twin
  }

  #own(): void {
    if (this.#owned) return
    this.#map = new Map(this.#map)
    this.#front = undefined
    this.#owned = true
  }
}
