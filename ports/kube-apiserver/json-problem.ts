/**
 * What is wrong with a text that is no JSON, in the words of Go's decoder; clients show them.
 *
 * Where to read upstream: Go `encoding/json/scanner.go`; apiserver `pkg/endpoints/handlers/rest.go` (summarizeData).
 */

const END = 'unexpected end of JSON input'
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const WORDS = ['true', 'false', 'null'] as const

const SHORT: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** A byte as Go quotes it, which takes it for a character of its own. */
function quoted(byte: string): string {
  const code = byte.charCodeAt(0)
  const hex = (width: number): string => code.toString(16).padStart(width, '0')
  const isPlain = (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code !== 0xad)
  return `'${SHORT[byte] ?? (isPlain ? byte : code < 0x80 ? `\\x${hex(2)}` : `\\u${hex(4)}`)}'`
}

class Problem extends Error {}

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** @throws a Problem */
  whole(): void {
    this.#value('looking for beginning of value')
    if (this.#peek() !== '') this.#refuse('after top-level value')
  }

  /** The next that is no white space; empty at the end. */
  #peek(): string {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++
    return this.#text[this.#at] ?? ''
  }

  #refuse(where: string): never {
    const byte = this.#text[this.#at]
    throw new Problem(byte === undefined ? END : `invalid character ${quoted(byte)} ${where}`)
  }

  #value(where: string): void {
    const first = this.#peek()
    if (first === '{') return this.#object()
    if (first === '[') return this.#list()
    if (first === '"') return this.#string()
    if (first === '-' || (first >= '0' && first <= '9')) return this.#number()
    const word = first === '' ? undefined : WORDS.find((one) => one.startsWith(first))
    if (word === undefined) this.#refuse(where)
    for (const letter of word) {
      if (this.#text[this.#at] !== letter) this.#refuse(`in literal ${word} (expecting ${quoted(letter)})`)
      this.#at++
    }
  }

  #object(): void {
    this.#at++
    if (this.#peek() === '}') return void this.#at++
    for (;;) {
      if (this.#peek() !== '"') this.#refuse('looking for beginning of object key string')
      this.#string()
      if (this.#peek() !== ':') this.#refuse('after object key')
      this.#at++
      this.#value('looking for beginning of value')
      const next = this.#peek()
      if (next !== ',' && next !== '}') this.#refuse('after object key:value pair')
      this.#at++
      if (next === '}') return
    }
  }

  #list(): void {
    this.#at++
    if (this.#peek() === ']') return void this.#at++
    for (;;) {
      this.#value('looking for beginning of value')
      const next = this.#peek()
      if (next !== ',' && next !== ']') this.#refuse('after array element')
      this.#at++
      if (next === ']') return
    }
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const character = this.#text[this.#at]
      if (character === '"') return void this.#at++
      if (character === undefined || character < ' ') this.#refuse('in string literal')
      if (character !== '\\') continue
      const escape = this.#text[++this.#at] ?? ''
      if (escape === '' || !'"\\/bfnrtu'.includes(escape)) this.#refuse('in string escape code')
      for (let i = 0; escape === 'u' && i < 4; i++)
        if (!/[0-9a-fA-F]/.test(this.#text[++this.#at] ?? '')) this.#refuse('in \\u hexadecimal character escape')
    }
  }

  #number(): void {
    NUMBER.lastIndex = this.#at
    if (!NUMBER.test(this.#text)) {
      this.#at++
      this.#refuse('in numeric literal')
    }
    this.#at = NUMBER.lastIndex
    const next = this.#text[this.#at]
    if (next === '.') {
      this.#at++
      this.#refuse('after decimal point in numeric literal')
    }
    if (next === 'e' || next === 'E') {
      this.#at += '+-'.includes(this.#text[this.#at + 1] ?? 'x') ? 2 : 1
      this.#refuse('in exponent of numeric literal')
    }
  }
}

/** Undefined where it is sound. */
export function jsonProblem(bytes: Buffer): string | undefined {
  try {
    // A character for each byte.
    new Scanner(bytes.toString('latin1')).whole()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

const SUMMARY_MAX = 30

/** How upstream shows the bytes that it could not read: as they are where they look like JSON, else in hexadecimal. */
export function summary(bytes: Buffer): string {
  const part = bytes.subarray(0, SUMMARY_MAX)
  return `${bytes[0] === 0x7b ? part.toString() : part.toString('hex')}${bytes.length > SUMMARY_MAX ? ' ...' : ''}`
}
