/**
 * What a call costs, once it has been made.
 *
 * Where to read upstream: cel-go `interpreter/runtimecost.go`; apiserver `pkg/cel/library/cost.go` (CallCost).
 */
import type { Overload } from './signatures.ts'
import { OPERATOR } from './syntax.ts'
import type { Value } from './values.ts'
import { isList, sizeOf } from './values.ts'

/** Of looking at a character of a text. */
export const CHARACTER = 0.1
/** Of a character of a pattern. */
export const PATTERN = 0.25
/** Of asking the authorizer: two questions fit into an expression. */
export const AUTHORIZER_CHECK = 350_000

const read = (value: Value, times = 1): number => Math.ceil(sizeOf(value) * times * CHARACTER)
const search = (text: Value, pattern: Value): number => Math.ceil((1 + sizeOf(text)) * CHARACTER) * Math.ceil(sizeOf(pattern) * PATTERN) // prettier-ignore

type Cost = (args: readonly Value[], result: Value) => number

const first: Cost = ([one]) => read(one!)
const twice: Cost = ([one]) => read(one!, 2)
const second: Cost = ([, two]) => read(two!)
const shorter: Cost = ([a, b]) => Math.ceil(Math.min(sizeOf(a!), sizeOf(b!)) * CHARACTER)
/** A list by its length, and its texts by theirs. */
const traversal: Cost = ([one]) => (isList(one) ? one.reduce<number>((sum, item) => sum + Math.max(1, read(item)), 0) : read(one!)) // prettier-ignore

const COSTS: Readonly<Record<string, Cost>> = {
  startsWith: second,
  endsWith: second,
  contains: ([text, part]) => read(text!) * read(part!),
  matches: ([text, pattern]) => search(text!, pattern!),
  find: ([text, pattern]) => search(text!, pattern!),
  findAll: ([text, pattern]) => search(text!, pattern!),
  '_==_': shorter,
  '_!=_': shorter,
  '_<_': shorter,
  '_<=_': shorter,
  '_>_': shorter,
  '_>=_': shorter,
  format: first,
  'strings.quote': first,
  check: () => AUTHORIZER_CHECK,
  isSorted: traversal,
  sum: traversal,
  min: traversal,
  max: traversal,
  indexOf: traversal,
  lastIndexOf: traversal,
  url: first,
  isURL: first,
  lowerAscii: first,
  upperAscii: first,
  substring: first,
  trim: first,
  replace: twice,
  split: twice,
  join: (_, result) => read(result, 2),
  cidr: first,
  isCIDR: first,
  isIP: first,
  'ip.isCanonical': twice,
  quantity: first,
  isQuantity: first,
  validate: second,
  'sets.contains': ([a, b]) => sizeOf(a!) * sizeOf(b!),
  'sets.intersects': ([a, b]) => sizeOf(a!) * sizeOf(b!),
  'sets.equivalent': ([a, b]) => sizeOf(a!) * sizeOf(b!) * 2,
}

export function callCost({ name, signature }: Overload, args: readonly Value[], result: Value): number {
  if (name === OPERATOR.in && signature === '(A, list<A>) -> bool') return sizeOf(args[1]!)
  if (name === '_+_') return /string|bytes/.test(signature) ? read(args[0]!) + read(args[1]!) : 1
  if (name === 'ip' && !signature.startsWith('(')) return 1
  if (name === 'ip' || (name === 'bytes' && signature.includes('string')) || (name === 'string' && signature.includes('bytes'))) return read(args[0]!) // prettier-ignore
  return Object.hasOwn(COSTS, name) ? COSTS[name]!(args, result) : 1
}
