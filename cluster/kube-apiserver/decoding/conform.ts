/**
 * A body measured against the type that it is to be: what has the wrong type is refused in the words of Go's decoder, what
 * no type knows is left out and told, and texts that have a canonical form take it.
 *
 * What we leave out: fields given twice (who parsed the JSON knows of one).
 * Where to read upstream: sigs.k8s.io/json `internal/golang/encoding/json/decode.go`; apimachinery
 * `pkg/runtime/serializer/json`, `pkg/api/resource/quantity.go`.
 */
import { parseTime } from '#cluster/api/meta.ts'
import { formatQuantity, parseQuantity } from '#cluster/api/quantity.ts'
import type { Field, FieldType, ObjectType, Scalar, Schemas } from '#cluster/api/schema/schema.ts'
import { leftOutWhenEmpty } from '#cluster/api/schema/empty-values.ts'
import { withZeros } from './zeros.ts'

export interface Conformed {
  readonly value: unknown
  /** Paths of the fields that the type does not know: `spec.template.spec.containers[0].imagee`. */
  readonly unknown: readonly string[]
  /** The first value that cannot be what it must be. */
  readonly problem: string | undefined
}

/** Where a value stands. */
interface Place {
  /** With indices, for people. */
  readonly path: string
  /** Without, as Go's decoder tells it. */
  readonly goPath: string
  /** The innermost type around it. */
  readonly inside: string
}

interface Findings {
  readonly schemas: Schemas
  readonly keepsEmpty: boolean
  readonly unknown: string[]
  problem: string | undefined
}

/** @param keepsEmpty lists and maps without anything in them: to apply one is to want it */
export function conform(schemas: Schemas, type: ObjectType, body: unknown, keepsEmpty = false): Conformed {
  const findings: Findings = { schemas, keepsEmpty, unknown: [], problem: undefined }
  const value = asObject(findings, type, body, { path: '', goPath: '', inside: '' })
  return { value, unknown: findings.unknown, problem: findings.problem }
}

type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** The same object where nothing had to change. */
function asObject(findings: Findings, type: ObjectType, value: unknown, place: Place): unknown {
  if (!isRecord(value)) return wrong(findings, value, place, goName(type.name))
  const inside = type.name.slice(type.name.lastIndexOf('.') + 1)
  const mayLeaveOut = findings.keepsEmpty ? undefined : leftOutWhenEmpty(type.name)
  let changed: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const given = value[key]
    const field = type.fields.get(key)
    if (field === undefined) findings.unknown.push(below(place.path, key))
    // A null says nothing, as if the field were not there.
    const next =
      field === undefined || given === null || given === undefined || (isEmpty(given) && mayLeaveOut?.has(key))
        ? undefined
        : isPlainly(field.type, given)
          ? given
          : unlessEmpty(findings, field, convert(findings, field.type, given, placeBelow(place, key, inside)))
    if (next === given) continue
    changed ??= { ...value }
    if (next === undefined) delete changed[key]
    else changed[key] = next
  }
  return findings.keepsEmpty ? (changed ?? value) : withZeros(findings.schemas, type, changed ?? value)
}

/** What most fields are, of which there is nothing to say: nobody has to know where they stand. */
const isPlainly = (type: FieldType, value: unknown): boolean =>
  type.is === 'scalar' &&
  ((type.scalar === 's' && typeof value === 'string') || (type.scalar === 'b' && typeof value === 'boolean'))

const placeBelow = (place: Place, key: string, inside: string): Place => ({
  path: below(place.path, key),
  goPath: below(place.goPath, key),
  inside,
})

const isEmpty = (value: unknown): boolean => value === '' || value === 0 || value === false

/** Lists that are emptied by saying so: the first is nobody's any more, the others do not take their defaults. */
const EMPTIED: ReadonlySet<string> = new Set(['managedFields', 'policies'])

/** A list or a map without anything in it says nothing either. */
function unlessEmpty({ keepsEmpty }: Findings, { type, required, name }: Field, value: unknown): unknown {
  if (keepsEmpty || required || EMPTIED.has(name) || (type.is !== 'list' && type.is !== 'map')) return value
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value
}

function convert(findings: Findings, type: FieldType, value: unknown, place: Place): unknown {
  switch (type.is) {
    case 'object':
      return asObject(findings, findings.schemas.typeNamed(type.name), value, place)
    case 'list':
      if (!Array.isArray(value)) return wrong(findings, value, place, goType(type))
      return mapped(value, (item, index) =>
        item === null ? zero(type.of) : convert(findings, type.of, item, { ...place, path: `${place.path}[${index}]` }),
      )
    case 'map':
      return asMap(findings, type, value, place)
    case 'scalar':
      return asScalar(findings, type.scalar, value, place)
  }
}

/** The same list where no item had to change. */
function mapped(list: readonly unknown[], change: (item: unknown, index: number) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined
  for (let i = 0; i < list.length; i++) {
    const next = change(list[i], i)
    if (next !== list[i]) (changed ??= [...list])[i] = next
  }
  return changed ?? list
}

const zero = (type: FieldType): unknown =>
  type.is === 'list' ? [] : type.is === 'scalar' ? zeroScalar(type.scalar) : {}

