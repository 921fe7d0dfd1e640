/**
 * Running a pattern over a text, in time that grows with both and no faster: all ways that a match could go are followed at once.
 *
 * Of several matches, the first that begins is found, and of those that begin there the one that the pattern prefers.
 * Where to read upstream: Go `regexp/exec.go`; https://swtch.com/~rsc/regexp/regexp2.html
 */
import type { Class, Tree } from './syntax.ts'
import { parsePattern, PatternError } from './syntax.ts'

type Place = Extract<Tree, { is: 'at' }>['place']

type Instruction =
  | { readonly is: 'class'; readonly holds: Class }
  | { readonly is: 'at'; readonly place: Place }
  /** The first way is preferred. */
  | { is: 'split'; first: number; second: number }
  | { is: 'jump'; to: number }
  | { readonly is: 'match' }

const INSTRUCTIONS_MAX = 100_000

/** From and to, in UTF-16 units. */
export interface Found {
  readonly start: number
  readonly end: number
}

export class Machine {
  readonly #program: readonly Instruction[]

  /** Throws where the text is no pattern. */
  constructor(pattern: string) {
    const program: Instruction[] = []
    emit(program, parsePattern(pattern), pattern)
    program.push({ is: 'match' })
    this.#program = program
  }

  test(text: string): boolean {
    return this.#run(text, 0, true) !== undefined
  }

  /** The first match from there on. */
  find(text: string, from = 0): Found | undefined {
    return this.#run(text, from, false)
  }

  #run(text: string, from: number, isEnough: boolean): Found | undefined {
    let threads: Thread[] = []
    let found: Found | undefined
    for (let at = from; ;) {
      const seen = new Set<number>()
      const now: Thread[] = []
      for (const { at: i, start } of threads) this.#follow(i, start, text, at, seen, now)
      // A match that begins later is not wanted once there is one.
      if (found === undefined) this.#follow(0, at, text, at, seen, now)
      const point = at < text.length ? text.codePointAt(at)! : -1
      const next: Thread[] = []
      for (const thread of now) {
        const instruction = this.#program[thread.at]!
        if (instruction.is === 'match') {
          found = { start: thread.start, end: at }
          if (isEnough) return found
          break
        }
        if (instruction.is === 'class' && point >= 0 && instruction.holds(point)) next.push({ at: thread.at + 1, start: thread.start }) // prettier-ignore
      }
      if (point < 0 || (next.length === 0 && found !== undefined)) return found
      threads = next
      at += point > 0xffff ? 2 : 1
    }
  }

  /** Adds where a thread can be without reading anything, the preferred first. */
  #follow(first: number, start: number, text: string, at: number, seen: Set<number>, into: Thread[]): void {
    const stack = [first]
    while (stack.length > 0) {
      const i = stack.pop()!
      if (seen.has(i)) continue
      seen.add(i)
      const instruction = this.#program[i]!
      if (instruction.is === 'jump') stack.push(instruction.to)
      else if (instruction.is === 'split') stack.push(instruction.second, instruction.first)
      else if (instruction.is === 'at') {
        if (holdsAt(instruction.place, text, at)) stack.push(i + 1)
      } else into.push({ at: i, start })
    }
  }
}

interface Thread {
  readonly at: number
  readonly start: number
}

const isWordAt = (text: string, i: number): boolean => /\w/.test(text[i] ?? '')

function holdsAt(place: Place, text: string, at: number): boolean {
  switch (place) {
    case 'begin':
      return at === 0
    case 'end':
      return at === text.length
    case 'line-begin':
      return at === 0 || text[at - 1] === '\n'
    case 'line-end':
      return at === text.length || text[at] === '\n'
    case 'word':
      return isWordAt(text, at - 1) !== isWordAt(text, at)
    case 'no-word':
      return isWordAt(text, at - 1) === isWordAt(text, at)
  }
}

function emit(program: Instruction[], tree: Tree, pattern: string): void {
  if (program.length > INSTRUCTIONS_MAX) throw new PatternError('expression too large', pattern)
  switch (tree.is) {
    case 'class':
    case 'at':
      program.push(tree)
      return
    case 'all':
      for (const one of tree.of) emit(program, one, pattern)
      return
    case 'any':
      return emitAny(program, tree.of, pattern)
    case 'repeat':
      return emitRepeat(program, tree, pattern)
  }
}

function emitAny(program: Instruction[], all: readonly Tree[], pattern: string): void {
  const ends: { to: number }[] = []
  all.forEach((one, i) => {
    if (i === all.length - 1) return emit(program, one, pattern)
    const split = { is: 'split' as const, first: program.length + 1, second: 0 }
    program.push(split)
    emit(program, one, pattern)
    const end = { is: 'jump' as const, to: 0 }
    program.push(end)
    ends.push(end)
    split.second = program.length
  })
  for (const end of ends) end.to = program.length
}

function emitRepeat(
  program: Instruction[],
  { of, min, max, lazy }: Extract<Tree, { is: 'repeat' }>,
  pattern: string,
): void {
  // prettier-ignore
  const prefer = (split: { first: number; second: number }, inside: number, past: number) => {
    split.first = lazy ? past : inside
    split.second = lazy ? inside : past
  }
  for (let i = 0; i < min; i++) emit(program, of, pattern)
  if (max === Infinity) {
    const split = { is: 'split' as const, first: 0, second: 0 }
    const at = program.push(split) - 1
    emit(program, of, pattern)
    program.push({ is: 'jump', to: at })
    return prefer(split, at + 1, program.length)
  }
  const splits: { split: { first: number; second: number }; inside: number }[] = []
  for (let i = min; i < max; i++) {
    const split = { is: 'split' as const, first: 0, second: 0 }
    splits.push({ split, inside: program.push(split) })
    emit(program, of, pattern)
  }
  for (const { split, inside } of splits) prefer(split, inside, program.length)
}
