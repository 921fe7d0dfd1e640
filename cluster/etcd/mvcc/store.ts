/**
 * etcd's multi-version store, as plain data.
 *
 * What the real one does: every change gets a revision (main, sub): main counts transactions, sub the changes within one.
 * A B-tree maps each key to its generations of revisions; a bbolt file maps each revision to the value written then.
 * What we model: the same, turned around. `history` holds every change in order; `heads` leads from a key to its newest
 * change, and each change to the one before it on the same key. A generation is the stretch of such a chain between two
 * tombstones. `base` keeps what compaction would otherwise lose: the newest value of each key from before it.
 * What we leave out: bytes; values are frozen objects or strings.
 * Where to read upstream: etcd `server/storage/mvcc/{key_index,index,kvstore,kvstore_txn}.go`.
 */
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import { type KeyValue, NO_LEASE } from '../messages.ts'
import type { OrderedKeys } from './ordered-keys.ts'
import { countFrom, keysFrom, NO_KEYS, withKey, withoutKey } from './ordered-keys.ts'

/** One change of one key. */
export interface Change {
  readonly key: string
  readonly main: number
  readonly sub: number
  /** What the key holds from then on; undefined: a tombstone, the key was deleted. */
  readonly kv: KeyValue | undefined
  /** Where in the history the change before this one of the same key stands; -1: there was none. */
  readonly previous: number
}

export interface Store {
  history: Log<Change>
  /** Main revision → place of its first change in `history`. */
  firstOf: Log<number>
  /** Key → place of its newest change. A place below `history.start` means: look into `base`. */
  heads: Table<string, number>
  /** What held right before `compactRevision`. */
  base: Table<string, Change>
  /** `known`: every key in `heads`; `live`: those that are not deleted at the newest revision. */
  keys: Table<'known' | 'live', OrderedKeys>
  /** Newest main revision; an empty store is at 1. */
  revision: number
  /** Oldest revision that may still be read; below it everything is gone. -1: never compacted. */
  compactRevision: number
}

export const ERROR_COMPACTED = 'etcdserver: mvcc: required revision has been compacted'
export const ERROR_FUTURE_REVISION = 'etcdserver: mvcc: required revision is a future revision'

export function createStore(): Store {
  const firstOf = new Log<number>()
  // There are no changes at revisions 0 and 1.
  firstOf.push(0)
  firstOf.push(0)
  return {
    history: new Log(),
    firstOf,
    heads: new Table(),
    base: new Table(),
    keys: new Table<'known' | 'live', OrderedKeys>([
      ['known', NO_KEYS],
      ['live', NO_KEYS],
    ]),
    revision: 1,
    compactRevision: -1,
  }
}

/** The key's value at the newest revision. */
export function current(store: Store, key: string): KeyValue | undefined {
  const head = store.heads.get(key)
  return head === undefined ? undefined : valueAt(store, key, head)
}

/** The key's value at a revision that is neither compacted nor in the future. */
export function at(store: Store, key: string, revision: number): KeyValue | undefined {
  let place = store.heads.get(key)
  if (place === undefined) return undefined
  while (place >= store.history.start) {
    const change: Change = store.history.get(place)!
    if (change.main <= revision) return change.kv
    if (change.previous < 0) return undefined
    place = change.previous
  }
  return store.base.get(key)?.kv
}

/** What the key held before this change. */
export function before(store: Store, change: Change): KeyValue | undefined {
  return change.previous < 0 ? undefined : valueAt(store, change.key, change.previous)
}

function valueAt(store: Store, key: string, place: number): KeyValue | undefined {
  return place >= store.history.start ? store.history.get(place)!.kv : store.base.get(key)?.kv
}

export interface RangeResult {
  readonly kvs: readonly KeyValue[]
  /** Keys in the range, whatever the limit. */
  readonly count: number
}

/**
 * Reads `[key, rangeEnd)`, or the one key without an end; `\0` as the end means up to the last key.
 * `revision` 0 reads the newest. `limit` 0 means no limit. `newest` is a transaction's own revision, once it has changes.
 */
export function range(
  store: Store,
  key: string,
  rangeEnd: string | undefined,
  revision = 0,
  limit = 0,
  newest = store.revision,
): RangeResult {
  const isPast = revision > 0 && revision < newest
  if (rangeEnd === undefined) {
    const kv = isPast ? at(store, key, revision) : current(store, key)
    return kv ? { kvs: [kv], count: 1 } : { kvs: [], count: 0 }
  }
  const end = rangeEnd === '\0' ? undefined : rangeEnd
  return isPast ? pastRange(store, key, end, revision, limit) : newestRange(store, key, end, limit)
}

function newestRange(store: Store, key: string, end: string | undefined, limit: number): RangeResult {
  const live = store.keys.get('live')!
  const count = countFrom(live, key, end)
  const wanted = limit > 0 && limit < count ? limit : count
  const kvs: KeyValue[] = []
  if (wanted === 0) return { kvs, count }
  for (const one of keysFrom(live, key, end)) if (kvs.push(current(store, one)!) === wanted) break
  return { kvs, count }
}

/** Which keys were there, only each of them can tell. */
function pastRange(store: Store, key: string, end: string | undefined, revision: number, limit: number): RangeResult {
  const kvs: KeyValue[] = []
  let count = 0
  for (const one of keysFrom(store.keys.get('known')!, key, end)) {
    const kv = at(store, one, revision)
    if (!kv) continue
    count++
    if (limit <= 0 || kvs.length < limit) kvs.push(kv)
  }
  return { kvs, count }
}

