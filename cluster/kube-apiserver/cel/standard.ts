/**
 * The functions and operators that every CEL has: arithmetic, comparison, conversions, text, lists, maps, optionals.
 *
 * Where to read upstream: cel-spec `doc/langdef.md` (List of Standard Definitions); cel-go `common/stdlib/standard.go`,
 * `cel/library.go` (optional types).
 */
import { searches } from '../validation/pattern.ts'
import { goFloat } from './numbers.ts'
import type { Overload } from './signatures.ts'
import { def, defs } from './signatures.ts'
import { OPERATOR } from './syntax.ts'
import { TIME } from './time.ts'
import type { LiteralMap, Value } from './values.ts'
import { CelMap, compare, equal, fail, INT_MAX, INT_MIN, isList, joinLists, Optional, sizeOf, toInt, toUint, typeName, TypeValue, Uint, UINT_MAX } from './values.ts' // prettier-ignore

// ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Whole = (a: bigint, b: bigint) => bigint
const divisor = (b: bigint, what: string): bigint => (b === 0n ? fail(`${what} by zero`) : b)

const WHOLE: Readonly<Record<string, Whole>> = {
  '_+_': (a, b) => a + b,
  '_-_': (a, b) => a - b,
  '_*_': (a, b) => a * b,
  '_/_': (a, b) => a / divisor(b, 'division'),
  '_%_': (a, b) => a % divisor(b, 'modulus'),
}

const ARITHMETIC: readonly Overload[] = [
  ...Object.entries(WHOLE).flatMap(([name, of]) => [
    def(name, '(int, int) -> int', (a: bigint, b: bigint) => toInt(of(a, b))),
    def(name, '(uint, uint) -> uint', (a: Uint, b: Uint) => toUint(of(a.value, b.value))),
  ]),
  def('_+_', '(double, double) -> double', (a: number, b: number) => a + b),
  def('_-_', '(double, double) -> double', (a: number, b: number) => a - b),
  def('_*_', '(double, double) -> double', (a: number, b: number) => a * b),
  def('_/_', '(double, double) -> double', (a: number, b: number) => a / b),
  def(OPERATOR.negate, '(int) -> int', (a: bigint) => toInt(-a)),
  def(OPERATOR.negate, '(double) -> double', (a: number) => -a),
  def(OPERATOR.not, '(bool) -> bool', (a: boolean) => !a),
]

// ── comparison ──────────────────────────────────────────────────────────────────────────────────────────────────────

const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'].map((one) => `(${one}, ${one}) -> bool`) // prettier-ignore
const NUMBERS = ['int', 'uint', 'double']
const MIXED = NUMBERS.flatMap((a) => NUMBERS.filter((b) => b !== a).map((b) => `(${a}, ${b}) -> bool`))

const ordering = (name: string, holds: (order: number) => boolean): Overload[] =>
  defs(name, [...ORDERED, ...MIXED], (a: Value, b: Value) => {
    const order = compare(a, b)
    return order !== undefined && holds(order)
  })

const COMPARISON: readonly Overload[] = [
  ...ordering('_<_', (order) => order < 0),
  ...ordering('_<=_', (order) => order <= 0),
  ...ordering('_>_', (order) => order > 0),
  ...ordering('_>=_', (order) => order >= 0),
  def('_==_', '(A, A) -> bool', equal),
  def('_!=_', '(A, A) -> bool', (a: Value, b: Value) => !equal(a, b)),
]

// ── conversions ─────────────────────────────────────────────────────────────────────────────────────────────────────

const parsing = (how: string, text: string): never => fail(`strconv.${how}: parsing ${JSON.stringify(text)}: invalid syntax`) // prettier-ignore

function intOf(value: number): bigint {
  if (!Number.isFinite(value) || value <= -(2 ** 63) || value >= 2 ** 63) return fail('integer overflow')
  return BigInt(Math.trunc(value))
}

function uintOf(value: number): Uint {
  if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64) return fail('unsigned integer overflow')
  return new Uint(BigInt(Math.trunc(value)))
}

