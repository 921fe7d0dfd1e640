/**
 * What CEL can make of a list: a part of it, the list flat, in order, the other way round, without what comes twice.
 *
 * Equal keys keep their order when a list is sorted; the real one leaves that open in longer lists. A range has an end at a
 * million, as in newer cel-go.
 * Where to read upstream: cel-go `ext/lists.go` (version 3).
 */
import type { Overload } from './signatures.ts'
import { def, defs } from './signatures.ts'
import type { Value } from './values.ts'
import { compare, equal, fail, isList, typeName } from './values.ts'

type List = readonly Value[]

/** What can be put into an order. */
export const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const
export const SORT_BY = '@sortByAssociatedKeys'
/** Items. */
const RANGE_MAX = 1_000_000n

function slice(list: List, start: bigint, end: bigint): List {
  const call = `cannot slice(${start}, ${end})`
  if (start < 0n || end < 0n) return fail(`${call}, negative indexes not supported`)
  if (start > end) return fail(`${call}, start index must be less than or equal to end index`)
  if (end > list.length) return fail(`${call}, list is length ${list.length}`)
  return list.slice(Number(start), Number(end))
}

function flatten(list: List, depth = 1n): List {
  if (depth < 0n) return fail('level must be non-negative')
  return list.flatMap((item) => (isList(item) && depth > 0n ? flatten(item, depth - 1n) : [item]))
}

function sortBy(list: List, keys: List): List {
  if (list.length !== keys.length) {
    return fail(`${SORT_BY}() expected a list of the same size as the associated keys list, but got ${list.length} and ${keys.length} elements respectively`) // prettier-ignore
  }
  const [first] = keys
  if (first === undefined) return list
  if (compare(first, first) === undefined) return fail('list elements must be comparable')
  const type = typeName(first)
  if (!keys.every((key) => typeName(key) === type)) return fail('list elements must have the same type')
  const order = keys.map((_, i) => i).sort((a, b) => compare(keys[a]!, keys[b]!) ?? 0)
  return order.map((i) => list[i]!)
}

function range(size: bigint): List {
  if (size < 0n) return fail(`lists.range: size must be non-negative, got ${size}`)
  if (size > RANGE_MAX) return fail(`lists.range: size ${size} exceeds maximum allowed (${RANGE_MAX})`)
  return Array.from({ length: Number(size) }, (_, i) => BigInt(i))
}

function distinct(list: List): List {
  const seen: Value[] = []
  for (const item of list) if (!seen.some((one) => equal(one, item))) seen.push(item)
  return seen
}

export const LIST_SHAPES: readonly Overload[] = [
  def('slice', 'list<A>.(int, int) -> list<A>', slice),
  def('flatten', 'list<list<A>>.() -> list<A>', flatten),
  def('flatten', 'list<dyn>.(int) -> list<dyn>', flatten),
  def('lists.range', '(int) -> list<int>', range),
  def('reverse', 'list<A>.() -> list<A>', (list: List) => list.toReversed()),
  def('distinct', 'list<A>.() -> list<A>', distinct),
  ...COMPARABLE.map((one) => def('sort', `list<${one}>.() -> list<${one}>`, (list: List) => sortBy(list, list))),
  ...defs(SORT_BY, COMPARABLE.map((one) => `list<A>.(list<${one}>) -> list<A>`), sortBy), // prettier-ignore
]
