import type {
  Compare,
  CompactResponse,
  DeleteRangeResponse,
  KeyValue,
  MvccStore,
  Operation,
  PutResponse,
  RangeOptions,
  RangeResponse,
  StoreError,
  TxnResponse,
} from 'clusterwright/mvcc'

export default class Store implements MvccStore {
  #revision = 1
  // TODO: a put overwrites what was there, so nothing old can be read. Keep every change, deletions too; then transactions
  // and compaction.
  #kvs = new Map<string, KeyValue>()

  put(key: string, value: string, lease = 0): PutResponse {
    const modRevision = ++this.#revision
    this.#kvs.set(key, { key, value, createRevision: modRevision, modRevision, version: 1, lease })
    return { revision: this.#revision }
  }

  deleteRange(key: string, rangeEnd?: string): DeleteRangeResponse {
    this.#kvs.delete(key)
    return { revision: ++this.#revision, deleted: 1 }
  }

  range(key: string, rangeEnd?: string, options: RangeOptions = {}): RangeResponse | StoreError {
    const kv = this.#kvs.get(key)
    return { revision: this.#revision, kvs: kv ? [kv] : [], count: kv ? 1 : 0, more: false }
  }

  txn(
    compare: readonly Compare[],
    success: readonly Operation[],
    failure: readonly Operation[],
  ): TxnResponse | StoreError {
    return { revision: this.#revision, succeeded: true, responses: [] }
  }

  compact(revision: number): CompactResponse | StoreError {
    return { revision: this.#revision }
  }
}

// ── given: nothing to change below ──────────────────────────────────────────────────────────────────────────────────

/** Whether a number or a text of a key stands so to the operand. */
function compares(actual: number | string, result: Compare['result'], operand: number | string): boolean {
  switch (result) {
    case 'EQUAL':
      return actual === operand
    case 'NOT_EQUAL':
      return actual !== operand
    case 'GREATER':
      return actual > operand
    case 'LESS':
      return actual < operand
  }
}
