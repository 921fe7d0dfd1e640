/**
 * The ordered set of keys: etcd's B-tree, as an immutable value.
 *
 * Two levels are enough for a million keys: a list of leaves, each a sorted list of keys. A change copies one leaf and the
 * list of leaves and shares the rest, so an older set stays readable and a fork costs nothing.
 * Keys compare by UTF-16 units; for the ASCII keys of Kubernetes that is etcd's order of bytes.
 */
export type OrderedKeys = readonly (readonly string[])[]

export const NO_KEYS: OrderedKeys = []

const LEAF_KEYS = 128

/** A change copies a leaf and the list of leaves: so that neither costs much more than the other, leaves grow with their list. */
const leafKeysMax = (leaves: number): number => Math.max(LEAF_KEYS, leaves >> 1)

/** The set of these keys, which are in order and none of them twice. */
export function orderedKeys(sorted: readonly string[]): OrderedKeys {
  const leaves: string[][] = []
  for (let at = 0; at < sorted.length; at += LEAF_KEYS) leaves.push(sorted.slice(at, at + LEAF_KEYS))
  return leaves
}

/** Index of the leaf that holds `key` or would. */
function leafFor(keys: OrderedKeys, key: string): number {
  let low = 0
  let high = keys.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (keys[middle]![0]! <= key) low = middle
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

export function withKey(keys: OrderedKeys, key: string): OrderedKeys {
  if (keys.length === 0) return [[key]]
  const index = leafFor(keys, key)
  const leaf = keys[index]!
  const at = lowerBound(leaf, key)
  if (leaf[at] === key) return keys
  const grown = inserted(leaf, at, key)
  const next = keys.slice()
  if (grown.length <= leafKeysMax(keys.length)) next[index] = grown
  // Keys that come in order fill their leaves: the last leaf is cut at its end, the others in the middle.
  else if (index === keys.length - 1 && at === leaf.length) next.splice(index, 1, leaf, [key])
  else next.splice(index, 1, grown.slice(0, grown.length >> 1), grown.slice(grown.length >> 1))
  return next
}

/** `splice` on a copy would lay the list out twice: once as a copy and once as it grows. */
function inserted(leaf: readonly string[], at: number, key: string): string[] {
  const grown = new Array<string>(leaf.length + 1)
  for (let i = 0; i < at; i++) grown[i] = leaf[i]!
  grown[at] = key
  for (let i = at; i < leaf.length; i++) grown[i + 1] = leaf[i]!
  return grown
}

export function withoutKey(keys: OrderedKeys, key: string): OrderedKeys {
  if (keys.length === 0) return keys
  const index = leafFor(keys, key)
  const leaf = keys[index]!
  const at = lowerBound(leaf, key)
  if (leaf[at] !== key) return keys
  const next = keys.slice()
  if (leaf.length === 1) next.splice(index, 1)
  else {
    const shrunk = leaf.slice()
    shrunk.splice(at, 1)
    next[index] = shrunk
  }
  return next
}

/** Keys from `from` on, in order, up to but without `end` (undefined: to the last). */
export function* keysFrom(keys: OrderedKeys, from: string, end?: string): IterableIterator<string> {
  if (keys.length === 0) return
  for (let index = leafFor(keys, from); index < keys.length; index++) {
    const leaf = keys[index]!
    for (let at = leaf[0]! < from ? lowerBound(leaf, from) : 0; at < leaf.length; at++) {
      const key = leaf[at]!
      if (end !== undefined && key >= end) return
      yield key
    }
  }
}

/** How many keys `keysFrom` would give: only two leaves are looked into. */
export function countFrom(keys: OrderedKeys, from: string, end?: string): number {
  if (keys.length === 0) return 0
  const first = leafFor(keys, from)
  const last = end === undefined ? keys.length - 1 : leafFor(keys, end)
  if (last < first) return 0
  let count = -lowerBound(keys[first]!, from)
  for (let index = first; index < last; index++) count += keys[index]!.length
  count += end === undefined ? keys[last]!.length : lowerBound(keys[last]!, end)
  return Math.max(count, 0)
}

/** The end of the range of all keys that begin with `prefix`, as clients of etcd reckon it. */
export function prefixEnd(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1)
  return prefix.slice(0, -1) + String.fromCharCode(last + 1)
}
