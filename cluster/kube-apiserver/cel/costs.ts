/**
 * What a call costs, once it has been made.
 *
 * Where to read upstream: cel-go `interpreter/runtimecost.go`; apiserver `pkg/cel/library/cost.go` (CallCost).
 */
import { SORT_BY } from './list-shapes.ts'
import { NamedFormat } from './named-formats.ts'
import { Network } from './networks.ts'
import type { Overload } from './signatures.ts'
import { OPERATOR } from './syntax.ts'
import type { Value } from './values.ts'
import { CelMap, isList, sizeOf } from './values.ts'

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

/** Of looking at every part of a value: a text by its bytes, so that a short one is free. */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.floor(new TextEncoder().encode(value).length * CHARACTER)
  if (value instanceof Uint8Array) return Math.floor(value.length * CHARACTER)
  if (isList(value)) return value.reduce<number>((sum, item) => sum + traversal(item), 0)
  if (!(value instanceof CelMap)) return 1
  return value.keys().reduce<number>((sum, key) => sum + traversal(key) + traversal((value as CelMap).get(key)!), 0)
}

const traversed: Cost = ([one]) => traversal(one!)

// ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of a call, and of the list that it makes. */
export const ALLOCATION = 11
/** Each item beside each other one, twice; and a little more for texts. */
export const selfComparison = (isText: boolean): number => (isText ? 2 + CHARACTER : 2)

const made: Cost = (_, result) => ALLOCATION + sizeOf(result)
const compared = (list: Value): number => {
  const [first] = list as readonly Value[]
  const isText = typeof first === 'string' || first instanceof Uint8Array
  return ALLOCATION + Math.floor(sizeOf(list) * sizeOf(list) * selfComparison(isText))
}
const flattened: Cost = ([list, depth = 1n]) => ALLOCATION + sizeOf(list!) * (Number(depth) < 0 ? 1 : Number(depth))

// ── the libraries of Kubernetes ─────────────────────────────────────────────────────────────────────────────────────

/** Characters: `SELECTOR_PART` of them may be a requirement, which costs so much to make. */
const SELECTOR_PART = 2
const SELECTOR_REQUIREMENT = 50
/** Of a selector that is that long. */
export const selectorCost = (size: number): number =>
  10 + Math.ceil(size / SELECTOR_PART) * SELECTOR_REQUIREMENT + Math.ceil(size * CHARACTER)

/** As much of two addresses as the network has bytes; a text is read first. */
function withinNetwork([network, other]: readonly Value[]): number {
  const bytes = network instanceof Network ? Math.ceil(network.bits / 8) : 1
  return Math.ceil(2 * bytes * CHARACTER) + (typeof other === 'string' ? read(other) : 0)
}

function containsNetwork(args: readonly Value[]): number {
  const bytes = args[0] instanceof Network ? Math.ceil(args[0].bits / 8) : 1
  return withinNetwork(args) + Math.ceil(bytes * CHARACTER) + 1
}

/** As if the format were a pattern. */
function validated([format, text]: readonly Value[]): number {
  const pattern = format instanceof NamedFormat ? format.patternSize : 0
  return Math.ceil((1 + sizeOf(text!)) * CHARACTER) * Math.ceil(pattern * PATTERN)
}

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
  fieldSelector: ([, text]) => selectorCost(sizeOf(text!)),
  labelSelector: ([, text]) => selectorCost(sizeOf(text!)),
  isSorted: traversed,
  sum: traversed,
  min: traversed,
  max: traversed,
  indexOf: traversed,
  lastIndexOf: traversed,
  slice: made,
  'lists.range': made,
  reverse: made,
  flatten: flattened,
  distinct: ([list]) => compared(list!),
  sort: ([list]) => compared(list!),
  [SORT_BY]: ([, keys]) => compared(keys!),
  url: first,
  'jsonpatch.escapeKey': first,
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
  containsIP: withinNetwork,
  containsCIDR: containsNetwork,
  semver: first,
  isSemver: first,
  validate: validated,
  'sets.contains': ([a, b]) => 1 + sizeOf(a!) * sizeOf(b!),
  'sets.intersects': ([a, b]) => 1 + sizeOf(a!) * sizeOf(b!),
  'sets.equivalent': ([a, b]) => 1 + sizeOf(a!) * sizeOf(b!) * 2,
}

/** What they cost is paid before they are called: they take long, and what they give does not count. */
const PREPAID: ReadonlySet<string> = new Set(['distinct', 'sort', SORT_BY])
export const isPrepaid = ({ name }: Overload): boolean => PREPAID.has(name)

export function callCost({ name, signature }: Overload, args: readonly Value[], result: Value): number {
  if (name === OPERATOR.in && signature === '(A, list<A>) -> bool') return sizeOf(args[1]!)
  if (name === '_+_') return /string|bytes/.test(signature) ? read(args[0]!) + read(args[1]!) : 1
  if (name === 'ip' && !signature.startsWith('(')) return 1
  if (name === 'ip' || (name === 'bytes' && signature.includes('string')) || (name === 'string' && signature.includes('bytes'))) return read(args[0]!) // prettier-ignore
  return Object.hasOwn(COSTS, name) ? COSTS[name]!(args, result) : 1
}