/** Why a revision cannot be read; undefined where it can. */
export function revisionError(store: Store, revision: number, newest = store.revision): string | undefined {
  if (revision > newest) return ERROR_FUTURE_REVISION
  if (revision > 0 && revision < store.compactRevision) return ERROR_COMPACTED
  return undefined
}

/** Opens a transaction of writes: its changes share one main revision. */
export interface WriteTransaction {
  readonly main: number
  readonly changes: Change[]
}

export const beginWrite = (store: Store): WriteTransaction => ({ main: store.revision + 1, changes: [] })

/** The transaction becomes the newest revision, unless it changed nothing. */
export function endWrite(store: Store, transaction: WriteTransaction): readonly Change[] {
  if (transaction.changes.length > 0) store.revision = transaction.main
  return transaction.changes
}

export function put(
  store: Store,
  transaction: WriteTransaction,
  key: string,
  value: unknown,
  lease = NO_LEASE,
): KeyValue {
  const head = store.heads.get(key)
  const old = head === undefined ? undefined : valueAt(store, key, head)
  const kv: KeyValue = {
    key,
    createRevision: old ? old.createRevision : transaction.main,
    modRevision: transaction.main,
    version: old ? old.version + 1 : 1,
    value,
    lease,
  }
  if (!old) addKey(store, key, head === undefined)
  record(store, transaction, key, kv, head)
  return kv
}

function addKey({ keys }: Store, key: string, isUnknown: boolean): void {
  const [live, known] = [keys.get('live')!, keys.get('known')!]
  const grown = withKey(live, key)
  keys.set('live', grown)
  // As long as nothing has been deleted the two are one.
  if (isUnknown) keys.set('known', known === live ? grown : withKey(known, key))
}

/** Deletes one key; returns what it held, or undefined where there was nothing to delete. */
export function remove(store: Store, transaction: WriteTransaction, key: string): KeyValue | undefined {
  const head = store.heads.get(key)
  const old = head === undefined ? undefined : valueAt(store, key, head)
  if (!old) return undefined
  store.keys.set('live', withoutKey(store.keys.get('live')!, key))
  record(store, transaction, key, undefined, head)
  return old
}

function record(
  store: Store,
  { main, changes }: WriteTransaction,
  key: string,
  kv: KeyValue | undefined,
  previous = -1,
): void {
  const change: Change = { key, main, sub: changes.length, kv, previous }
  const place = store.history.push(change)
  if (changes.length === 0) store.firstOf.push(place)
  store.heads.set(key, place)
  changes.push(change)
}

/** The changes from a main revision on, in order. */
export function changesFrom(store: Store, revision: number): IterableIterator<Change> {
  const first = revision > store.revision ? store.history.length : store.firstOf.get(Math.max(revision, 2))
  return store.history.from(first ?? store.history.start)
}

/**
 * Forgets what was superseded before `revision`: afterwards reads at `revision` and later still work, earlier ones fail.
 * Returns the error's text where the revision is compacted already or lies in the future.
 */
export function compact(store: Store, revision: number): string | undefined {
  if (revision <= store.compactRevision) return ERROR_COMPACTED
  if (revision > store.revision) return ERROR_FUTURE_REVISION
  const end = store.firstOf.get(Math.max(revision, 2)) ?? store.history.length
  for (let place = store.history.start; place < end; place++) {
    const change = store.history.get(place)!
    const { key, kv } = change
    if (kv) store.base.set(key, change)
    else store.base.delete(key)
    if (kv || store.heads.get(key) !== place) continue
    store.heads.delete(key)
    store.keys.set('known', withoutKey(store.keys.get('known')!, key))
  }
  store.history.drop(end)
  store.firstOf.drop(Math.max(revision, 0))
  store.compactRevision = revision
  return undefined
}

/**
 * What compaction has left, in the order of revisions: of each key what it held at the compacted revision, and every change
 * since then. A deletion at the compacted revision itself is gone, though `history` still has it for watchers.
 */
export function* retained({ history, base, compactRevision }: Store): IterableIterator<Change> {
  const held = new Map<string, Change>(base)
  let place = history.start
  for (; place < history.length && history.get(place)!.main <= compactRevision; place++) {
    const change = history.get(place)!
    if (change.kv) held.set(change.key, change)
    else held.delete(change.key)
  }
  yield* [...held.values()].sort((a, b) => a.main - b.main || a.sub - b.sub)
  yield* history.from(place)
}

/** The generations of a key, oldest first, as far as compaction has left them: for looking. */
export function generationsOf(
  store: Store,
  key: string,
): { readonly created: number; readonly revisions: readonly number[] }[] {
  const revisions: { main: number; kv: KeyValue | undefined }[] = []
  for (let place = store.heads.get(key) ?? -1; place >= store.history.start;) {
    const change = store.history.get(place)!
    revisions.push(change)
    place = change.previous
  }
  const oldest = store.base.get(key)?.kv
  if (oldest) revisions.push({ main: oldest.modRevision, kv: oldest })
  const generations: { created: number; revisions: number[] }[] = []
  let open = false
  for (const { main, kv } of revisions.reverse()) {
    if (!open) generations.push({ created: kv?.createRevision ?? main, revisions: [] })
    generations[generations.length - 1]!.revisions.push(main)
    open = kv !== undefined
  }
  return generations
}
