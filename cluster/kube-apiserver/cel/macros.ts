/**
 * Macros: what looks like a call and is a way of writing something longer (`has`, `all`, `map`, …).
 *
 * What we leave out: `cel.bind`, which Kubernetes does not have either.
 * Where to read upstream: cel-go `parser/macro.go`, `ext/{comprehensions,lists}.go`, `cel/library.go` (optMap, optFlatMap).
 */
import { SORT_BY } from './list-shapes.ts'
import type { Fold, Ident, ListNode, Node } from './syntax.ts'
import { ACCUMULATOR, OPERATOR } from './syntax.ts'
import type { Value } from './values.ts'

/** What has come of a call: another node, a complaint, or undefined where it is no macro. */
export type Expanded = Node | { readonly wrong: string; readonly at: number } | undefined

const literal = (at: number, value: Value): Node => ({ is: 'literal', at, value })
const ident = (at: number, name: string): Ident => ({ is: 'ident', at, name })
const list = (at: number, ...items: Node[]): ListNode => ({ is: 'list', at, items, optional: [] })
const call = (at: number, name: string, ...args: Node[]): Node => ({ is: 'call', at, name, target: undefined, args })
const method = (at: number, target: Node, name: string): Node => ({ is: 'call', at, name, target, args: [] })

/** Where the call stands, whom it is made on, its one or two variables and the rest of its arguments. */
interface Made {
  readonly at: number
  readonly target: Node
  readonly variable: string
  readonly second: string | undefined
  readonly rest: readonly Node[]
}

type Parts = Pick<Fold, 'initial' | 'condition' | 'step' | 'result'>
const fold = ({ at, target, variable, second }: Made, parts: Parts): Fold => ({ is: 'fold', at, range: target, variable, second, accumulator: ACCUMULATOR, ...parts }) // prettier-ignore

const accumulated = (at: number): Node => ident(at, ACCUMULATOR)

function all(made: Made): Node {
  const { at, rest } = made
  return fold(made, {
    initial: literal(at, true),
    condition: call(at, OPERATOR.notStrictlyFalse, accumulated(at)),
    step: call(at, OPERATOR.and, accumulated(at), rest[0]!),
    result: accumulated(at),
  })
}

function exists(made: Made): Node {
  const { at, rest } = made
  return fold(made, {
    initial: literal(at, false),
    condition: call(at, OPERATOR.notStrictlyFalse, call(at, OPERATOR.not, accumulated(at))),
    step: call(at, OPERATOR.or, accumulated(at), rest[0]!),
    result: accumulated(at),
  })
}

function existsOne(made: Made): Node {
  const { at, rest } = made
  const one = call(at, '_+_', accumulated(at), literal(at, 1n))
  return fold(made, {
    initial: literal(at, 0n),
    condition: literal(at, true),
    step: call(at, OPERATOR.conditional, rest[0]!, one, accumulated(at)),
    result: call(at, '_==_', accumulated(at), literal(at, 1n)),
  })
}

/** Goes on with what `grown` makes of the result so far, where the condition (if there is one) holds. */
function gather(made: Made, initial: Node, grown: Node, condition: Node | undefined): Node {
  const { at } = made
  const step = condition ? call(at, OPERATOR.conditional, condition, grown, accumulated(at)) : grown
  return fold(made, { initial, condition: literal(at, true), step, result: accumulated(at) })
}

const push = (at: number, item: Node): Node => call(at, '_+_', accumulated(at), list(at, item))

function map(made: Made): Node {
  const { at, rest } = made
  return gather(made, list(at), push(at, rest.at(-1)!), rest.length > 1 ? rest[0] : undefined)
}

const filter = (made: Made): Node =>
  gather(made, list(made.at), push(made.at, ident(made.at, made.variable)), made.rest[0])

