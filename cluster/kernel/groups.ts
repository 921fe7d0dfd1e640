/**
 * A two-level table: items by key within a group, such as the Pods of a node or of an owner.
 *
 * Same rules as `Table`: values are immutable and replaced; a fork shares both levels, and the first write to a group
 * after it copies that group alone.
 */
interface Group<V> {
  readonly token: object
  readonly items: Map<string, V>
}

export class Groups<V> {
  #groups = new Map<string, Group<V>>()
  #owned = true
  /** Groups that bear another token are shared with a fork and must be copied before a write. */
  #token: object = {}

  set(group: string, key: string, value: V): void {
    this.#own(group).set(key, value)
  }

  delete(group: string, key: string): void {
    if (!this.#groups.get(group)?.items.has(key)) return
    const items = this.#own(group)
    items.delete(key)
    if (items.size === 0) this.#groups.delete(group)
  }

  /** Forgets a whole group. */
  drop(group: string): void {
    if (!this.#groups.has(group)) return
    if (!this.#owned) {
      this.#groups = new Map(this.#groups)
      this.#owned = true
    }
    this.#groups.delete(group)
  }

  get(group: string, key: string): V | undefined {
    return this.#groups.get(group)?.items.get(key)
  }

  /** A group's items as they are until the next write, for whoever asks for many. */
  of(group: string): ReadonlyMap<string, V> | undefined {
    return this.#groups.get(group)?.items
  }

  sizeOf(group: string): number {
    return this.#groups.get(group)?.items.size ?? 0
  }

  keys(group: string): Iterable<string> {
    return this.#groups.get(group)?.items.keys() ?? []
  }

  /** In the order in which the keys were first set. */
  *values(group: string): IterableIterator<V> {
    const found = this.#groups.get(group)
    if (found) yield* found.items.values()
  }

  /** Keys and values, in the order in which the keys were first set. */
  *entries(group: string): IterableIterator<[string, V]> {
    const found = this.#groups.get(group)
    if (found) yield* found.items.entries()
  }

  groups(): IterableIterator<string> {
    return this.#groups.keys()
  }

  fork(): Groups<V> {
    const twin = new Groups<V>()
    twin.#groups = this.#groups
    twin.#owned = false
    this.#owned = false
    this.#token = {}
    return twin
  }

  #own(group: string): Map<string, V> {
    if (!this.#owned) {
      this.#groups = new Map(this.#groups)
      this.#owned = true
    }
    const found = this.#groups.get(group)
    if (found?.token === this.#token) return found.items
    const items = new Map(found?.items)
    this.#groups.set(group, { token: this.#token, items })
    return items
  }
}
