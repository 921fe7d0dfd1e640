/**
 * etcd: where the cluster's state lives.
 *
 * What the real one does: replicates a log of writes with Raft, applies committed entries to a multi-version store and
 * tells watchers; every write has been synced to disk before anybody hears of it.
 * What we model: one member. Writes are proposed to the log, many share one sync, and only then they are applied, answered
 * and told to watchers, in the log's order. Watches resume from any revision that is not compacted. Leases take their keys
 * along when they end. After a crash the keyspace is rebuilt from the newest snapshot and the log.
 * What we leave out: Raft and membership (they come next, between `propose` and `durable`), authentication, the space
 * quota, nested transactions, sort orders, lease checkpoints (after a restart a lease lives its full time again).
 * Where to read upstream: etcd `server/etcdserver/server.go`, `server/storage/mvcc/watchable_store.go`,
 * `server/lease/lessor.go`.
 */
import type { Body, Component, Context, Effect, Event, StreamId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import { apply, applyRange, createKeyspace, errorResponse } from './apply.ts'
import { expireDue, grantRequest, keepAlive, leaseApplied, refreshAll, wakeForLeases } from './leases.ts'
import type { EtcdRequest, WatchCreateRequest, WriteRequest } from './messages.ts'
import type { Change } from './mvcc/store.ts'
import type { EtcdState } from './state.ts'
import { recover, snapshotFile, walFile, wantsSnapshot, writeSnapshot } from './wal.ts'
import { cancelWatch, createWatch, deliver, dropStream, progress } from './watches.ts'

export type { EtcdState } from './state.ts'

export type EtcdOptions = Readonly<Record<string, never>>

/** Proposals that may wait for the disk; beyond it: `etcdserver: too many requests`, as upstream's apply queue. */
const PROPOSALS_MAX = 5_000

export const etcd: Component<EtcdState, EtcdOptions> = {
  name: 'etcd',

  init: () => ({
    keyspace: createKeyspace(),
    proposals: Log.startingAt(1),
    syncing: 0,
    applied: 0,
    snapshotIndex: 0,
    snapshotPending: 0,
    watches: new Table(),
    leaseEnds: new Table(),
    nextPersist: 1,
  }),

  step(state, event, ctx) {
    switch (event.type) {
      case 'booted':
        return boot(state, event, ctx)
      case 'opened':
        return request(state, event.stream, event.body as EtcdRequest, ctx)
      case 'data':
        return onWatchStream(state, event.stream, event.body as EtcdRequest)
      case 'closed':
        dropStream(state, event.stream)
        return []
      case 'persisted':
        return durable(state, ctx)
      case 'timer':
        return [
          ...expireDue(state, ctx).flatMap((due) => propose(state, due, undefined, ctx)),
          ...wakeForLeases(state, ctx),
        ]
      default:
        return []
    }
  },
}

function boot(state: EtcdState, event: Extract<Event, { type: 'booted' }>, ctx: Context): Effect[] {
  const { keyspace, index, snapshotIndex, stale } = recover(event.disk)
  state.keyspace = keyspace
  state.applied = index
  state.snapshotIndex = snapshotIndex
  state.proposals = Log.startingAt(index + 1)
  ctx.note('recovered', { entries: index, revision: keyspace.store.revision, snapshot: snapshotIndex })
  refreshAll(state, ctx)
  const removals: Effect[] = stale.map((file) => ({ type: 'remove', file }))
  return [...removals, ...wakeForLeases(state, ctx)]
}

function request(state: EtcdState, stream: StreamId, body: EtcdRequest, ctx: Context): Effect[] {
  switch (body.type) {
    case 'Range':
      // What is applied is all that anybody was told of, so reading it is linearizable with a single member.
      return [reply(stream, applyRange(state.keyspace.store, body))]
    case 'Put':
    case 'DeleteRange':
    case 'Txn':
    case 'Compact':
    case 'LeaseRevoke':
      return propose(state, body, stream, ctx)
    case 'LeaseGrant':
      return propose(state, grantRequest(body, ctx), stream, ctx)
    case 'LeaseKeepAlive':
      return [reply(stream, keepAlive(state, body.id, ctx)), ...wakeForLeases(state, ctx)]
    case 'WatchCreate':
    case 'WatchCancel':
    case 'WatchProgress':
      return onWatchStream(state, stream, body)
    default:
      return [reply(stream, errorResponse(`etcdserver: unknown request "${(body as Body).type}"`))]
  }
}

function onWatchStream(state: EtcdState, stream: StreamId, body: EtcdRequest): Effect[] {
  switch (body.type) {
    case 'WatchCreate':
      return createWatch(state, stream, body as WatchCreateRequest)
    case 'WatchCancel':
      return cancelWatch(state, stream, body.watchId)
    case 'WatchProgress':
      return progress(state, stream)
    default:
      return []
  }
}

const reply = (stream: StreamId, body: Body): Effect => ({ type: 'close', stream, body })

/** Puts a write at the end of the log. It takes effect once it is durable. */
function propose(state: EtcdState, body: WriteRequest, stream: StreamId | undefined, ctx: Context): Effect[] {
  if (state.proposals.length - 1 - state.applied >= PROPOSALS_MAX && stream !== undefined) {
    return [
      reply(stream, { type: 'Error', code: 'ResourceExhausted', message: 'etcdserver: too many requests' } as Body),
    ]
  }
  state.proposals.push({ entry: { index: state.proposals.length, request: body }, stream })
  return state.syncing > 0 ? [] : sync(state, ctx)
}

/** Appends what has gathered since the last sync, and a snapshot where the log has outgrown the keyspace; one sync for both. */
function sync(state: EtcdState, ctx: Context): Effect[] {
  const { applied, proposals, keyspace } = state
  const snapshotDue = wantsSnapshot(keyspace, applied - state.snapshotIndex)
  const last = proposals.length - 1
  if (last === applied && !snapshotDue) return []
  const effects: Effect[] = []
  if (snapshotDue) {
    state.snapshotPending = applied
    effects.push(writeSnapshot(keyspace, applied))
    ctx.note('snapshot', { index: applied, revision: keyspace.store.revision })
  }
  const records = [...proposals.from(applied + 1)].map(({ entry }) => entry)
  effects.push({ type: 'append', file: walFile(state.snapshotPending || state.snapshotIndex), records })
  effects.push({ type: 'persist', id: state.nextPersist++ })
  state.syncing = last
  return effects
}

/** The sync is done: applies its entries, answers, tells the watchers, and syncs what came meanwhile. */
function durable(state: EtcdState, ctx: Context): Effect[] {
  const effects: Effect[] = state.snapshotPending > 0 ? dropBefore(state) : []
  let changes: Change[] = []
  let leasesChanged = false
  for (const { entry, stream } of state.proposals.from(state.applied + 1)) {
    if (entry.index > state.syncing) break
    const { request } = entry
    if (request.type === 'Compact') {
      // Watchers that want previous values must be told before compaction forgets them.
      effects.push(...deliver(state, changes))
      changes = []
    }
    const applied = apply(state.keyspace, request)
    state.applied = entry.index
    for (const change of applied.changes) changes.push(change)
    if (stream !== undefined) effects.push(reply(stream, applied.response))
    if (leaseApplied(state, request, ctx)) leasesChanged = true
  }
  state.proposals.drop(state.applied + 1)
  state.syncing = 0
  if (changes.length > 0) effects.push(...deliver(state, changes))
  if (leasesChanged) effects.push(...wakeForLeases(state, ctx))
  effects.push(...sync(state, ctx))
  return effects
}

/** The snapshot is durable: the log before it may go. */
function dropBefore(state: EtcdState): Effect[] {
  const old = state.snapshotIndex
  state.snapshotIndex = state.snapshotPending
  state.snapshotPending = 0
  return [
    { type: 'remove', file: walFile(old) },
    { type: 'remove', file: snapshotFile(old) },
  ]
}
