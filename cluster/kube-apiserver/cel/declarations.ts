/**
 * From the schema of a custom resource to the types that rules see: which fields there are, how values become those of CEL, and how
 * much there may be of each at most.
 *
 * What has no bound of its own is bounded by what fits into a request.
 * Where to read upstream: apiserver `pkg/cel/common/schemas.go`, `pkg/cel/{types,escaping}.go`, `pkg/cel/common/values.go`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import { decodeBase64 } from './base64.ts'
import { parseDuration, parseTimestamp } from './time.ts'
import type { Type } from './types.ts'
import * as types from './types.ts'
import type { Value } from './values.ts'
import { CelMap, fail, KeyedList, SetList } from './values.ts'

export interface Decl {
  readonly type: Type
  /** Characters, items or entries, at most; 0 of what has no size. */
  readonly max: number
  /** Bytes of JSON, at least. */
  readonly min: number
  /** Of items, or of the values of a map. */
  readonly of?: Decl
  readonly fields?: ReadonlyMap<string, DeclField>
  readonly value: (raw: unknown) => Value
}

export interface DeclField {
  /** As in the object: rules write `__namespace__` for `namespace`. */
  readonly name: string
  readonly decl: Decl
}

/** Bytes: the largest object that etcd takes, twice. */
const REQUEST_MAX = 3 * 1024 * 1024

const made = new WeakMap<JsonSchema, { root?: Decl | undefined; inner?: Decl | undefined }>()

/** Undefined: of what stands there nothing is known, and rules cannot speak of it. @param isRoot of a resource, which has metadata */
export function declarationOf(schema: JsonSchema, isRoot: boolean): Decl | undefined {
  let known = made.get(schema)
  if (known === undefined) made.set(schema, (known = {}))
  const key = isRoot ? 'root' : 'inner'
  if (!(key in known)) known[key] = declare(schema, isRoot)
  return known[key]
}

function declare(schema: JsonSchema, isRoot: boolean): Decl | undefined {
  if (schema['x-kubernetes-int-or-string']) return { type: types.DYN, max: REQUEST_MAX - 2, min: 1, value: anything }
  switch (schema.type) {
    case 'array':
      return declareList(schema)
    case 'object':
      return typeof schema.additionalProperties === 'object' ? declareMap(schema, schema.additionalProperties) : declareObject(schema, isRoot) // prettier-ignore
    case 'string':
      return declareText(schema)
    case 'boolean':
      return { type: types.BOOL, max: 0, min: 4, value: anything }
    case 'number':
      return { type: types.DOUBLE, max: 0, min: 1, value: (raw) => (raw === null ? null : Number(raw)) }
    case 'integer':
      return { type: types.INT, max: 0, min: 1, value: (raw) => (raw === null ? null : BigInt(Math.trunc(Number(raw)))) } // prettier-ignore
    default:
      return undefined
  }
}

function declareText({ format, maxLength, enum: values }: JsonSchema): Decl {
  const most = maxLength ?? REQUEST_MAX - 2
  const text = (type: Type, max: number, min: number, of: (raw: string) => Value): Decl => ({ type, max, min, value: (raw) => (raw === null ? null : of(String(raw))) }) // prettier-ignore
  switch (format) {
    case 'byte':
      return text(types.BYTES, most, 2, (raw) => decodeBase64(raw) ?? fail('Invalid base64 string'))
    case 'duration':
      return text(types.DURATION, 32, 3, (raw) => parseDuration(raw) ?? fail(`Invalid duration ${raw}`))
    case 'date':
      return text(types.TIMESTAMP, 12, 12, (raw) => parseTimestamp(`${raw}T00:00:00Z`) ?? fail(`Invalid date formatted string ${raw}`)) // prettier-ignore
    case 'date-time':
      return text(types.TIMESTAMP, 30, 21, (raw) => parseTimestamp(raw) ?? fail(`Invalid date formatted string ${raw}`))
    default: {
      const longest = values?.length ? Math.max(...values.map((one) => String(one).length)) : most
      return text(types.STRING, Math.min(longest, most), 2, (raw) => raw)
    }
  }
}

// ── lists and maps ──────────────────────────────────────────────────────────────────────────────────────────────────

function declareList(schema: JsonSchema): Decl | undefined {
  const { items, maxItems } = schema
  const of = items && declarationOf(items, items['x-kubernetes-embedded-resource'] === true)
  if (!of) return undefined
  const max = maxItems ?? Math.floor((REQUEST_MAX - 2) / (of.min + 1))
  const kind = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const value = (raw: unknown): Value => {
    if (!Array.isArray(raw)) return anything(raw)
    const all: Value[] = raw.map((one) => of.value(one))
    if (kind === 'set') return SetList.from(all)
    if (kind !== 'map') return all
    const list = KeyedList.from(all) as KeyedList
    list.idOf = (item) => (item instanceof CelMap ? JSON.stringify(keys.map((key) => String(item.get(escaped(key) ?? key)))) : '') // prettier-ignore
    return list
  }
  return { type: types.listOf(of.type), max, min: 2, of, value }
}

