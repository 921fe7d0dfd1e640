/**
 * What an expression may cost at most, before it has ever run: from its form, and from how much the schema lets there be.
 *
 * Where to read upstream: cel-go `checker/cost.go`; apiserver `pkg/cel/library/cost.go` (EstimateCallCost).
 */
import type { Checked } from './checker.ts'
import { ALLOCATION, AUTHORIZER_CHECK, CHARACTER, PATTERN, selectorCost, selfComparison } from './costs.ts'
import type { Decl } from './declarations.ts'
import { SORT_BY } from './list-shapes.ts'
import type { Overload } from './signatures.ts'
import type { Call, Fold, Node, Select } from './syntax.ts'
import { ACCUMULATOR, OPERATOR } from './syntax.ts'
import type { Value } from './values.ts'
import { sizeOf } from './values.ts'
import { SEMVER } from './versions.ts'

/** From at least to at most. */
export interface Range {
  readonly min: number
  readonly max: number
}

const range = (min: number, max = min): Range => ({ min, max })
const NOTHING = range(0)
const UNKNOWN = range(0, Infinity)
/** Nothing times anything is nothing, even where anything has no bound. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)

const add = (...all: readonly Range[]): Range =>
  all.reduce((sum, one) => range(sum.min + one.min, sum.max + one.max), NOTHING)
const multiply = (a: Range, b: Range): Range => range(times(a.min, b.min), times(a.max, b.max))
const union = (a: Range, b: Range): Range => range(Math.min(a.min, b.min), Math.max(a.max, b.max))
const scale = ({ min, max }: Range, factor: number): Range => range(Math.ceil(times(min, factor)), Math.ceil(times(max, factor))) // prettier-ignore

/** A call's cost beside that of its arguments, and the size of what it gives. */
interface Estimate {
  readonly cost: Range
  readonly size?: Range
}

/** @param root what the variables `self` and `oldSelf` are */
export function estimateCost(checked: Checked, root: Decl): Range {
  return new Coster(checked, root).cost(checked.node)
}

interface Local {
  readonly name: string
  readonly path: readonly string[] | undefined
  readonly size: Range | undefined
}

class Coster {
  readonly #checked: Checked
  readonly #root: Decl
  readonly #paths = new Map<Node, readonly string[]>()
  readonly #sizes = new Map<Node, Range>()
  #locals: readonly Local[] = []

  constructor(checked: Checked, root: Decl) {
    this.#checked = checked
    this.#root = root
  }

