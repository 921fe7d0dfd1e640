/**
 * A custom object measured against its schema, in the words of the validator that upstream uses.
 *
 * On an update, what has not changed is not looked at again (ratcheting), so that a stricter schema does not lock in what was
 * stored before; items of lists are compared only where they are known by keys.
 * Rules in CEL have a file of their own, `rules.ts`.
 * Where to read upstream: kube-openapi `pkg/validation/validate`; apiextensions-apiserver
 * `pkg/apiserver/{validation/validation.go,schema/listtype/validation.go,schema/objectmeta/validation.go}`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { FieldError } from '../../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../../status.ts'
import { patternOf } from '../../validation/pattern.ts'
import { hasFormat } from './formats.ts'
import type { Json } from './prune.ts'
import { isRecord } from './prune.ts'

/** What upstream prints for a path that is empty. */
const NOWHERE = '<nil>'

export function validateCustom(schema: JsonSchema, value: unknown, old?: unknown): FieldError[] {
  return [...check(schema, value, '', old), ...checkLists(schema, value, '', old)]
}

const inBody = (path: string, text: string): string => `${path} in body ${text}`
const wrong = (path: string, value: unknown, text: string): FieldError =>
  invalidValue(path || NOWHERE, value, inBody(path, text))

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

function check(schema: JsonSchema, value: unknown, path: string, old: unknown): FieldError[] {
  if (old !== undefined && isEqual(value, old)) return []
  if (value === null && schema.nullable) return []
  const errors = [...checkType(schema, value, path), ...checkJunctors(schema, value, path, old)]
  if (typeof value === 'string') errors.push(...checkText(schema, value, path))
  else if (typeof value === 'number') errors.push(...checkNumber(schema, value, path))
  else if (Array.isArray(value)) errors.push(...checkList(schema, value, path, old))
  if (schema.enum && !schema.enum.some((one) => isEqual(one, value))) {
    const values = schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    errors.push(notSupported(path || NOWHERE, value, values))
  }
  if (isRecord(value)) errors.push(...checkObject(schema, value, path, old))
  return errors
}

// ── types ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function checkType(schema: JsonSchema, value: unknown, path: string): FieldError[] {
  const types = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : []
  const actual = typeOf(value)
  if (types.length > 0 && !types.includes(actual) && !(actual === 'integer' && types.includes('number'))) {
    return [wrongType(path, actual, types.join(','))]
  }
  const { format } = schema
  if (format === undefined || typeof value !== 'string' || hasFormat(format, value)) return []
  return [wrongType(path, value, format)]
}

