/**
 * Random requests to etcd, few keys and many kinds, so that they meet often.
 *
 * What etcd leaves open is not asked for: equal ranks in a sort of more than a dozen keys; watches from the compacted revision
 * itself, where 3.4.23 loses deletions (etcd issue 19179). What makes etcd 3.4 panic is not either: `ignore_value` on a key
 * that the same transaction has deleted before.
 */
import type { Answer } from './client.ts'

export type Chance = (below: number) => number

export type Operation =
  | { readonly type: 'call'; readonly method: string; readonly request: Answer }
  /** A watch, and what is done while it is open. */
  | { readonly type: 'watch'; readonly create: Answer; readonly meanwhile: readonly Operation[] }

/** What the generator must know of the store to ask sensibly. */
export interface Known {
  revision: number
  compacted: number
}

const KEYS = ['a', 'b', 'ba', 'bb', 'c', 'c/1', 'é', '\u{10ffff}']
  .map((text) => Buffer.from(text))
  .concat(Buffer.from([255, 0]))
const ENDS = [Buffer.from('b'), Buffer.from('c'), Buffer.from('d'), Buffer.from([0]), Buffer.from([255])]
const VALUES = ['', '1', '2', 'x', 'longer', '\u{1f600}']
  .map((text) => Buffer.from(text))
  .concat(Buffer.from([128, 0, 255]))
/** As different as int64s can be. */
const LEASES = ['1', '2', '7587862094201225995', '-3']
const NONE = Buffer.alloc(0)

const oneOf = <T>(chance: Chance, list: readonly T[]): T => list[chance(list.length)]!
const maybe = (chance: Chance, oneIn: number): boolean => chance(oneIn) === 0

export function randomOperation(chance: Chance, known: Known): Operation {
  const draw = chance(100)
  if (draw < 28) return call('KV.Put', put(chance))
  if (draw < 54) return call('KV.Range', range(chance, known))
  if (draw < 65) return call('KV.DeleteRange', deleteRange(chance, true))
  if (draw < 83) return call('KV.Txn', txn(chance, known, 0))
  // Physical: a hash that is asked for next may depend on whether the file has been rid of what is compacted.
  if (draw < 86) return call('KV.Compact', { revision: aRevision(chance, known, 3), physical: true })
  if (draw < 93) return lease(chance)
  if (draw < 96) return call('Maintenance.HashKV', { revision: maybe(chance, 3) ? 0 : aRevision(chance, known) })
  return watch(chance, known)
}

const call = (method: string, request: Answer): Operation => ({ type: 'call', method, request })

const aKey = (chance: Chance): Buffer => (maybe(chance, 60) ? NONE : oneOf(chance, KEYS))
/** None is left out, as clients do: sent as no bytes it would mean, to etcd, the end of all keys. */
const anEnd = (chance: Chance, oneIn = 2): Buffer | undefined =>
  maybe(chance, oneIn) ? oneOf(chance, ENDS) : undefined
const aLease = (chance: Chance): string => (maybe(chance, 4) ? oneOf(chance, LEASES) : '0')

function aRevision(chance: Chance, { revision, compacted }: Known, wild = 12): number {
  if (maybe(chance, wild)) return oneOf(chance, [-1, 0, compacted - 1, compacted, revision + 1, revision + 7])
  return Math.max(compacted, 1) + chance(Math.max(revision - compacted, 1))
}

function put(chance: Chance, mayIgnore = true): Answer {
  const [ignore_value, ignore_lease] = [mayIgnore && maybe(chance, 12), mayIgnore && maybe(chance, 12)]
  return {
    key: aKey(chance),
    value: ignore_value && !maybe(chance, 8) ? NONE : oneOf(chance, VALUES),
    lease: ignore_lease && !maybe(chance, 8) ? '0' : aLease(chance),
    prev_kv: maybe(chance, 2),
    ignore_value,
    ignore_lease,
  }
}

