/**
 * Values walked along their types: what an object's parts are called, and what two objects have together.
 *
 * Where to read upstream: sigs.k8s.io/structured-merge-diff `typed/{tofieldset,compare,merge,remove}.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Field, FieldType, ObjectType, Schemas } from '#cluster/api/schema/schema.ts'
import type { FieldSet } from './field-set.ts'
import { EMPTY, isMember, reaches } from './field-set.ts'
import { union, withSelf } from './set-operations.ts'
import { noSteps, setAt, withStep } from './shared-sets.ts'

/** A place in the tree of types. */
export interface Place {
  readonly type: FieldType
  readonly field?: Field
}

interface Part {
  readonly step: string
  readonly value: unknown
  readonly place: Place
}

type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export const rootOf = ({ name }: ObjectType): Place => ({ type: { is: 'object', name } })

/** Whether a value consists of parts that can be owned one by one, and is not one whole. */
function hasParts(schemas: Schemas, { type, field }: Place, value: unknown): boolean {
  if (field?.atomic) return false
  if (type.is === 'list') return Array.isArray(value) && (field?.set === true || field?.keys !== undefined)
  if (type.is === 'scalar' || !isRecord(value)) return false
  return type.is !== 'object' || !schemas.typeNamed(type.name).atomic
}

/** Those parts; undefined where it is one whole. */
export function partsOf(schemas: Schemas, place: Place, value: unknown): Part[] | undefined {
  const { type, field } = place
  if (type.is === 'scalar' || !hasParts(schemas, place, value)) return undefined
  if (type.is === 'list') return itemsOf(type.of, field!, value as readonly unknown[])
  const record = value as Json
  if (type.is !== 'object') {
    return Object.keys(record).map((key) => ({ step: `f:${key}`, value: record[key], place: { type: type.of } }))
  }
  const { fields, rest } = schemas.typeNamed(type.name)
  const parts: Part[] = []
  for (const key of Object.keys(record)) {
    const inner = fields.get(key)
    if (inner) parts.push({ step: inner.step, value: record[key], place: { type: inner.type, field: inner } })
    else if (rest) parts.push({ step: `f:${key}`, value: record[key], place: { type: rest } })
  }
  return parts
}

function itemsOf(type: FieldType, { keys = [], set }: Field, list: readonly unknown[]): Part[] {
  if (set) return list.map((value) => ({ step: `v:${JSON.stringify(value)}`, value, place: { type } }))
  const sorted = keys.length === 1 ? keys : keys.toSorted((a, b) => (a.field < b.field ? -1 : 1))
  return list.map((value) => {
    const given = isRecord(value) ? value : {}
    let known = ''
    for (const { field, otherwise } of sorted) {
      const key = given[field] ?? otherwise
      if (key !== undefined) known += `${known === '' ? '' : ','}${JSON.stringify(field)}:${JSON.stringify(key)}`
    }
    return { step: `k:{${known}}`, value, place: { type } }
  })
}

/** Items and entries of maps are members themselves; the fields of a type are only what is in them. */
const ownsItself = (step: string, parent: Place): boolean => step.startsWith('k:') || parent.type.is === 'map'

/** All that there is in a value. */
export function fieldsOf(schemas: Schemas, place: Place, value: unknown): FieldSet {
  if (isLeaf(value)) return EMPTY
  const parts = partsOf(schemas, place, value)
  if (parts === undefined || parts.length === 0) return EMPTY
  let way = noSteps()
  for (const part of parts) {
    const below = fieldsOf(schemas, part.place, part.value)
    const owns = ownsItself(part.step, place)
    if (owns || below !== EMPTY || !isHull(schemas, part))
      way = withStep(way, part.step, owns ? withSelf(below) : below)
  }
  return setAt(way)
}

/** A list of items with nothing in it, and what has no more in it than such: there is nothing to own. */
function isHull(schemas: Schemas, { place, value }: Part): boolean {
  return hasParts(schemas, place, value) && (Array.isArray(value) || Object.keys(value as Json).length > 0)
}

export interface Comparison {
  /** Fields that the second value has anew or otherwise. */
  readonly changed: FieldSet
  /** Fields that only the first has. */
  readonly removed: FieldSet
}

