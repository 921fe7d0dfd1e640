/**
 * The one canonical encoding of a value, made only where somebody wants to see bytes: at the edge, to compare, to count.
 *
 * Keys are sorted, so two objects that hold the same have the same text. A string stands for its own bytes in UTF-8. Bytes
 * that are no UTF-8 come from outside alone, and stay as they are.
 */

/** A value that is no text. */
export interface Bytes {
  /** One byte in each unit. */
  readonly binary: string
}

const isBytes = (value: unknown): value is Bytes =>
  typeof value === 'object' && value !== null && typeof (value as Bytes).binary === 'string'

/** The bytes of a value, one in each unit of the string; such strings compare as the bytes do. */
export function bytesOf(value: unknown): string {
  if (isBytes(value)) return value.binary
  const text = encode(value)
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return utf8(text)
  return text
}

function utf8(text: string): string {
  let bytes = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    const rest = (shift: number): number => 0x80 | ((code >> shift) & 0x3f)
    if (code < 0x80) bytes += character
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), rest(0))
    else if (code < 0x10000) bytes += String.fromCharCode(0xe0 | (code >> 12), rest(6), rest(0))
    else bytes += String.fromCharCode(0xf0 | (code >> 18), rest(12), rest(6), rest(0))
  }
  return bytes
}

export function encode(value: unknown): string {
  return typeof value === 'string' ? value : canonical(value)
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`
  const record = value as Record<string, unknown>
  const fields = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`)
  return `{${fields.join(',')}}`
}

const sizes = new WeakMap<object, number>()

/** Size of a value in bytes of UTF-8. Remembered, since values never change. */
export function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return utf8Length(encode(value))
  if (isBytes(value)) return value.binary.length
  let size = sizes.get(value)
  if (size === undefined) sizes.set(value, (size = lengthOf(value)))
  return size
}

function utf8Length(text: string): number {
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) length += 1
    else if (unit < 0x800) length += 2
    // Each half of a surrogate pair counts two of the pair's four bytes.
    else if (unit >= 0xd800 && unit < 0xe000) length += 2
    else length += 3
  }
  return length
}

/** The length of `canonical(value)` in UTF-8, without making it: every write is measured, hardly any is looked at. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return quotedLength(value)
  if (typeof value !== 'object' || value === null) return (JSON.stringify(value) ?? 'null').length
  // A part that many values share has been measured by itself.
  const known = sizes.get(value)
  if (known !== undefined) return known
  let length = 2
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) length += lengthOf(value[i]) + (i > 0 ? 1 : 0)
    return length
  }
  const record = value as Record<string, unknown>
  let fields = 0
  for (const key of Object.keys(record)) {
    const item = record[key]
    if (item === undefined) continue
    length += quotedLength(key) + 1 + lengthOf(item) + (fields++ > 0 ? 1 : 0)
  }
  return length
}

/** As JSON has it, quotes included. */
function quotedLength(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // Escaped, or more than a byte.
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || unit > 0x7e) return utf8Length(JSON.stringify(text))
  }
  return text.length + 2
}
