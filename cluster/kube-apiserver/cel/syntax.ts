/**
 * What an expression in CEL is made of, once it has been parsed: macros are gone, comprehensions have taken their place.
 *
 * Where to read upstream: cel-spec `proto/cel/expr/syntax.proto`; cel-go `common/ast/expr.go`.
 */
import type { Value } from './values.ts'

/** Where a node stands in its source, in UTF-16 units from the beginning: what errors point at. */
type Placed = { readonly at: number }

export type Literal = Placed & { readonly is: 'literal'; readonly value: Value }
export type Ident = Placed & { readonly is: 'ident'; readonly name: string }
/** `operand.field`; `tests`: only whether it is there (`has`). */
export type Select = Placed & { readonly is: 'select'; readonly operand: Node; readonly field: string; readonly tests: boolean } // prettier-ignore
export type Call = Placed & { readonly is: 'call'; readonly name: string; readonly target: Node | undefined; readonly args: readonly Node[] } // prettier-ignore
export type ListNode = Placed & { readonly is: 'list'; readonly items: readonly Node[]; readonly optional: readonly number[] } // prettier-ignore
export interface Entry {
  readonly key: Node
  readonly value: Node
  /** `?key: value`: not there if the value is an empty optional. */
  readonly optional: boolean
}
export type MapNode = Placed & { readonly is: 'map'; readonly entries: readonly Entry[] }
/** An object by its type's name. */
export type Struct = Placed & { readonly is: 'struct'; readonly name: string; readonly fields: readonly Entry[] }
/** A fold over a list, or over the keys of a map. With a second variable: index (or key) and value. */
export type Fold = Placed & {
  readonly is: 'fold'
  readonly range: Node
  readonly variable: string
  readonly second: string | undefined
  readonly accumulator: string
  readonly initial: Node
  /** While this is not false, the fold goes on. */
  readonly condition: Node
  readonly step: Node
  readonly result: Node
}

export type Node = Literal | Ident | Select | Call | ListNode | MapNode | Struct | Fold

/** Operators, by the names of the functions that they are. */
export const OPERATOR = {
  and: '_&&_',
  or: '_||_',
  conditional: '_?_:_',
  not: '!_',
  negate: '-_',
  index: '_[_]',
  optionalIndex: '_[?_]',
  optionalSelect: '_?._',
  in: '@in',
  notStrictlyFalse: '@not_strictly_false',
} as const

/** The result so far of a fold that a macro stands for. */
export const ACCUMULATOR = '@result'

/** Something is wrong with an expression, and where. */
export interface Issue {
  readonly at: number
  readonly message: string
}

/** All that is wrong, in upstream's form: a line, the source below it, and a pointer. */
export function showIssues(source: string, issues: readonly Issue[]): string {
  const lines = source.split('\n')
  const placed = issues.map(({ at, message }) => {
    const before = source.slice(0, at).split('\n')
    return { line: before.length, column: before.at(-1)!.length, message }
  })
  placed.sort((a, b) => a.line - b.line || a.column - b.column)
  return placed
    .map(({ line, column, message }) => {
      const text = lines[line - 1] ?? ''
      return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`
    })
    .join('\n')
}