  cost(node: Node): Range {
    switch (node.is) {
      case 'literal':
        return NOTHING
      case 'ident': {
        const local = this.#local(node.name)
        const path = local ? local.path : [node.name]
        if (path) this.#paths.set(node, path)
        return range(1)
      }
      case 'select':
        return this.#select(node)
      case 'call':
        return this.#call(node)
      case 'list':
        return add(...node.items.map((one) => this.cost(one)), range(10))
      case 'map':
        return add(...node.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]), range(30))
      case 'struct':
        return add(...node.fields.map(({ value }) => this.cost(value)), range(40))
      case 'fold':
        return this.#fold(node)
    }
  }

  #local(name: string): Local | undefined {
    return this.#locals.findLast((one) => one.name === name)
  }

  #select(node: Select): Range {
    if (this.#checked.names.has(node)) return range(1)
    const operand = this.cost(node.operand)
    if (node.tests) return operand
    const { is } = this.#checked.types.get(node.operand)!
    this.#extend(node, node.operand, node.field)
    return is === 'map' || is === 'object' ? add(operand, range(1)) : operand
  }

  #extend(node: Node, from: Node, part: string): void {
    const path = this.#paths.get(from)
    if (path) this.#paths.set(node, [...path, part])
  }

  // ── sizes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #size(node: Node): Range {
    return this.#knownSize(node) ?? UNKNOWN
  }

  #knownSize(node: Node): Range | undefined {
    const computed = this.#sizes.get(node)
    if (computed) return computed
    if (node.is === 'literal' && hasSize(node.value)) return range(sizeOf(node.value))
    if (node.is === 'list') return range(node.items.length)
    if (node.is === 'map') return range(node.entries.length)
    const declared = this.#at(this.#paths.get(node))
    if (declared) return range(0, declared.max)
    if (SCALAR.has(this.#checked.types.get(node)!.is)) return range(1)
    return node.is === 'ident' ? this.#local(node.name)?.size : undefined
  }

  #at(path: readonly string[] | undefined): Decl | undefined {
    if (!path || (path[0] !== 'self' && path[0] !== 'oldSelf')) return undefined
    let decl: Decl | undefined = this.#root
    for (const part of path.slice(1)) {
      if (part === '@keys') return KEY
      decl = part.startsWith('@') ? decl?.of : decl?.fields?.get(part)?.decl
    }
    return decl
  }

  /** The size of an item of a list as the schema has it: upstream does not look into lists that are written out. */
  #declaredItemSize(node: Node): Range {
    const declared = this.#at(this.#paths.get(node))?.of
    return declared ? range(0, declared.max) : UNKNOWN
  }

  /** The size of an item of a list, as far as it is known. */
  #itemSize(node: Node): Range | undefined {
    const declared = this.#at(this.#paths.get(node))?.of
    if (declared) return range(0, declared.max)
    if (node.is !== 'list') return undefined
    return node.items.map((one) => this.#size(one)).reduce((a, b) => union(a, b), range(Infinity, 0))
  }

  // ── folds ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #fold(node: Fold): Range {
    const rangeCost = this.cost(node.range)
    const initial = this.cost(node.initial)
    const before = this.#locals
    const isBound = node.accumulator !== ACCUMULATOR
    const result: Local = { name: node.accumulator, path: isBound ? this.#paths.get(node.initial) : undefined, size: isBound ? this.#knownSize(node.initial) : undefined } // prettier-ignore
    this.#locals = [...before, result]
    if (isBound) {
      const inner = this.cost(node.result)
      this.#locals = before
      this.#copySize(node, node.result)
      return add(rangeCost, initial, inner)
    }
    const inner = this.#locals
    this.#locals = [...inner, ...this.#iterated(node)]
    const loop = add(this.cost(node.condition), this.cost(node.step))
    this.#locals = inner
    const last = this.cost(node.result)
    this.#locals = before
    const count = this.#size(node.range)
    if (node.initial.is !== 'literal') this.#sizes.set(node, count)
    return add(rangeCost, initial, last, multiply(count, loop))
  }

  #iterated({ range: of, variable, second }: Fold): Local[] {
    const path = this.#paths.get(of)
    const isMap = this.#checked.types.get(of)!.is === 'map'
    const local = (name: string, part: string): Local => ({ name, path: path && [...path, part], size: part === '@items' ? this.#itemSize(of) : undefined }) // prettier-ignore
    if (second === undefined) return [local(variable, isMap ? '@keys' : '@items')]
    return [local(variable, isMap ? '@keys' : '@indices'), local(second, isMap ? '@values' : '@items')]
  }

  #copySize(to: Node, from: Node): void {
    const size = this.#knownSize(from)
    if (size) this.#sizes.set(to, size)
  }

  // ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #call(node: Call): Range {
    const { name, args } = node
    if (name === 'dyn') {
      const inner = this.cost(args[0]!)
      this.#copySize(node, args[0]!)
      return add(range(1), inner)
    }
    const isQualified = this.#checked.qualified.has(node)
    const all = node.target && !isQualified ? [node.target, ...args] : args
    const costs = all.map((one) => this.cost(one))
    if (name === OPERATOR.and || name === OPERATOR.or) return range(costs[0]!.min, costs[0]!.max + costs[1]!.max)
    if (name === OPERATOR.conditional) {
      this.#sizes.set(node, union(this.#size(args[1]!), this.#size(args[2]!)))
      return add(costs[0]!, union(costs[1]!, costs[2]!))
    }
    if (name === OPERATOR.index) this.#extend(node, args[0]!, this.#checked.types.get(args[0]!)!.is === 'map' ? '@values' : '@items') // prettier-ignore
    const estimates = (this.#checked.overloads.get(node) ?? []).map((one) => this.#estimate(one, all))
    const sizes = estimates.flatMap(({ size }) => size ?? [])
    if (sizes.length > 0) this.#sizes.set(node, sizes.reduce(union))
    const own = estimates.length > 0 ? estimates.map(({ cost }) => cost).reduce(union) : range(1)
    return add(...costs, own)
  }

  #estimate({ name, signature, isMember }: Overload, args: readonly Node[]): Estimate {
    const size = (i: number): Range => (args[i] ? this.#size(args[i]) : NOTHING)
    if (name === '_+_') {
      const both = add(size(0), size(1))
      if (signature.includes('list')) return { cost: range(1), size: both }
      return /string|bytes/.test(signature) ? { cost: scale(both, CHARACTER), size: both } : ONE
    }
    if (name === OPERATOR.in) return signature.includes('map') ? ONE : { cost: size(1) }
    if (name === '_==_') {
      const known = this.#equality(args)
      if (known) return { cost: known }
    }
    if (COMPARISONS.has(name)) {
      const most = Math.min(size(0).max, size(1).max)
      return { cost: scale(range(most > 0 ? 1 : 0, most), CHARACTER) }
    }
    if (name === 'join') return this.#joined(args)
    if (name === 'distinct') return this.#distinct(args[0]!)
    if (TRAVERSALS.has(name) && isMember) return this.#traversal(signature, args)
    const number = (i: number): number | undefined => wholeOf(args[i])
    return Object.hasOwn(ESTIMATES, name) ? ESTIMATES[name]!(size, signature, number) : ONE
  }

  /** Of values of the libraries, whose size nobody would know otherwise. */
  #equality(args: readonly Node[]): Range | undefined {
    const [a, b] = args.map((one) => this.#checked.types.get(one)!)
    if (a?.is !== 'opaque' || b?.is !== 'opaque' || a.name !== b.name) return undefined
    if (a.name === 'kubernetes.NamedFormat') return range(1, Math.ceil(FORMAT_SIZE_MAX * CHARACTER))
    if (a.name === 'kubernetes.URL') return scale(range(1, this.#sizes.get(args[1]!)?.max ?? 1), CHARACTER)
    return SAME_AT_A_LOOK.has(a.name) || a.name.startsWith('kubernetes.authorization.') ? range(1) : undefined
  }

  #joined(args: readonly Node[]): Estimate {
    const items = this.#size(args[0]!)
    const texts = multiply(items, this.#declaredItemSize(args[0]!))
    const gaps = range(Math.max(0, items.min - 1), Math.max(0, items.max - 1))
    const whole = args[1] ? add(texts, multiply(this.#size(args[1]), gaps)) : texts
    return { cost: scale(whole, CHARACTER), size: whole }
  }

  #distinct(list: Node): Estimate {
    const type = this.#checked.types.get(list)!
    return compared(this.#size(list), type.is === 'list' ? `list<${type.of.is}>` : '')
  }

  #traversal(signature: string, args: readonly Node[]): Estimate {
    if (!signature.startsWith('list')) return { cost: scale(this.#size(args[0]!), CHARACTER) }
    const type = this.#checked.types.get(args[0]!)!
    const isText = type.is === 'list' && (type.of.is === 'string' || type.of.is === 'bytes')
    const each = isText ? add(range(1), scale(this.#declaredItemSize(args[0]!), CHARACTER)) : range(1)
    return { cost: multiply(this.#size(args[0]!), each) }
  }
}

const ONE: Estimate = { cost: range(1) }
/** Characters. */
const FORMAT_SIZE_MAX = 64
/** Characters: of the pattern of a named format. */
const FORMAT_PATTERN_MAX = 128
const SAME_AT_A_LOOK: ReadonlySet<string> = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', SEMVER])

/** A number that is written out. */
const wholeOf = (node: Node | undefined): number | undefined => node?.is === 'literal' && typeof node.value === 'bigint' ? Number(node.value) : undefined // prettier-ignore
const KEY: Decl = { type: { is: 'string' }, max: 0, min: 2, value: () => null }
const SCALAR: ReadonlySet<string> = new Set(['bool', 'int', 'uint', 'double', 'duration', 'timestamp'])
const COMPARISONS: ReadonlySet<string> = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_'])
const TRAVERSALS: ReadonlySet<string> = new Set(['isSorted', 'sum', 'min', 'max', 'indexOf', 'lastIndexOf'])
const hasSize = (value: Value): boolean => typeof value === 'string' || value instanceof Uint8Array

type SizeOfArgument = (i: number) => Range
type Rule = (size: SizeOfArgument, signature: string, number: (i: number) => number | undefined) => Estimate

const kept: Rule = (size) => ({ cost: scale(size(0), CHARACTER), size: size(0) })
const read: Rule = (size) => ({ cost: scale(size(0), CHARACTER) })
const second: Rule = (size) => ({ cost: scale(size(1), CHARACTER) })
const search: Rule = (size) => ({
  cost: multiply(scale(add(size(0), range(1)), CHARACTER), scale(size(1), PATTERN)),
  size: range(0, size(0).max),
})

/** As long as the longest that replacing can make of it. */
function replaced(size: SizeOfArgument): Estimate {
  const [text, old, by] = [size(0), size(1), size(2)]
  const count = old.min === 0 ? text.max + 1 : Math.ceil(text.max / old.min)
  const most = old.min === 0 ? times(count, by.max) + text.max : by.max <= old.min ? text.max : times(count, by.max)
  return { cost: scale(text, 2 * CHARACTER), size: range(0, most) }
}

/** A list that is made at `each` an item. */
const madeList = (size: Range, each = 1): Estimate => ({ cost: add(scale(size, each), range(ALLOCATION)), size })

/** Each item beside each other; upstream takes that for the size of what comes of it, too. */
const compared = (size: Range, signature: string): Estimate =>
  madeList(multiply(size, size), selfComparison(/list<(?:string|bytes)>/.test(signature)))

const ADDRESS = range(4, 16)

const withinNetwork = (size: SizeOfArgument, signature: string): Range =>
  add(scale(add(ADDRESS, ADDRESS), CHARACTER), signature.includes('(string)') ? scale(size(1), CHARACTER) : NOTHING)

const selected: Rule = (size) => ({ cost: range(selectorCost(size(1).min), selectorCost(size(1).max)) })

const ESTIMATES: Readonly<Record<string, Rule>> = {
  startsWith: second,
  endsWith: second,
  contains: (size) => ({ cost: multiply(scale(size(0), CHARACTER), scale(size(1), CHARACTER)) }),
  matches: search,
  find: search,
  findAll: search,
  lowerAscii: kept,
  upperAscii: kept,
  substring: kept,
  trim: kept,
  replace: replaced,
  split: (size, _, number) => ({ cost: scale(size(0), 2 * CHARACTER), size: range(0, number(2) ?? size(0).max) }),
  slice: (size, _, number) => madeList(range(Math.max(0, (number(2) ?? size(0).max) - (number(1) ?? 0)))),
  'lists.range': (_, __, number) => madeList(range(Math.max(0, number(0) ?? Infinity))),
  reverse: (size) => madeList(size(0)),
  flatten: (size, signature, number) => madeList(size(0), signature.includes('(int)') ? (number(1) ?? Infinity) : 1),
  sort: (size, signature) => compared(size(0), signature),
  [SORT_BY]: (size, signature) => compared(size(1), signature.slice(signature.indexOf('('))),
  format: (size) => ({ cost: scale(size(0), CHARACTER), size: UNKNOWN }),
  'strings.quote': (size) => ({ cost: scale(size(0), CHARACTER), size: range(size(0).min + 2, size(0).max * 2 + 2) }),
  url: kept,
  'jsonpatch.escapeKey': kept,
  ip: read,
  isIP: read,
  'ip.isCanonical': (size) => ({ cost: scale(size(0), 2 * CHARACTER) }),
  cidr: read,
  isCIDR: read,
  quantity: read,
  isQuantity: read,
  semver: read,
  isSemver: read,
  containsIP: (size, signature) => ({ cost: withinNetwork(size, signature) }),
  containsCIDR: (size, signature) => ({
    cost: add(withinNetwork(size, signature), scale(ADDRESS, CHARACTER), range(1)),
  }),
  fieldSelector: selected,
  labelSelector: selected,
  bytes: (size, signature) => (signature.startsWith('(string') ? { cost: scale(size(0), CHARACTER), size: range(size(0).min, size(0).max * 4) } : ONE), // prettier-ignore
  string: (size, signature) => (signature.startsWith('(bytes') ? { cost: scale(size(0), CHARACTER), size: range(Math.floor(size(0).min / 4), size(0).max) } : ONE), // prettier-ignore
  validate: (size) => ({ cost: scale(scale(size(1), CHARACTER), FORMAT_PATTERN_MAX * PATTERN) }),
  check: () => ({ cost: range(AUTHORIZER_CHECK) }),
  'sets.contains': (size) => ({ cost: add(range(1), multiply(size(0), size(1))) }),
  'sets.intersects': (size) => ({ cost: add(range(1), multiply(size(0), size(1))) }),
  'sets.equivalent': (size) => ({ cost: add(range(1), multiply(multiply(size(0), size(1)), range(2))) }),
}
