/**
 * Running an expression that has been checked, and counting what it costs.
 *
 * The cost is upstream's measure: one for each name and each field, ten for a list, what a function reads of its arguments. It
 * depends on nothing but the expression and its values, so that everywhere the same expressions are cut short.
 * Where to read upstream: cel-go `interpreter/{interpretable,runtimecost}.go`; cel-spec `doc/langdef.md` (Evaluation).
 */
import type { Checked } from './checker.ts'
import { callCost, isPrepaid } from './costs.ts'
import type { Overload } from './signatures.ts'
import { fits } from './signatures.ts'
import { keyText, lookUp } from './standard.ts'
import { StructValue } from './structs.ts'
import type { Call, Fold, ListNode, MapNode, Node, Select, Struct } from './syntax.ts'
import { OPERATOR } from './syntax.ts'
import type { Value } from './values.ts'
import { CelError, CelMap, fail, isList, LiteralMap, Optional, typeName, TypeValue } from './values.ts'

/** Values by the names of variables; undefined: there is none. */
export type Activation = (name: string) => Value | undefined

export type Outcome = { readonly cost: number } & ({ readonly value: Value } | { readonly error: string })

export const TOO_COSTLY = 'operation cancelled: actual cost limit exceeded'

class TooCostly extends Error {}

/** @param limit more than this ends the run */
export function evaluate(checked: Checked, activation: Activation, limit = Infinity): Outcome {
  const run = new Run(checked, activation, limit)
  try {
    return { value: run.value(checked.node, undefined), cost: run.cost }
  } catch (error) {
    if (error instanceof TooCostly) return { error: TOO_COSTLY, cost: run.cost }
    if (error instanceof CelError) return { error: error.message, cost: run.cost }
    throw error
  }
}

/** A variable of a fold, and those around it. Where the value is an error, whoever looks at it gets that. */
interface Scope {
  readonly name: string
  value: Value | CelError
  readonly outer: Scope | undefined
}

/** A list that a macro is still making: it grows in place, as nobody else can see it. */
class Growing extends Array<Value> {}

const LIST_COST = 10
const MAP_COST = 30
const STRUCT_COST = 40

class Run {
  cost = 0
  readonly #checked: Checked
  readonly #activation: Activation
  readonly #limit: number

  constructor(checked: Checked, activation: Activation, limit: number) {
    this.#checked = checked
    this.#activation = activation
    this.#limit = limit
  }

  #pay(cost: number): void {
    this.cost += cost
    if (this.cost > this.#limit) throw new TooCostly()
  }

  value(node: Node, scope: Scope | undefined): Value {
    switch (node.is) {
      case 'literal':
        return node.value
      case 'ident':
        return this.#named(node, node.name, scope)
      case 'select':
        return this.#select(node, scope)
      case 'call':
        return this.#call(node, scope)
      case 'list':
        return this.#list(node, scope)
      case 'map':
        return this.#map(node, scope)
      case 'struct':
        return this.#struct(node, scope)
      case 'fold':
        return this.#fold(node, scope)
    }
  }

