/**
 * The rule once more, in the plainest way: a whole copy of the store for every revision. Nobody could afford it, and nobody
 * can get it wrong.
 */
import type {
  Compare,
  DeleteRangeResponse,
  KeyValue,
  Operation,
  OperationResponse,
  RangeResponse,
  RangeResult,
  StoreError,
  Txn,
  TxnResponse,
} from 'clusterwright/mvcc'

export type Step = Operation | { readonly type: 'Compact'; readonly revision: number }

/** What a step must be answered with. */
export type Answer = StoreError | TxnResponse | RangeResponse | DeleteRangeResponse | { readonly revision: number }

export interface Change {
  readonly revision: number
  readonly key: string
  /** Undefined: it was deleted. */
  readonly kv: KeyValue | undefined
}

type Copy = ReadonlyMap<string, KeyValue>
type RangeOperation = Extract<Operation, { type: 'Range' }>

export const isIn = (key: string, from: string, rangeEnd: string | undefined): boolean =>
  rangeEnd === undefined ? key === from : key >= from && (rangeEnd === '\0' || key < rangeEnd)

export class Reference {
  /** By revision; nothing has been at revision 0. */
  readonly #copies: Copy[] = [new Map(), new Map()]
  compacted = 0
  /** Every change in its order. */
  readonly log: Change[] = []

  get revision(): number {
    return this.#copies.length - 1
  }

  act(step: Step): Answer {
    if (step.type === 'Compact') {
      const problem = step.revision <= this.compacted ? 'ErrCompacted' : this.#problemAt(step.revision)
      if (problem) return { error: problem }
      this.compacted = step.revision
      return { revision: this.revision }
    }
    const txn = this.#txn({ compare: [], success: [step], failure: [] })
    if ('error' in txn) return txn
    const { revision } = txn
    // A transaction that stands alone is not one within another.
    if (step.type === 'Txn') return { revision, ...without(txn.responses[0]!) } as TxnResponse
    return { revision, ...without(txn.responses[0]!) } as Answer
  }

  /** The store at a revision that can be read. */
  at(revision: number): Copy {
    return this.#copies[revision]!
  }

  /** As `etcdutl snapshot restore` does: revisions at which nothing happens. */
  bump(by: number, markCompacted: boolean): void {
    for (let left = by; left > 0; left--) this.#copies.push(this.at(this.revision))
    if (markCompacted) this.compacted = this.revision
  }

  #problemAt(revision: number): StoreError['error'] | undefined {
    if (revision > this.revision) return 'ErrFutureRev'
    return revision > 0 && revision < this.compacted ? 'ErrCompacted' : undefined
  }

  #txn(txn: Txn): TxnResponse | StoreError {
    const before = this.at(this.revision)
    const problem = this.#problemIn(txn, before)
    if (problem) return { error: problem }
    const now = new Map(before)
    const { length } = this.log
    const responses = this.#perform(txn, before, now)
    if (this.log.length > length) this.#copies.push(now)
    return { revision: this.revision, succeeded: all(txn.compare, before), responses }
  }

  #problemIn(txn: Txn, before: Copy): StoreError['error'] | undefined {
    for (const operation of branchOf(txn, before)) {
      const problem =
        operation.type === 'Txn'
          ? this.#problemIn(operation, before)
          : operation.type === 'Range'
            ? this.#problemAt(operation.revision ?? 0)
            : undefined
      if (problem) return problem
    }
    return undefined
  }

  #perform(txn: Txn, before: Copy, now: Map<string, KeyValue>): OperationResponse[] {
    const main = this.revision + 1
    return branchOf(txn, before).map((operation): OperationResponse => {
      switch (operation.type) {
        case 'Put': {
          const { key, value, lease = 0 } = operation
          const old = now.get(key)
          const createRevision = old?.createRevision ?? main
          const kv = { key, value, createRevision, modRevision: main, version: (old?.version ?? 0) + 1, lease }
          now.set(key, kv)
          this.log.push({ revision: main, key, kv })
          return { type: 'Put' }
        }
        case 'DeleteRange': {
          const gone = [...now.keys()].filter((key) => isIn(key, operation.key, operation.rangeEnd))
          for (const key of gone.sort()) {
            now.delete(key)
            this.log.push({ revision: main, key, kv: undefined })
          }
          return { type: 'DeleteRange', deleted: gone.length }
        }
        case 'Range':
          return { type: 'Range', ...rangeIn(operation.revision ? this.at(operation.revision) : now, operation) }
        case 'Txn': {
          const succeeded = all(operation.compare, before)
          return { type: 'Txn', succeeded, responses: this.#perform(operation, before, now) }
        }
      }
    })
  }
}

function rangeIn(copy: Copy, { key, rangeEnd, limit = 0 }: RangeOperation): RangeResult {
  const found = [...copy.values()].filter((kv) => isIn(kv.key, key, rangeEnd))
  found.sort((a, b) => (a.key < b.key ? -1 : 1))
  const kvs = limit > 0 ? found.slice(0, limit) : found
  return { kvs, count: found.length, more: kvs.length < found.length }
}

function without({ type: _, ...rest }: OperationResponse): object {
  return rest
}

const branchOf = ({ compare, success, failure }: Txn, before: Copy): readonly Operation[] =>
  all(compare, before) ? success : failure

const all = (compares: readonly Compare[], before: Copy): boolean =>
  compares.every((compare) => holds(compare, before.get(compare.key)))

const NUMBERS = {
  VERSION: 'version',
  CREATE: 'createRevision',
  MOD: 'modRevision',
  LEASE: 'lease',
} as const

function holds({ target, result, operand }: Compare, kv: KeyValue | undefined): boolean {
  if (target === 'VALUE' && !kv) return false
  const actual = target === 'VALUE' ? kv!.value : (kv?.[NUMBERS[target]] ?? 0)
  if (result === 'EQUAL') return actual === operand
  if (result === 'NOT_EQUAL') return actual !== operand
  return result === 'GREATER' ? actual > operand : actual < operand
}