function declareMap({ maxProperties }: JsonSchema, values: JsonSchema): Decl | undefined {
  const of = declarationOf(values, values['x-kubernetes-embedded-resource'] === true)
  if (!of) return undefined
  const max = maxProperties ?? Math.floor((REQUEST_MAX - 2) / (of.min + 6))
  const value = (raw: unknown): Value => (isRecord(raw) ? new JsonMap(raw, (_, one) => of.value(one)) : anything(raw))
  return { type: types.mapOf(types.STRING, of.type), max, min: 2, of, value }
}

// ── objects ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const TEXT: JsonSchema = { type: 'string' }
const META: JsonSchema = { type: 'object', properties: { name: TEXT, generateName: TEXT } }

function declareObject(schema: JsonSchema, isRoot: boolean): Decl {
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const properties = isRoot || isEmbedded ? { ...schema.properties, apiVersion: TEXT, kind: TEXT, metadata: META } : (schema.properties ?? {}) // prettier-ignore
  const fields = new Map<string, DeclField>()
  let min = 2
  for (const [name, inner] of Object.entries(properties)) {
    const decl = declarationOf(inner, inner['x-kubernetes-embedded-resource'] === true)
    const written = escaped(name)
    if (!decl || written === undefined) continue
    fields.set(written, { name, decl })
    if (schema.required?.includes(name) && inner.default === undefined) min += name.length + decl.min + 4
  }
  const type = types.objectOf(
    'object',
    [...fields].map(([name, { decl }]) => [name, decl.type] as const),
  )
  const value = (raw: unknown): Value => (isRecord(raw) ? new JsonObject(raw, fields) : anything(raw))
  return { type, max: fields.size, min, fields, value }
}

const RESERVED: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']) // prettier-ignore
const ESCAPES: Readonly<Record<string, string>> = { '.': '__dot__', '-': '__dash__', '/': '__slash__', __: '__underscores__' } // prettier-ignore

/** How a rule writes the name of a field; undefined: it cannot. */
export function escaped(name: string): string | undefined {
  if (!/^[a-zA-Z_.\-/][a-zA-Z0-9_.\-/]*$/.test(name)) return undefined
  if (RESERVED.has(name)) return `__${name}__`
  return name.replace(/__|[.\-/]/g, (one) => ESCAPES[one]!)
}

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Raw = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A map of the API, whose values are turned into CEL's when they are read. */
class JsonMap extends CelMap {
  readonly #raw: Raw
  readonly #of: (key: string, raw: unknown) => Value
  constructor(raw: Raw, of: (key: string, raw: unknown) => Value) {
    super()
    this.#raw = raw
    this.#of = of
  }
  get size(): number {
    return this.keys().length
  }
  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#raw, key)) return undefined
    const raw = this.#raw[key]
    return raw === undefined ? undefined : this.#of(key, raw)
  }
  keys(): readonly string[] {
    return Object.keys(this.#raw).filter((key) => this.#raw[key] !== undefined)
  }
}

/** The same with the fields of a schema, and of no other. */
class JsonObject extends CelMap {
  readonly #raw: Raw
  readonly #fields: ReadonlyMap<string, DeclField>
  constructor(raw: Raw, fields: ReadonlyMap<string, DeclField>) {
    super()
    this.#raw = raw
    this.#fields = fields
  }
  override get type(): string {
    return 'object'
  }
  get size(): number {
    return this.keys().length
  }
  get(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.#fields.get(key) : undefined
    const raw = field && Object.hasOwn(this.#raw, field.name) ? this.#raw[field.name] : undefined
    return raw === undefined ? undefined : field!.decl.value(raw)
  }
  keys(): readonly string[] {
    return [...this.#fields.keys()].filter((key) => this.get(key) !== undefined)
  }
}

/** A value of which nothing is known beforehand: whole numbers are int, others double. */
export function anything(raw: unknown): Value {
  if (raw === undefined || raw === null) return null
  if (typeof raw === 'number') return Number.isInteger(raw) ? BigInt(raw) : raw
  if (typeof raw === 'string' || typeof raw === 'boolean') return raw
  if (Array.isArray(raw)) return raw.map(anything)
  return isRecord(raw) ? new JsonMap(raw, (_, one) => anything(one)) : fail('no such type')
}
