/** One object as the store holds it, beside what it was before: at another moment of the run, or at its revision before. */
import { stringify } from 'yaml'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { KeyValue } from '#cluster/etcd/messages.ts'
import { before, type Change } from '#cluster/etcd/mvcc/store.ts'
import type { World } from '#cluster/kernel/world.ts'
import { storeProcess } from '#cluster/scenarios/look.ts'
import { diffLines } from '../workbench/line-diff.ts'
import { textOf } from './etcd-members.ts'
import { PLAIN, storeKey } from './frame.ts'
import type { FieldChange, Inspection, ObjectKey } from './protocol.ts'

/**
 * @param earlier the moment to compare with; default: the object's own revision before
 * @param revision the object as this revision left it; default: its newest
 */
export function inspect(world: World, key: ObjectKey, earlier?: World, revision?: number): Inspection | undefined {
  const { resource, namespace, name } = key
  const etcd = storeProcess(world)
  const newest = newestOf(world, key)
  if (etcd === undefined || !newest) return undefined
  const { store } = world.stateOf<EtcdState>(etcd).keyspace
  const change = leftBy(newest, revision, (at) => store.history.get(at))
  if (!change) return undefined
  const previous = before(store, change)
  const read = (kv: KeyValue | undefined) => kv && (resource === PLAIN ? plain(kv) : (kv.value as KubernetesObject))
  const now = read(change.kv)
  const old = read(earlier ? newestOf(earlier, key)?.kv : previous)
  const object = now ?? old ?? read(previous)
  if (!object) return undefined
  return {
    ref: { resource, kind: object.kind, namespace, name, revision: change.main },
    previousRevision: previous?.modRevision,
    isGone: now === undefined,
    wasThere: old !== undefined,
    changes: now && old ? fieldChanges(old, now) : [],
    lines: diffLines(toYaml(old), toYaml(now)).map(({ kind, text }) => ({ kind, text })),
    revisions: revisionsOf(newest, (at) => store.history.get(at)),
  }
}

/** What etcd itself keeps of a key. */
function plain({ key, value, createRevision, modRevision, version, lease }: KeyValue) {
  return { kind: 'key', key, value: short(textOf(value)), createRevision, modRevision, version, lease }
}

function newestOf(world: World, { resource, namespace, name }: ObjectKey): Change | undefined {
  const etcd = storeProcess(world)
  if (etcd === undefined) return undefined
  const { store } = world.stateOf<EtcdState>(etcd).keyspace
  const place = store.heads.get(storeKey(resource, namespace, name))
  return place === undefined ? undefined : store.history.get(place)
}

/** What the newest of an object's changes up to a revision is; undefined where it did not exist yet, or is compacted. */
function leftBy(
  newest: Change,
  revision: number | undefined,
  get: (place: number) => Change | undefined,
): Change | undefined {
  let change: Change | undefined = newest
  while (change && revision !== undefined && change.main > revision)
    change = change.previous < 0 ? undefined : get(change.previous)
  return change
}

function revisionsOf(newest: Change, get: (place: number) => Change | undefined): number[] {
  const revisions: number[] = []
  for (
    let change: Change | undefined = newest;
    change;
    change = change.previous < 0 ? undefined : get(change.previous)
  ) {
    revisions.push(change.main)
  }
  return revisions.reverse()
}

const toYaml = (value: unknown): string => (value === undefined ? '' : stringify(value).trimEnd())

// ── fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Counters of the store, which change with everything: what else changed is what people ask for. */
const COUNTERS = new Set(['metadata.resourceVersion', 'metadata.generation'])

/** Entries of a list that bear a name, a type or an address are compared with their own kind, wherever they stand. */
const IDENTITIES = ['name', 'type', 'uid', 'key', 'ip'] as const

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function identityOf(item: unknown): string | undefined {
  if (!isRecord(item)) return undefined
  const field = IDENTITIES.find((one) => typeof item[one] === 'string')
  return field && (item[field] as string)
}

/** What differs, field by field: `status.conditions[Ready].status: False → True`. */
export function fieldChanges(old: unknown, now: unknown, path = ''): FieldChange[] {
  if (JSON.stringify(old) === JSON.stringify(now) || COUNTERS.has(path)) return []
  if (isRecord(old) && isRecord(now)) {
    const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    return fields.flatMap((field) => fieldChanges(old[field], now[field], path ? `${path}.${field}` : field))
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    const keyed = (items: readonly unknown[]) => new Map(items.map((item, i) => [identityOf(item) ?? String(i), item]))
    const [before, after] = [keyed(old), keyed(now)]
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
      fieldChanges(before.get(key), after.get(key), `${path}[${key}]`),
    )
  }
  return [{ path, before: short(old), after: short(now) }]
}

const VALUE_MAX = 80

function short(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX - 1)}…` : text
}
