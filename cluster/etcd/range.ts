/**
 * A range as clients may ask for it: with bounds of revisions, in any order, without values or as a mere count.
 *
 * Where to read upstream: etcd `server/etcdserver/txn/range.go`.
 */
import { bytesOf } from './encoding.ts'
import type { KeyValue, RangeRequest, RangeResponse } from './messages.ts'
import type { Store } from './mvcc/store.ts'
import { range } from './mvcc/store.ts'

/** Reads at a revision that can be read. `newest` is the revision that a read without one sees. */
export function readRange(store: Store, request: RangeRequest, newest: number): RangeResponse {
  const { key, rangeEnd, revision = 0, limit = 0, keysOnly, countOnly, sortOrder, sortTarget = 'KEY' } = request
  const answer = (kvs: readonly KeyValue[], more: boolean, count: number): RangeResponse => ({
    type: 'RangeResponse',
    header: { revision: newest },
    kvs,
    more,
    count,
  })
  const isBounded = hasBounds(request)
  const isSorted = sortOrder !== undefined || sortTarget !== 'KEY'
  if (!isBounded && !isSorted && !countOnly) {
    const { kvs, count } = range(store, key, rangeEnd, revision, limit, newest)
    return answer(keysOnly ? kvs.map(withoutValue) : kvs, count > kvs.length, count)
  }
  // What is sorted or bounded is fetched whole. A target without an order gets one more than the limit, and sorts those.
  const fetched = isBounded || sortOrder !== undefined || limit <= 0 ? 0 : limit + 1
  const found = range(store, key, rangeEnd, revision, countOnly ? 1 : fetched, newest)
  if (countOnly) return answer([], false, found.count)
  const kept = isBounded ? found.kvs.filter((kv) => isWithin(request, kv)) : found.kvs
  const sorted = isSorted ? sort(kept, sortTarget, sortOrder === 'DESCEND') : kept
  const more = limit > 0 && sorted.length > limit
  const kvs = more ? sorted.slice(0, limit) : sorted
  return answer(keysOnly ? kvs.map(withoutValue) : kvs, more, found.count)
}

const withoutValue = (kv: KeyValue): KeyValue => ({ ...kv, value: undefined })

const hasBounds = ({ minModRevision, maxModRevision, minCreateRevision, maxCreateRevision }: RangeRequest): boolean =>
  Boolean(minModRevision || maxModRevision || minCreateRevision || maxCreateRevision)

/** A bound of 0 is none. */
function isWithin(bounds: RangeRequest, { modRevision, createRevision }: KeyValue): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = bounds
  return (
    !(maxModRevision && modRevision > maxModRevision) &&
    !(minModRevision && modRevision < minModRevision) &&
    !(maxCreateRevision && createRevision > maxCreateRevision) &&
    !(minCreateRevision && createRevision < minCreateRevision)
  )
}

type Target = NonNullable<RangeRequest['sortTarget']>

const BY: Readonly<Record<Exclude<Target, 'VALUE'>, (kv: KeyValue) => number | string>> = {
  KEY: ({ key }) => key,
  VERSION: ({ version }) => version,
  CREATE: ({ createRevision }) => createRevision,
  MOD: ({ modRevision }) => modRevision,
}

/** Equals stay in the order of their keys; upstream leaves theirs open. */
function sort(kvs: readonly KeyValue[], target: Target, isDescending: boolean): readonly KeyValue[] {
  const of = target === 'VALUE' ? ({ value }: KeyValue) => bytesOf(value ?? '') : BY[target]
  const sign = isDescending ? -1 : 1
  const ranked = kvs.map((kv) => ({ kv, by: of(kv) }))
  return ranked.sort((a, b) => (a.by === b.by ? 0 : a.by < b.by ? -sign : sign)).map(({ kv }) => kv)
}