const wrongType = (path: string, value: string, type: string): FieldError => ({
  ...wrong(path, value, `must be of type ${type}: ${JSON.stringify(value)}`),
  reason: 'FieldValueTypeInvalid',
})

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function checkText(schema: JsonSchema, value: string, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { maxLength, minLength, pattern } = schema
  const length = [...value].length
  if (maxLength !== undefined && length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`
    errors.push({ reason: 'FieldValueTooLong', field: path || NOWHERE, message })
  }
  if (minLength !== undefined && length < minLength) {
    errors.push(wrong(path, value, `should be at least ${minLength} chars long`))
  }
  if (pattern && !patternOf(pattern).test(value)) errors.push(wrong(path, value, `should match '${pattern}'`))
  return errors
}

function checkNumber(schema: JsonSchema, value: number, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    errors.push(wrong(path, value, `should be a multiple of ${multipleOf}`))
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    errors.push(wrong(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`))
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    errors.push(wrong(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`))
  }
  return errors
}

const tooMany = (path: string, count: number, most: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field: path || NOWHERE,
  message: `Too many: ${count}: must have at most ${most} items`,
})

function checkList(schema: JsonSchema, value: readonly unknown[], path: string, old: unknown): FieldError[] {
  const errors: FieldError[] = []
  const { items, maxItems, minItems } = schema
  if (items) {
    const before = itemsByKey(schema, old)
    value.forEach((item, i) => errors.push(...check(items, item, `${path}[${i}]`, before?.get(keyOf(schema, item)))))
  }
  if (minItems !== undefined && value.length < minItems) {
    errors.push(wrong(path, value.length, `should have at least ${minItems} items`))
  }
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems))
  return errors
}

function checkObject(schema: JsonSchema, value: Json, path: string, old: unknown): FieldError[] {
  const errors: FieldError[] = []
  const { properties = {}, additionalProperties, required: needed = [], minProperties, maxProperties } = schema
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  if (minProperties !== undefined && keys.length < minProperties) {
    errors.push(wrong(path, minProperties, `should have at least ${minProperties} properties`))
  }
  if (maxProperties !== undefined && keys.length > maxProperties) errors.push(tooMany(path, keys.length, maxProperties))
  const before = isRecord(old) ? old : {}
  for (const key of keys) {
    const inner = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    if (typeof inner === 'object') errors.push(...check(inner, value[key], below(path, key), before[key]))
  }
  for (const key of needed) if (!keys.includes(key)) errors.push(required(below(path, key)))
  return errors
}

// ── several schemas at once ─────────────────────────────────────────────────────────────────────────────────────────

/** Upstream tells these of no path. */
const junctor = (path: string, text: string): FieldError => invalidValue(NOWHERE, '', `${JSON.stringify(path)} ${text}`)

function checkJunctors(schema: JsonSchema, value: unknown, path: string, old: unknown): FieldError[] {
  const { allOf, anyOf, oneOf, not } = schema
  const errors: FieldError[] = []
  const tryAll = (all: readonly JsonSchema[]) => all.map((one) => check(one, value, path, old))
  const best = (outcomes: FieldError[][]): FieldError[] => outcomes.reduce((a, b) => (b.length < a.length ? b : a))
  if (anyOf?.length) {
    const outcomes = tryAll(anyOf)
    if (outcomes.every((one) => one.length > 0)) {
      errors.push(junctor(path, 'must validate at least one schema (anyOf)'), ...best(outcomes))
    }
  }
  if (oneOf?.length) {
    const outcomes = tryAll(oneOf)
    const valid = outcomes.filter((one) => one.length === 0).length
    if (valid !== 1) {
      const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
      errors.push(junctor(path, `must validate one and only one schema (oneOf). ${found}`))
      if (valid === 0) errors.push(...best(outcomes))
    }
  }
  if (allOf?.length) {
    const failed = tryAll(allOf).flat()
    if (failed.length > 0) errors.push(junctor(path, 'must validate all the schemas (allOf)'), ...failed)
  }
  if (not && check(not, value, path, undefined).length === 0) {
    errors.push(junctor(path, 'must not validate the schema (not)'))
  }
  return errors
}

// ── lists with keys, and objects within objects ─────────────────────────────────────────────────────────────────────

/** What an item of a list is known by. */
function keyOf(schema: JsonSchema, item: unknown): string {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const given = isRecord(item) ? item : {}
  return JSON.stringify(keys.map((key) => [key, given[key] ?? null]))
}

function itemsByKey(schema: JsonSchema, list: unknown): ReadonlyMap<string, unknown> | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(list)) return undefined
  return new Map(list.map((item) => [keyOf(schema, item), item]))
}

/** Every item once, where the schema says so; embedded objects say what they are. */
function checkLists(schema: JsonSchema, value: unknown, path: string, old: unknown): FieldError[] {
  if (old !== undefined && isEqual(value, old)) return []
  if (Array.isArray(value)) {
    const before = itemsByKey(schema, old)
    const inner = schema.items ? value.flatMap((item, i) => checkLists(schema.items!, item, `${path}[${i}]`, before?.get(keyOf(schema, item)))) : [] // prettier-ignore
    return [...duplicates(schema, value, path), ...inner]
  }
  if (!isRecord(value)) return []
  const { properties = {}, additionalProperties } = schema
  const before = isRecord(old) ? old : {}
  const errors = schema['x-kubernetes-embedded-resource'] ? embeddedErrors(value, path) : []
  for (const key of Object.keys(value)) {
    const inner = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    if (typeof inner === 'object') errors.push(...checkLists(inner, value[key], below(path, key), before[key]))
  }
  return errors
}

function duplicates(schema: JsonSchema, list: readonly unknown[], path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type']
  if (type !== 'set' && type !== 'map') return []
  const seen = new Set<string>()
  return list.flatMap((item, i) => {
    const key = type === 'set' ? JSON.stringify(item) : keyOf(schema, item)
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    const shown = type === 'set' ? item : Object.fromEntries(JSON.parse(key) as [string, unknown][])
    return [duplicateValue(`${path}[${i}]`, shown)]
  })
}

const embeddedErrors = (value: Json, path: string): FieldError[] =>
  ['apiVersion', 'kind'].flatMap((field) =>
    typeof value[field] === 'string' && value[field] !== '' ? [] : [required(`${path}.${field}`, 'must not be empty')],
  )
