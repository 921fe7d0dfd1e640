/**
 * Values of CEL at run time, and what makes two of them equal.
 *
 * int is a bigint, double a number, uint a class of its own; strings, booleans and null are JavaScript's. Objects of the API are
 * looked into only as far as an expression asks: a `CelMap` turns what lies in it into values when it is read.
 * What we leave out: points in time and durations outside of int64 nanoseconds.
 * Where to read upstream: cel-go `common/types`; apiserver `pkg/cel/common/values.go`.
 */

export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** Nanoseconds since 1970, in UTC. */
export class Timestamp {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class Duration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class Optional {
  readonly value: Value | undefined
  constructor(value: Value | undefined) {
    this.value = value
  }
}

/** A type, where it is itself a value. */
export class TypeValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A value of a type that a library brings along: a quantity, an address, an authorizer. */
export abstract class Opaque {
  /** The name of its type. */
  abstract readonly type: string
  abstract equals(other: Opaque): boolean
}

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint
  | Uint8Array
  | Timestamp
  | Duration
  | Optional
  | TypeValue
  | Opaque
  | CelMap
  | readonly Value[]

/** An expression has come to nothing: `no such key: a`. It is caught where the expression is run. */
export class CelError extends Error {}

export const fail = (message: string): never => {
  throw new CelError(message)
}

/** What tells keys apart: numbers of all kinds by their value, strings by their text. */
function keyId(key: Value): string {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'bigint') return `n${key}`
  if (typeof key === 'boolean') return `b${key}`
  if (key instanceof Uint) return `n${key.value}`
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `n${key}`
  return fail(`unsupported key type: ${typeName(key)}`)
}

/** A map, or an object of the API; the order of keys is that of their coming. */
export abstract class CelMap {
  abstract readonly size: number
  abstract get(key: Value): Value | undefined
  abstract keys(): readonly Value[]
  /** The name of its type. */
  get type(): string {
    return 'map'
  }
}

export class LiteralMap extends CelMap {
  readonly #entries = new Map<string, readonly [Value, Value]>()
  constructor(entries: Iterable<readonly [Value, Value]>) {
    super()
    for (const [key, value] of entries) this.add(key, value)
  }
  /** For whoever is still making it. */
  add(key: Value, value: Value): this {
    const id = keyId(key)
    if (this.#entries.has(id)) fail(`Failed with repeated key: ${key instanceof Uint ? key.value : String(key)}`)
    this.#entries.set(id, [key, value])
    return this
  }
  get size(): number {
    return this.#entries.size
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(keyId(key))?.[1]
  }
  keys(): readonly Value[] {
    return [...this.#entries.values()].map(([key]) => key)
  }
}

/** A list of which no item comes twice: equal in any order. */
export class SetList extends Array<Value> {}
/** A list whose items are known by keys: equal in any order. */
export class KeyedList extends Array<Value> {
  idOf: (item: Value) => string = () => ''
}

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)

export function typeName(value: Value): string {
  if (value === null) return 'null_type'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'double'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Optional) return 'optional_type'
  if (value instanceof TypeValue) return 'type'
  if (value instanceof CelMap || value instanceof Opaque) return value.type
  return 'list'
}

// ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const INT_MIN = -(2n ** 63n)
export const INT_MAX = 2n ** 63n - 1n
export const UINT_MAX = 2n ** 64n - 1n

export const toInt = (value: bigint): bigint => (value < INT_MIN || value > INT_MAX ? fail('integer overflow') : value)
export const toUint = (value: bigint): Uint =>
  value < 0n || value > UINT_MAX ? fail('unsigned integer overflow') : new Uint(value)

type Numeric = bigint | number | Uint
const isNumeric = (value: Value): value is Numeric =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint
const bare = (value: Numeric): bigint | number => (value instanceof Uint ? value.value : value)

/** Less, equal, more: -1, 0, 1. Undefined: they cannot be compared. */
export function compare(a: Value, b: Value): -1 | 0 | 1 | undefined {
  const order = <T>(x: T, y: T): -1 | 0 | 1 | undefined => (x < y ? -1 : x > y ? 1 : x === y ? 0 : undefined)
  if (isNumeric(a) && isNumeric(b)) {
    const [x, y] = [bare(a), bare(b)]
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : undefined // oxlint-disable-line eqeqeq -- a bigint beside a double
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return order(Number(a), Number(b))
  if (a instanceof Timestamp && b instanceof Timestamp) return order(a.nanos, b.nanos)
  if (a instanceof Duration && b instanceof Duration) return order(a.nanos, b.nanos)
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return order(a[i], b[i])
    return order(a.length, b.length)
  }
  return undefined
}

/** By code points, as bytes in UTF-8 compare. */
function compareText(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  const [x, y] = [[...a], [...b]]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i]!.codePointAt(0)!, y[i]!.codePointAt(0)!]
    if (p !== q) return p < q ? -1 : 1
  }
  return x.length < y.length ? -1 : 1
}

// ── equality ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function equal(a: Value, b: Value): boolean {
  if (a === b) return !Number.isNaN(a)
  if (isNumeric(a) && isNumeric(b)) return compare(a, b) === 0
  if (isList(a)) return isList(b) && equalLists(a, b)
  if (a instanceof CelMap) return b instanceof CelMap && equalMaps(a, b)
  if (a instanceof Optional && b instanceof Optional) {
    return a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value)
  }
  if (a instanceof TypeValue && b instanceof TypeValue) return a.name === b.name
  if (a instanceof Opaque && b instanceof Opaque) return a.type === b.type && a.equals(b)
  return compare(a, b) === 0
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false
  if (a instanceof SetList) return a.every((item) => b.some((other) => equal(item, other)))
  if (a instanceof KeyedList) {
    const byId = new Map(b.map((item) => [a.idOf(item), item]))
    return a.every((item) => {
      const other = byId.get(a.idOf(item))
      return other !== undefined && equal(item, other)
    })
  }
  return a.every((item, i) => equal(item, b[i]!))
}

function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false
  return a.keys().every((key) => {
    const other = b.get(key)
    return other !== undefined && equal(a.get(key)!, other)
  })
}

/** What `+` makes of two lists: sets and lists with keys stay what they are. */
export function joinLists(a: readonly Value[], b: readonly Value[]): readonly Value[] {
  if (a instanceof SetList) {
    const joined = SetList.from(a) as SetList
    for (const item of b) if (!joined.some((other) => equal(item, other))) joined.push(item)
    return joined
  }
  if (a instanceof KeyedList) {
    const joined = KeyedList.from(a) as KeyedList
    joined.idOf = a.idOf
    for (const item of b) {
      const i = joined.findIndex((other) => a.idOf(other) === a.idOf(item))
      if (i < 0) joined.push(item)
      else joined[i] = item
    }
    return joined
  }
  return [...a, ...b]
}

/** As `size()` counts: characters, bytes, items, entries. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') {
    let count = value.length
    for (let i = 0; i < value.length; i++) if ((value.charCodeAt(i) & 0xfc00) === 0xdc00) count--
    return count
  }
  if (value instanceof CelMap) return value.size
  return isList(value) || value instanceof Uint8Array ? value.length : 1
}
