/**
 * Types of an expression's parts, which overloads of functions may be meant, and all that cannot be.
 *
 * Where to read upstream: cel-go `checker/{checker,errors}.go`.
 */
import { overloadsOf } from './library.ts'
import type { Overload } from './signatures.ts'
import { STRUCTS, structType } from './structs.ts'
import type { Call, Fold, Issue, ListNode, Literal, MapNode, Node, Select, Struct } from './syntax.ts'
import { OPERATOR } from './syntax.ts'
import type { Filled, Type } from './types.ts'
import * as types from './types.ts'
import { assignable, BOOL, DYN, ERROR, fill, isOptional, joined, listOf, mapOf, optionalOf, param, showType, STRING } from './types.ts' // prettier-ignore
import type { Value } from './values.ts'
import { Duration, Timestamp, TypeValue, Uint } from './values.ts'

/** Variables by name; names may have dots in them. */
export type Variables = ReadonlyMap<string, Type>

export interface Checked {
  readonly node: Node
  readonly types: ReadonlyMap<Node, Type>
  readonly overloads: ReadonlyMap<Node, readonly Overload[]>
  /** What a name, or a path of names, stands for: the full name of a variable, or a type. */
  readonly names: ReadonlyMap<Node, string | TypeValue>
  /** Calls whose target is a part of the function's name: `ip.isCanonical(…)`. */
  readonly qualified: ReadonlyMap<Node, string>
  /** Variables that are named anywhere. */
  readonly uses: ReadonlySet<string>
}

const TYPE_NAMES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...([types.BOOL, types.INT, types.UINT, types.DOUBLE, types.STRING, types.BYTES] as const).map((one): [string, Type] => [one.is, one]), // prettier-ignore
  ['null_type', types.NULL],
  ['list', listOf(DYN)],
  ['map', mapOf(DYN, DYN)],
  ['type', types.typeOf(DYN)],
  ['google.protobuf.Timestamp', types.TIMESTAMP],
  ['google.protobuf.Duration', types.DURATION],
  ['optional_type', optionalOf(DYN)],
  ...['net.IP', 'net.CIDR', 'kubernetes.URL', 'kubernetes.Quantity', 'kubernetes.Semver'].map((name): [string, Type] => [name, types.opaque(name)]), // prettier-ignore
])

export function check(node: Node, variables: Variables): Checked | { readonly issues: readonly Issue[] } {
  const checker = new Checker(variables)
  checker.type(node)
  return checker.issues.length > 0 ? { issues: checker.issues } : checker.finished(node)
}

/** `a.b.c`, where an expression is nothing but names. */
function pathOf(node: Node): string | undefined {
  if (node.is === 'ident') return node.name
  if (node.is !== 'select' || node.tests) return undefined
  const before = pathOf(node.operand)
  return before === undefined ? undefined : `${before}.${node.field}`
}

class Checker {
  readonly issues: Issue[] = []
  readonly #variables: Variables
  readonly #types = new Map<Node, Type>()
  readonly #overloads = new Map<Node, readonly Overload[]>()
  readonly #names = new Map<Node, string | TypeValue>()
  readonly #qualified = new Map<Node, string>()
  readonly #uses = new Set<string>()
  #locals: readonly (readonly [string, Type])[] = []
  #filled: Filled = new Map()
  #holes = 0

  constructor(variables: Variables) {
    this.#variables = variables
  }

  finished(node: Node): Checked {
    const all = new Map([...this.#types].map(([one, type]) => [one, fill(type, this.#filled)]))
    return { node, types: all, overloads: this.#overloads, names: this.#names, qualified: this.#qualified, uses: this.#uses } // prettier-ignore
  }

  #complain(at: number, message: string): Type {
    this.issues.push({ at, message })
    return ERROR
  }

  #hole(): Type {
    return param(`#${++this.#holes}`)
  }

  #seen(type: Type): Type {
    return type.is === 'param' && this.#filled.has(type.name) ? this.#seen(this.#filled.get(type.name)!) : type
  }

  type(node: Node): Type {
    const type = this.#typeOf(node)
    this.#types.set(node, type)
    return type
  }

