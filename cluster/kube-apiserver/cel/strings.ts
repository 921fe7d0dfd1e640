/**
 * What Kubernetes' CEL can do with text beside the standard functions: parts of it, replacing, splitting, formatting, searching.
 *
 * Where to read upstream: cel-go `ext/{strings,formatting}.go` (version 2); apiserver `pkg/cel/library/regex.go`.
 */
import { searches } from '../validation/pattern.ts'
import { goFloat } from './numbers.ts'
import type { Overload } from './signatures.ts'
import { def, defs } from './signatures.ts'
import { showDuration, showTimestamp } from './time.ts'
import type { Value } from './values.ts'
import { CelMap, Duration, fail, isList, Timestamp, typeName, TypeValue, Uint } from './values.ts'

const characters = (text: string): string[] => [...text]
const outOfRange = (index: bigint): never => fail(`index out of range: ${index}`)

function indexOf(text: string, part: string, from = 0n): bigint {
  const all = characters(text)
  const wanted = characters(part)
  if (from < 0n || from > all.length) return outOfRange(from)
  if (part === '') return from
  for (let i = Number(from); i + wanted.length <= all.length; i++) {
    if (wanted.every((one, k) => all[i + k] === one)) return BigInt(i)
  }
  return -1n
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const all = characters(text)
  const wanted = characters(part)
  if (from !== undefined && (from < 0n || from >= all.length)) return outOfRange(from)
  if (part === '') return from ?? BigInt(all.length)
  const start = Math.min(Number(from ?? all.length), all.length - wanted.length)
  for (let i = start; i >= 0; i--) if (wanted.every((one, k) => all[i + k] === one)) return BigInt(i)
  return -1n
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = characters(text)
  const to = end ?? BigInt(all.length)
  if (end !== undefined && start > end) return fail(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > all.length) return outOfRange(start)
  if (to < 0n || to > all.length) return outOfRange(to)
  return all.slice(Number(start), Number(to)).join('')
}

function charAt(text: string, index: bigint): string {
  const all = characters(text)
  return index < 0n || index > all.length ? outOfRange(index) : (all[Number(index)] ?? '')
}

/** As Go splits: the last part keeps what is left. */
function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return []
  const parts = separator === '' ? characters(text) : text.split(separator)
  if (limit < 0n || parts.length <= limit) return parts
  const most = Number(limit)
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]
}

function replace(text: string, old: string, by: string, limit = -1n): string {
  let left = limit < 0n ? Infinity : Number(limit)
  if (old === '') {
    const all = characters(text)
    return all.map((one) => (left-- > 0 ? by + one : one)).join('') + (left > 0 ? by : '')
  }
  const parts = text.split(old)
  return parts.reduce((made, part) => made + (left-- > 0 ? by : old) + part)
}

const toCase = (text: string, from: RegExp, change: (character: string) => string): string => text.replace(from, change)
/** What Unicode calls white space, as Go trims it. */
const trim = (text: string): string => text.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, '')
const quote = (text: string): string => `"${[...text].map((one) => QUOTED[one] ?? one).join('')}"`
const QUOTED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\f': '\\f', '\b': '\\b', '\x07': '\\a' } // prettier-ignore

// ── formatting ──────────────────────────────────────────────────────────────────────────────────────────────────────

