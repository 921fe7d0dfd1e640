/** The pipelines within Go's templates: fields, variables, literals, functions, and what values look like when they are printed. */

export interface Scope {
  readonly dot: unknown
  readonly variables: Map<string, unknown>
}

interface Ran {
  readonly value: unknown
  /** A variable has been set: nothing is printed. */
  readonly isAssigned: boolean
}

const WORD = /\s*(?:(\||\(|\)|,)|("(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*')|([^\s|(),"`]+))/gy

export function run(pipeline: string, scope: Scope): Ran {
  const set = /^\s*(\$\w*)\s*:?=\s*(.*)$/s.exec(pipeline)
  const words = wordsOf(set ? set[2]! : pipeline)
  const reader = { words, at: 0 }
  const value = pipe(reader, scope)
  if (reader.at < words.length) throw new Error(`unexpected ${words[reader.at]}`)
  if (set) scope.variables.set(set[1]!, value)
  return { value, isAssigned: set !== null }
}

function wordsOf(text: string): string[] {
  const words: string[] = []
  WORD.lastIndex = 0
  while (WORD.lastIndex < text.trimEnd().length) {
    const found = WORD.exec(text)
    if (!found) throw new Error(`unexpected ${JSON.stringify(text)}`)
    words.push(found[1] ?? found[2] ?? found[3]!)
  }
  return words
}

interface Reader {
  readonly words: readonly string[]
  at: number
}

/** Commands, each of which has the value of the one before as its last argument. */
function pipe(reader: Reader, scope: Scope): unknown {
  let value = command(reader, scope, [])
  while (reader.words[reader.at] === '|') {
    reader.at++
    value = command(reader, scope, [value])
  }
  return value
}

function command(reader: Reader, scope: Scope, before: readonly unknown[]): unknown {
  const first = reader.words[reader.at]
  if (first === undefined || first === '|' || first === ')') throw new Error('missing value for command')
  const name = /^[A-Za-z]\w*$/.test(first) && !['true', 'false', 'nil'].includes(first) ? first : undefined
  if (name === undefined) {
    const value = operand(reader, scope)
    if (before.length > 0) throw new Error(`can't give argument to non-function ${first}`)
    return value
  }
  if (!Object.hasOwn(FUNCTIONS, name)) throw new Error(`function "${name}" not defined`)
  reader.at++
  const args: unknown[] = []
  while (reader.at < reader.words.length && !['|', ')'].includes(reader.words[reader.at]!)) args.push(operand(reader, scope)) // prettier-ignore
  return FUNCTIONS[name]!(...args, ...before)
}

function operand(reader: Reader, scope: Scope): unknown {
  const word = reader.words[reader.at++]!
  if (word === '(') {
    const value = pipe(reader, scope)
    if (reader.words[reader.at++] !== ')') throw new Error('unclosed left paren')
    const next = reader.words[reader.at]
    if (next !== undefined && /^\.\w/.test(next)) {
      reader.at++
      return fieldOf(value, next)
    }
    return value
  }
  if (word.startsWith('"')) return JSON.parse(word.replaceAll('\n', '\\n')) as string
  if (word.startsWith('`')) return word.slice(1, -1)
  if (word.startsWith("'")) return word.codePointAt(1)!
  if (word === '.') return scope.dot
  if (word.startsWith('.')) return fieldOf(scope.dot, word)
  if (word.startsWith('$')) {
    const dot = word.indexOf('.')
    const name = dot < 0 ? word : word.slice(0, dot)
    if (!scope.variables.has(name)) throw new Error(`undefined variable "${name}"`)
    return fieldOf(scope.variables.get(name), dot < 0 ? '' : word.slice(dot))
  }
  if (word === 'true' || word === 'false') return word === 'true'
  if (word === 'nil') return undefined
  if (/^[+-]?\d+(?:\.\d+)?$/.test(word)) return Number(word)
  if (Object.hasOwn(FUNCTIONS, word)) return FUNCTIONS[word]!()
  throw new Error(`function "${word}" not defined`)
}

