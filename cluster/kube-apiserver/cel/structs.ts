/**
 * Objects that expressions make: `Object{spec: Object.spec{replicas: 3}}` and `JSONPatch{op: "add", …}`, where a policy changes what is
 * written; and any value as JSON.
 *
 * Where to read upstream: apiserver `pkg/cel/mutation/{typeresolver,jsonpatch}.go`, `pkg/cel/mutation/common/val.go`,
 * `pkg/cel/library/jsonpatch.go`.
 */
import type { Overload } from './signatures.ts'
import { def } from './signatures.ts'
import { showDuration, showTimestamp } from './time.ts'
import type { Type } from './types.ts'
import { DYN, objectOf, STRING } from './types.ts'
import type { Value } from './values.ts'
import { CelMap, Duration, fail, isList, LiteralMap, Timestamp, typeName, Uint } from './values.ts'

/** Among the variables: that such objects can be made. */
export const STRUCTS = '@structs'

/** Fields of which nothing is known. */
class AnyFields extends Map<string, Type> {
  override get(): Type {
    return DYN
  }
}

export const JSON_PATCH = objectOf('JSONPatch', [['op', STRING], ['path', STRING], ['from', STRING], ['value', DYN]]) // prettier-ignore
const made = new Map<string, Type>([['JSONPatch', JSON_PATCH]])
const MADE_MAX = 1_000

/** Undefined: no such object can be made. */
export function structType(name: string): Type | undefined {
  const known = made.get(name)
  if (known || !/^Object(?:\.\w+)*$/.test(name)) return known
  const type: Type = Object.freeze({ is: 'object', name, fields: new AnyFields() })
  if (made.size >= MADE_MAX) return type
  made.set(name, type)
  return type
}

export const APPLY_CONFIGURATION = structType('Object')!

export class StructValue extends LiteralMap {
  readonly #name: string
  constructor(name: string, entries: Iterable<readonly [Value, Value]>) {
    super(entries)
    this.#name = name
  }
  override get type(): string {
    return this.#name
  }
}

/** Names of types must be where they say that they are: `Object.spec` in the field `spec` of an `Object`. */
export function checkNames(value: Value, path: string): void {
  if (isList(value)) for (const item of value) checkNames(item, path)
  if (!(value instanceof CelMap)) return
  if (value instanceof StructValue && value.type !== path) {
    fail(`type mismatch: unexpected type name ${JSON.stringify(value.type)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`) // prettier-ignore
  }
  for (const key of value.keys()) checkNames(value.get(key)!, `${path}.${String(key)}`)
}

export function toJson(value: Value): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value // prettier-ignore
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (value instanceof Timestamp) return showTimestamp(value)
  if (value instanceof Duration) return showDuration(value)
  if (isList(value)) return value.map(toJson)
  if (value instanceof CelMap) return Object.fromEntries(value.keys().map((key) => [String(key), toJson((value as CelMap).get(key)!)])) // prettier-ignore
  return fail(`no JSON of ${typeName(value)}`)
}

export const JSON_PATCHES: readonly Overload[] = [
  def('jsonpatch.escapeKey', '(string) -> string', (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')),
]
