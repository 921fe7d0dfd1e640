/**
 * Reads a value that a learner wrote, field by field. What is not as it must be is refused with the place, what stands there
 * and what to write instead; a field that nobody knows is refused too, for it is most often a known one, misspelt.
 */
import type { Sayable } from '../verdict/said.ts'

/** A value that is not of the form asked for. */
export class Malformed extends Error {
  /** As in `pods[0].spec`; empty for the whole. */
  readonly path: string
  readonly found: Sayable
  readonly remedy: Sayable

  constructor(path: string, found: Sayable, remedy: Sayable) {
    super(`${path} is malformed`)
    this.path = path
    this.found = found
    this.remedy = remedy
  }
}

const SHOWN_MAX = 60

function shown(value: unknown): Sayable {
  if (value === undefined) return { key: 'grader.tests.missing' }
  const text = JSON.stringify(value)
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`
}

const LIST_MAX = 50

export class Reader {
  readonly value: unknown
  readonly path: string

  constructor(value: unknown, path = '') {
    this.value = value
    this.path = path
  }

  /** `remedy` completes "… is …:". */
  refuse(remedy: Sayable): never {
    throw new Malformed(this.path, shown(this.value), remedy)
  }

  get isThere(): boolean {
    return this.value !== undefined
  }

  get isList(): boolean {
    return Array.isArray(this.value)
  }

  get isText(): boolean {
    return typeof this.value === 'string'
  }

  /** A field of an object whose fields are known, or an entry of a map. */
  at(name: string): Reader {
    const inside = this.#record()
    const value = Object.hasOwn(inside, name) ? inside[name] : undefined
    return new Reader(value, this.path === '' ? name : `${this.path}.${name}`)
  }

  /** It is an object, and has no fields but these. */
  only(...known: readonly string[]): this {
    const odd = Object.keys(this.#record()).find((name) => !known.includes(name))
    if (odd !== undefined)
      this.at(odd).refuse({ key: 'grader.tests.unknown-field', params: { known: known.join(', ') } })
    return this
  }

  /** What is in a map, in the order of its keys. */
  entries(): [name: string, value: Reader][] {
    return Object.keys(this.#record()).map((name) => [name, this.at(name)])
  }

  /** A map of texts, empty ones among them. */
  texts(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([name, given]) => [name, given.value === '' ? '' : given.text()]))
  }

  list(most = LIST_MAX): Reader[] {
    const { value } = this
    if (!Array.isArray(value)) this.refuse({ key: 'grader.tests.want-list' })
    if (value.length > most) this.refuse({ key: 'grader.tests.want-shorter', params: { most } })
    return value.map((entry: unknown, index) => new Reader(entry, `${this.path}[${index}]`))
  }

  text(): string {
    const { value } = this
    if (typeof value !== 'string' || value === '') this.refuse({ key: 'grader.tests.want-text' })
    return value
  }

  whole(least: number, most: number): number {
    const { value } = this
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      this.refuse({ key: 'grader.tests.want-whole', params: { least, most } })
    return value
  }

  flag(): boolean {
    const { value } = this
    if (typeof value !== 'boolean') this.refuse({ key: 'grader.tests.want-flag' })
    return value
  }

  oneOf<T extends string>(words: readonly T[]): T {
    const found = words.find((word) => word === this.value)
    if (found === undefined) this.refuse({ key: 'grader.tests.want-one-of', params: { words: words.join(', ') } })
    return found
  }

  #record(): Record<string, unknown> {
    const { value } = this
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.refuse({ key: 'grader.tests.want-object' })
    return value as Record<string, unknown>
  }
}
