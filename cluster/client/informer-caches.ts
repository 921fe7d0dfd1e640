/** The informers of one process, as its controllers see them: copies to read from. */
import type { Resource } from '#cluster/api/resources.ts'
import type { Informer } from './informer.ts'
import { objectsBy } from './informer.ts'

/** Read access to the informers' copies: always a little behind the truth. */
export interface Caches {
  /** Whether anybody watches that resource here. */
  has(resource: string): boolean
  get<T>(resource: string, key: string): T | undefined
  all<T>(resource: string): Iterable<T>
  /** Objects under an index value, such as `by('pods', 'node', 'node-1')`. */
  by<T>(resource: string, index: string, value: string): Iterable<T>
  /** How many there are under an index value, without looking at them. */
  count(resource: string, index: string, value: string): number
  /** The values of an index under which there are any. */
  indexed(resource: string, index: string): Iterable<string>
  /** Kinds that definitions bring, by the names under which their objects are kept here: `websites.example.com`. */
  customs(): readonly (readonly [name: string, row: Resource])[]
}

interface Kept {
  readonly informers: Readonly<Record<string, Informer>>
  /** Names of those of kinds that definitions bring. */
  readonly customs: readonly string[]
}

/** Informers seen as caches, for one step. */
export class InformerCaches implements Caches {
  readonly #of: Kept

  constructor(of: Kept) {
    this.#of = of
  }

  has(resource: string): boolean {
    return Object.hasOwn(this.#of.informers, resource)
  }

  get<T>(resource: string, key: string): T | undefined {
    return this.#named(resource).items.get(key)
  }

  all<T>(resource: string): Iterable<T> {
    return this.#named(resource).items.values()
  }

  by<T>(resource: string, index: string, value: string): Iterable<T> {
    return objectsBy(this.#named(resource), index, value)
  }

  count(resource: string, index: string, value: string): number {
    return this.#named(resource).indexes[index]!.sizeOf(value)
  }

  indexed(resource: string, index: string): Iterable<string> {
    return this.#named(resource).indexes[index]!.groups()
  }

  customs(): readonly (readonly [name: string, row: Resource])[] {
    return this.#of.customs.map((name) => [name, this.#named(name).options.custom!])
  }

  #named(resource: string): Informer {
    const informer = this.#of.informers[resource]
    if (!informer) throw new Error(`no informer for "${resource}": add it to the controller's watches`)
    return informer
  }
}
