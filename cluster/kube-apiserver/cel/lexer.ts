/**
 * The words of an expression.
 *
 * Where to read upstream: cel-spec `doc/langdef.md` (Syntax); cel-go `parser/gen/CEL.g4`, `parser/unescape.go`.
 */
import type { Issue } from './syntax.ts'
import type { Value } from './values.ts'
import { INT_MAX, UINT_MAX, Uint } from './values.ts'

export interface Token {
  readonly kind: 'name' | 'quoted' | 'literal' | 'sign' | 'end'
  /** As it stands in the source. */
  readonly text: string
  readonly at: number
  /** Of a literal. */
  readonly value?: Value
  /** A number that only a minus before it makes small enough. */
  readonly onlyNegative?: boolean
}

const SPACE = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y
const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y
const QUOTED = /`[-a-zA-Z0-9_./ ]+`/y
const FLOAT = /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/y
const WHOLE = /(?:0x[0-9a-fA-F]+|\d+)[uU]?/y
const TEXT = /(?:[bB][rR]?|[rR][bB]?)?(?:"""|'''|"|')/y
const SIGN = /&&|\|\||==|!=|<=|>=|[<>+\-*/%!?:.,()[\]{}]/y

/** @param issues what is no word is complained of here, and left out */
export function tokensOf(source: string, issues: Issue[]): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  const push = (token: Token) => {
    tokens.push(token)
    at += token.text.length
  }
  for (;;) {
    at += match(SPACE)?.length ?? 0
    if (at >= source.length) break
    const opening = match(TEXT)
    if (opening !== undefined) {
      const text = textLiteral(source, at, opening, issues)
      if (!text) break
      push(text)
      continue
    }
    const name = match(NAME)
    if (name !== undefined) {
      push({ kind: 'name', text: name, at })
      continue
    }
    const quoted = match(QUOTED)
    const float = quoted === undefined ? match(FLOAT) : undefined
    const whole = quoted === undefined && float === undefined ? match(WHOLE) : undefined
    const sign = match(SIGN)
    if (quoted !== undefined) push({ kind: 'quoted', text: quoted, at })
    else if (float !== undefined) push({ kind: 'literal', text: float, at, value: Number(float) })
    else if (whole !== undefined) push(wholeNumber(whole, at, issues))
    else if (sign !== undefined) push({ kind: 'sign', text: sign, at })
    else {
      const wrong = String.fromCodePoint(source.codePointAt(at)!)
      issues.push({ at, message: `Syntax error: token recognition error at: '${wrong}'` })
      at += wrong.length
    }
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length })
  return tokens
}

function wholeNumber(text: string, at: number, issues: Issue[]): Token {
  const isUint = /u$/i.test(text)
  const value = BigInt(isUint ? text.slice(0, -1) : text)
  if (isUint) {
    if (value > UINT_MAX) issues.push({ at, message: 'invalid uint literal' })
    return { kind: 'literal', text, at, value: new Uint(value) }
  }
  const onlyNegative = value === INT_MAX + 1n
  if (value > INT_MAX && !onlyNegative) issues.push({ at, message: 'invalid int literal' })
  return { kind: 'literal', text, at, value, ...(onlyNegative && { onlyNegative }) }
}

// ── strings and bytes ───────────────────────────────────────────────────────────────────────────────────────────────

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
}
const CODE = /^(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/

function textLiteral(source: string, at: number, opening: string, issues: Issue[]): Token | undefined {
  const [prefix = ''] = /^[bBrR]*/.exec(opening)!
  const quote = opening.slice(prefix.length)
  const isRaw = /r/i.test(prefix)
  let end = at + opening.length
  while (end < source.length && !source.startsWith(quote, end)) {
    if (quote.length === 1 && source[end] === '\n') break
    end += source[end] === '\\' && !isRaw ? 2 : 1
  }
  if (!source.startsWith(quote, end)) {
    issues.push({ at, message: `Syntax error: token recognition error at: '${source.slice(at)}'` })
    return undefined
  }
  const inner = source.slice(at + opening.length, end)
  const text = source.slice(at, end + quote.length)
  const isBytes = /b/i.test(prefix)
  const value = isRaw ? inner : unescaped(inner, isBytes)
  if (value === undefined) issues.push({ at, message: 'unable to unescape string' })
  return { kind: 'literal', text, at, value: isBytes ? bytesOf(value ?? '', isRaw) : (value ?? '') }
}

/** In bytes, what an escape names is a byte: it is kept apart as a character beyond Unicode's text. */
const BYTE_BASE = 0xf0000

function unescaped(text: string, isBytes: boolean): string | undefined {
  let result = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      result += text[i]
      continue
    }
    const simple = ESCAPES[text[++i] ?? '']
    if (simple !== undefined) {
      result += simple
      continue
    }
    const code = CODE.exec(text.slice(i))
    if (!code) return undefined
    const [, x, X, u, U, octal] = code
    const number = octal === undefined ? Number.parseInt(x ?? X ?? u ?? U ?? '', 16) : Number.parseInt(octal, 8)
    if (isBytes && (u ?? U) !== undefined) return undefined
    if (number > 0x10ffff || (number >= 0xd800 && number < 0xe000)) return undefined
    result += String.fromCodePoint(isBytes ? BYTE_BASE + number : number)
    i += code[0].length - 1
  }
  return result
}

function bytesOf(text: string, isRaw: boolean): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (!isRaw && code >= BYTE_BASE && code < BYTE_BASE + 256) bytes.push(code - BYTE_BASE)
    else bytes.push(...new TextEncoder().encode(character))
  }
  return Uint8Array.from(bytes)
}
