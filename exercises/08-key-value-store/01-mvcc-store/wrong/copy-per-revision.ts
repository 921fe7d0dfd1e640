// check: a long history fits into memory
// hint: append
// Keeps a whole copy of the store for every revision.
// es: Guarda una copia entera del almacén por cada revisión.
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

type Copy = Map<string, KeyValue>

export default class Store implements MvccStore {
  /** By revision. */
  #copies: (Copy | undefined)[] = [undefined, new Map()]
  #compacted = 0

  put(key: string, value: string, lease = 0): PutResponse {
    const { revision } = this.#write([{ type: 'Put', key, value, lease }])
    return { revision }
  }

  deleteRange(key: string, rangeEnd?: string): DeleteRangeResponse {
    const operation: Operation = { type: 'DeleteRange', key, ...(rangeEnd !== undefined && { rangeEnd }) }
    const { revision, responses } = this.#write([operation])
    return { revision, deleted: (responses[0] as { deleted: number }).deleted }
  }

  range(key: string, rangeEnd?: string, options: RangeOptions = {}): RangeResponse | StoreError {
    const error = this.#problem(options.revision)
    if (error) return { error }
    return {
      revision: this.#revision,
      ...rangeIn(this.#at(options.revision || this.#revision), key, rangeEnd, options),
    }
  }

  txn(
    compare: readonly Compare[],
    success: readonly Operation[],
    failure: readonly Operation[],
  ): TxnResponse | StoreError {
    const txn = { compare, success, failure }
    const error = this.#problemIn(txn)
    if (error) return { error }
    const succeeded = all(compare, this.#now)
    return { succeeded, ...this.#write(succeeded ? success : failure) }
  }

  compact(revision: number): CompactResponse | StoreError {
    if (revision <= this.#compacted) return { error: 'ErrCompacted' }
    if (revision > this.#revision) return { error: 'ErrFutureRev' }
    this.#compacted = revision
    this.#copies.fill(undefined, 0, revision)
    return { revision: this.#revision }
  }

  get #revision(): number {
    return this.#copies.length - 1
  }

  get #now(): Copy {
    return this.#at(this.#revision)
  }

  #at(revision: number): Copy {
    return this.#copies[revision]!
  }

  #problem(revision = 0): StoreError['error'] | undefined {
    if (revision > this.#revision) return 'ErrFutureRev'
    return revision > 0 && revision < this.#compacted ? 'ErrCompacted' : undefined
  }

  #problemIn({ compare, success, failure }: Txn): StoreError['error'] | undefined {
    for (const operation of all(compare, this.#now) ? success : failure) {
      if (operation.type === 'Txn' && this.#problemIn(operation)) return this.#problemIn(operation)
      if (operation.type === 'Range' && this.#problem(operation.revision)) return this.#problem(operation.revision)
    }
    return undefined
  }

  #write(operations: readonly Operation[]): { revision: number; responses: OperationResponse[] } {
    const copy = new Map(this.#now)
    let changes = 0
    const perform = (list: readonly Operation[]): OperationResponse[] =>
      list.map((operation): OperationResponse => {
        if (operation.type === 'Range') {
          const { key, rangeEnd, revision } = operation
          return { type: 'Range', ...rangeIn(revision ? this.#at(revision) : copy, key, rangeEnd, operation) }
        }
        if (operation.type === 'Txn') {
          const succeeded = all(operation.compare, this.#now)
          return { type: 'Txn', succeeded, responses: perform(succeeded ? operation.success : operation.failure) }
        }
        if (operation.type === 'DeleteRange') {
          const { kvs, count } = rangeIn(copy, operation.key, operation.rangeEnd, {})
          for (const { key } of kvs) copy.delete(key)
          changes += count
          return { type: 'DeleteRange', deleted: count }
        }
        const { key, value, lease = 0 } = operation
        const old = copy.get(key)
        const modRevision = this.#revision + 1
        const createRevision = old?.createRevision ?? modRevision
        copy.set(key, { key, value, createRevision, modRevision, version: (old?.version ?? 0) + 1, lease })
        changes++
        return { type: 'Put' }
      })
    const responses = perform(operations)
    if (changes > 0) this.#copies.push(copy)
    return { revision: this.#revision, responses }
  }
}

function rangeIn(copy: Copy, key: string, rangeEnd: string | undefined, { limit = 0 }: RangeOptions): RangeResult {
  const isIn = (one: string): boolean =>
    rangeEnd === undefined ? one === key : one >= key && (rangeEnd === '\0' || one < rangeEnd)
  const keys = [...copy.keys()].filter(isIn).sort()
  const kvs = keys.slice(0, limit > 0 ? limit : keys.length).map((one) => copy.get(one)!)
  return { kvs, count: keys.length, more: kvs.length < keys.length }
}

const NUMBERS = { VERSION: 'version', CREATE: 'createRevision', MOD: 'modRevision', LEASE: 'lease' } as const

function all(compare: readonly Compare[], copy: Copy): boolean {
  return compare.every(({ key, target, result, operand }) => {
    const kv = copy.get(key)
    if (target === 'VALUE' && !kv) return false
    const actual = target === 'VALUE' ? kv!.value : (kv?.[NUMBERS[target]] ?? 0)
    if (result === 'EQUAL') return actual === operand
    if (result === 'NOT_EQUAL') return actual !== operand
    return result === 'GREATER' ? actual > operand : actual < operand
  })
}
