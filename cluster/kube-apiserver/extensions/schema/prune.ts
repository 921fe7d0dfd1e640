/**
 * Pruning: what a schema does not know does not reach the store.
 *
 * Of the root and of embedded objects, `apiVersion`, `kind` and `metadata` are always known.
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/schema/pruning/algorithm.go`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'

export type Json = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const OF_OBJECTS: readonly string[] = ['apiVersion', 'kind', 'metadata']

export interface Pruned {
  /** The same value where nothing had to go. */
  readonly value: unknown
  /** Paths of what has gone: `spec.items[0].colour`. */
  readonly unknown: readonly string[]
}

export function prune(schema: JsonSchema, body: Json): Pruned {
  const unknown: string[] = []
  return { value: pruneObject(schema, body, '', true, unknown), unknown }
}

function pruneValue(schema: JsonSchema, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    if (!items) return value
    return mapped(value, (item, i) => pruneValue(items, item, `${path}[${i}]`, unknown))
  }
  return isRecord(value) ? pruneObject(schema, value, path, schema['x-kubernetes-embedded-resource'] === true, unknown) : value // prettier-ignore
}

function pruneObject(schema: JsonSchema, value: Json, path: string, isObject: boolean, unknown: string[]): Json {
  const { properties = {}, additionalProperties } = schema
  const keepsAll = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
  let changed: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    if (isObject && OF_OBJECTS.includes(key)) continue
    const place = path === '' ? key : `${path}.${key}`
    const inner = Object.hasOwn(properties, key)
      ? properties[key]!
      : typeof additionalProperties === 'object'
        ? additionalProperties
        : undefined
    if (inner === undefined) {
      if (keepsAll) continue
      unknown.push(place)
      changed ??= { ...value }
      delete changed[key]
      continue
    }
    const next = pruneValue(inner, value[key], place, unknown)
    if (next !== value[key]) (changed ??= { ...value })[key] = next
  }
  return changed ?? value
}

/** The same list where no item had to change. */
export function mapped(
  list: readonly unknown[],
  change: (item: unknown, index: number) => unknown,
): readonly unknown[] {
  let changed: unknown[] | undefined
  for (let i = 0; i < list.length; i++) {
    const next = change(list[i], i)
    if (next !== list[i]) (changed ??= [...list])[i] = next
  }
  return changed ?? list
}
