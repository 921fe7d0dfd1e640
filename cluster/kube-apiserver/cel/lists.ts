/**
 * What Kubernetes' CEL can do with lists: order, sums, extremes, places, and sets.
 *
 * Where to read upstream: apiserver `pkg/cel/library/lists.go`; cel-go `ext/sets.go`.
 */
import { COMPARABLE } from './list-shapes.ts'
import type { Overload } from './signatures.ts'
import { def, defs } from './signatures.ts'
import type { Value } from './values.ts'
import { compare, Duration, equal, fail, toInt, toUint, Uint } from './values.ts'

type List = readonly Value[]

const order = (a: Value, b: Value): number => compare(a, b) ?? fail('no such overload')

const isSorted = (list: List): boolean => list.every((item, i) => i === 0 || order(list[i - 1]!, item) <= 0)

const extreme = (name: 'min' | 'max') => (list: List) => {
  if (list.length === 0) return fail(`${name} called on empty list`)
  const wanted = name === 'min' ? -1 : 1
  return list.reduce((best, item) => (order(item, best) === wanted ? item : best))
}

function plus(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return toInt(a + b)
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (a instanceof Uint && b instanceof Uint) return toUint(a.value + b.value)
  if (a instanceof Duration && b instanceof Duration) return new Duration(toInt(a.nanos + b.nanos))
  return fail('no such overload')
}

const sumFrom = (zero: Value) => (list: List) => (list.length === 0 ? zero : list.reduce(plus))

const holds = (list: List, item: Value): boolean => list.some((one) => equal(one, item))
const contains = (list: List, part: List): boolean => part.every((item) => holds(list, item))

export const LISTS: readonly Overload[] = [
  ...defs('isSorted', COMPARABLE.map((one) => `list<${one}>.() -> bool`), isSorted), // prettier-ignore
  ...COMPARABLE.map((one) => def('min', `list<${one}>.() -> ${one}`, extreme('min'))),
  ...COMPARABLE.map((one) => def('max', `list<${one}>.() -> ${one}`, extreme('max'))),
  def('sum', 'list<int>.() -> int', sumFrom(0n)),
  def('sum', 'list<uint>.() -> uint', sumFrom(new Uint(0n))),
  def('sum', 'list<double>.() -> double', sumFrom(0)),
  def('sum', 'list<duration>.() -> duration', sumFrom(new Duration(0n))),
  def('indexOf', 'list<A>.(A) -> int', (list: List, item: Value) => BigInt(list.findIndex((one) => equal(one, item)))),
  def('lastIndexOf', 'list<A>.(A) -> int', (list: List, item: Value) => BigInt(list.findLastIndex((one) => equal(one, item)))), // prettier-ignore
  def('sets.contains', '(list<A>, list<A>) -> bool', contains),
  def('sets.equivalent', '(list<A>, list<A>) -> bool', (a: List, b: List) => contains(a, b) && contains(b, a)),
  def('sets.intersects', '(list<A>, list<A>) -> bool', (a: List, b: List) => a.some((item) => holds(b, item))),
]
