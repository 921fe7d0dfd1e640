/**
 * The ordered set of keys: etcd's B-tree, as an immutable value.
 *
 * All keys stand in the leaves, which are equally deep. A change copies the nodes on the way to one key, a few hundred words
 * however many keys there are, and shares the rest: an older set stays readable, and a fork costs nothing.
 * What we leave out: merging. A node goes with its last key, not before, so a set that has shrunk may have small leaves.
 * Keys compare by UTF-16 units; for the ASCII keys of Kubernetes that is etcd's order of bytes.
 */
export interface OrderedKeys {
  /** A leaf's keys; a branch's bounds: what is in a part is not less than its bound, but for the first part's, which has none. */
  readonly keys: readonly string[]
  /** What a branch consists of, in order; undefined: a leaf. */
  readonly parts: readonly OrderedKeys[] | undefined
  /** Keys in the leaves below. */
  readonly size: number
}

export const NO_KEYS: OrderedKeys = Object.freeze({ keys: Object.freeze([]), parts: undefined, size: 0 })

/** Keys in a leaf, and parts of a branch. */
const NODE_MAX = 64

/** The set of these keys, which are in order and none of them twice. */
export function orderedKeys(sorted: readonly string[]): OrderedKeys {
  let level: OrderedKeys[] = pieces(sorted).map((keys) => ({ keys, parts: undefined, size: keys.length }))
  while (level.length > 1) level = pieces(level).map(branchOf)
  return level[0] ?? NO_KEYS
}

function pieces<T>(list: readonly T[]): T[][] {
  const cut: T[][] = []
  for (let at = 0; at < list.length; at += NODE_MAX) cut.push(list.slice(at, at + NODE_MAX))
  return cut
}

const branchOf = (parts: readonly OrderedKeys[]): OrderedKeys => ({
  keys: parts.map(({ keys }) => keys[0]!),
  parts,
  size: parts.reduce((sum, { size }) => sum + size, 0),
})

/** Index of the part that holds `key` or would. */
function partFor(bounds: readonly string[], key: string): number {
  let low = 0
  let high = bounds.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (bounds[middle]! <= key) low = middle
    else high = middle - 1
  }
  return low
}

/** Index of the first key that is not less than `key`. */
function lowerBound(leaf: readonly string[], key: string): number {
  let low = 0
  let high = leaf.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (leaf[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

// ── one more ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function withKey(keys: OrderedKeys, key: string): OrderedKeys {
  const grown = grow(keys, key)
  return grown.keys.length > NODE_MAX ? branchOf(split(grown, key)) : grown
}

/** The node itself where it has the key. The new one may have an entry too many, which whoever is above it has to see to. */
function grow(node: OrderedKeys, key: string): OrderedKeys {
  const { keys, parts } = node
  const size = node.size + 1
  if (!parts) {
    const at = lowerBound(keys, key)
    return keys[at] === key ? node : { keys: inserted(keys, at, key), parts, size }
  }
  const at = partFor(keys, key)
  const part = parts[at]!
  const grown = grow(part, key)
  if (grown === part) return node
  if (grown.keys.length <= NODE_MAX) return { keys, parts: replaced(parts, at, grown), size }
  const [left, right] = split(grown, key)
  return {
    keys: inserted(keys, at + 1, right.keys[0]!),
    parts: inserted(replaced(parts, at, left), at + 1, right),
    size,
  }
}

/** In two. Keys that come in order fill their nodes: where the last one is `key`'s place, it begins a node of its own. */
function split({ keys, parts, size }: OrderedKeys, key: string): [OrderedKeys, OrderedKeys] {
  const at = keys[keys.length - 1]! <= key ? keys.length - 1 : keys.length >> 1
  if (!parts) {
    const left = { keys: keys.slice(0, at), parts, size: at }
    return [left, { keys: keys.slice(at), parts, size: size - at }]
  }
  const later = parts.slice(at)
  const below = later.reduce((sum, part) => sum + part.size, 0)
  const left = { keys: keys.slice(0, at), parts: parts.slice(0, at), size: size - below }
  return [left, { keys: keys.slice(at), parts: later, size: below }]
}

/** `splice` on a copy would lay the list out twice: once as a copy and once as it grows. */
function inserted<T>(list: readonly T[], at: number, one: T): T[] {
  const grown = new Array<T>(list.length + 1)
  for (let i = 0; i < at; i++) grown[i] = list[i]!
  grown[at] = one
  for (let i = at; i < list.length; i++) grown[i + 1] = list[i]!
  return grown
}

function replaced<T>(list: readonly T[], at: number, one: T): T[] {
  const copy = list.slice()
  copy[at] = one
  return copy
}

// ── one less ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function withoutKey(keys: OrderedKeys, key: string): OrderedKeys {
  let left = shrink(keys, key)
  while (left.parts?.length === 1) left = left.parts[0]!
  return left
}

/** The node itself where it has no such key. */
function shrink(node: OrderedKeys, key: string): OrderedKeys {
  const { keys, parts } = node
  const size = node.size - 1
  if (!parts) {
    const at = lowerBound(keys, key)
    if (keys[at] !== key) return node
    return size === 0 ? NO_KEYS : { keys: without(keys, at), parts, size }
  }
  const at = partFor(keys, key)
  const part = parts[at]!
  const shrunk = shrink(part, key)
  if (shrunk === part) return node
  if (shrunk.size > 0) return { keys, parts: replaced(parts, at, shrunk), size }
  return size === 0 ? NO_KEYS : { keys: without(keys, at), parts: without(parts, at), size }
}

function without<T>(list: readonly T[], at: number): T[] {
  const copy = list.slice()
  copy.splice(at, 1)
  return copy
}

// ── what there is ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Keys from `from` on, in order, up to but without `end` (undefined: to the last). */
export function* keysFrom(keys: OrderedKeys, from: string, end?: string): IterableIterator<string> {
  /** The branches above the leaf, and which part of each it is in. */
  const above: OrderedKeys[] = []
  const places: number[] = []
  let node: OrderedKeys | undefined = keys
  for (let isFirst = true; node; isFirst = false) {
    for (; node.parts; node = node.parts[places[places.length - 1]!]!) {
      above.push(node)
      places.push(isFirst ? partFor(node.keys, from) : 0)
    }
    const leaf: readonly string[] = node.keys
    for (let at = isFirst ? lowerBound(leaf, from) : 0; at < leaf.length; at++) {
      const key = leaf[at]!
      if (end !== undefined && key >= end) return
      yield key
    }
    node = nextOf(above, places)
  }
}

/** What comes after the part that one stands in; undefined behind the last. */
function nextOf(above: OrderedKeys[], places: number[]): OrderedKeys | undefined {
  for (let last = above.length - 1; last >= 0; last--) {
    const next = above[last]!.parts![++places[last]!]
    if (next) return next
    above.pop()
    places.pop()
  }
  return undefined
}

/** How many keys `keysFrom` would give, without listing them. */
export const countFrom = (keys: OrderedKeys, from: string, end?: string): number =>
  Math.max((end === undefined ? keys.size : countBefore(keys, end)) - countBefore(keys, from), 0)

function countBefore({ keys, parts }: OrderedKeys, key: string): number {
  if (!parts) return lowerBound(keys, key)
  const at = partFor(keys, key)
  let count = countBefore(parts[at]!, key)
  for (let i = 0; i < at; i++) count += parts[i]!.size
  return count
}

/** The end of the range of all keys that begin with `prefix`, as clients of etcd reckon it. */
export function prefixEnd(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1)
  return prefix.slice(0, -1) + String.fromCharCode(last + 1)
}
