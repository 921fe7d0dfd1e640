/** The store that all share: one key after the other's changes, with all that ever was, which is what is judged. */
import type { AsyncProcess, HostCall } from 'clusterwright/kit'
import type { ApiObject, Condition, KeyValue, TxnResult } from 'clusterwright/storage'
import { type Case, type Deed, FIRST_REVISION, KEY, newObject } from './cases.ts'

/** One change of a key; `kv` is absent where it was deleted. */
export interface Change {
  readonly key: string
  readonly kv: KeyValue | undefined
  readonly before: KeyValue | undefined
  /** Whose wish it was: process and number. Absent: somebody else's, or the beginning. */
  readonly by?: string
}

/** From when to when a wish was being carried out, as numbers of changes, and what befell it. */
export interface Span {
  since: number
  until: number
  calls: number
  txns: number
  /** A call of it got no answer. */
  isLost: boolean
  /** It wrote, or tried to, after that. */
  wroteAfterLoss: boolean
}

const NO_ANSWER = { name: 'Error', message: 'etcdserver: request timed out' }

export class Store {
  revision = FIRST_REVISION
  readonly changes: Change[] = []
  readonly spans = new Map<string, Span>()
  /** Something that was asked makes no sense: what, and of whom. */
  senseless: { readonly who: string; readonly what: string } | undefined
  readonly #keys = new Map<string, KeyValue>()
  readonly #lost = new Map<string, { readonly call: number; readonly carriedOut: boolean }>()
  readonly #calls = new Map<string, number>()
  #made = 0

  constructor({ count, writes = 1, writers }: Case) {
    if (count !== null)
      for (let write = 1; write <= writes; write++) this.#put(KEY, newObject(count, 'uid-1'), undefined)
    this.#put('db', newObject(0, 'uid-db', 'db'), undefined)
    writers.forEach(({ lost }, index) => lost && this.#lost.set(writerName(index), lost))
  }

  get(key: string): KeyValue | undefined {
    return this.#keys.get(key)
  }

  /** What the key was after so many changes of the store. */
  at(key: string, changes: number): KeyValue | undefined {
    return this.changes.slice(0, changes).findLast((change) => change.key === key)?.kv
  }

  /** Everything that the rest of a run, and its judgement, hang on. */
  state(): string {
    return JSON.stringify([this.changes, [...this.spans], [...this.#calls]])
  }

  shown(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.#keys].map(([key, { value, modRevision, version }]) => [key, { ...value, modRevision, version }]),
    )
  }

  perform(call: HostCall): void {
    const { process, method, args, reply } = call
    if (method !== 'get' && method !== 'txn') return reply(this.act(method as Deed))
    const [key, condition, value] = args
    const index = (args[method === 'get' ? 1 : 3] as { wish: number } | undefined)?.wish ?? 0
    const span = this.#spanOf(process, index)
    span.calls++
    span.until = this.changes.length
    const number = (this.#calls.get(process.name) ?? 0) + 1
    this.#calls.set(process.name, number)
    const lost = this.#lost.get(process.name)
    const isLost = lost?.call === number
    if (method === 'txn') {
      span.txns++
      span.wroteAfterLoss ||= span.isLost
    }
    span.isLost ||= isLost
    const answer =
      isLost && !lost.carriedOut ? undefined : this.#answer(`${process.name}/${index}`, method, key, condition, value)
    span.until = this.changes.length
    if (isLost) call.refuse(NO_ANSWER)
    else reply(answer)
  }

  /** What others do takes no heed of anybody. */
  act(deed: Deed): void {
    const found = this.#keys.get(KEY)
    if (deed === 'create') return found ? undefined : this.#put(KEY, newObject(0, `uid-${2 + this.#made++}`), undefined)
    if (!found) return
    if (deed === 'delete') {
      this.revision++
      this.#keys.delete(KEY)
      this.changes.push({ key: KEY, kv: undefined, before: found })
      return
    }
    const { value } = found
    const by = [...(value.spec['by'] as string[]), 'somebody']
    this.#put(KEY, { ...value, spec: { ...value.spec, count: (value.spec['count'] as number) + 1, by } }, undefined)
  }

  /** A process has ended: so have its wishes. */
  ended(process: AsyncProcess): void {
    for (const [name, span] of this.spans) if (name.startsWith(`${process.name}/`)) span.until = this.changes.length
  }

  #spanOf({ name }: AsyncProcess, index: number): Span {
    const id = `${name}/${index}`
    const known = this.spans.get(id)
    if (known) return known
    const since = this.changes.length
    const span: Span = { since, until: since, calls: 0, txns: 0, isLost: false, wroteAfterLoss: false }
    this.spans.set(id, span)
    return span
  }

  #answer(by: string, method: string, key: unknown, condition: unknown, value: unknown): unknown {
    const who = by.split('/')[0]!
    if (typeof key !== 'string' || !KEYS.includes(key))
      return this.#isSenseless(who, `${method}(${JSON.stringify(key)})`)
    if (method === 'get') return this.#keys.get(key)
    const wanted = Object.entries((condition ?? {}) as Condition)
    const isOdd = wanted.some(([name, one]) => !FIELDS.includes(name) || (one !== undefined && typeof one !== 'number'))
    if (isOdd) return this.#isSenseless(who, `txn(…, ${JSON.stringify(condition)}, …)`)
    if (!isObject(value)) return this.#isSenseless(who, `txn(…, …, ${JSON.stringify(value)})`)
    const found = this.#keys.get(key)
    const holds = wanted.every(([name, one]) => one === undefined || (found?.[name as keyof Condition] ?? 0) === one)
    if (!holds) return { succeeded: false, revision: this.revision, ...(found && { found }) } satisfies TxnResult
    this.#put(key, value, by)
    return { succeeded: true, revision: this.revision } satisfies TxnResult
  }

  #isSenseless(who: string, what: string): undefined {
    this.senseless ??= { who, what }
  }

  #put(key: string, value: ApiObject, by: string | undefined): void {
    const before = this.#keys.get(key)
    const modRevision = ++this.revision
    const kv: KeyValue = {
      value,
      modRevision,
      createRevision: before?.createRevision ?? modRevision,
      version: (before?.version ?? 0) + 1,
    }
    this.#keys.set(key, kv)
    this.changes.push({ key, kv, before, ...(by !== undefined && { by }) })
  }
}

const KEYS: readonly string[] = [KEY, 'db']
const FIELDS = ['modRevision', 'createRevision', 'version']

const isObject = (value: unknown): value is ApiObject =>
  typeof value === 'object' && value !== null && 'metadata' in value && 'spec' in value

export const writerName = (index: number): string => `writer-${index + 1}`