function parseWhole(how: string, text: string, least: bigint, most: bigint): bigint {
  if (!/^[+-]?\d+$/.test(text) || (least === 0n && /^[+-]/.test(text))) return parsing(how, text)
  const value = BigInt(text.replace(/^\+/, ''))
  if (value < least || value > most) return fail(`strconv.${how}: parsing ${JSON.stringify(text)}: value out of range`)
  return value
}

function doubleOf(text: string): number {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special) return /nan/i.test(text) ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : parsing('ParseFloat', text)
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True']
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False']
const boolOf = (text: string): boolean => (TRUE.includes(text) ? true : FALSE.includes(text) ? false : parsing('ParseBool', text)) // prettier-ignore

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return fail('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const same = (value: Value): Value => value

const CONVERSIONS: readonly Overload[] = [
  def('int', '(int) -> int', same),
  def('int', '(uint) -> int', ({ value }: Uint) => toInt(value)),
  def('int', '(double) -> int', intOf),
  def('int', '(string) -> int', (text: string) => parseWhole('ParseInt', text, INT_MIN, INT_MAX)),
  def('uint', '(uint) -> uint', same),
  def('uint', '(int) -> uint', toUint),
  def('uint', '(double) -> uint', uintOf),
  def('uint', '(string) -> uint', (text: string) => new Uint(parseWhole('ParseUint', text, 0n, UINT_MAX))),
  def('double', '(double) -> double', same),
  def('double', '(int) -> double', Number),
  def('double', '(uint) -> double', ({ value }: Uint) => Number(value)),
  def('double', '(string) -> double', doubleOf),
  def('string', '(string) -> string', same),
  def('string', '(bool) -> string', String),
  def('string', '(int) -> string', String),
  def('string', '(uint) -> string', ({ value }: Uint) => String(value)),
  def('string', '(double) -> string', goFloat),
  def('string', '(bytes) -> string', textOf),
  def('bytes', '(bytes) -> bytes', same),
  def('bytes', '(string) -> bytes', (text: string) => new TextEncoder().encode(text)),
  def('bool', '(bool) -> bool', same),
  def('bool', '(string) -> bool', boolOf),
  def('dyn', '(A) -> dyn', same),
  def('type', '(A) -> type<A>', (value: Value) => new TypeValue(typeName(value))),
]

// ── text, lists and maps ────────────────────────────────────────────────────────────────────────────────────────────

const SIZED = ['string', 'bytes', 'list<A>', 'map<A, B>']
const size = (value: Value): Value => BigInt(sizeOf(value))

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

/** The place that a number names, if it names one. */
function placeOf(index: Value): number {
  const place = typeof index === 'number' ? index : Number(index instanceof Uint ? index.value : index)
  return Number.isInteger(place) ? place : fail(`unsupported index value: ${String(index)}`)
}

/** What is there; undefined: nothing is. */
export function lookUp(container: Value, index: Value): Value | undefined {
  if (isList(container)) return container[placeOf(index)]
  if (container instanceof CelMap) return container.get(index)
  return fail('no such overload')
}

function itemAt(container: Value, index: Value): Value {
  const found = lookUp(container, index)
  if (found !== undefined) return found
  return fail(isList(container) ? `index out of bounds: ${String(index instanceof Uint ? index.value : index)}` : `no such key: ${keyText(index)}`) // prettier-ignore
}

const OPTIONAL_INDEX = ['(optional<list<A>>, int) -> optional<A>', '(optional<map<A, B>>, A) -> optional<B>']

function optionalItem(container: Value, index: Value): Optional {
  const inner = container instanceof Optional ? container.value : container
  return new Optional(inner === undefined ? undefined : lookUp(inner, index))
}

export const keyText = (key: Value): string => String(key instanceof Uint ? key.value : key)

/** Only macros call it, on a map that they have made themselves and nobody has seen: so it grows in place. */
const insert = (map: LiteralMap, key: Value, value: Value): LiteralMap => map.add(key, value)

const CONTAINERS: readonly Overload[] = [
  ...defs('size', [...SIZED.map((one) => `(${one}) -> int`), ...SIZED.map((one) => `${one}.() -> int`)], size),
  def('_+_', '(string, string) -> string', (a: string, b: string) => a + b),
  def('_+_', '(bytes, bytes) -> bytes', joinBytes),
  def('_+_', '(list<A>, list<A>) -> list<A>', joinLists),
  def('contains', 'string.(string) -> bool', (text: string, part: string) => text.includes(part)),
  def('startsWith', 'string.(string) -> bool', (text: string, part: string) => text.startsWith(part)),
  def('endsWith', 'string.(string) -> bool', (text: string, part: string) => text.endsWith(part)),
  ...defs('matches', ['string.(string) -> bool', '(string, string) -> bool'], (text: string, pattern: string) => searches(pattern, fail).test(text)), // prettier-ignore
  def(OPERATOR.index, '(list<A>, int) -> A', itemAt),
  def(OPERATOR.index, '(map<A, B>, A) -> B', itemAt),
  ...defs(OPERATOR.index, OPTIONAL_INDEX, optionalItem),
  ...defs(OPERATOR.optionalIndex, ['(list<A>, int) -> optional<A>', '(map<A, B>, A) -> optional<B>', ...OPTIONAL_INDEX], optionalItem), // prettier-ignore
  def(OPERATOR.in, '(A, list<A>) -> bool', (item: Value, list: readonly Value[]) => list.some((one) => equal(one, item))), // prettier-ignore
  def(OPERATOR.in, '(A, map<A, B>) -> bool', (key: Value, map: CelMap) => map.get(key) !== undefined),
  def('cel.@mapInsert', '(map<A, B>, A, B) -> map<A, B>', insert),
  def('cel.@mapInsert', '(map<A, B>, map<A, B>) -> map<A, B>', (map: LiteralMap, more: CelMap) =>
    more.keys().reduce<LiteralMap>((all, key) => insert(all, key, more.get(key)!), map),
  ),
]

// ── optionals ───────────────────────────────────────────────────────────────────────────────────────────────────────

const isZero = (value: Value): boolean =>
  value === null || value === false || value === '' || value === 0 || value === 0n || (typeof value === 'object' && (isList(value) || value instanceof CelMap || value instanceof Uint8Array) && sizeOf(value) === 0) // prettier-ignore

const OPTIONALS: readonly Overload[] = [
  def('optional.of', '(A) -> optional<A>', (value: Value) => new Optional(value)),
  def('optional.ofNonZeroValue', '(A) -> optional<A>', (value: Value) => new Optional(isZero(value) ? undefined : value)), // prettier-ignore
  def('optional.none', '() -> optional<A>', () => new Optional(undefined)),
  def('hasValue', 'optional<A>.() -> bool', ({ value }: Optional) => value !== undefined),
  def('value', 'optional<A>.() -> A', ({ value }: Optional) => value ?? (value === null ? null : fail('optional.none() dereference'))), // prettier-ignore
  // `or` and `orValue` look at their argument only where it is needed: the evaluator knows them.
  def('or', 'optional<A>.(optional<A>) -> optional<A>', (a: Optional, b: Optional) => (a.value === undefined ? b : a)),
  def('orValue', 'optional<A>.(A) -> A', (a: Optional, b: Value) => (a.value === undefined ? b : a.value)),
]

/** Those that the evaluator runs itself, because they do not always look at all of their arguments. */
const LAZY: readonly Overload[] = [
  ...defs(OPERATOR.and, ['(bool, bool) -> bool'], (a, b) => a && b),
  ...defs(OPERATOR.or, ['(bool, bool) -> bool'], (a, b) => a || b),
  def(OPERATOR.conditional, '(bool, A, A) -> A', (condition, a, b) => (condition ? a : b)),
  def(OPERATOR.notStrictlyFalse, '(bool) -> bool', (a) => a),
]

export const STANDARD: readonly Overload[] = [
  ...ARITHMETIC,
  ...COMPARISON,
  ...CONVERSIONS,
  ...CONTAINERS,
  ...OPTIONALS,
  ...LAZY,
  ...TIME,
]
