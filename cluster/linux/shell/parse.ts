/**
 * A shell's command line, read: from text to a list of instructions with jumps, so that how far a script has come is a number.
 *
 * What we model: words with quotes, `$NAME`, `${NAME}`, `$?`, `$((…))`; `;`, newlines, `&&`, `||`, pipes; redirections to and from files
 * and between stdout and stderr; assignments; `while`, `until`, `for`, `if`; `( … )` and `{ … }` without a scope of their own.
 * What we leave out: pipes from or to a loop, functions, `case`, command substitution, here-documents, jobs, globs.
 * Where to read upstream: busybox `shell/ash.c`; POSIX, Shell Command Language.
 */
export type Part =
  { readonly text: string } | { readonly name: string; readonly quoted: boolean } | { readonly arithmetic: string }

export type Word = readonly Part[]

export interface Redirect {
  readonly kind: 'in' | 'out' | 'append' | 'err' | 'both' | 'outToErr' | 'errToOut'
  /** A file; empty where the other stream is meant. */
  readonly to: Word
}

export interface SimpleCommand {
  readonly assignments: readonly (readonly [name: string, value: Word])[]
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
}

export type Instruction =
  | { readonly op: 'run'; readonly pipeline: readonly SimpleCommand[] }
  | { readonly op: 'jump'; readonly to: number }
  /** On the status of what ran last. */
  | { readonly op: 'jumpIf'; readonly ok: boolean; readonly to: number }
  /** Gives the variable the list's next word, or jumps where there is none. */
  | { readonly op: 'next'; readonly name: string; readonly words: readonly Word[]; readonly to: number }

export class ShellSyntaxError extends Error {}

interface Token {
  readonly word?: Word
  /** Of a word: nothing in it was quoted, so it may be a keyword. */
  readonly plain?: string
  readonly operator?: string
}

const OPERATORS = ['&&', '||', '2>&1', '1>&2', '>&2', '&>', '2>', '>>', ';;', ';', '|', '(', ')', '<', '>', '&', '\n']

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    if (char === ' ' || char === '\t') at++
    else if (char === '#') while (at < text.length && text[at] !== '\n') at++
    else if (text.startsWith('\\\n', at)) at += 2
    else {
      const operator = OPERATORS.find((one) => text.startsWith(one, at))
      if (operator !== undefined) {
        tokens.push({ operator: operator === '\n' ? ';' : operator })
        at += operator.length
      } else {
        const [token, end] = readWord(text, at)
        tokens.push(token)
        at = end
      }
    }
  }
  return tokens
}

/** Ends a word that is not quoted. */
const BREAKS = ' \t\n;|&()<>'

function readWord(text: string, start: number): [Token, end: number] {
  const parts: Part[] = []
  let literal = ''
  let isPlain = true
  let at = start
  const flush = (): void => {
    if (literal !== '') parts.push({ text: literal })
    literal = ''
  }
  const dollar = (quoted: boolean): void => {
    const [part, end] = readDollar(text, at, quoted)
    if (part) {
      flush()
      parts.push(part)
    } else literal += '$'
    at = end
  }
  while (at < text.length && !BREAKS.includes(text[at]!)) {
    const char = text[at]!
    if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) throw new ShellSyntaxError('unterminated quoted string')
      flush()
      parts.push({ text: text.slice(at + 1, end) })
      at = end + 1
      isPlain = false
    } else if (char === '"') {
      isPlain = false
      flush()
      parts.push({ text: '' })
      for (at++; text[at] !== '"';) {
        if (at >= text.length) throw new ShellSyntaxError('unterminated quoted string')
        if (text[at] === '\\' && '"\\$`'.includes(text[at + 1] ?? ' ')) {
          literal += text[at + 1]
          at += 2
        } else if (text[at] === '$') dollar(true)
        else literal += text[at++]
      }
      flush()
      at++
    } else if (char === '\\') {
      literal += text[at + 1] ?? ''
      isPlain = false
      at += 2
    } else if (char === '$') {
      isPlain = false
      dollar(false)
    } else literal += text[at++]
  }
  flush()
  const word = Object.freeze(parts)
  return [isPlain ? { word, plain: text.slice(start, at) } : { word }, at]
}

function readDollar(text: string, at: number, quoted: boolean): [Part | undefined, end: number] {
  if (text.startsWith('$((', at)) {
    const end = text.indexOf('))', at)
    if (end < 0) throw new ShellSyntaxError('missing "))"')
    return [{ arithmetic: text.slice(at + 3, end) }, end + 2]
  }
  const match = /^\$(?:(\w+|\?)|\{(\w+)\})/.exec(text.slice(at, at + 64))
  if (!match) return [undefined, at + 1]
  return [{ name: match[1] ?? match[2]!, quoted }, at + match[0].length]
}

// ── from tokens to instructions ─────────────────────────────────────────────────────────────────────────────────────

const CLOSERS = ['do', 'done', 'then', 'fi', 'else', 'elif', '}']

