/**
 * A two-level table: items by key within a group, such as the Pods of a node or of an owner.
 *
 * Same rules as `Table`: values are immutable and replaced; a fork shares both levels, and the first write to a group
 * after it copies that group alone.
 */
export class Groups<V> {
  #groups = new Map<string, Map<string, V>>()
  #owned = true
  /** Groups that nobody else can see, so that they may be written in place. */
  #ownedGroups = new Set<string>()

  set(group: string, key: string, value: V): void {
    this.#own(group).set(key, value)
  }

  delete(group: string, key: string): void {
    if (!this.#groups.get(group)?.has(key)) return
    const items = this.#own(group)
    items.delete(key)
    if (items.size === 0) {
      this.#groups.delete(group)
      this.#ownedGroups.delete(group)
    }
  }

  get(group: string, key: string): V | undefined {
    return this.#groups.get(group)?.get(key)
  }

  sizeOf(group: string): number {
    return this.#groups.get(group)?.size ?? 0
  }

  /** In the order in which the keys were first set. */
  *values(group: string): IterableIterator<V> {
    const items = this.#groups.get(group)
    if (items) yield* items.values()
  }

  groups(): IterableIterator<string> {
    return this.#groups.keys()
  }

  fork(): Groups<V> {
    const twin = new Groups<V>()
    twin.#groups = this.#groups
    twin.#owned = false
    this.#owned = false
    this.#ownedGroups = new Set()
    return twin
  }

  #own(group: string): Map<string, V> {
    if (!this.#owned) {
      this.#groups = new Map(this.#groups)
      this.#owned = true
    }
    let items = this.#groups.get(group)
    if (items && this.#ownedGroups.has(group)) return items
    items = new Map(items)
    this.#groups.set(group, items)
    this.#ownedGroups.add(group)
    return items
  }
}
