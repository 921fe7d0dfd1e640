/**
 * Whether what is applied fits its type: only then is it known what its parts are called. Nothing is forgiven here: a field that
 * no type knows, or an item that is there twice, is an error, which upstream answers with 500 and no reason.
 *
 * What we leave out: all problems but the first.
 * Where to read upstream: sigs.k8s.io/structured-merge-diff `typed/{validate,helpers}.go`; apimachinery
 * `pkg/util/managedfields/internal/structuredmerge.go`.
 */
import type { Field, FieldType, Scalar, Schemas } from '#cluster/api/schema/schema.ts'
import type { Place } from './typed-value.ts'

type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `.spec.containers[name="app"].image: expected string, …`; undefined where all is well. */
export function typedProblem(schemas: Schemas, { type, field }: Place, value: unknown, path = ''): string | undefined {
  // A null says nothing.
  if (value === null || value === undefined) return undefined
  if (type.is === 'scalar') return told(path, scalarProblem(type.scalar, value))
  if (type.is === 'list') {
    return Array.isArray(value) ? itemsProblem(schemas, type.of, field, value, path) : told(path, `expected list, got &{${shown(value)}}`) // prettier-ignore
  }
  if (!isRecord(value)) return told(path, `expected map, got &{${shown(value)}}`)
  for (const key of Object.keys(value)) {
    const place = placeOf(schemas, type, key)
    const at = `${path}.${key}`
    const problem = place ? typedProblem(schemas, place, value[key], at) : told(at, 'field not declared in schema')
    if (problem !== undefined) return problem
  }
  return undefined
}

function placeOf(schemas: Schemas, type: Exclude<FieldType, { is: 'scalar' }>, key: string): Place | undefined {
  if (type.is !== 'object') return { type: type.of }
  const { fields, rest } = schemas.typeNamed(type.name)
  const field = fields.get(key)
  return field ? { type: field.type, field } : rest && { type: rest }
}

const told = (path: string, why: string | undefined): string | undefined =>
  why === undefined ? undefined : path === '' ? why : `${path}: ${why}`

function itemsProblem(
  schemas: Schemas,
  type: FieldType,
  field: Field | undefined,
  list: readonly unknown[],
  path: string,
): string | undefined {
  const known = new Set<string>()
  const isWhole = field === undefined || field.atomic || (!field.set && field.keys === undefined)
  for (const [index, item] of list.entries()) {
    const id = isWhole ? { name: `[${index}]` } : nameOfItem(field, item)
    if ('wrong' in id) return told(path, `element ${index}: ${id.wrong}`)
    if (!isWhole && known.has(id.name)) return told(path, `duplicate entries for key ${id.name}`)
    known.add(id.name)
    const problem = typedProblem(schemas, { type }, item, `${path}${id.name}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** `[name="app"]`, or `[="app"]` of an item of a set. */
function nameOfItem({ set, keys = [] }: Field, item: unknown): { readonly name: string } | { readonly wrong: string } {
  if (set) return { name: `[=${JSON.stringify(item)}]` }
  if (item === null) return { wrong: 'associative list with keys may not have a null element' }
  if (!isRecord(item)) return { wrong: 'associative list with keys may not have non-map elements' }
  const parts: string[] = []
  for (const { field, otherwise } of keys.toSorted((a, b) => (a.field < b.field ? -1 : 1))) {
    const key = item[field] ?? otherwise
    if (key === undefined) {
      return { wrong: `associative list with keys has an element that omits key field ${JSON.stringify(field)} (and doesn't have default value)` } // prettier-ignore
    }
    parts.push(`${field}=${JSON.stringify(key)}`)
  }
  return { name: `[${parts.join(',')}]` }
}

function scalarProblem(scalar: Scalar, value: unknown): string | undefined {
  switch (scalar) {
    // Amounts, and what may be a number or a text, are not looked at here.
    case '*':
    case 'q':
    case 'x':
      return undefined
    case 'b':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${shown(value)}}`
    case 'n':
    case 'i':
    case 'l':
      return typeof value === 'number' ? undefined : 'expected numeric (int or float), got *value.valueUnstructured'
    default:
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${shown(value)}}` // prettier-ignore
  }
}

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
