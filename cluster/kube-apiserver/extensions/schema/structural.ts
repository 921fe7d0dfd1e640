/**
 * Whether a schema is structural: it says of every field of which type it is, once and outside of `allOf`, `anyOf`, `oneOf`, `not`;
 * else nothing could be pruned or defaulted by it.
 *
 * Rules in CEL have a file of their own, `rule-errors.ts`.
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/schema/{validation,structural,complete}.go`,
 * `pkg/apis/apiextensions/validation/validation.go` (ValidateCustomResourceDefinitionOpenAPISchema).
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { FieldError } from '../../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../../status.ts'
import { isRecord } from './prune.ts'
import { patternOf } from '../../validation/pattern.ts'
import { validateCustom } from './validate.ts'

type Level = 'root' | 'items' | 'field'

const WHERE: Readonly<Record<Level, string>> = {
  root: 'at the root',
  items: 'for specified array items',
  field: 'for specified object fields',
}

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }]

export function structuralErrors(schema: JsonSchema, path: string): FieldError[] {
  const structural = [...levelErrors(schema, 'root', path), ...completenessErrors(schema, path)].sort(byText)
  return [...shapeErrors(schema, path), ...structural].filter((error, i, all) => all.findIndex((one) => isEqual(one, error)) === i) // prettier-ignore
}

const textOf = ({ field, message }: FieldError): string => `${field}: ${message}`
const byText = (a: FieldError, b: FieldError): number => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0)

const entriesOf = (schema: JsonSchema): [string, JsonSchema][] => Object.entries(schema.properties ?? {})
const keyed = (path: string, field: string, key: string): string => `${path}.${field}[${key}]`

/** Every schema below this one that describes a part of the value, with its path. */
function partsOf(schema: JsonSchema, path: string): [JsonSchema, Level, string][] {
  const { items, additionalProperties } = schema
  return [
    ...(items ? [[items, 'items', `${path}.items`] as [JsonSchema, Level, string]] : []),
    ...entriesOf(schema).map(([key, inner]): [JsonSchema, Level, string] => [inner, 'field', keyed(path, 'properties', key)]), // prettier-ignore
    ...(isRecord(additionalProperties)
      ? [[additionalProperties, 'field', `${path}.additionalProperties`] as [JsonSchema, Level, string]]
      : []),
  ]
}

function junctorsOf(schema: JsonSchema, path: string): [JsonSchema, string][] {
  const lists = (['allOf', 'anyOf', 'oneOf'] as const).flatMap((name) =>
    (schema[name] ?? []).map((one, i): [JsonSchema, string] => [one, `${path}.${name}[${i}]`]),
  )
  return schema.not ? [...lists, [schema.not, `${path}.not`]] : lists
}

// ── each schema by itself ───────────────────────────────────────────────────────────────────────────────────────────

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const UNKNOWN_TO_CLUSTERS = [
  '$ref',
  'definitions',
  'dependencies',
  'patternProperties',
  'additionalItems',
  'id',
] as const

function shapeErrors(schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { type, properties, additionalProperties, pattern } = schema
  if (type !== undefined && !TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES))
  for (const name of UNKNOWN_TO_CLUSTERS) {
    if (Object.hasOwn(schema, name)) errors.push(forbiddenValue(`${path}.${name}`, `${name} is not supported`))
  }
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.push(forbiddenValue(`${path}.uniqueItems`, why))
  }
  if (additionalProperties === false) {
    errors.push(forbiddenValue(`${path}.additionalProperties`, 'additionalProperties cannot be set to false'))
  } else if (isRecord(additionalProperties) && properties && Object.keys(properties).length > 0) {
    errors.push(
      forbiddenValue(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    )
  }
  if (Array.isArray(schema.items)) {
    errors.push(forbiddenValue(`${path}.items`, 'items must be a schema object and not an array'))
  }
  if (pattern) {
    try {
      patternOf(pattern)
    } catch (error) {
      const why = `must be a valid regular expression, but isn't: ${(error as Error).message}`
      errors.push(invalidValue(`${path}.pattern`, pattern, why))
    }
  }
  errors.push(...listErrors(schema, path))
  if (schema.default !== undefined) errors.push(...validateCustom(schema, schema.default).map((error) => ({ ...error, field: error.field === '<nil>' ? `${path}.default` : `${path}.default.${error.field}` }))) // prettier-ignore
  for (const [inner, , place] of partsOf(schema, path)) errors.push(...shapeErrors(inner, place))
  for (const [inner, place] of junctorsOf(schema, path)) errors.push(...shapeErrors(inner, place))
  return errors
}

function listErrors(schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  const mapType = schema['x-kubernetes-map-type']
  if (listType !== undefined) {
    const at = `${path}.x-kubernetes-list-type`
    if (!['atomic', 'set', 'map'].includes(listType)) errors.push(notSupported(at, listType, ['atomic', 'map', 'set']))
    if (schema.type !== 'array') errors.push(invalidValue(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified')) // prettier-ignore
    if (listType === 'map' && !keys?.length) {
      errors.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
    }
  }
  if (keys?.length && listType !== 'map') {
    errors.push(invalidValue(`${path}.x-kubernetes-list-type`, listType ?? '', 'must be map if x-kubernetes-list-map-keys is non-empty')) // prettier-ignore
  }
  if (listType === 'map' && schema.items) {
    if (schema.items.type !== 'object') errors.push(invalidValue(`${path}.items.type`, schema.items.type ?? '', 'must be object if parent array\'s x-kubernetes-list-type is map')) // prettier-ignore
    for (const key of keys ?? []) errors.push(...keyErrors(schema.items, key, path))
  }
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType)) {
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']))
  }
  return errors
}

