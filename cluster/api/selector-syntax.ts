/**
 * Label selectors in their text form: `app=web,tier in (a,b),!legacy,size>3`.
 *
 * Messages are those of 1.36, tried with its kubectl.
 * Where to read upstream: apimachinery `pkg/labels/selector.go`.
 */
import type { NodeSelectorRequirement } from './types.ts'

/** One requirement of the text form, which knows two operators more than the selectors of objects. */
export type LabelRequirement = NodeSelectorRequirement

/** What is wrong with a key or a value, in the words of whoever asks. */
export interface LabelRules {
  key(key: string): readonly string[]
  value(value: string): readonly string[]
}

/** A name with a domain before it, maybe. */
const KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/
const VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/
const PLAIN_RULES: LabelRules = {
  key: (key) => (KEY.test(key) ? [] : ['it is no label key']),
  value: (value) => (VALUE.test(value) ? [] : ['it is no label value']),
}

type Operator = NodeSelectorRequirement['operator']

const OPERATORS = new Map<string, Operator>([
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['=', 'In'],
  ['==', 'In'],
  ['!=', 'NotIn'],
  ['>', 'Gt'],
  ['<', 'Lt'],
])
const SYMBOLS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '('])
const INTEGER = /^[-+]?\d+$/

/** Words and symbols, the longest symbol first; the last is empty: the end. */
function* tokensOf(text: string): Generator<string> {
  for (const [token, symbols] of text.matchAll(/([=!(),<>]+)|[^=!(),<>\s]+/g)) {
    if (symbols === undefined) yield token
    else
      for (let rest = symbols; rest !== '';) {
        const symbol = SYMBOLS.has(rest.slice(0, 2)) ? rest.slice(0, 2) : rest[0]!
        yield symbol
        rest = rest.slice(symbol.length)
      }
  }
  yield ''
}

const isWord = (token: string): boolean => token !== '' && !SYMBOLS.has(token)
const found = (token: string, expected: string): Error => new Error(`found '${token}', expected: ${expected}`)

class Parser {
  readonly #tokens: readonly string[]
  readonly #rules: LabelRules
  #at = 0

  constructor(text: string, rules: LabelRules) {
    this.#tokens = [...tokensOf(text)]
    this.#rules = rules
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = []
    for (;;) {
      const first = this.#next()
      if (first === '') return requirements
      if (first !== '!' && !isWord(first)) throw found(first, "!, identifier, or 'end of string'")
      requirements.push(this.#requirement())
      const end = this.#take()
      if (end === '') return requirements
      if (end !== ',') throw found(end, "',' or 'end of string'")
      const after = this.#next()
      if (after !== '!' && !isWord(after)) throw found(after, "identifier after ','")
    }
  }

  #next = (): string => this.#tokens[this.#at] ?? ''

  #take(): string {
    const token = this.#next()
    this.#at++
    return token
  }

  #requirement(): LabelRequirement {
    try {
      return this.#checked(this.#read())
    } catch (error) {
      throw new Error(`unable to parse requirement: ${(error as Error).message}`, { cause: error })
    }
  }

  #read(): LabelRequirement {
    const isAbsent = this.#next() === '!'
    if (isAbsent) this.#take()
    const key = this.#take()
    if (!isWord(key)) throw found(key, 'identifier')
    this.#refuse('<nil>', key, this.#rules.key(key))
    if (isAbsent) return { key, operator: 'DoesNotExist' }
    if (this.#next() === '' || this.#next() === ',') return { key, operator: 'Exists' }
    const sign = this.#take()
    const operator = OPERATORS.get(sign)
    if (operator === undefined) throw found(sign, 'in, notin, =, ==, !=, gt, lt')
    return { key, operator, values: sign === 'in' || sign === 'notin' ? this.#values() : [this.#value()] }
  }

  #value(): string {
    if (this.#next() === '' || this.#next() === ',') return ''
    const value = this.#take()
    if (!isWord(value)) throw found(value, 'identifier')
    return value
  }

  /** A list in brackets: of nothing between two commas, or none at all, it has an empty value. */
  #values(): string[] {
    const open = this.#take()
    if (open !== '(') throw new Error(`found '${open}' expected: '('`)
    const values = new Set<string>()
    let expectsValue = true
    for (;;) {
      const token = this.#take()
      if (isWord(token) && expectsValue) values.add(token)
      else if (token === ',') {
        if (expectsValue) values.add('')
      } else if (token === ')') {
        if (expectsValue) values.add('')
        return [...values].sort()
      } else throw found(token, !expectsValue ? "',' or ')'" : values.size === 0 ? "',', ')' or identifier" : "',', or identifier") // prettier-ignore
      expectsValue = token === ','
    }
  }

  #checked(requirement: LabelRequirement): LabelRequirement {
    const { key, operator, values = [] } = requirement
    values.forEach((value, i) => {
      if (operator !== 'Gt' && operator !== 'Lt') this.#refuse(`values[${i}][${key}]`, value, this.#rules.value(value))
      else if (!INTEGER.test(value))
        this.#refuse(`values[${i}]`, value, ["for 'Gt', 'Lt' operators, the value must be an integer"])
    })
    return requirement
  }

  #refuse(at: string, value: string, problems: readonly string[]): void {
    if (problems.length > 0) throw new Error(`${at}: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`)
  }
}

/** @throws with what was found in place of what, or what is wrong with a key or value */
export const parseSelector = (text: string, rules = PLAIN_RULES): LabelRequirement[] => new Parser(text, rules).parse()