function zeroScalar(scalar: Scalar): unknown {
  if (scalar === 'q') return '0'
  if (scalar === 'b') return false
  return 'nilx'.includes(scalar) ? 0 : ''
}

function asMap(findings: Findings, type: FieldType & { is: 'list' | 'map' }, value: unknown, place: Place): unknown {
  if (!isRecord(value)) return wrong(findings, value, place, goType(type))
  let changed: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const given = value[key]
    const path = below(place.path, key)
    const next = given === null ? zero(type.of) : convert(findings, type.of, given, { ...place, path })
    if (next === given) continue
    changed ??= { ...value }
    changed[key] = next
  }
  return changed ?? value
}

const INT32_MAX = 2_147_483_647

function asScalar(findings: Findings, scalar: Scalar, value: unknown, place: Place): unknown {
  switch (scalar) {
    case '*':
      return value
    case 's':
    case 'y':
      if (typeof value !== 'string') return wrong(findings, value, place, scalar === 's' ? 'string' : '[]uint8')
      if (scalar === 'y' && !isBase64(value)) return refuse(findings, value, 'illegal base64 data at input byte 0')
      return value
    case 'b':
      return typeof value === 'boolean' ? value : wrong(findings, value, place, 'bool')
    case 'n':
      return typeof value === 'number' ? value : wrong(findings, value, place, 'float64')
    case 'i':
    case 'l': {
      const fits = Number.isInteger(value) && (scalar === 'l' || Math.abs(value as number) <= INT32_MAX)
      if (fits) return value
      const found = typeof value === 'number' ? `number ${value}` : kindOf(value)
      return wrong(findings, value, place, scalar === 'i' ? 'int32' : 'int64', found)
    }
    case 'x':
      if (typeof value === 'string' || (Number.isInteger(value) && Math.abs(value as number) <= INT32_MAX)) return value
      return refuse(findings, value, `json: cannot unmarshal ${kindOf(value)} into Go value of type int32`)
    case 'q':
      return asQuantity(findings, value)
    case 't':
    case 'u':
      if (scalar === 'u' && typeof value === 'string' && WHOLE_SECONDS.test(value)) return refuse(findings, value, withoutFraction(value)) // prettier-ignore
      if (typeof value === 'string' && (value === '' || parseTime(value) !== undefined)) return value
      if (typeof value === 'string' && WITH_OFFSET.test(value)) return value
      return refuse(findings, value, notATime(value, scalar))
  }
}

/** A time in another zone than UTC. */
const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** A time that should tell millionths of a second, and tells none. */
const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/

const withoutFraction = (value: string): string =>
  `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse ${JSON.stringify(value.slice(19))} as ".000000"`

function notATime(value: unknown, scalar: Scalar): string {
  const text = JSON.stringify(value)
  if (typeof value !== 'string') return `json: cannot unmarshal ${kindOf(value)} into Go value of type string`
  const layout = scalar === 't' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  return `parsing time ${text} as ${JSON.stringify(layout)}: cannot parse ${text} as "2006"`
}

const QUANTITY_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
/** Forms whose canonical text we do not make: powers of ten, and what is finer than a thousandth. */
const KEPT = /[eEnu]/

function asQuantity(findings: Findings, value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return refuse(findings, value, QUANTITY_FORM)
  const text = String(value)
  const thousandths = parseQuantity(text)
  if (thousandths === undefined) return refuse(findings, value, QUANTITY_FORM)
  const isExact = !KEPT.test(text) && Math.abs(thousandths) <= Number.MAX_SAFE_INTEGER
  return isExact ? formatQuantity(thousandths, text.endsWith('i')) : text
}

const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/
const isBase64 = (text: string): boolean => BASE64.test(text) && text.replace(/[\r\n]/g, '').length % 4 === 0

// ── Go's words ──────────────────────────────────────────────────────────────────────────────────────────────────────

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`
  return typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value
}

const GO_SCALARS: Readonly<Record<Scalar, string>> = {
  s: 'string',
  y: '[]uint8',
  q: 'resource.Quantity',
  t: 'v1.Time',
  u: 'v1.MicroTime',
  i: 'int32',
  l: 'int64',
  n: 'float64',
  b: 'bool',
  x: 'intstr.IntOrString',
  '*': 'runtime.RawExtension',
}

/** `core/v1.PodSpec` → `v1.PodSpec` */
const goName = (name: string): string => name.slice(name.indexOf('/') + 1)

function goType(type: FieldType): string {
  if (type.is === 'scalar') return GO_SCALARS[type.scalar]
  if (type.is === 'object') return goName(type.name)
  return `${type.is === 'list' ? '[]' : 'map[string]'}${goType(type.of)}`
}

function wrong(
  findings: Findings,
  value: unknown,
  { goPath, inside }: Place,
  type: string,
  found = kindOf(value),
): unknown {
  const place = goPath === '' ? 'Go value' : `Go struct field ${inside}.${goPath}`
  return refuse(findings, value, `json: cannot unmarshal ${found} into ${place} of type ${type}`)
}

function refuse(findings: Findings, value: unknown, problem: string): unknown {
  findings.problem ??= problem
  return value
}