function keyErrors(items: JsonSchema, key: string, path: string): FieldError[] {
  const field = items.properties?.[key]
  if (!field) {
    const why = `entries must all be names of item properties`
    return [invalidValue(`${path}.x-kubernetes-list-map-keys`, [key], why)]
  }
  if (field.default !== undefined || items.required?.includes(key)) return []
  const at = `${keyed(`${path}.items`, 'properties', key)}.default`
  const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
  return [required(at, why)]
}

// ── by level ────────────────────────────────────────────────────────────────────────────────────────────────────────

function levelErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { type, items, additionalProperties, properties } = schema
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  if (type === 'array' && !items) errors.push(required(`${path}.items`, 'must be specified'))
  for (const [inner, below, place] of partsOf(schema, path)) errors.push(...levelErrors(inner, below, place))
  if (additionalProperties !== undefined && level === 'root') {
    errors.push(forbiddenValue(`${path}.additionalProperties`, 'must not be used at the root'))
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  if (isIntOrString && keepsUnknown) {
    const why = 'must be false if x-kubernetes-int-or-string is true'
    errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, true, why))
  }
  if (isEmbedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(type ? invalidValue(`${path}.type`, type, why) : required(`${path}.type`, why))
  } else if (!type && !isIntOrString && !keepsUnknown) {
    errors.push(required(`${path}.type`, `must not be empty ${WHERE[level]}`))
  }
  if (isIntOrString && type) {
    errors.push(invalidValue(`${path}.type`, type, 'must be empty if x-kubernetes-int-or-string is true'))
  }
  if (level === 'root' && type && type !== 'object')
    errors.push(invalidValue(`${path}.type`, type, 'must be object at the root'))
  if (isEmbedded && !keepsUnknown && !properties) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(required(`${path}.properties`, why))
  }
  if (level === 'root' && properties?.['metadata']) errors.push(...metadataErrors(properties['metadata'], path))
  const skipsAnyOf = isIntOrString && isEqual(schema.anyOf, INT_OR_STRING)
  for (const [inner, place] of junctorsOf(skipsAnyOf ? { ...schema, anyOf: [] } : schema, path))
    errors.push(...nestedErrors(inner, place, isIntOrString))
  return errors
}

function metadataErrors(metadata: JsonSchema, path: string): FieldError[] {
  const { type, properties = {}, description: _, ...rest } = metadata
  const isPlain = Object.keys(rest).length === 0 && Object.keys(properties).every((key) => key === 'name' || key === 'generateName') // prettier-ignore
  const at = keyed(path, 'properties', 'metadata')
  const errors = type === 'object' ? [] : [invalidValue(`${at}.type`, type ?? '', 'must be object')]
  if (isPlain) return errors
  const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
  return [...errors, forbiddenValue(at, why)]
}

const FORBIDDEN_WITHIN: Readonly<Record<string, string>> = {
  type: 'must be empty to be structural',
  additionalProperties: 'must be undefined to be structural',
  default: 'must be undefined to be structural',
  title: 'must be empty to be structural',
  description: 'must be empty to be structural',
  nullable: 'must be false to be structural',
  'x-kubernetes-preserve-unknown-fields': 'must be false to be structural',
  'x-kubernetes-embedded-resource': 'must be false to be structural',
  'x-kubernetes-int-or-string': 'must be false to be structural',
  'x-kubernetes-list-map-keys': 'must be empty to be structural',
  'x-kubernetes-list-type': 'must be undefined to be structural',
  'x-kubernetes-map-type': 'must be undefined to be structural',
  // Rules within `allOf` could be run; upstream does not let definitions have them yet (AllowNestedXValidations).
  'x-kubernetes-validations': 'must be empty to be structural',
}

/** Within `allOf` and its like there is nothing but conditions on values. */
function nestedErrors(schema: JsonSchema, path: string, isIntOrString: boolean): FieldError[] {
  const errors: FieldError[] = []
  for (const [name, why] of Object.entries(FORBIDDEN_WITHIN))
    if (Object.hasOwn(schema, name)) errors.push(forbiddenValue(`${path}.${name}`, why))
  if (schema.properties?.['metadata']) {
    errors.push(forbiddenValue(keyed(path, 'properties', 'metadata'), 'must not be specified in a nested context'))
  }
  for (const [inner, , place] of partsOf(schema, path)) errors.push(...nestedErrors(inner, place, false))
  const isPattern = isIntOrString && isEqual(schema.anyOf, INT_OR_STRING)
  for (const [inner, place] of junctorsOf(isPattern ? { ...schema, anyOf: [] } : schema, path))
    errors.push(...nestedErrors(inner, place, false))
  return errors
}

// ── what conditions speak of must be there ──────────────────────────────────────────────────────────────────────────

function completenessErrors(schema: JsonSchema, path: string): FieldError[] {
  const own = junctorsOf(schema, path).flatMap(([inner, place]) => missing(inner, schema, place, path))
  return [...own, ...partsOf(schema, path).flatMap(([inner, , place]) => completenessErrors(inner, place))]
}

/** The fields that a condition names and the schema around it does not. */
function missing(condition: JsonSchema, schema: JsonSchema | undefined, from: string, path: string): FieldError[] {
  if (!schema) return [required(path, `because it is defined in ${from}`)]
  return [
    ...junctorsOf(condition, from).flatMap(([inner, place]) => missing(inner, schema, place, path)),
    ...(condition.items ? missing(condition.items, schema.items, `${from}.items`, `${path}.items`) : []),
    ...entriesOf(condition).flatMap(([key, inner]) =>
      missing(inner, schema.properties?.[key], keyed(from, 'properties', key), keyed(path, 'properties', key)),
    ),
  ]
}
