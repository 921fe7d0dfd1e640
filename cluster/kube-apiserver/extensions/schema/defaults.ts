/**
 * Defaults of a schema: put in where a field is missing, or is null and may not be.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/schema/defaulting/algorithm.go`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import type { Json } from './prune.ts'
import { isRecord, mapped } from './prune.ts'

/** The same value where nothing was missing. */
export function withDefaults<T>(schema: JsonSchema, value: T): T {
  return fill(schema, value) as T
}

function fill(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? mapped(value, (item) => fillItem(items, item)) : value
  }
  return isRecord(value) ? fillObject(schema, value) : value
}

/** A null that has a default, and may not be null, becomes the default. */
const fillItem = (schema: JsonSchema, item: unknown): unknown =>
  item === null && !schema.nullable && schema.default !== undefined ? schema.default : fill(schema, item)

function fillObject(schema: JsonSchema, value: Json): Json {
  const { properties = {}, additionalProperties } = schema
  let changed: Record<string, unknown> | undefined
  for (const [key, inner] of Object.entries(properties)) {
    const given = value[key]
    let next = given
    if (given === undefined || (given === null && !inner.nullable)) {
      // A null without a default is as if it were not there.
      next = inner.default
      if (next === undefined && given === null) {
        changed ??= { ...value }
        delete changed[key]
        continue
      }
    }
    if (next === undefined) continue
    next = fill(inner, next)
    if (next !== given) (changed ??= { ...value })[key] = next
  }
  if (typeof additionalProperties === 'object') {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(properties, key)) continue
      const next = fillItem(additionalProperties, value[key])
      if (next !== value[key]) (changed ??= { ...value })[key] = next
    }
  }
  return changed ?? value
}
