/** Sequences of calls to try a store with: plain JSON, so that they shrink. What a store must answer says `reference.ts`. */
import type { Chance } from 'clusterwright/kit'
import type { Compare, Operation } from 'clusterwright/mvcc'
import { Reference, type Step } from './reference.ts'

export interface Case {
  readonly steps: readonly Step[]
}

/** A step or an operation is left out as a whole, or some of it that may be absent. */
export const SHRINK = {
  fixed: [
    ...['steps', 'type', 'key', 'value', 'revision', 'compare', 'success', 'failure', 'target', 'result', 'operand'],
  ],
  nonEmpty: ['steps'],
  triesMax: 300,
}

// Neighbours in the order of bytes, names that objects have of themselves, digits that objects would put first.
const KEYS = ['a', 'a/', 'a/b', 'a/c', 'a0', 'b', 'b/x', 'B', '10', '9', '__proto__', 'constructor', 'c']
const VALUES = ['', '0', '1', '2', '10', 'x', 'y']

/** Draws steps that mean something: it knows what the store holds by then. */
class Script {
  readonly steps: Step[] = []
  readonly #reference = new Reference()
  readonly #chance: Chance
  readonly #keys: readonly string[]

  constructor(chance: Chance) {
    this.#chance = chance
    this.#keys = chance.shuffle(KEYS).slice(0, chance.between(3, 6))
  }

  add(step: Step): void {
    this.#reference.act(step)
    this.steps.push(step)
  }

  put(): Operation {
    const { chance, key } = this.#draw()
    const value = chance.pick(VALUES)
    return chance.chance(0.25) ? { type: 'Put', key, value, lease: chance.between(0, 3) } : { type: 'Put', key, value }
  }

  remove(): Operation {
    const { key } = this.#draw()
    return { type: 'DeleteRange', key, ...this.#end(key, 0.35) }
  }

  read(oldIn = 0.5): Operation {
    const { chance, key } = this.#draw()
    return {
      type: 'Range',
      ...(chance.chance(0.2) ? { key: '\0', rangeEnd: '\0' } : { key, ...this.#end(key, 0.6) }),
      ...(chance.chance(oldIn) && { revision: this.revision() }),
      ...(chance.chance(0.25) && { limit: chance.between(0, 3) }),
    }
  }

  /** Mostly one that can be read, now and then one that is gone or not there yet. */
  revision(): number {
    const chance = this.#chance
    const { revision, compacted } = this.#reference
    if (chance.chance(0.1)) return revision + chance.between(1, 2)
    if (compacted > 1 && chance.chance(0.4)) return Math.max(1, compacted + chance.between(-1, 1))
    return chance.between(Math.max(1, compacted - 1), revision)
  }

  txn(depth = 0): Extract<Operation, { type: 'Txn' }> {
    const chance = this.#chance
    const operations = (): Operation[] => chance.times(chance.pick([0, 1, 1, 2, 3]), () => this.#operation(depth))
    return {
      type: 'Txn',
      compare: chance.times(chance.pick([0, 1, 1, 2]), () => this.#compare()),
      success: operations(),
      failure: operations(),
    }
  }

  compact(): Step {
    const chance = this.#chance
    const { revision, compacted } = this.#reference
    const target = chance.chance(0.75)
      ? chance.between(compacted + 1, revision)
      : chance.pick([compacted, revision + 1])
    // Whether revision 1, where nothing is, can be compacted is left open.
    return { type: 'Compact', revision: Math.max(2, target) }
  }

  #draw() {
    return { chance: this.#chance, key: this.#chance.pick(this.#keys) }
  }

  #operation(depth: number): Operation {
    const chance = this.#chance
    if (depth < 2 && chance.chance(0.15)) return this.txn(depth + 1)
    const kind = chance.int(10)
    return kind < 5 ? this.put() : kind < 7 ? this.remove() : this.read(0.3)
  }

  #end(key: string, often: number): { rangeEnd?: string } {
    const chance = this.#chance
    if (!chance.chance(often)) return {}
    return {
      rangeEnd: chance.pick(['\0', afterPrefix(key), chance.pick(this.#keys), chance.pick(this.#keys), `${key}\0`]),
    }
  }

  #compare(): Compare {
    const { chance, key } = this.#draw()
    const kv = this.#reference.at(this.#reference.revision).get(key)
    const target = chance.pick(['VERSION', 'CREATE', 'MOD', 'LEASE', 'VALUE', 'VALUE'] as const)
    const result = chance.pick(['EQUAL', 'EQUAL', 'NOT_EQUAL', 'GREATER', 'LESS'] as const)
    if (target === 'VALUE')
      return { key, target, result, operand: kv && chance.chance(0.5) ? kv.value : chance.pick(VALUES) }
    const own =
      { VERSION: kv?.version, CREATE: kv?.createRevision, MOD: kv?.modRevision, LEASE: kv?.lease }[target] ?? 0
    return { key, target, result, operand: Math.max(0, own + chance.pick([0, 0, 0, -1, 1])) }
  }
}

/** The end of the range of all keys that begin so. */
export const afterPrefix = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

export function historyCase(chance: Chance): Case {
  const script = new Script(chance)
  for (let left = chance.between(6, 24); left > 0; left--) {
    const kind = chance.int(20)
    script.add(kind < 9 ? script.put() : kind < 13 ? script.remove() : script.read())
  }
  return { steps: script.steps }
}

export function txnCase(chance: Chance): Case {
  const script = new Script(chance)
  for (let left = chance.between(5, 16); left > 0; left--) {
    const kind = chance.int(20)
    script.add(kind < 5 ? script.put() : kind < 7 ? script.remove() : kind < 9 ? script.read() : script.txn())
  }
  return { steps: script.steps }
}

export function compactionCase(chance: Chance): Case {
  const script = new Script(chance)
  for (let left = chance.between(8, 26); left > 0; left--) {
    const kind = chance.int(20)
    if (kind < 7) script.add(script.put())
    else if (kind < 11) script.add(script.remove())
    else if (kind < 13) script.add(script.txn())
    else if (kind < 16) script.add(script.read(0.8))
    else script.add(script.compact())
  }
  return { steps: script.steps }
}