function range(chance: Chance, known: Known): Answer {
  const bound = (): number => (maybe(chance, 8) ? aRevision(chance, known) : 0)
  return {
    key: maybe(chance, 3) ? Buffer.from([0]) : aKey(chance),
    range_end: maybe(chance, 3) ? Buffer.from([0]) : anEnd(chance),
    limit: maybe(chance, 3) ? chance(6) - 1 : 0,
    revision: maybe(chance, 2) ? aRevision(chance, known) : 0,
    sort_order: maybe(chance, 3) ? chance(3) : 0,
    sort_target: maybe(chance, 3) ? chance(5) : 0,
    serializable: maybe(chance, 5),
    keys_only: maybe(chance, 6),
    count_only: maybe(chance, 8),
    min_mod_revision: bound(),
    max_mod_revision: bound(),
    min_create_revision: bound(),
    max_create_revision: bound(),
  }
}

const deleteRange = (chance: Chance, mayReachTheEnd: boolean): Answer => {
  const range_end = anEnd(chance, 4)
  const isOpen = range_end?.equals(Buffer.from([0])) === true
  return { key: aKey(chance), range_end: isOpen && !mayReachTheEnd ? undefined : range_end, prev_kv: maybe(chance, 2) }
}

const OPERANDS = ['version', 'create_revision', 'mod_revision', 'value', 'lease'] as const

function compare(chance: Chance, known: Known): Answer {
  const target = chance(OPERANDS.length)
  const operand = {
    version: chance(4),
    create_revision: maybe(chance, 3) ? 0 : aRevision(chance, known),
    mod_revision: maybe(chance, 3) ? 0 : aRevision(chance, known),
    value: oneOf(chance, VALUES),
    lease: maybe(chance, 3) ? '0' : oneOf(chance, LEASES),
  }
  const name = OPERANDS[maybe(chance, 30) ? chance(OPERANDS.length) : target]!
  return { target, result: chance(4), key: aKey(chance), range_end: anEnd(chance, 4), [name]: operand[name] }
}

function txn(chance: Chance, known: Known, depth: number, mayIgnore = maybe(chance, 2)): Answer {
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: chance(most + 1) }, make)
  const op = (): Answer => {
    const draw = chance(100)
    if (draw < 40) return { request_put: put(chance, mayIgnore) }
    if (draw < 65) return { request_range: range(chance, known) }
    if (draw < 82) return { request_delete_range: deleteRange(chance, !mayIgnore) }
    if (draw < 98 && depth < 3) return { request_txn: txn(chance, known, depth + 1, mayIgnore) }
    return draw === 99 && maybe(chance, 4) ? {} : { request_range: range(chance, known) }
  }
  return { compare: some(2, () => compare(chance, known)), success: some(4, op), failure: some(3, op) }
}

function lease(chance: Chance): Operation {
  const ID = oneOf(chance, LEASES)
  switch (chance(8)) {
    case 0:
    case 1:
    case 2:
      return call('Lease.LeaseGrant', { ID, TTL: maybe(chance, 10) ? 9_000_000_001 : 1_000 + chance(100) })
    case 3:
      return call('Lease.LeaseRevoke', { ID })
    case 4:
    case 5:
      return call('Lease.LeaseLeases', {})
    default:
      return call('Lease.LeaseTimeToLive', { ID, keys: maybe(chance, 2) })
  }
}

function watch(chance: Chance, known: Known): Operation {
  const past = known.compacted + 1 + chance(Math.max(known.revision - known.compacted, 1))
  const start = maybe(chance, 3)
    ? 0
    : maybe(chance, 8)
      ? chance(Math.max(known.compacted, 1))
      : maybe(chance, 8)
        ? past + 3
        : past
  const create = {
    key: maybe(chance, 3) ? NONE : oneOf(chance, KEYS),
    range_end: maybe(chance, 2) ? Buffer.from([0]) : anEnd(chance),
    start_revision: start,
    prev_kv: maybe(chance, 2),
    filters: maybe(chance, 4) ? [chance(2)] : [],
    watch_id: maybe(chance, 4) ? 1 + chance(9) : 0,
    fragment: maybe(chance, 4),
  }
  const meanwhile = Array.from({ length: chance(4) }, () =>
    maybe(chance, 3) ? call('KV.DeleteRange', deleteRange(chance, true)) : call('KV.Put', put(chance)),
  )
  return { type: 'watch', create, meanwhile }
}