export function compare(schemas: Schemas, place: Place, before: unknown, after: unknown): Comparison {
  let changed = noSteps()
  let removed = noSteps()
  const old = new Map((partsOf(schemas, place, before) ?? []).map((part) => [part.step, part]))
  for (const part of partsOf(schemas, place, after) ?? []) {
    const { step, value } = part
    const was = old.get(step)
    old.delete(step)
    if (was === undefined) changed = withStep(changed, step, withSelf(whole(schemas, part.place, value)))
    else if (!isEqual(was.value, value)) {
      // Of a list that is none yet, what comes into it is new, and it is not.
      const isWhole = !hasParts(schemas, part.place, value) || (was.value !== null && !hasParts(schemas, part.place, was.value)) // prettier-ignore
      const below = isWhole ? { changed: EMPTY, removed: EMPTY } : compare(schemas, part.place, was.value, value)
      if (isWhole || Object.keys(below.changed).length > 0) changed = withStep(changed, step, below.changed)
      if (Object.keys(below.removed).length > 0) removed = withStep(removed, step, below.removed)
    }
  }
  for (const [step, part] of old) removed = withStep(removed, step, withSelf(whole(schemas, part.place, part.value)))
  return { changed: setAt(changed), removed: setAt(removed) }
}

/** All of a value that was not there, or is no more: each part of it that has parts, too. */
function whole(schemas: Schemas, place: Place, value: unknown): FieldSet {
  // Most values have no parts, and they all share one empty set.
  if (isLeaf(value)) return EMPTY
  if (place.type.is === 'object') return wholeObject(schemas, place.type.name, place.field, value as Json)
  const parts = partsOf(schemas, place, value)
  if (parts === undefined || parts.length === 0) return EMPTY
  let way = noSteps()
  for (const part of parts) way = withStep(way, part.step, withSelf(whole(schemas, part.place, part.value)))
  return setAt(way)
}

/** The same as by its parts, which need not be made for that: an object is most of what there is in an object. */
function wholeObject(schemas: Schemas, name: string, field: Field | undefined, value: Json): FieldSet {
  const { atomic, fields, rest } = schemas.typeNamed(name)
  if (atomic || field?.atomic || Array.isArray(value)) return EMPTY
  let way = noSteps()
  for (const key of Object.keys(value)) {
    const inner = fields.get(key)
    const type = inner?.type ?? rest
    if (!type) continue
    const below = isLeaf(value[key]) ? EMPTY : whole(schemas, inner ? { type, field: inner } : { type }, value[key])
    way = withStep(way, inner?.step ?? `f:${key}`, withSelf(below))
  }
  return setAt(way)
}

const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null

/** The first value with all that the second says. */
export function merged(schemas: Schemas, place: Place, base: unknown, over: unknown): unknown {
  const mine = partsOf(schemas, place, base)
  const theirs = partsOf(schemas, place, over)
  if (mine === undefined || theirs === undefined) return over
  const known = new Map(mine.map((part) => [part.step, part]))
  if (place.type.is === 'list') {
    const values = new Map(mine.map(({ step, value }) => [step, value]))
    for (const { step, value, place: inner } of theirs)
      values.set(step, known.has(step) ? merged(schemas, inner, values.get(step), value) : value)
    return [...values.values()]
  }
  const result: Record<string, unknown> = { ...(base as Json) }
  for (const { step, value, place: inner } of theirs) {
    const name = step.slice(2)
    result[name] = known.has(step) ? merged(schemas, inner, result[name], value) : value
  }
  return result
}

/** The value without what is in a set, but for what somebody else has set too. */
export function without(
  schemas: Schemas,
  place: Place,
  value: unknown,
  gone: FieldSet,
  kept: FieldSet,
  steps: readonly string[] = [],
): unknown {
  const parts = partsOf(schemas, place, value)
  if (parts === undefined) return value
  const left: [Part, unknown][] = []
  for (const part of parts) {
    const path = [...steps, part.step]
    const mark = gone[part.step]
    if (mark === undefined) left.push([part, part.value])
    else if (!isMember(mark) || reaches(kept, path)) {
      const inner = without(schemas, part.place, part.value, mark, kept, path)
      // What had something and has nothing now is gone, unless it was there for its own sake.
      if (!isHollow(inner) || isHollow(part.value) || reaches(kept, path)) left.push([part, inner])
    }
  }
  if (place.type.is === 'list') return left.map(([, inner]) => inner)
  const steady = Object.entries(value as Json).filter(([key]) => !parts.some(({ step }) => step === `f:${key}`))
  return Object.fromEntries([...left.map(([{ step }, inner]) => [step.slice(2), inner]), ...steady])
}

const isHollow = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** All fields of all sets. */
export const unionOf = (sets: readonly FieldSet[]): FieldSet => sets.reduce(union, EMPTY)
