// As etcd has it: an index of generations by key, kept sorted, and a table from revision to value; undo instead of a plan.
import type {
  Compare,
  KeyValue,
  MvccStore,
  Operation,
  OperationResponse,
  RangeOptions,
  RangeResult,
  StoreError,
} from 'clusterwright/mvcc'

interface Generation {
  created: number
  /** Names in the table, oldest first. */
  names: string[]
  ended: boolean
}

class Refused {
  readonly error: StoreError['error']
  constructor(error: StoreError['error']) {
    this.error = error
  }
}

export default class KeyIndexStore implements MvccStore {
  private names: string[] = []
  private index = new Map<string, Generation[]>()
  private table = new Map<string, KeyValue>()
  private revision = 1
  private compacted = -1
  private sub = 0

  put(key: string, value: string, lease = 0) {
    return { revision: this.atomically([], () => void this.write(key, value, lease)).revision }
  }

  deleteRange(key: string, rangeEnd?: string) {
    const { revision, value } = this.atomically(0, () => this.remove(key, rangeEnd))
    return { revision, deleted: value }
  }

  range(key: string, rangeEnd?: string, options?: RangeOptions) {
    try {
      this.check(options?.revision ?? 0)
    } catch (refused) {
      return { error: (refused as Refused).error }
    }
    return { ...this.read(key, rangeEnd, options), revision: this.revision, served: 'by the index' }
  }

  txn(compare: readonly Compare[], success: readonly Operation[], failure: readonly Operation[]) {
    const before = new Map<Compare, boolean>()
    this.ask({ type: 'Txn', compare, success, failure }, before)
    try {
      this.checkAll({ type: 'Txn', compare, success, failure }, before)
    } catch (refused) {
      return { error: (refused as Refused).error }
    }
    const succeeded = compare.every((one) => before.get(one))
    const { revision, value } = this.atomically<OperationResponse[]>([], () =>
      (succeeded ? success : failure).map((one) => this.act(one, before)),
    )
    return { revision, succeeded, responses: value }
  }

  compact(revision: number) {
    if (revision > this.revision) return { error: 'ErrFutureRev' as const }
    if (revision <= this.compacted) return { error: 'ErrCompacted' as const }
    this.compacted = revision
    const kept = new Map<string, KeyValue>()
    for (const key of [...this.names]) {
      const left: Generation[] = []
      for (const generation of this.index.get(key)!) {
        const { names, ended } = generation
        const last = names.findLastIndex((name) => mainOf(name) <= revision)
        if (ended && last === names.length - 1) continue
        left.push({ ...generation, names: names.slice(Math.max(last, 0)) })
      }
      if (left.length === 0) {
        this.index.delete(key)
        this.names.splice(this.place(key), 1)
      } else this.index.set(key, left)
      for (const { names } of left)
        for (const name of names) if (this.table.has(name)) kept.set(name, this.table.get(name)!)
    }
    this.table = kept
    return { revision: this.revision }
  }

  private atomically<T>(none: T, act: () => T | void): { revision: number; value: T } {
    this.sub = 0
    const value = act() ?? none
    if (this.sub > 0) this.revision += 1
    return { revision: this.revision, value }
  }

  private write(key: string, value: string, lease: number): void {
    const name = this.nextName()
    const main = mainOf(name)
    let generations = this.index.get(key)
    if (!generations) {
      this.index.set(key, (generations = []))
      this.names.splice(this.place(key), 0, key)
    }
    let open = generations[generations.length - 1]
    if (!open || open.ended) generations.push((open = { created: main, names: [], ended: false }))
    const before = this.newest(key)
    open.names.push(name)
    this.table.set(name, {
      lease,
      version: (before?.version ?? 0) + 1,
      modRevision: main,
      createRevision: open.created,
      value,
      key,
    })
  }