/** @throws ShellSyntaxError */
export function parseShell(text: string): readonly Instruction[] {
  const reader = new Reader(tokensOf(text))
  reader.list()
  if (reader.peek()) throw new ShellSyntaxError(`unexpected "${reader.spelled()}"`)
  return Object.freeze(reader.code)
}

/** A condition that did not hold is no failure. */
const SUCCESS: Instruction = { op: 'run', pipeline: [{ assignments: [], words: [[{ text: ':' }]], redirects: [] }] }

class Reader {
  readonly code: Instruction[] = []
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  spelled(): string {
    const token = this.peek()
    return token?.operator ?? token?.plain ?? 'end of input'
  }

  #take(what: string): boolean {
    const token = this.peek()
    if (token?.operator !== what && token?.plain !== what) return false
    this.#at++
    return true
  }

  #expect(what: string): void {
    if (!this.#take(what)) throw new ShellSyntaxError(`unexpected "${this.spelled()}" (expecting "${what}")`)
  }

  /** Reserves a jump that is given its target later. */
  #hole(make: (to: number) => Instruction): () => void {
    const at = this.code.push({ op: 'jump', to: 0 }) - 1
    return () => (this.code[at] = make(this.code.length))
  }

  list(): void {
    for (;;) {
      while (this.#take(';')) continue
      const token = this.peek()
      if (!token || token.operator === ')' || CLOSERS.includes(token.plain ?? '')) return
      this.#andOr()
      if (!this.#take(';') && !this.#take('&')) return
    }
  }

  #andOr(): void {
    this.#pipeline()
    for (;;) {
      const ok = this.#take('||') ? true : this.#take('&&') ? false : undefined
      if (ok === undefined) return
      const close = this.#hole((to) => ({ op: 'jumpIf', ok, to }))
      while (this.#take(';')) continue
      this.#pipeline()
      close()
    }
  }

  #pipeline(): void {
    if (this.#take('while')) return this.#loop(false)
    if (this.#take('until')) return this.#loop(true)
    if (this.#take('if')) return this.#if()
    if (this.#take('for')) return this.#for()
    const closer = this.#take('(') ? ')' : this.#take('{') ? '}' : undefined
    if (closer !== undefined) {
      this.list()
      return this.#expect(closer)
    }
    const pipeline = [this.#simple()]
    while (this.#take('|')) pipeline.push(this.#simple())
    this.code.push({ op: 'run', pipeline })
  }

  #loop(endsWhen: boolean): void {
    const top = this.code.length
    this.list()
    const close = this.#hole((to) => ({ op: 'jumpIf', ok: endsWhen, to }))
    this.#body(top)
    close()
    this.code.push(SUCCESS)
  }

  #for(): void {
    const name = this.spelled()
    this.#at++
    this.#expect('in')
    const words: Word[] = []
    while (this.peek()?.word) words.push(this.#tokens[this.#at++]!.word!)
    this.#take(';')
    const top = this.code.length
    const close = this.#hole((to) => ({ op: 'next', name, words, to }))
    this.#body(top)
    close()
  }

  #body(top: number): void {
    this.#expect('do')
    this.list()
    this.#expect('done')
    this.code.push({ op: 'jump', to: top })
  }

  #if(): void {
    const ends: (() => void)[] = []
    do {
      this.list()
      const skip = this.#hole((to) => ({ op: 'jumpIf', ok: false, to }))
      this.#expect('then')
      this.list()
      ends.push(this.#hole((to) => ({ op: 'jump', to })))
      skip()
    } while (this.#take('elif'))
    if (this.#take('else')) this.list()
    else this.code.push(SUCCESS)
    this.#expect('fi')
    for (const end of ends) end()
  }

  #simple(): SimpleCommand {
    const assignments: [string, Word][] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (;;) {
      const token = this.peek()
      const kind = token?.operator === undefined ? undefined : REDIRECTS[token.operator]
      if (kind) {
        this.#at++
        redirects.push({ kind, to: kind === 'outToErr' || kind === 'errToOut' ? [] : this.#target() })
      } else if (token?.word) {
        this.#at++
        const assigned = words.length === 0 ? assignment(token.word) : undefined
        if (assigned) assignments.push(assigned)
        else words.push(token.word)
      } else break
    }
    if (words.length + assignments.length + redirects.length === 0)
      throw new ShellSyntaxError(`unexpected "${this.spelled()}"`)
    return { assignments, words, redirects }
  }

  #target(): Word {
    const { word } = this.peek() ?? {}
    if (!word) throw new ShellSyntaxError(`unexpected "${this.spelled()}" (expecting word)`)
    this.#at++
    return word
  }
}

const REDIRECTS: Readonly<Record<string, Redirect['kind']>> = {
  '<': 'in',
  '>': 'out',
  '>>': 'append',
  '2>': 'err',
  '&>': 'both',
  '>&2': 'outToErr',
  '1>&2': 'outToErr',
  '2>&1': 'errToOut',
}

function assignment([first, ...rest]: Word): [string, Word] | undefined {
  if (!first || !('text' in first)) return undefined
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text)
  return match ? [match[1]!, [{ text: match[2]! }, ...rest]] : undefined
}