  #typeOf(node: Node): Type {
    switch (node.is) {
      case 'literal':
        return literalType(node.value)
      case 'ident':
        return this.#named(node, node.name) ?? this.#undeclared(node.at, node.name)
      case 'select':
        return this.#select(node)
      case 'call':
        return this.#call(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'fold':
        return this.#fold(node)
    }
  }

  #undeclared(at: number, name: string): Type {
    return this.#complain(at, `undeclared reference to '${name}' (in container '')`)
  }

  #named(node: Node, name: string): Type | undefined {
    const local = this.#locals.findLast(([one]) => one === name)
    if (local) return local[1]
    const type = this.#variables.get(name)
    if (type) {
      this.#uses.add(name)
      this.#names.set(node, name)
      return type
    }
    const named = TYPE_NAMES.get(name)
    if (!named) return undefined
    this.#names.set(node, new TypeValue(name))
    return types.typeOf(named)
  }

  #isLocal(path: string): boolean {
    const first = path.split('.', 1)[0]
    return this.#locals.some(([one]) => one === first)
  }

  // ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #select(node: Select): Type {
    const path = node.tests ? undefined : pathOf(node)
    if (path !== undefined && !this.#isLocal(path)) {
      const named = this.#named(node, path)
      if (named) return named
    }
    const field = this.#field(node.at, this.type(node.operand), node.field)
    return node.tests ? BOOL : field
  }

  #field(at: number, operand: Type, name: string): Type {
    const seen = this.#seen(operand)
    if (isOptional(seen)) return optionalOf(this.#field(at, seen.of[0]!, name))
    switch (seen.is) {
      case 'dyn':
      case 'param':
      case 'error':
        return seen.is === 'error' ? ERROR : DYN
      case 'map':
        return seen.of
      case 'object':
        return seen.fields.get(name) ?? this.#complain(at, `undefined field '${name}'`)
      default:
        return this.#complain(at, `type '${showType(fill(seen, this.#filled))}' does not support field selection`)
    }
  }

  #optionalField(node: Call): Type {
    const [operand, field] = node.args as [Node, Node]
    const name = field.is === 'literal' && typeof field.value === 'string' ? field.value : ''
    this.type(field)
    const type = this.#field(node.at, this.type(operand), name)
    return isOptional(type) ? type : optionalOf(type)
  }

  // ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #call(node: Call): Type {
    if (node.name === OPERATOR.optionalSelect) return this.#optionalField(node)
    const { target, name } = node
    const path = target && pathOf(target)
    if (path !== undefined && !this.#isLocal(path) && overloadsOf(`${path}.${name}`)) {
      this.#qualified.set(node, `${path}.${name}`)
      return this.#resolve(node, `${path}.${name}`, node.args.map((one) => this.type(one)), false) // prettier-ignore
    }
    const before = target ? [this.type(target)] : []
    const args = [...before, ...node.args.map((one) => this.type(one))]
    if (!overloadsOf(name)) return this.#undeclared(node.at, name)
    return this.#resolve(node, name, args, target !== undefined)
  }

  #resolve(node: Call, name: string, args: readonly Type[], isMember: boolean): Type {
    let result: Type | undefined
    const found: Overload[] = []
    for (const overload of overloadsOf(name)!) {
      if (overload.isMember !== isMember || overload.params.length !== args.length) continue
      const own = new Map<string, Type>()
      const fresh = (type: Type): Type => this.#renamed(type, own)
      const filled = new Map(this.#filled)
      if (!overload.params.every((one, i) => assignable(filled, fresh(one), args[i]!))) continue
      this.#filled = filled
      found.push(overload)
      const type = fresh(overload.result)
      if (result === undefined) result = type
      else if (!types.sameType(fill(result, filled), fill(type, filled))) result = DYN
    }
    if (result === undefined) return this.#noMatch(node.at, name, args, isMember)
    this.#overloads.set(node, found)
    return result
  }

  #noMatch(at: number, name: string, args: readonly Type[], isMember: boolean): Type {
    const shown = args.map((one) => showType(fill(one, this.#filled)))
    const signature = isMember ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`
    return this.#complain(at, `found no matching overload for '${name}' applied to '${signature}'`)
  }

  /** The type with holes of this call's own. */
  #renamed(type: Type, own: Map<string, Type>): Type {
    switch (type.is) {
      case 'param': {
        let hole = own.get(type.name)
        if (!hole) own.set(type.name, (hole = this.#hole()))
        return hole
      }
      case 'list':
        return listOf(this.#renamed(type.of, own))
      case 'map':
        return mapOf(this.#renamed(type.key, own), this.#renamed(type.of, own))
      case 'type':
        return types.typeOf(this.#renamed(type.of, own))
      case 'opaque':
        return type.of.length === 0 ? type : types.opaque(type.name, ...type.of.map((one) => this.#renamed(one, own)))
      default:
        return type
    }
  }

  // ── lists and maps ────────────────────────────────────────────────────────────────────────────────────────────────

  /** One type for all; who is of another is complained of. */
  #common(before: Type | undefined, node: Node, optional: boolean): Type {
    const given = this.type(node)
    const seen = this.#seen(given)
    let type = given
    if (optional) {
      if (isOptional(seen)) type = seen.of[0]!
      else if (seen.is !== 'dyn') this.#mismatch(node.at, optionalOf(DYN), given)
    }
    if (before === undefined) return type
    const both = joined(this.#filled, before, type)
    if (both === undefined) this.#mismatch(node.at, before, type)
    return both ?? before
  }

  #mismatch(at: number, expected: Type, actual: Type): Type {
    const [wanted, found] = [expected, actual].map((one) => showType(fill(one, this.#filled)))
    return this.#complain(at, `expected type '${wanted}' but found '${found}'`)
  }

  #list(node: ListNode): Type {
    let type: Type | undefined
    node.items.forEach((item, i) => (type = this.#common(type, item, node.optional.includes(i))))
    return listOf(type ?? this.#hole())
  }

  #map(node: MapNode): Type {
    let key: Type | undefined
    let value: Type | undefined
    for (const entry of node.entries) {
      key = this.#common(key, entry.key, false)
      value = this.#common(value, entry.value, entry.optional)
    }
    return mapOf(key ?? this.#hole(), value ?? this.#hole())
  }

  /** An object of a named type, where such can be made. */
  #struct(node: Struct): Type {
    const type = this.#variables.has(STRUCTS) ? structType(node.name) : undefined
    for (const { value } of node.fields) this.type(value)
    if (type?.is !== 'object') return this.#undeclared(node.at, node.name)
    for (const { key, value } of node.fields) {
      const name = String((key as Literal).value)
      const wanted = type.fields.get(name)
      const given = this.#types.get(value)!
      if (!wanted) this.#complain(key.at, `undefined field '${name}'`)
      else if (!assignable(new Map(this.#filled), wanted, given)) {
        this.#complain(key.at, `expected type of field '${name}' is '${showType(wanted)}' but provided type is '${showType(fill(given, this.#filled))}'`) // prettier-ignore
      }
    }
    return type
  }

  // ── folds ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #fold(node: Fold): Type {
    const range = this.#seen(this.type(node.range))
    const accumulated = this.type(node.initial)
    const before = this.#locals
    this.#locals = [...before, [node.accumulator, accumulated]]
    const inner = this.#locals
    this.#locals = [...inner, ...this.#iterated(node, range)]
    this.#expect(node.condition, BOOL)
    this.#expect(node.step, accumulated)
    this.#locals = inner
    const result = this.type(node.result)
    this.#locals = before
    return result
  }

  #iterated({ range: { at }, variable, second }: Fold, range: Type): (readonly [string, Type])[] {
    const pair = (first: Type, other: Type): (readonly [string, Type])[] =>
      second === undefined ? [[variable, first]] : [[variable, first], [second, other]] // prettier-ignore
    switch (range.is) {
      case 'list':
        return second === undefined ? pair(range.of, range.of) : pair(types.INT, range.of)
      case 'map':
        return pair(range.key, range.of)
      case 'dyn':
      case 'error':
      case 'param':
        return pair(DYN, DYN)
      default: {
        const shown = showType(range)
        this.#complain(at, `expression of type '${shown}' cannot be range of a comprehension (must be list, map, or dynamic)`) // prettier-ignore
        return pair(ERROR, ERROR)
      }
    }
  }

  #expect(node: Node, wanted: Type): void {
    const type = this.type(node)
    const filled = new Map(this.#filled)
    if (assignable(filled, wanted, type)) this.#filled = filled
    else this.#mismatch(node.at, wanted, type)
  }
}

function literalType(value: Value): Type {
  if (value === null) return types.NULL
  if (typeof value === 'boolean') return BOOL
  if (typeof value === 'bigint') return types.INT
  if (typeof value === 'number') return types.DOUBLE
  if (typeof value === 'string') return STRING
  if (value instanceof Uint) return types.UINT
  if (value instanceof Timestamp) return types.TIMESTAMP
  return value instanceof Duration ? types.DURATION : types.BYTES
}