function show(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return goFloat(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  if (value instanceof Timestamp) return showTimestamp(value)
  if (value instanceof Duration) return showDuration(value)
  if (value instanceof TypeValue) return value.name
  if (isList(value)) return `[${value.map(show).join(', ')}]`
  if (value instanceof CelMap) {
    const entries = value.keys().map((key) => `${show(key)}: ${show((value as CelMap).get(key)!)}`)
    return `{${entries.sort().join(', ')}}`
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return fail(`could not convert argument of type ${typeName(value)} to string`)
}

const wholeOf = (value: Value, clause: string): bigint => {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return value.value
  if (typeof value === 'boolean' && clause === 'b') return value ? 1n : 0n
  return fail(`error during formatting: ${CLAUSES[clause]} clause can only be used on integers, was given ${typeName(value)}`) // prettier-ignore
}

const CLAUSES: Readonly<Record<string, string>> = { d: 'decimal', b: 'binary', o: 'octal', x: 'hex', X: 'hex' }
const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 }

function hexOf(value: Value, clause: string): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  if (!(bytes instanceof Uint8Array)) return wholeOf(value, clause).toString(16)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function doubleText(value: Value, clause: string, precision: number): string {
  const number = typeof value === 'bigint' ? Number(value) : value instanceof Uint ? Number(value.value) : value
  if (typeof number !== 'number') {
    const what = clause === 'e' ? 'scientific' : 'fixed-point'
    return fail(`error during formatting: ${what} clause can only be used on doubles, was given ${typeName(value)}`)
  }
  if (!Number.isFinite(number)) return goFloat(number).replace(/^\+?(-?)Inf$/, '$1Infinity')
  if (clause === 'f') return number.toFixed(precision)
  return number.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
}

const CLAUSE = /%(?:(%)|(?:\.(\d+))?([sdfebxXo])|)/g

function format(text: string, args: readonly Value[]): string {
  let i = 0
  const made = text.replace(CLAUSE, (all, percent, precision, clause?: string) => {
    if (percent !== undefined) return '%'
    if (clause === undefined) return fail(`could not parse formatting clause: unrecognized formatting clause "${text[text.indexOf(all) + 1] ?? ''}"`) // prettier-ignore
    if (i >= args.length) return fail(`index ${i} out of range`)
    const value = args[i++]!
    if (clause === 's') return show(value)
    if (clause === 'd') return typeof value === 'number' ? goFloat(value) : String(wholeOf(value, clause))
    if (clause === 'f' || clause === 'e') return doubleText(value, clause, Number(precision ?? 6))
    if (clause === 'x') return hexOf(value, clause)
    if (clause === 'X') return hexOf(value, clause).toUpperCase()
    return wholeOf(value, clause).toString(RADIX[clause])
  })
  return i < args.length ? fail(`too many arguments supplied to string.format (expected ${i}, got ${args.length})`) : made // prettier-ignore
}

// ── regular expressions ─────────────────────────────────────────────────────────────────────────────────────────────

function find(text: string, pattern: string): string {
  const found = searches(pattern, fail).find(text)
  return found ? text.slice(found.start, found.end) : ''
}

function findAll(text: string, pattern: string, limit = -1n): string[] {
  const machine = searches(pattern, fail)
  const all: string[] = []
  for (let from = 0; from <= text.length && (limit < 0n || all.length < limit);) {
    const found = machine.find(text, from)
    if (!found) break
    all.push(text.slice(found.start, found.end))
    // Past a match of nothing, so that the next is another.
    from = found.end > found.start ? found.end : found.end + ((text.codePointAt(found.end) ?? 0) > 0xffff ? 2 : 1)
  }
  return all
}

export const STRINGS: readonly Overload[] = [
  ...defs('indexOf', ['string.(string) -> int', 'string.(string, int) -> int'], indexOf),
  ...defs('lastIndexOf', ['string.(string) -> int', 'string.(string, int) -> int'], lastIndexOf),
  ...defs('substring', ['string.(int) -> string', 'string.(int, int) -> string'], substring),
  ...defs('split', ['string.(string) -> list<string>', 'string.(string, int) -> list<string>'], split),
  ...defs('replace', ['string.(string, string) -> string', 'string.(string, string, int) -> string'], replace),
  def('join', 'list<string>.() -> string', (list: readonly string[]) => list.join('')),
  def('join', 'list<string>.(string) -> string', (list: readonly string[], separator: string) => list.join(separator)),
  def('charAt', 'string.(int) -> string', charAt),
  def('lowerAscii', 'string.() -> string', (text: string) => toCase(text, /[A-Z]/g, (one) => one.toLowerCase())),
  def('upperAscii', 'string.() -> string', (text: string) => toCase(text, /[a-z]/g, (one) => one.toUpperCase())),
  def('trim', 'string.() -> string', trim),
  def('format', 'string.(list<dyn>) -> string', format),
  def('strings.quote', '(string) -> string', quote),
  def('find', 'string.(string) -> string', find),
  ...defs('findAll', ['string.(string) -> list<string>', 'string.(string, int) -> list<string>'], findAll),
]
