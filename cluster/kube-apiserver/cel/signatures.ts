/**
 * Functions and their overloads, as one writes them down: `def('startsWith', 'string.(string) -> bool', …)`.
 *
 * Capital letters are holes that each call fills for itself. Where a receiver stands before the bracket, it is the first argument.
 * Where to read upstream: cel-go `common/decls/decls.go`.
 */
import type { Type } from './types.ts'
import * as types from './types.ts'
import type { Value } from './values.ts'
import { CelMap, Duration, isList, Opaque, Optional, Timestamp, TypeValue, Uint } from './values.ts'

export interface Overload {
  readonly name: string
  /** Whether it is called on its first argument: `text.startsWith('a')`. */
  readonly isMember: boolean
  readonly params: readonly Type[]
  readonly result: Type
  /** `string.(string) -> bool`: what tells it apart from the others of its name. */
  readonly signature: string
  readonly run: (...args: any[]) => Value
}

export function def(name: string, signature: string, run: (...args: any[]) => Value): Overload {
  const [, receiver, inner = '', result = ''] = /^(?:(.+)\.)?\((.*)\) -> (.+)$/.exec(signature) ?? []
  const params = [...(receiver === undefined ? [] : [receiver]), ...split(inner)].map(typeNamed)
  return Object.freeze({ name, isMember: receiver !== undefined, params, result: typeNamed(result), signature, run })
}

/** The same function for several signatures. */
export const defs = (name: string, signatures: readonly string[], run: (...args: any[]) => Value): Overload[] =>
  signatures.map((signature) => def(name, signature, run))

/** At commas outside of angles. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const character of text) {
    if (character === '<') depth++
    if (character === '>') depth--
    if (character === ',' && depth === 0) {
      parts.push(part.trim())
      part = ''
    } else part += character
  }
  return part.trim() === '' ? parts : [...parts, part.trim()]
}

const SIMPLE: Readonly<Record<string, Type>> = {
  dyn: types.DYN,
  null: types.NULL,
  bool: types.BOOL,
  int: types.INT,
  uint: types.UINT,
  double: types.DOUBLE,
  string: types.STRING,
  bytes: types.BYTES,
  timestamp: types.TIMESTAMP,
  duration: types.DURATION,
}

function typeNamed(text: string): Type {
  const [, outer, inner = ''] = /^(\w+)<(.*)>$/.exec(text) ?? []
  const of = split(inner).map(typeNamed)
  if (outer === 'list') return types.listOf(of[0]!)
  if (outer === 'map') return types.mapOf(of[0]!, of[1]!)
  if (outer === 'optional') return types.optionalOf(of[0]!)
  if (outer === 'type') return types.typeOf(of[0]!)
  if (/^[A-Z]$/.test(text)) return types.param(text)
  return SIMPLE[text] ?? types.opaque(text)
}

/** Whether a value may be an argument of that type: what a checker could not know is found out here. */
export function fits(type: Type, value: Value): boolean {
  switch (type.is) {
    case 'null':
      return value === null
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return typeof value === 'bigint'
    case 'uint':
      return value instanceof Uint
    case 'double':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return value instanceof Uint8Array
    case 'timestamp':
      return value instanceof Timestamp
    case 'duration':
      return value instanceof Duration
    case 'list':
      return isList(value)
    case 'map':
    case 'object':
      return value instanceof CelMap
    case 'type':
      return value instanceof TypeValue
    case 'opaque':
      return type.name === 'optional_type' ? value instanceof Optional : value instanceof Opaque && value.type === type.name // prettier-ignore
    default:
      return true
  }
}