  /** The value, or the error that comes instead. */
  #try(node: Node, scope: Scope | undefined): Value | CelError {
    try {
      return this.value(node, scope)
    } catch (error) {
      if (error instanceof CelError) return error
      throw error
    }
  }

  #named(node: Node, name: string, scope: Scope | undefined): Value {
    this.#pay(1)
    for (let one = scope; one; one = one.outer) {
      if (one.name !== name) continue
      if (one.value instanceof CelError) throw one.value
      return one.value
    }
    const meant = this.#checked.names.get(node)
    if (meant instanceof TypeValue) return meant
    const full = meant ?? name
    return this.#activation(full) ?? missing(this.#activation(full), `no such attribute(s): ${full}`)
  }

  // ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #select(node: Select, scope: Scope | undefined): Value {
    if (this.#checked.names.has(node)) return this.#named(node, node.field, undefined)
    const operand = this.value(node.operand, scope)
    if (node.tests) return this.#has(operand, node.field)
    this.#pay(1)
    if (operand instanceof Optional) return optionalField(operand, node.field)
    const found = fieldOf(operand, node.field)
    return found ?? missing(found, `no such key: ${node.field}`)
  }

  #has(operand: Value, field: string): boolean {
    const inner = operand instanceof Optional ? operand.value : operand
    return inner !== undefined && fieldOf(inner, field) !== undefined
  }

  // ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #call(node: Call, scope: Scope | undefined): Value {
    switch (node.name) {
      case OPERATOR.and:
        return this.#logical(node, scope, false)
      case OPERATOR.or:
        return this.#logical(node, scope, true)
      case OPERATOR.conditional: {
        const condition = this.value(node.args[0]!, scope)
        if (typeof condition !== 'boolean') return fail('no such overload')
        return this.value(node.args[condition ? 1 : 2]!, scope)
      }
      case OPERATOR.notStrictlyFalse:
        this.#pay(1)
        return this.#try(node.args[0]!, scope) !== false
      case OPERATOR.optionalSelect: {
        const operand = this.value(node.args[0]!, scope)
        this.#pay(1)
        const field = this.value(node.args[1]!, scope) as string
        return optionalField(operand instanceof Optional ? operand : new Optional(operand), field)
      }
      default:
        return this.#apply(node, scope)
    }
  }

  /** `&&` and `||`: the side that decides wins over an error on the other. */
  #logical({ args }: Call, scope: Scope | undefined, decisive: boolean): Value {
    const left = this.#try(args[0]!, scope)
    if (left === decisive) return decisive
    const right = this.#try(args[1]!, scope)
    if (right === decisive) return decisive
    if (left instanceof CelError) throw left
    if (right instanceof CelError) throw right
    return typeof left === 'boolean' && typeof right === 'boolean' ? right : fail('no such overload')
  }

  #apply(node: Call, scope: Scope | undefined): Value {
    const { target, name } = node
    const isQualified = this.#checked.qualified.has(node)
    const first = target && !isQualified ? [this.value(target, scope)] : []
    if (first[0] instanceof Optional && (name === 'or' || name === 'orValue') && first[0].value !== undefined) {
      this.#pay(1)
      return name === 'or' ? first[0] : first[0].value
    }
    const args = [...first, ...node.args.map((one) => this.value(one, scope))]
    const overload = this.#overload(node, args)
    const prepaid = isPrepaid(overload)
    if (prepaid) this.#pay(callCost(overload, args, null))
    const result = this.#grown(name, args) ?? overload.run(...args)
    if (!prepaid) this.#pay(callCost(overload, args, result))
    return result
  }

  #grown(name: string, args: readonly Value[]): Value | undefined {
    const [list, more] = args
    if (name !== '_+_' || !(list instanceof Growing) || !isList(more)) return undefined
    for (const item of more) list.push(item)
    return list
  }

  #overload(node: Call, args: readonly Value[]): Overload {
    for (const overload of this.#checked.overloads.get(node)!) {
      if (overload.params.every((type, i) => fits(type, args[i]!))) return overload
    }
    return fail('no such overload')
  }

  // ── lists, maps and folds ─────────────────────────────────────────────────────────────────────────────────────────

  #list(node: ListNode, scope: Scope | undefined): Value {
    const items: Value[] = []
    node.items.forEach((one, i) => {
      const item = this.value(one, scope)
      if (!node.optional.includes(i)) items.push(item)
      else if (item instanceof Optional && item.value !== undefined) items.push(item.value)
    })
    this.#pay(LIST_COST)
    return items
  }

  #map(node: MapNode, scope: Scope | undefined): Value {
    const entries: [Value, Value][] = []
    for (const { key: keyNode, value: valueNode, optional } of node.entries) {
      const key = this.value(keyNode, scope)
      const value = this.value(valueNode, scope)
      if (!optional) entries.push([key, value])
      else if (value instanceof Optional && value.value !== undefined) entries.push([key, value.value])
    }
    this.#pay(MAP_COST)
    return new LiteralMap(entries)
  }

  #struct({ name, fields }: Struct, scope: Scope | undefined): Value {
    const entries: [Value, Value][] = []
    for (const { key, value: valueNode, optional } of fields) {
      const value = this.value(valueNode, scope)
      if (!optional) entries.push([this.value(key, scope), value])
      else if (value instanceof Optional && value.value !== undefined)
        entries.push([this.value(key, scope), value.value])
    }
    this.#pay(STRUCT_COST)
    return new StructValue(name, entries)
  }

  #fold(node: Fold, scope: Scope | undefined): Value {
    const range = this.value(node.range, scope)
    const initial = this.value(node.initial, scope)
    const isNew = node.initial.is === 'list' && node.initial.items.length === 0
    const result: Scope = { name: node.accumulator, value: isNew ? new Growing() : initial, outer: scope }
    const first: Scope = { name: node.variable, value: null, outer: result }
    const inner = node.second === undefined ? first : { name: node.second, value: null as Value, outer: first }
    for (const [key, value] of iterated(range, node.second !== undefined)) {
      first.value = key
      if (inner !== first) inner.value = value
      if (this.#try(node.condition, inner) === false) break
      result.value = this.#try(node.step, inner)
      if (result.value instanceof CelError && node.condition.is === 'literal') throw result.value
    }
    return this.value(node.result, result)
  }
}

function* iterated(range: Value, isPair: boolean): Generator<readonly [Value, Value]> {
  if (isList(range)) {
    for (const [i, item] of range.entries()) yield isPair ? [BigInt(i), item] : [item, item]
  } else if (range instanceof CelMap) {
    for (const key of range.keys()) yield isPair ? [key, range.get(key)!] : [key, key]
  } else fail(`got '${typeName(range)}', expected iterable type`)
}

/** null is a value, undefined is none. */
const missing = (found: Value | undefined, message: string): Value => (found === null ? null : fail(message))

function fieldOf(operand: Value, field: string): Value | undefined {
  if (operand instanceof CelMap) return operand.get(field)
  return operand === null ? fail(`no such key: ${field}`) : fail('no such overload')
}

const optionalField = ({ value }: Optional, field: string): Optional =>
  new Optional(value === undefined ? undefined : lookUp(value, keyText(field)))
