// check: what chance seldom meets
// hint: generations
// Compares numbers as texts, so that 10 is less than 9.
// es: Compara los números como textos, y así 10 es menor que 9.
import type {
  Compare,
  CompactResponse,
  DeleteRangeResponse,
  KeyValue,
  MvccStore,
  Operation,
  OperationResponse,
  PutResponse,
  RangeOptions,
  RangeResponse,
  RangeResult,
  StoreError,
  Txn,
  TxnResponse,
} from 'clusterwright/mvcc'

interface Change {
  readonly revision: number
  /** Undefined: a tombstone. */
  readonly kv: KeyValue | undefined
}

/** Which way a transaction goes, and each of those within it: settled before anything is written. */
interface Path {
  readonly succeeded: boolean
  readonly operations: readonly Operation[]
  readonly inner: readonly (Path | undefined)[]
}

export default class Store implements MvccStore {
  #revision = 1
  #compacted = 0
  #changes = new Map<string, Change[]>()
  /** All keys of `#changes`, sorted; undefined while a new one is not in it. */
  #sorted: string[] | undefined = []
  /** Changes of the transaction under way. */
  #pending = 0

  put(key: string, value: string, lease?: number): PutResponse {
    this.#put(key, value, lease)
    return { revision: this.#commit() }
  }

  deleteRange(key: string, rangeEnd?: string): DeleteRangeResponse {
    const deleted = this.#delete(key, rangeEnd)
    return { revision: this.#commit(), deleted }
  }

  range(key: string, rangeEnd?: string, options: RangeOptions = {}): RangeResponse | StoreError {
    const error = this.#problem(options.revision)
    return error ? { error } : { revision: this.#revision, ...this.#range(key, rangeEnd, options) }
  }

  txn(
    compare: readonly Compare[],
    success: readonly Operation[],
    failure: readonly Operation[],
  ): TxnResponse | StoreError {
    const path = this.#path({ compare, success, failure })
    const error = this.#problemOn(path)
    if (error) return { error }
    const responses = this.#perform(path)
    return { revision: this.#commit(), succeeded: path.succeeded, responses }
  }

  compact(revision: number): CompactResponse | StoreError {
    if (revision <= this.#compacted) return { error: 'ErrCompacted' }
    if (revision > this.#revision) return { error: 'ErrFutureRev' }
    this.#compacted = revision
    for (const [key, changes] of this.#changes) {
      const newest = changes.findLastIndex((change) => change.revision <= revision)
      const kept = changes.slice(newest >= 0 && changes[newest]!.kv ? newest : newest + 1)
      if (kept.length > 0) this.#changes.set(key, kept)
      else {
        this.#changes.delete(key)
        this.#sorted = undefined
      }
    }
    return { revision: this.#revision }
  }

  // ── one change ────────────────────────────────────────────────────────────────────────────────────────────────────

  #put(key: string, value: string, lease = 0): void {
    const old = this.#current(key)
    const modRevision = this.#revision + 1
    const createRevision = old?.createRevision ?? modRevision
    this.#append(key, { key, value, createRevision, modRevision, version: (old?.version ?? 0) + 1, lease })
  }

  #delete(key: string, rangeEnd: string | undefined): number {
    const gone = this.#keys(key, rangeEnd).filter((one) => this.#current(one))
    for (const one of gone) this.#append(one, undefined)
    return gone.length
  }

  #append(key: string, kv: KeyValue | undefined): void {
    const changes = this.#changes.get(key)
    const change = { revision: this.#revision + 1, kv }
    if (changes) changes.push(change)
    else {
      this.#changes.set(key, [change])
      this.#sorted = undefined
    }
    this.#pending++
  }

  /** What has been changed becomes the next revision, if anything has. */
  #commit(): number {
    if (this.#pending > 0) this.#revision++
    this.#pending = 0
    return this.#revision
  }

  // ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #current(key: string): KeyValue | undefined {
    return this.#changes.get(key)?.at(-1)?.kv
  }

  #range(key: string, rangeEnd: string | undefined, { revision = 0, limit = 0 }: RangeOptions): RangeResult {
    const found = this.#keys(key, rangeEnd).flatMap((one) => {
      const kv = revision > 0 ? this.#at(one, revision) : this.#current(one)
      return kv ? [kv] : []
    })
    const kvs = limit > 0 ? found.slice(0, limit) : found
    return { kvs, count: found.length, more: kvs.length < found.length }
  }

  #at(key: string, revision: number): KeyValue | undefined {
    return this.#changes.get(key)?.findLast((change) => change.revision <= revision)?.kv
  }

  #keys(key: string, rangeEnd: string | undefined): readonly string[] {
    if (rangeEnd === undefined) return [key]
    this.#sorted ??= [...this.#changes.keys()].sort()
    return this.#sorted.filter((one) => one >= key && (rangeEnd === '\0' || one < rangeEnd))
  }

  #problem(revision = 0): StoreError['error'] | undefined {
    if (revision > this.#revision) return 'ErrFutureRev'
    return revision > 0 && revision < this.#compacted ? 'ErrCompacted' : undefined
  }

  // ── transactions ──────────────────────────────────────────────────────────────────────────────────────────────────

  #path({ compare, success, failure }: Txn): Path {
    const succeeded = compare.every((one) => this.#holds(one))
    const operations = succeeded ? success : failure
    return { succeeded, operations, inner: operations.map((one) => (one.type === 'Txn' ? this.#path(one) : undefined)) }
  }

  #problemOn({ operations, inner }: Path): StoreError['error'] | undefined {
    for (const [index, operation] of operations.entries()) {
      const path = inner[index]
      const error = path
        ? this.#problemOn(path)
        : operation.type === 'Range'
          ? this.#problem(operation.revision)
          : undefined
      if (error) return error
    }
    return undefined
  }

  #perform({ operations, inner }: Path): OperationResponse[] {
    return operations.map((operation, index): OperationResponse => {
      switch (operation.type) {
        case 'Put':
          this.#put(operation.key, operation.value, operation.lease)
          return { type: 'Put' }
        case 'DeleteRange':
          return { type: 'DeleteRange', deleted: this.#delete(operation.key, operation.rangeEnd) }
        case 'Range':
          return { type: 'Range', ...this.#range(operation.key, operation.rangeEnd, operation) }
        case 'Txn':
          return { type: 'Txn', succeeded: inner[index]!.succeeded, responses: this.#perform(inner[index]!) }
      }
    })
  }

  #holds({ key, target, result, operand }: Compare): boolean {
    const kv = this.#current(key)
    if (target === 'VALUE') return kv !== undefined && compares(kv.value, result, operand)
    return compares(kv ? kv[NUMBERS[target]] : 0, result, operand)
  }
}

const NUMBERS = { VERSION: 'version', CREATE: 'createRevision', MOD: 'modRevision', LEASE: 'lease' } as const

function compares(actual: number | string, result: Compare['result'], operand: number | string): boolean {
  switch (result) {
    case 'EQUAL':
      return actual === operand
    case 'NOT_EQUAL':
      return actual !== operand
    case 'GREATER':
      return String(actual) > String(operand)
    case 'LESS':
      return String(actual) < String(operand)
  }
}
