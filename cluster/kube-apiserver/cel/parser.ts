/**
 * From text to nodes.
 *
 * What we leave out: of several mistakes in one place, only the first is told, and where the real parser goes on guessing what was
 * meant, this one stops.
 * Where to read upstream: cel-spec `doc/langdef.md` (Syntax); cel-go `parser/{parser.go,gen/CEL.g4}`.
 */
import type { Token } from './lexer.ts'
import { tokensOf } from './lexer.ts'
import { expand } from './macros.ts'
import type { Entry, Issue, ListNode, MapNode, Node } from './syntax.ts'
import { OPERATOR } from './syntax.ts'
import { toInt } from './values.ts'

export type Parsed = { readonly node: Node } | { readonly issues: readonly Issue[] }

const DEPTH_MAX = 250
const OPERAND = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}" // prettier-ignore
const RESERVED: ReadonlySet<string> = new Set(['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop', 'package', 'namespace', 'null', 'return', 'true', 'var', 'void', 'while']) // prettier-ignore
const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>=', '>', '==', '!=', 'in'])

/** Ends the parsing; never leaves this file. */
class Stop extends Error {}

export function parse(source: string): Parsed {
  const issues: Issue[] = []
  const parser = new Parser(tokensOf(source, issues), issues)
  let node: Node | undefined
  try {
    node = parser.whole()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
  }
  return node && issues.length === 0 ? { node } : { issues }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #issues: Issue[]
  #i = 0
  #depth = 0

  constructor(tokens: readonly Token[], issues: Issue[]) {
    this.#tokens = tokens
    this.#issues = issues
  }

  get #next(): Token {
    return this.#tokens[this.#i]!
  }

  #take(): Token {
    return this.#tokens[this.#i++]!
  }

  #sees(text: string): boolean {
    const { kind, text: seen } = this.#next
    return (kind === 'sign' || (text === 'in' && kind === 'name')) && seen === text
  }

  #takes(text: string): Token | undefined {
    return this.#sees(text) ? this.#take() : undefined
  }

  #complain(at: number, message: string): never {
    this.#issues.push({ at, message })
    throw new Stop()
  }

  #unexpected(expected: string): never {
    const { text, at } = this.#next
    return this.#complain(at, `Syntax error: mismatched input '${text}' expecting ${expected}`)
  }

  #wants(text: string, expected = `'${text}'`): Token {
    return this.#takes(text) ?? this.#unexpected(expected)
  }

  whole(): Node {
    const node = this.#expression()
    if (this.#next.kind !== 'end') {
      const { text, at } = this.#next
      const isAlone = this.#tokens[this.#i + 1]?.kind === 'end'
      this.#complain(at, `Syntax error: ${isAlone ? 'extraneous' : 'mismatched'} input '${text}' expecting <EOF>`)
    }
    return node
  }

  #expression(): Node {
    if (++this.#depth > DEPTH_MAX) {
      this.#complain(this.#next.at, `expression recursion limit exceeded: ${DEPTH_MAX}`)
    }
    const condition = this.#binary(0)
    const question = this.#takes('?')
    if (!question) {
      this.#depth--
      return condition
    }
    const first = this.#binary(0)
    this.#wants(':')
    const second = this.#expression()
    this.#depth--
    return this.#call(question.at, OPERATOR.conditional, condition, first, second)
  }

  #call(at: number, name: string, ...args: Node[]): Node {
    return { is: 'call', at, name, target: undefined, args }
  }

  /** `||`, `&&`, relations, sums, products: from the loosest to the tightest, all from left to right. */
  #binary(level: number): Node {
    if (level === LEVELS.length) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const { kind, text, at } = this.#next
      const isOperator = (kind === 'sign' || text === 'in') && LEVELS[level]!.has(text)
      if (!isOperator) return left
      this.#take()
      const name =
        text === '&&' ? OPERATOR.and : text === '||' ? OPERATOR.or : text === 'in' ? OPERATOR.in : `_${text}_`
      left = this.#call(at, name, left, this.#binary(level + 1))
    }
  }

  #unary(): Node {
    const { text, at, kind } = this.#next
    if (kind !== 'sign' || (text !== '!' && text !== '-')) return this.#member()
    let count = 0
    while (this.#takes(text)) count++
    const number = this.#next
    if (text === '-' && count === 1 && number.kind === 'literal' && typeof number.value !== 'string') {
      return this.#negative(at)
    }
    const operand = this.#member()
    if (count % 2 === 0) return operand
    return this.#call(at, text === '!' ? OPERATOR.not : OPERATOR.negate, operand)
  }

  /** A minus and the number after it are one literal. */
  #negative(at: number): Node {
    const { value } = this.#next
    if (typeof value === 'bigint') return this.#members({ is: 'literal', at, value: toInt(-this.#number()) })
    if (typeof value === 'number') {
      this.#take()
      return this.#members({ is: 'literal', at, value: -value })
    }
    return this.#call(at, OPERATOR.negate, this.#member())
  }

  #number(): bigint {
    return this.#take().value as bigint
  }

  #member(): Node {
    return this.#members(this.#primary())
  }

  #members(first: Node): Node {
    let node = first
    for (;;) {
      const open = this.#takes('[')
      if (open) {
        const isOptional = this.#takes('?') !== undefined
        const index = this.#expression()
        this.#wants(']')
        node = this.#call(open.at, isOptional ? OPERATOR.optionalIndex : OPERATOR.index, node, index)
        continue
      }
      const dot = this.#takes('.')
      if (!dot) return node
      node = this.#afterDot(dot.at, node)
    }
  }

  #afterDot(at: number, operand: Node): Node {
    const isOptional = this.#takes('?') !== undefined
    const { kind, text } = this.#next
    if (kind !== 'name' && kind !== 'quoted') this.#unexpected('IDENTIFIER')
    this.#take()
    const name = kind === 'quoted' ? text.slice(1, -1) : text
    if (isOptional) return this.#call(at, OPERATOR.optionalSelect, operand, { is: 'literal', at, value: name })
    const open = kind === 'name' ? this.#takes('(') : undefined
    if (open) return this.#applied(open.at, name, operand, this.#arguments(')'))
    if (text === 'in' && kind === 'name') this.#complain(at, `Syntax error: no viable alternative at input '.in'`)
    return { is: 'select', at, operand, field: name, tests: false }
  }

  #applied(at: number, name: string, target: Node | undefined, args: readonly Node[]): Node {
    const macro = expand(at, name, target, args)
    if (!macro) return { is: 'call', at, name, target, args }
    return 'wrong' in macro ? this.#complain(macro.at, macro.wrong) : macro
  }

  /** Until the closing sign, which is taken too. */
  #arguments(closing: string): Node[] {
    const args: Node[] = []
    while (!this.#sees(closing)) {
      if (args.length > 0) this.#wants(',', `{',', '${closing}'}`)
      args.push(this.#expression())
    }
    this.#take()
    return args
  }

  #primary(): Node {
    const token = this.#next
    const { kind, at } = token
    if (kind === 'literal') return this.#literal(token)
    if (kind === 'name') return this.#named()
    if (this.#takes('(')) {
      const inner = this.#expression()
      this.#wants(')')
      return inner
    }
    if (this.#takes('[')) return this.#list(at)
    if (this.#takes('{')) return this.#map(at)
    if (this.#takes('.')) return this.#named('.')
    return this.#unexpected(OPERAND)
  }

  #literal({ at, value, onlyNegative }: Token): Node {
    this.#take()
    if (onlyNegative) this.#issues.push({ at, message: 'invalid int literal' })
    return { is: 'literal', at, value: value! }
  }

  /** A variable, a call, a word that is a value, or the name of a message. */
  #named(leading = ''): Node {
    const { kind, text, at } = this.#next
    if (kind !== 'name') this.#unexpected('IDENTIFIER')
    this.#take()
    if (leading === '') {
      if (text === 'true' || text === 'false') return { is: 'literal', at, value: text === 'true' }
      if (text === 'null') return { is: 'literal', at, value: null }
    }
    const open = this.#takes('(')
    if (open) return this.#applied(open.at, text, undefined, this.#arguments(')'))
    const brace = this.#messageBrace()
    if (brace !== undefined) return this.#message(text, brace)
    if (RESERVED.has(text)) this.#complain(at, `reserved identifier: ${text}`)
    return { is: 'ident', at, name: text }
  }

  /** How many tokens further on `a.b.c{` opens; undefined: it does not. */
  #messageBrace(): number | undefined {
    for (let i = this.#i; ; i += 2) {
      if (this.#tokens[i]!.text === '{' && this.#tokens[i]!.kind === 'sign') return i
      const isDot = this.#tokens[i]!.text === '.' && this.#tokens[i]!.kind === 'sign'
      if (!isDot || this.#tokens[i + 1]?.kind !== 'name') return undefined
    }
  }

  #message(first: string, brace: number): Node {
    let name = first
    while (this.#i < brace) name += this.#take().text
    const { at } = this.#take()
    const fields: Entry[] = []
    while (!this.#takes('}')) {
      if (fields.length > 0) this.#wants(',', "{',', '}'}")
      const optional = this.#takes('?') !== undefined
      const field = this.#next
      if (field.kind !== 'name') this.#unexpected('IDENTIFIER')
      this.#take()
      this.#wants(':')
      fields.push({ key: { is: 'literal', at: field.at, value: field.text }, value: this.#expression(), optional })
    }
    return { is: 'struct', at, name, fields }
  }

  #list(at: number): ListNode {
    const items: Node[] = []
    const optional: number[] = []
    while (!this.#takes(']')) {
      if (items.length > 0) this.#wants(',', "{',', ']'}")
      if (this.#takes(']')) break
      if (this.#takes('?')) optional.push(items.length)
      items.push(this.#expression())
    }
    return { is: 'list', at, items, optional }
  }

  #map(at: number): MapNode {
    const entries: Entry[] = []
    while (!this.#takes('}')) {
      if (entries.length > 0) this.#wants(',', "{',', '}'}")
      if (this.#takes('}')) break
      const optional = this.#takes('?') !== undefined
      const key = this.#expression()
      this.#wants(':')
      entries.push({ key, value: this.#expression(), optional })
    }
    return { is: 'map', at, entries }
  }
}

const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(['||']),
  new Set(['&&']),
  RELATIONS,
  new Set(['+', '-']),
  new Set(['*', '/', '%']),
]
