// One log of all changes in their order, and nothing else: every read walks through it.
import type { Compare, KeyValue, Operation, RangeOptions, StoreError, Txn } from 'clusterwright/mvcc'

type Entry = [revision: number, key: string, kv: KeyValue | null]
type Result = { error: StoreError['error'] }

export default class LogStore {
  log: Entry[] = []
  head = 1
  floor = 0

  put(key: string, value: string, lease?: number) {
    return this.whole([{ type: 'Put', key, value, ...(lease === undefined ? {} : { lease }) }], () => ({}))
  }

  deleteRange(key: string, rangeEnd?: string) {
    const operation: Operation =
      rangeEnd === undefined ? { type: 'DeleteRange', key } : { type: 'DeleteRange', key, rangeEnd }
    return this.whole([operation], ([response]) => ({ deleted: response.deleted }))
  }

  range(key: string, rangeEnd?: string, options?: RangeOptions) {
    const error = this.unreadable(options?.revision)
    if (error) return { error }
    return { ...this.read(this.log, key, rangeEnd, options ?? {}), revision: this.head, error: undefined }
  }

  txn(compare: readonly Compare[], success: readonly Operation[], failure: readonly Operation[]) {
    return this.whole([{ type: 'Txn', compare, success, failure }], ([response]) => response)
  }

  compact(revision: number): { revision: number } | Result {
    if (this.floor >= revision) return { error: 'ErrCompacted' }
    if (this.head < revision) return { error: 'ErrFutureRev' }
    this.floor = revision
    const last = new Map<string, Entry>()
    for (const entry of this.log) if (entry[0] <= revision) last.set(entry[1], entry)
    this.log = this.log.filter((entry) => entry[0] > revision || (last.get(entry[1]) === entry && entry[2]))
    return { revision: this.head }
  }

  private whole(operations: Operation[], answer: (responses: any[]) => object): any {
    const draft = this.log.slice()
    const plan = this.plan(operations)
    if (typeof plan === 'string') return { error: plan }
    const responses = plan.map((act) => act(draft))
    if (draft.length > this.log.length) this.head += 1
    this.log = draft
    return { ...answer(responses), revision: this.head }
  }

  /** What is to be done, in order, with every question answered that can be answered now; or why it cannot. */
  private plan(operations: readonly Operation[]): ((draft: Entry[]) => any)[] | StoreError['error'] {
    const main = this.head + 1
    const acts: ((draft: Entry[]) => any)[] = []
    for (const operation of operations) {
      if (operation.type === 'Txn') {
        const succeeded = !operation.compare.some((one) => !this.holds(one))
        const inner = this.plan(operation[succeeded ? 'success' : 'failure'])
        if (typeof inner === 'string') return inner
        acts.push((draft) => ({ type: 'Txn', succeeded, responses: inner.map((act) => act(draft)) }))
      } else if (operation.type === 'Range') {
        const error = this.unreadable(operation.revision)
        if (error) return error
        acts.push((draft) => ({ type: 'Range', ...this.read(draft, operation.key, operation.rangeEnd, operation) }))
      } else if (operation.type === 'Put') {
        const { key, value, lease } = operation
        acts.push((draft) => {
          const old = draft.findLast((entry) => entry[1] === key)?.[2]
          draft.push([
            main,
            key,
            old
              ? { ...old, value, lease: lease || 0, modRevision: main, version: old.version + 1 }
              : { key, value, lease: lease || 0, createRevision: main, modRevision: main, version: 1 },
          ])
          return { type: 'Put' }
        })
      } else {
        acts.push((draft) => {
          const { kvs } = this.read(draft, operation.key, operation.rangeEnd, {})
          for (const { key } of kvs) draft.push([main, key, null])
          return { type: 'DeleteRange', deleted: kvs.length }
        })
      }
    }
    return acts
  }

  private read(log: Entry[], key: string, rangeEnd: string | undefined, { revision, limit }: RangeOptions) {
    const all = rangeEnd === '\0'
    const seen: { [key: string]: KeyValue | null } = Object.create(null)
    for (const [at, one, kv] of log) {
      if (revision && at > revision) break
      if (rangeEnd === undefined ? one === key : one >= key && (all || one < rangeEnd)) seen[one] = kv
    }
    const found = Object.keys(seen)
      .sort()
      .map((one) => seen[one])
      .flatMap((kv) => kv ?? [])
    const kvs = limit ? found.slice(0, limit) : found
    return { kvs, more: found.length > kvs.length, count: found.length }
  }

  private unreadable(revision?: number): StoreError['error'] | undefined {
    if (!revision) return undefined
    return revision < this.floor ? 'ErrCompacted' : revision > this.head ? 'ErrFutureRev' : undefined
  }

  private holds({ key, target, result, operand }: Txn['compare'][number]): boolean {
    const kv = this.log.findLast((entry) => entry[1] === key)?.[2]
    if (!kv && target === 'VALUE') return false
    const field = { VERSION: 'version', CREATE: 'createRevision', MOD: 'modRevision', LEASE: 'lease', VALUE: 'value' }[
      target
    ]
    const actual: any = kv ? kv[field as keyof KeyValue] : 0
    const order = actual === operand ? 0 : actual > operand ? 1 : -1
    return { EQUAL: order === 0, NOT_EQUAL: order !== 0, GREATER: order > 0, LESS: order < 0 }[result]
  }
}