function transformMap(made: Made): Node {
  const { at, rest, variable } = made
  const insert = call(at, 'cel.@mapInsert', accumulated(at), ident(at, variable), rest.at(-1)!)
  return gather(made, { is: 'map', at, entries: [] }, insert, rest.length > 1 ? rest[0] : undefined)
}

function transformMapEntry(made: Made): Node {
  const { at, rest } = made
  const insert = call(at, 'cel.@mapInsert', accumulated(at), rest.at(-1)!)
  return gather(made, { is: 'map', at, entries: [] }, insert, rest.length > 1 ? rest[0] : undefined)
}

/** A value under a name, in an expression: the result of a fold over nothing. */
function bound(at: number, variable: string, value: Node, result: Node): Node {
  const step = ident(at, variable)
  return { is: 'fold', at, range: list(at), variable: '#unused', second: undefined, accumulator: variable, initial: value, condition: literal(at, false), step, result } // prettier-ignore
}

const none = (at: number): Node => call(at, 'optional.none')
const opened = ({ at, target, variable, rest }: Made): Node =>
  bound(at, variable, method(at, target, 'value'), rest[0]!)
const ifAny = ({ at, target }: Made, made: Node): Node => call(at, OPERATOR.conditional, method(at, target, 'hasValue'), made, none(at)) // prettier-ignore
const optMap = (made: Made): Node => ifAny(made, call(made.at, 'optional.of', opened(made)))
const optFlatMap = (made: Made): Node => ifAny(made, opened(made))

const SORTED = '@__sortBy_input__'
const UNSORTABLE: ReadonlySet<Node['is']> = new Set(['literal', 'map', 'struct'])

/** The list under a name, so that it is made once: it is put into the order of the keys that are made of it. */
function sortBy(made: Made): Expanded {
  const { at, target } = made
  if (UNSORTABLE.has(target.is)) {
    return { wrong: 'sortBy can only be applied to a list, identifier, comprehension, call or select expression', at: target.at } // prettier-ignore
  }
  const input = ident(at, SORTED)
  const sorted: Node = { is: 'call', at, name: SORT_BY, target: input, args: [map({ ...made, target: input })] }
  return bound(at, SORTED, target, sorted)
}

/** By name and number of arguments: how many of these are variables, and what the call becomes. */
const MACROS: Readonly<Record<string, readonly [variables: 1 | 2, expand: (made: Made) => Expanded]>> = {
  'all/2': [1, all],
  'all/3': [2, all],
  'exists/2': [1, exists],
  'exists/3': [2, exists],
  'exists_one/2': [1, existsOne],
  'existsOne/2': [1, existsOne],
  'existsOne/3': [2, existsOne],
  'map/2': [1, map],
  'map/3': [1, map],
  'filter/2': [1, filter],
  'sortBy/2': [1, sortBy],
  'transformList/3': [2, map],
  'transformList/4': [2, map],
  'transformMap/3': [2, transformMap],
  'transformMap/4': [2, transformMap],
  'transformMapEntry/3': [2, transformMapEntry],
  'transformMapEntry/4': [2, transformMapEntry],
  'optMap/2': [1, optMap],
  'optFlatMap/2': [1, optFlatMap],
}

export function expand(at: number, name: string, target: Node | undefined, args: readonly Node[]): Expanded {
  if (target === undefined) return name === 'has' && args.length === 1 ? has(args[0]!) : undefined
  const macro = MACROS[`${name}/${args.length}`]
  if (!macro || !Object.hasOwn(MACROS, `${name}/${args.length}`)) return undefined
  const [count, build] = macro
  const variables = args.slice(0, count)
  for (const variable of variables) {
    if (variable.is !== 'ident') return { wrong: 'argument must be a simple name', at: variable.at }
  }
  const [first, second] = variables as Ident[]
  return build({ at, target, variable: first!.name, second: second?.name, rest: args.slice(count) })
}

const has = (argument: Node): Expanded =>
  argument.is === 'select'
    ? { ...argument, tests: true }
    : { wrong: 'invalid argument to has() macro', at: argument.at }
