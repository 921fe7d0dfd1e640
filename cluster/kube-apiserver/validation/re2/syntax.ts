/**
 * Regular expressions as RE2 writes them, as a tree.
 *
 * What we leave out: `\C`, `\Q…\E` within classes, names of scripts that JavaScript does not know.
 * Where to read upstream: google/re2 `doc/syntax.txt`; Go `regexp/syntax/parse.go`.
 */

/** Whether a code point is one of a class. */
export type Class = (point: number) => boolean

export type Tree =
  | { readonly is: 'class'; readonly holds: Class }
  | { readonly is: 'at'; readonly place: 'begin' | 'end' | 'line-begin' | 'line-end' | 'word' | 'no-word' }
  | { readonly is: 'all' | 'any'; readonly of: readonly Tree[] }
  | { readonly is: 'repeat'; readonly of: Tree; readonly min: number; readonly max: number; readonly lazy: boolean }

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  readonly U: boolean
}

const NONE: Flags = { i: false, m: false, s: false, U: false }
const REPEAT_MAX = 1000
const DEPTH_MAX = 1000

export class PatternError extends Error {
  constructor(what: string, where: string) {
    super(`error parsing regexp: ${what}: \`${where}\``)
  }
}

const isWord: Class = (point) => (point >= 48 && point <= 57) || (point >= 65 && point <= 90) || point === 95 || (point >= 97 && point <= 122) // prettier-ignore
const isDigit: Class = (point) => point >= 48 && point <= 57
const isSpace: Class = (point) => point === 32 || (point >= 9 && point <= 13 && point !== 11)
const not = (one: Class): Class => (point) => !one(point) // prettier-ignore
const PERL: Readonly<Record<string, Class>> = { d: isDigit, D: not(isDigit), s: isSpace, S: not(isSpace), w: isWord, W: not(isWord) } // prettier-ignore
const between = (from: number, to: number): Class => (point) => point >= from && point <= to // prettier-ignore
const anyOf = (all: readonly Class[]): Class => (point) => all.some((one) => one(point)) // prettier-ignore

const POSIX: Readonly<Record<string, Class>> = {
  alnum: (point) => isWord(point) && point !== 95,
  alpha: (point) => isWord(point) && point !== 95 && !isDigit(point),
  ascii: between(0, 127),
  blank: (point) => point === 32 || point === 9,
  cntrl: (point) => point < 32 || point === 127,
  digit: isDigit,
  graph: between(33, 126),
  lower: between(97, 122),
  print: between(32, 126),
  punct: (point) => point > 32 && point < 127 && (!isWord(point) || point === 95),
  space: (point) => point === 32 || (point >= 9 && point <= 13),
  upper: between(65, 90),
  word: isWord,
  xdigit: (point) => isDigit(point) || (point >= 65 && point <= 70) || (point >= 97 && point <= 102),
}

/** Small and large letters are the same. */
const folded =
  (one: Class): Class =>
  (point) => {
    if (one(point)) return true
    const text = String.fromCodePoint(point)
    return [text.toLowerCase(), text.toUpperCase()].some(
      (other) => [...other].length === 1 && one(other.codePointAt(0)!),
    )
  }

const ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

export function parsePattern(text: string): Tree {
  const parser = new Parser(text)
  return parser.whole()
}

class Parser {
  readonly #text: string
  readonly #points: readonly string[]
  #i = 0
  #depth = 0
  #flags = NONE

  constructor(text: string) {
    this.#text = text
    this.#points = [...text]
  }

