/**
 * Types of CEL as the checker knows them, and how messages write them.
 *
 * Where to read upstream: cel-go `common/types/types.go`, `checker/{types,format}.go`.
 */

export type Type =
  | { readonly is: Simple }
  | { readonly is: 'list'; readonly of: Type }
  | { readonly is: 'map'; readonly key: Type; readonly of: Type }
  | { readonly is: 'object'; readonly name: string; readonly fields: ReadonlyMap<string, Type> }
  | { readonly is: 'opaque'; readonly name: string; readonly of: readonly Type[] }
  | { readonly is: 'type'; readonly of: Type }
  /** A hole that each use of a function fills for itself. */
  | { readonly is: 'param'; readonly name: string }

type Simple = 'dyn' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' | 'error' // prettier-ignore

const simple = (is: Simple): Type => Object.freeze({ is })
export const DYN = simple('dyn')
export const NULL = simple('null')
export const BOOL = simple('bool')
export const INT = simple('int')
export const UINT = simple('uint')
export const DOUBLE = simple('double')
export const STRING = simple('string')
export const BYTES = simple('bytes')
export const TIMESTAMP = simple('timestamp')
export const DURATION = simple('duration')
/** Of what has been complained of already. */
export const ERROR = simple('error')

export const listOf = (of: Type): Type => Object.freeze({ is: 'list', of })
export const mapOf = (key: Type, of: Type): Type => Object.freeze({ is: 'map', key, of })
export const typeOf = (of: Type): Type => Object.freeze({ is: 'type', of })
export const param = (name: string): Type => Object.freeze({ is: 'param', name })
export const opaque = (name: string, ...of: readonly Type[]): Type => Object.freeze({ is: 'opaque', name, of })
export const optionalOf = (of: Type): Type => opaque('optional_type', of)
export const objectOf = (name: string, fields: Iterable<readonly [string, Type]>): Type =>
  Object.freeze({ is: 'object', name, fields: new Map(fields) })

export const isOptional = (type: Type): type is Extract<Type, { is: 'opaque' }> =>
  type.is === 'opaque' && type.name === 'optional_type'

/** As in `found no matching overload for '_+_' applied to '(int, list(string))'`. */
export function showType(type: Type): string {
  switch (type.is) {
    case 'list':
      return `list(${showType(type.of)})`
    case 'map':
      return `map(${showType(type.key)}, ${showType(type.of)})`
    case 'object':
      return type.name
    case 'opaque':
      return type.of.length === 0 ? type.name : `${type.name}(${type.of.map(showType).join(', ')})`
    case 'type':
      return `type(${showType(type.of)})`
    case 'param':
      return type.name
    case 'error':
      return '!error!'
    default:
      return type.is
  }
}

const LONG: Readonly<Record<string, string>> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  null: 'null_type',
}

/** The name that a type has as a value: `google.protobuf.Timestamp`, `list(string)`. */
export function nameOfType(type: Type): string {
  switch (type.is) {
    case 'list':
      return `list(${nameOfType(type.of)})`
    case 'map':
      return `map(${nameOfType(type.key)}, ${nameOfType(type.of)})`
    default:
      return LONG[type.is] ?? showType(type)
  }
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true
  if (a.is === 'object' && b.is === 'object') return a.fields === b.fields
  return nameOfType(a) === nameOfType(b)
}

// ── which type may stand for which ──────────────────────────────────────────────────────────────────────────────────

/** What holes have been filled with so far. */
export type Filled = Map<string, Type>

const seenThrough = (type: Type, filled: Filled): Type => {
  let next = type
  while (next.is === 'param' && filled.has(next.name)) next = filled.get(next.name)!
  return next
}

/** The type with its holes filled; those that nothing has filled are dyn. */
export function fill(type: Type, filled: Filled): Type {
  const seen = seenThrough(type, filled)
  switch (seen.is) {
    case 'param':
      return DYN
    case 'list':
      return listOf(fill(seen.of, filled))
    case 'map':
      return mapOf(fill(seen.key, filled), fill(seen.of, filled))
    case 'opaque':
      return seen.of.length === 0 ? seen : opaque(seen.name, ...seen.of.map((one) => fill(one, filled)))
    case 'type':
      return typeOf(fill(seen.of, filled))
    default:
      return seen
  }
}

/** Whether a value of type `from` may stand where `to` is wanted; fills holes on the way. */
export function assignable(filled: Filled, to: Type, from: Type): boolean {
  const a = seenThrough(to, filled)
  const b = seenThrough(from, filled)
  if (a === b) return true
  if (a.is === 'param') return fillHole(filled, a.name, b)
  if (b.is === 'param') return fillHole(filled, b.name, a)
  if (isAnything(a) || isAnything(b)) return true
  if (b.is === 'null') return a.is === 'object' || a.is === 'opaque' || a.is === 'timestamp' || a.is === 'duration' || a.is === 'null' // prettier-ignore
  if (a.is === 'list' && b.is === 'list') return assignable(filled, a.of, b.of)
  if (a.is === 'map' && b.is === 'map') return assignable(filled, a.key, b.key) && assignable(filled, a.of, b.of)
  if (a.is === 'opaque' && b.is === 'opaque') {
    return a.name === b.name && a.of.every((one, i) => assignable(filled, one, b.of[i] ?? DYN))
  }
  if (a.is === 'object' && b.is === 'object') return a.fields === b.fields
  return a.is === b.is
}

const isAnything = ({ is }: Type): boolean => is === 'dyn' || is === 'error'

/** A hole takes what comes first; that it does not hold itself. */
function fillHole(filled: Filled, name: string, type: Type): boolean {
  if (type.is === 'param' && type.name === name) return true
  if (holds(type, name, filled)) return false
  filled.set(name, type)
  return true
}

function holds(type: Type, name: string, filled: Filled): boolean {
  const seen = seenThrough(type, filled)
  switch (seen.is) {
    case 'param':
      return seen.name === name
    case 'list':
    case 'type':
      return holds(seen.of, name, filled)
    case 'map':
      return holds(seen.key, name, filled) || holds(seen.of, name, filled)
    case 'opaque':
      return seen.of.some((one) => holds(one, name, filled))
    default:
      return false
  }
}

/** The type that both are; undefined: there is none. */
export function joined(filled: Filled, a: Type, b: Type): Type | undefined {
  if (assignable(filled, a, b)) return isAnything(seenThrough(b, filled)) ? b : a
  if (assignable(filled, b, a)) return b
  return undefined
}