function fieldOf(value: unknown, path: string): unknown {
  return path
    .split('.')
    .filter((name) => name !== '')
    .reduce<unknown>((part, name) => {
      if (part === undefined || part === null) return undefined
      if (typeof part !== 'object' || Array.isArray(part))
        throw new Error(`can't evaluate field ${name} in type ${typeName(part)}`)
      return Object.hasOwn(part, name) ? (part as Record<string, unknown>)[name] : undefined
    }, value)
}

const typeName = (value: unknown): string =>
  Array.isArray(value) ? '[]interface {}' : typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string' // prettier-ignore

/** Not empty, not nothing. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

/** As Go prints what JSON holds. */
export function shown(value: unknown, isInner = false): string {
  if (value === undefined || value === null) return isInner ? '<nil>' : '<no value>'
  if (Array.isArray(value)) return `[${value.map((one) => shown(one, true)).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${pairs.map(([key, one]) => `${key}:${shown(one, true)}`).join(' ')}]`
}

function compare(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison')
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1
}

function index(value: unknown, ...keys: readonly unknown[]): unknown {
  return keys.reduce<any>((part, key) => {
    if (part === undefined || part === null) throw new Error('error calling index: index of untyped nil')
    if (!Array.isArray(part)) return Object.hasOwn(part, String(key)) ? part[String(key)] : undefined
    if (typeof key !== 'number' || key < 0 || key >= part.length)
      throw new Error(`error calling index: index out of range: ${shown(key)}`)
    return part[key]
  }, value)
}

/** `%s`, `%d`, `%v`, `%q`, `%t` and `%%`, with a width. */
function printf(format: unknown, ...args: readonly unknown[]): string {
  let next = 0
  const text = String(format).replaceAll(/%(-?)(0?)(\d*)(?:\.(\d+))?([sdvqtfx%])/g, (_, left, zero, width, digits, verb) => {
    if (verb === '%') return '%'
    const value = args[next++]
    const plain = verb === 'q' ? JSON.stringify(shown(value, true)) : verb === 'f' ? Number(value).toFixed(Number(digits ?? 6)) : verb === 'x' ? Number(value).toString(16) : shown(value, true) // prettier-ignore
    const size = Number(width || 0)
    return left ? plain.padEnd(size) : plain.padStart(size, zero || ' ')
  }) // prettier-ignore
  return text
}

/** Go puts blanks between those of which neither is a string. */
const print = (...args: readonly unknown[]): string =>
  args.reduce<string>((text, value, i) => {
    const isApart = i > 0 && typeof value !== 'string' && typeof args[i - 1] !== 'string'
    return `${text}${isApart ? ' ' : ''}${shown(value, true)}`
  }, '')

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length
  if (Array.isArray(value)) return value.length
  if (typeof value === 'object' && value !== null) return Object.keys(value).length
  throw new Error('error calling len: len of untyped nil')
}

const FUNCTIONS: Readonly<Record<string, (...args: any[]) => unknown>> = {
  and: (...args) => args.find((one) => !isTrue(one)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
  len: lengthOf,
  index,
  slice: (value: string | unknown[], from = 0, to = value.length) => value.slice(from, to),
  print,
  println: (...args) => `${args.map((one) => shown(one, true)).join(' ')}\n`,
  printf,
  eq: (first, ...others) => others.some((one) => compareEqual(first, one)),
  ne: (a, b) => !compareEqual(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  urlquery: (value) => encodeURIComponent(shown(value, true)),
  html: (value) => shown(value, true).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  // kubectl's own.
  exists: (value, ...keys) => keys.reduce<any>((part, key) => part?.[key], value) !== undefined,
  base64decode: (text) => new TextDecoder().decode(Uint8Array.from(atob(String(text)), (char) => char.charCodeAt(0))),
}

function compareEqual(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined || a === null || b === null) return (a ?? undefined) === (b ?? undefined)
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison')
  return a === b
}