  #rest(from = this.#i, length = Infinity): string {
    return this.#points.slice(from, from + length).join('')
  }

  #sees(text: string): boolean {
    return this.#points[this.#i] === text
  }

  #takes(text: string): boolean {
    if (!this.#rest(this.#i, text.length).startsWith(text)) return false
    this.#i += text.length
    return true
  }

  whole(): Tree {
    const tree = this.#alternatives()
    if (this.#i < this.#points.length) throw new PatternError('unexpected )', this.#text)
    return tree
  }

  #alternatives(): Tree {
    if (++this.#depth > DEPTH_MAX) throw new PatternError('expression nests too deeply', this.#text)
    const before = this.#flags
    const all = [this.#sequence()]
    while (this.#takes('|')) all.push(this.#sequence())
    this.#flags = before
    this.#depth--
    return all.length === 1 ? all[0]! : { is: 'any', of: all }
  }

  #sequence(): Tree {
    const all: Tree[] = []
    while (this.#i < this.#points.length && !this.#sees('|') && !this.#sees(')')) {
      const isQuoted = this.#rest(this.#i, 2) === '\\Q'
      const atom = this.#atom()
      // Of a text in quotes, only the last character is repeated.
      if (isQuoted && atom?.is === 'all' && atom.of.length > 0) {
        all.push(...atom.of.slice(0, -1), this.#repeated(atom.of.at(-1)!))
      } else if (atom) all.push(this.#repeated(atom))
    }
    return all.length === 1 ? all[0]! : { is: 'all', of: all }
  }

  // ── repetition ────────────────────────────────────────────────────────────────────────────────────────────────────

  #repeated(atom: Tree): Tree {
    const start = this.#i
    const bounds = this.#bounds()
    if (!bounds) return atom
    const lazy = this.#takes('?') !== this.#flags.U
    const again = this.#i
    if (this.#bounds()) throw new PatternError('invalid nested repetition operator', this.#rest(start, this.#i - start))
    this.#i = again
    const [min, max] = bounds
    if (Math.max(min, max === Infinity ? 0 : max) > REPEAT_MAX || max < min) {
      throw new PatternError('invalid repeat count', this.#rest(start, again - start))
    }
    return { is: 'repeat', of: atom, min, max, lazy }
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#takes('*')) return [0, Infinity]
    if (this.#takes('+')) return [1, Infinity]
    if (this.#takes('?')) return [0, 1]
    const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#rest(this.#i, 16))
    if (!match) return undefined
    this.#i += match[0].length
    const min = Number(match[1])
    return [min, match[2] === undefined ? min : match[3] ? Number(match[3]) : Infinity]
  }

  // ── atoms ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Undefined: flags, that say how to read what follows. */
  #atom(): Tree | undefined {
    const { m, s } = this.#flags
    const start = this.#i
    if (this.#takes('(')) return this.#group(start)
    if (this.#takes('[')) return this.#class(this.#bracket(start))
    if (this.#takes('.')) return { is: 'class', holds: s ? () => true : (point) => point !== 10 }
    if (this.#takes('^')) return { is: 'at', place: m ? 'line-begin' : 'begin' }
    if (this.#takes('$')) return { is: 'at', place: m ? 'line-end' : 'end' }
    if (this.#sees('\\')) return this.#escape()
    if (this.#bounds()) throw new PatternError('missing argument to repetition operator', this.#rest(start, this.#i - start)) // prettier-ignore
    const point = this.#points[this.#i++]!.codePointAt(0)!
    return this.#class((other) => other === point)
  }

  #class(holds: Class): Tree {
    return { is: 'class', holds: this.#flags.i ? folded(holds) : holds }
  }

  #group(start: number): Tree | undefined {
    if (this.#takes('?')) {
      const name = /^P?<(\w+)>/.exec(this.#rest(this.#i, 64))
      const flags = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.#rest(this.#i, 16))
      if (name) this.#i += name[0].length
      else if (!flags) throw new PatternError('invalid or unsupported Perl syntax', this.#rest(start, 3))
      else {
        this.#i += flags[0].length
        const set = (text: string, value: boolean) => Object.fromEntries([...text].map((flag) => [flag, value]))
        const next = { ...this.#flags, ...set(flags[1]!, true), ...set(flags[2] ?? '', false) }
        if (flags[3] === ')') {
          this.#flags = next
          return undefined
        }
        const before = this.#flags
        this.#flags = next
        const inner = this.#closed()
        this.#flags = before
        return inner
      }
    }
    return this.#closed()
  }

  #closed(): Tree {
    const inner = this.#alternatives()
    if (!this.#takes(')')) throw new PatternError('missing closing )', this.#text)
    return inner
  }

  #escape(): Tree {
    const letter = this.#points[this.#i + 1]
    const places = { A: 'begin', z: 'end', b: 'word', B: 'no-word' } as const
    if (letter !== undefined && Object.hasOwn(places, letter)) {
      this.#i += 2
      return { is: 'at', place: places[letter as 'A'] }
    }
    if (letter === 'Q') return this.#quoted()
    const one = this.#escaped()
    return this.#class(typeof one === 'number' ? (point) => point === one : one)
  }

  #quoted(): Tree {
    const text = this.#rest(this.#i + 2)
    const end = text.indexOf('\\E')
    const inner = end < 0 ? text : text.slice(0, end)
    this.#i += 2 + [...inner].length + (end < 0 ? 0 : 2)
    return { is: 'all', of: [...inner].map((one) => this.#class((point) => point === one.codePointAt(0))) }
  }

  /** What stands after a backslash: a code point, or a class. */
  #escaped(): number | Class {
    const start = this.#i++
    const letter = this.#points[this.#i++]
    if (letter === undefined) throw new PatternError('trailing backslash at end of expression', '')
    if (Object.hasOwn(PERL, letter)) return PERL[letter]!
    if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter]!
    if (letter === 'p' || letter === 'P') return this.#unicode(letter === 'P', start)
    const code = /^(?:x([\da-fA-F]{2})|x\{([\da-fA-F]{1,6})\}|([0-7]{3})|(0))/.exec(letter + this.#rest(this.#i, 9))
    if (code) {
      this.#i += code[0].length - 1
      return Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', code[3] === undefined ? 16 : 8)
    }
    if (/[A-Za-z0-9]/.test(letter) || letter > '~')
      throw new PatternError('invalid escape sequence', this.#rest(start, 2))
    return letter.codePointAt(0)!
  }

  #unicode(isNot: boolean, start: number): Class {
    const match = /^(?:\{(\^?)(\w+)\}|(\w))/.exec(this.#rest(this.#i, 40))
    const name = match?.[2] ?? match?.[3] ?? ''
    this.#i += match?.[0].length ?? 0
    const tester = [`\\p{${name}}`, `\\p{Script=${name}}`].flatMap((source) => {
      try {
        return [new RegExp(source, 'u')]
      } catch {
        return []
      }
    })[0]
    if (!tester) throw new PatternError('invalid character class range', this.#rest(start, this.#i - start))
    const holds: Class = (point) => tester.test(String.fromCodePoint(point))
    return isNot !== (match?.[1] === '^') ? not(holds) : holds
  }

  #bracket(start: number): Class {
    const isNot = this.#takes('^')
    const all: Class[] = []
    for (let isFirst = true; isFirst || !this.#sees(']'); isFirst = false) {
      if (this.#i >= this.#points.length) throw new PatternError('missing closing ]', this.#rest(start))
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.#rest(this.#i, 16))
      if (posix) {
        const one = POSIX[posix[2]!]
        if (!one) throw new PatternError('invalid character class range', posix[0])
        this.#i += posix[0].length
        all.push(posix[1] ? not(one) : one)
        continue
      }
      all.push(this.#range())
    }
    this.#i++
    const holds = this.#flags.i ? folded(anyOf(all)) : anyOf(all)
    return isNot ? not(holds) : holds
  }

  #range(): Class {
    const start = this.#i
    const from = this.#sees('\\') ? this.#escaped() : this.#points[this.#i++]!.codePointAt(0)!
    if (typeof from !== 'number') return from
    if (!this.#sees('-') || this.#points[this.#i + 1] === ']' || this.#i + 1 >= this.#points.length) return between(from, from) // prettier-ignore
    this.#i++
    const to = this.#sees('\\') ? this.#escaped() : this.#points[this.#i++]!.codePointAt(0)!
    if (typeof to !== 'number' || to < from) throw new PatternError('invalid character class range', this.#rest(start, this.#i - start)) // prettier-ignore
    return between(from, to)
  }
}