  private remove(key: string, rangeEnd: string | undefined): number {
    const { kvs } = this.read(key, rangeEnd)
    for (const kv of kvs) {
      const generations = this.index.get(kv.key)!
      const open = generations[generations.length - 1]!
      open.names.push(this.nextName())
      open.ended = true
    }
    return kvs.length
  }

  private nextName(): string {
    return `${this.revision + 1}_${this.sub++}`
  }

  private newest(key: string): KeyValue | undefined {
    const open = this.index.get(key)?.at(-1)
    return !open || open.ended ? undefined : this.table.get(open.names[open.names.length - 1] ?? '')
  }

  private at(key: string, revision: number): KeyValue | undefined {
    for (const { names, ended } of this.index.get(key)?.toReversed() ?? []) {
      const last = names.findLastIndex((name) => mainOf(name) <= revision)
      if (last < 0) continue
      return ended && last === names.length - 1 ? undefined : this.table.get(names[last]!)
    }
    return undefined
  }

  private read(key: string, rangeEnd?: string, options: RangeOptions = {}): RangeResult {
    const { revision, limit } = options
    const kvs: KeyValue[] = []
    let count = 0
    for (let place = this.place(key); place < this.names.length; place++) {
      const one = this.names[place]!
      if (rangeEnd === undefined ? one !== key : rangeEnd !== '\0' && one >= rangeEnd) break
      const kv = revision ? this.at(one, revision) : this.newest(one)
      if (!kv) continue
      count += 1
      if (!limit || kvs.length < limit) kvs.push(kv)
    }
    return { kvs, count, more: count > kvs.length }
  }

  /** Where the key is, or would be. */
  private place(key: string): number {
    let [low, high] = [0, this.names.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.names[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  private check(revision: number): void {
    if (revision > this.revision) throw new Refused('ErrFutureRev')
    if (revision > 0 && revision < this.compacted) throw new Refused('ErrCompacted')
  }

  private ask(operation: Operation, answers: Map<Compare, boolean>): void {
    if (operation.type !== 'Txn') return
    for (const one of operation.compare) answers.set(one, this.holds(one))
    for (const one of [...operation.success, ...operation.failure]) this.ask(one, answers)
  }

  private checkAll(operation: Operation, answers: Map<Compare, boolean>): void {
    if (operation.type === 'Range') this.check(operation.revision ?? 0)
    if (operation.type !== 'Txn') return
    const succeeded = operation.compare.every((one) => answers.get(one))
    for (const one of succeeded ? operation.success : operation.failure) this.checkAll(one, answers)
  }

  private act(operation: Operation, answers: Map<Compare, boolean>): OperationResponse {
    if (operation.type === 'Put') {
      this.write(operation.key, operation.value, operation.lease ?? 0)
      return { type: 'Put' }
    }
    if (operation.type === 'DeleteRange')
      return { type: 'DeleteRange', deleted: this.remove(operation.key, operation.rangeEnd) }
    if (operation.type === 'Range') return { type: 'Range', ...this.read(operation.key, operation.rangeEnd, operation) }
    const succeeded = operation.compare.every((one) => answers.get(one))
    const responses = (succeeded ? operation.success : operation.failure).map((one) => this.act(one, answers))
    return { type: 'Txn', succeeded, responses }
  }

  private holds({ key, target, result, operand }: Compare): boolean {
    const kv = this.newest(key)
    if (target === 'VALUE' && !kv) return false
    const numbers = kv ?? { version: 0, createRevision: 0, modRevision: 0, lease: 0, value: '' }
    const actual = {
      VERSION: numbers.version,
      CREATE: numbers.createRevision,
      MOD: numbers.modRevision,
      LEASE: numbers.lease,
      VALUE: numbers.value,
    }[target]
    if (result === 'EQUAL' || result === 'NOT_EQUAL') return (actual === operand) === (result === 'EQUAL')
    return result === 'LESS' ? actual < operand : actual > operand
  }
}

const mainOf = (name: string): number => Number(name.slice(0, name.indexOf('_')))
