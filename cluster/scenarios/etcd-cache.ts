/**
 * Somebody who keeps a copy of all keys, as every informer does: lists, watches from there on, and lists anew only when
 * told that the watch cannot go on. It believes what etcd promises of a watch, and says where that does not hold.
 */
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { KeyValue, RangeResponse, WatchEvent, WatchResponse } from '#cluster/etcd/messages.ts'
import type { Component, Context, Effect, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { range, type Store } from '#cluster/etcd/mvcc/store.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { World } from '#cluster/kernel/world.ts'

const RETRY_MICROS = 200_000
const ALL = { key: '\0', rangeEnd: '\0' } as const

export interface EtcdCacheState {
  readonly members: readonly ProcessId[]
  /** How often it has gone to another member. */
  moves: number
  stream: StreamId
  /** What the stream is for. */
  doing: 'list' | 'watch'
  keys: Table<string, KeyValue>
  /** Everything up to here is in `keys`. */
  revision: number
  lists: number
  /** The first promise that was broken. */
  problem: string | undefined
}

export const etcdCache: Component<EtcdCacheState, { readonly members: readonly ProcessId[] }> = {
  name: 'etcd-cache',
  init: ({ members }) => ({
    members,
    moves: 0,
    stream: -1,
    doing: 'list',
    keys: new Table(),
    revision: 0,
    lists: 0,
    problem: undefined,
  }),
  step(state, event, ctx): Effect[] {
    switch (event.type) {
      case 'booted':
        return list(state, ctx)
      case 'timer':
        return state.doing === 'list' ? list(state, ctx) : watch(state, ctx)
      case 'data':
        return event.stream === state.stream ? watched(state, event.body as WatchResponse, ctx) : []
      case 'closed': {
        if (event.stream !== state.stream) return []
        if (event.body?.type === 'RangeResponse') return listed(state, event.body as RangeResponse, ctx)
        state.moves++
        return [{ type: 'wake', key: 'retry', after: RETRY_MICROS }]
      }
      default:
        return []
    }
  },
}

function open(state: EtcdCacheState, body: { readonly type: string }, ctx: Context): Effect {
  state.stream = ctx.id()
  return { type: 'open', stream: state.stream, to: state.members[state.moves % state.members.length]!, body }
}

function list(state: EtcdCacheState, ctx: Context): Effect[] {
  state.doing = 'list'
  return [open(state, { type: 'Range', ...ALL } as { type: string }, ctx)]
}

function listed(state: EtcdCacheState, { header, kvs }: RangeResponse, ctx: Context): Effect[] {
  if (header.revision < state.revision) {
    complain(state, `a list is of revision ${header.revision}, and ${state.revision} has been seen`)
  }
  state.keys = new Table(kvs.map((kv) => [kv.key, kv]))
  state.revision = header.revision
  state.lists++
  return watch(state, ctx)
}

function watch(state: EtcdCacheState, ctx: Context): Effect[] {
  state.doing = 'watch'
  const body = { type: 'WatchCreate', watchId: 0, ...ALL, startRevision: state.revision + 1 }
  return [open(state, body, ctx)]
}

function watched(state: EtcdCacheState, { canceled, events }: WatchResponse, ctx: Context): Effect[] {
  if (canceled) return [{ type: 'close', stream: state.stream }, ...list(state, ctx)]
  let newest = state.revision
  for (const event of events) {
    const { modRevision } = event.kv
    if (modRevision <= state.revision || modRevision < newest) {
      complain(state, `an event of revision ${modRevision} comes after revision ${newest}`)
    }
    newest = modRevision
    take(state, event)
  }
  state.revision = newest
  return []
}

/** Versions count up, so what is left out shows with the next change of the key, and what is told twice at once. */
function take(state: EtcdCacheState, { type, kv }: WatchEvent): void {
  const { keys } = state
  const had = keys.get(kv.key)
  if (type === 'DELETE') {
    if (!had) complain(state, `${kv.key} is deleted at ${kv.modRevision}, and was not there`)
    keys.delete(kv.key)
    return
  }
  if (kv.version !== (had?.version ?? 0) + 1)
    complain(state, `${kv.key} has version ${kv.version} at ${kv.modRevision}, and had ${had?.version ?? 'none'}`)
  keys.set(kv.key, kv)
}

function complain(state: EtcdCacheState, problem: string): void {
  state.problem ??= problem
}

export const storeOf = (world: World, member: ProcessId): Store => world.stateOf<EtcdState>(member).keyspace.store
export const allKeys = (store: Store): readonly KeyValue[] => range(store, '\0', '\0').kvs

/** What is wrong with a copy, once all is quiet: a promise was broken on the way, or it is not what these members have. */
export function cacheProblem(
  world: World,
  name: ProcessId,
  { problem, keys }: EtcdCacheState,
  members: readonly ProcessId[],
): string | undefined {
  if (problem) return `${name}: ${problem}`
  const byKey = [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  const kept = JSON.stringify(byKey)
  const odd = members.find((member) => JSON.stringify(allKeys(storeOf(world, member))) !== kept)
  return odd && `the copy of ${name} is not what ${odd} has`
}
