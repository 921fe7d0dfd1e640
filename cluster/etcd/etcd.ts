/**
 * etcd: where the cluster's state lives.
 *
 * What the real one does: replicates a log of writes with Raft, applies committed entries to a multi-version store and
 * tells watchers; every write has been synced to the disks of a majority before anybody hears of it.
 * What we model: members, one or more, that are one Raft group over datagrams. A write goes into the leader's log, many
 * share one sync, and once it is committed each member applies it, in the log's order; the member that was asked answers.
 * A read asks the leader how far that is, or is content with what this member has (`serializable`). Watches resume from
 * any revision that is not compacted. The leader ends leases, and their keys with them. After a crash a member comes back
 * from its newest snapshot and its log; one that lags too far gets a snapshot from the leader. Members are added, as
 * learners first where that is wanted, promoted and removed; leadership is handed over.
 * What we leave out: authentication, lease checkpoints (under a new
 * leader every lease lives its full time again), changes of several members at once.
 * Where to read upstream: etcd `server/etcdserver/server.go`, `server/storage/mvcc/watchable_store.go`,
 * `server/lease/lessor.go`; etcd-io/raft.
 */
import type { Body, Component, Context, Effect, Event, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import { errorResponse } from './apply.ts'
import { createKeyspace } from './keyspace.ts'
import { clusterRequest, forward } from './cluster-requests.ts'
import { stop } from './committed.ts'
import { allLeases, expireDue, grantRequest, keepAlive, timeToLive, wakeForLeases } from './leases.ts'
import { drive, persisted, receive, type RaftBody, snapshotEnded } from './member.ts'
import { defragment, hashKv, quotaProblem, snapshot } from './maintenance.ts'
import { clusterIdFor, memberFor, memberIdFor } from './members.ts'
import type { ClusterRequest } from './cluster-messages.ts'
import type { EtcdRequest, WatchCreateRequest, WriteRequest } from './messages.ts'
import { expireWaiting, fileWrite, firstRequest, unavailable } from './proposals.ts'
import * as nodes from './raft/node.ts'
import { ioOf, isAlone, raftConfig } from './raft-config.ts'
import { createReads, read, tickReads } from './reads.ts'
import type { EtcdState } from './state.ts'
import { begin, recover, walFile } from './wal.ts'
import { cancelWatch, createWatch, dropStream, progress, tellProgress, widenWindow } from './watches.ts'

export type { EtcdState } from './state.ts'

export interface EtcdOptions {
  /** All members, this one too, as the cluster begins or as it is when this one joins. Default: this one alone. */
  readonly initialCluster?: readonly ProcessId[]
  /** It joins a cluster that is there: it waits to be told everything. */
  readonly joins?: boolean
  /** Its id, as the answer to `MemberAdd` had it; without it the one that its name gives. */
  readonly id?: number
  /** Bytes that the file may have; default: no limit. */
  readonly quotaBackendBytes?: number
}

interface State extends EtcdState {
  readonly options: EtcdOptions
}

/** Without a leader for that long, watchers are sent elsewhere: etcd's three election timeouts. */
const NO_LEADER_MICROS: Micros = 3_000_000

export const etcd: Component<State, EtcdOptions> = {
  name: 'etcd',

  init: (options) => ({
    options,
    keyspace: createKeyspace(),
    node: undefined,
    id: 0,
    clusterId: 0,
    incarnation: 0,
    members: new Table(),
    removed: new Table(),
    remotes: new Table(),
    isStopped: false,
    proposals: Log.startingAt(1),
    waiting: new Table(),
    reads: createReads(),
    forwards: new Table(),
    snapshots: new Table(),
    nextRequest: 1,
    unsynced: Object.freeze([]),
    syncing: new Table(),
    applied: 0,
    appliedTerm: 0,
    snapshotIndex: 0,
    snapshotPending: 0,
    watches: new Table(),
    windows: new Table(),
    nextWatchIds: new Table(),
    toldOf: new Table(),
    fileBytes: 0,
    leaseEnds: new Table(),
    isLeader: false,
    isTicking: false,
    leaderlessSince: undefined,
    nextPersist: 1,
  }),

  step(state, event, ctx) {
    switch (event.type) {
      case 'booted':
        return boot(state, event, ctx)
      case 'message':
        return message(state, event.body, event.from, ctx)
      case 'opened':
        return opened(state, event.stream, event.from, event.body as EtcdRequest | RaftBody, ctx)
      case 'data':
        return onWatchStream(state, event.stream, event.body as EtcdRequest)
      case 'closed':
        return closed(state, event, ctx)
      case 'persisted':
        return persisted(state, event.id, ctx)
      case 'timer':
        return event.key === 'tick'
          ? tick(state, ctx)
          : event.key === 'progress'
            ? tellProgress(state)
            : leasesDue(state, ctx)
      default:
        return []
    }
  },
}

function boot(state: State, event: Extract<Event, { type: 'booted' }>, ctx: Context): Effect[] {
  const { storage, stale, metadata: known, ...recovered } = recover(event.disk)
  const { initialCluster = [ctx.self], joins = false, id = memberIdFor(ctx.self) } = state.options
  let metadata = known
  Object.assign(state, recovered)
  const effects: Effect[] = stale.map((file) => ({ type: 'remove', file }))
  if (!metadata) {
    const members = initialCluster.map((peer) => memberFor(peer, peer === ctx.self ? id : undefined))
    metadata = { type: 'metadata', id, clusterId: clusterIdFor(initialCluster), members, joins }
    Object.assign(state, begin(storage, metadata))
    effects.push({ type: 'append', file: walFile(0), records: [metadata] })
  }
  state.id = metadata.id
  state.clusterId = metadata.clusterId
  state.incarnation = event.incarnation
  state.nextRequest = firstRequest(state.id, event.incarnation)
  state.isStopped = state.removed.has(state.id)
  state.leaderlessSince = ctx.now
  state.node = nodes.createNode(raftConfig(state.id, state.applied), storage, ioOf(ctx))
  const entries = storage.entries.length - 1
  ctx.note('recovered', { entries, revision: state.keyspace.store.revision, snapshot: state.snapshotIndex })
  // Nobody to wait for.
  if (isAlone(state)) nodes.campaign(state.node, ioOf(ctx))
  return [...effects, ...drive(state, ctx)]
}

function message(state: State, body: Body, from: ProcessId, ctx: Context): Effect[] {
  if (!state.node) return []
  if (body.type === 'Raft') return receive(state, body as RaftBody, from, ctx)
  if (body.type !== 'MemberGone') return []
  const effects: Effect[] = []
  stop(state, ctx, effects)
  return effects
}

function opened(state: State, stream: StreamId, from: ProcessId, body: EtcdRequest | RaftBody, ctx: Context): Effect[] {
  if (!state.node || state.isStopped) return [reply(stream, unavailable('etcdserver: server stopped'))]
  if (body.type === 'Raft') return [...receive(state, body, from, ctx), { type: 'close', stream }]
  const said = request(state, stream, body, ctx)
  // A write that comes while the leader's disk is busy waits for it, as all others do.
  return state.isLeader && state.syncing.size > 0 && body.type !== 'Range' ? [...said] : [...said, ...drive(state, ctx)]
}

/** @returns what is to be said at once */
function request(state: State, stream: StreamId, body: EtcdRequest, ctx: Context): readonly Effect[] {
  switch (body.type) {
    case 'Range':
      return read(state, stream, body, ctx)
    case 'Put':
    case 'Txn':
      return growingWrite(state, body, stream, ctx)
    case 'DeleteRange':
    case 'Compact':
    case 'LeaseRevoke':
    case 'Alarm':
      return fileWrite(state, body, stream, ctx)
    case 'LeaseGrant':
      return growingWrite(state, grantRequest(state.id, body, ctx), stream, ctx)
    case 'Defragment':
      return [reply(stream, defragment(state))]
    case 'HashKV':
      return [reply(stream, hashKv(state, body.revision))]
    case 'Snapshot':
      return [reply(stream, snapshot(state))]
    case 'LeaseKeepAlive':
      if (!state.isLeader) return forward(state, stream, body, ctx)
      return [reply(stream, keepAlive(state, body.id, ctx)), ...wakeForLeases(state, ctx)]
    case 'LeaseTimeToLive':
      return state.isLeader ? [reply(stream, timeToLive(state, body, ctx))] : forward(state, stream, body, ctx)
    case 'LeaseLeases':
      return [reply(stream, allLeases(state))]
    case 'WatchCreate':
    case 'WatchCancel':
    case 'WatchProgress':
      return onWatchStream(state, stream, body)
    case 'MemberPromote':
      return state.isLeader ? clusterRequest(state, stream, body, ctx) : forward(state, stream, body, ctx)
    case 'MemberList':
    case 'MemberAdd':
    case 'MemberRemove':
    case 'MemberUpdate':
    case 'MoveLeader':
    case 'Status':
      return clusterRequest(state, stream, body as ClusterRequest, ctx)
    default:
      return [reply(stream, errorResponse(`etcdserver: unknown request "${(body as Body).type}"`))]
  }
}

/** A write that takes space: where there is none left, the alarm goes into the log instead. */
function growingWrite(state: State, body: WriteRequest, stream: StreamId, ctx: Context): readonly Effect[] {
  const problem = quotaProblem(state, body, state.options.quotaBackendBytes ?? 0)
  if (!problem) return fileWrite(state, body, stream, ctx)
  const alarm = { type: 'Alarm', action: 'ACTIVATE', memberId: state.id, alarm: 'NOSPACE' } as const
  return [...fileWrite(state, alarm, undefined, ctx), reply(stream, problem)]
}

function onWatchStream(state: State, stream: StreamId, body: EtcdRequest): Effect[] {
  switch (body.type) {
    case 'WatchCreate':
      return createWatch(state, stream, body as WatchCreateRequest)
    case 'WatchCancel':
      return cancelWatch(state, stream, body.watchId)
    case 'WatchProgress':
      return progress(state, stream)
    case 'WatchWindow':
      return widenWindow(state, stream, body.responses)
    default:
      return []
  }
}

const reply = (stream: StreamId, body: Body): Effect => ({ type: 'close', stream, body })

function closed(state: State, event: Extract<Event, { type: 'closed' }>, ctx: Context): Effect[] {
  const { stream, reason } = event
  const member = state.snapshots.get(stream)
  if (member !== undefined) {
    state.snapshots.delete(stream)
    return snapshotEnded(state, member, reason !== 'done', ctx)
  }
  const client = state.forwards.get(stream)
  if (client === undefined) {
    dropStream(state, stream)
    return []
  }
  state.forwards.delete(stream)
  return [reply(client, event.body ?? unavailable('etcdserver: leader changed'))]
}

function leasesDue(state: State, ctx: Context): Effect[] {
  const effects = expireDue(state, ctx).flatMap((due) => fileWrite(state, due, undefined, ctx))
  return [...effects, ...wakeForLeases(state, ctx), ...drive(state, ctx)]
}

function tick(state: State, ctx: Context): Effect[] {
  state.isTicking = false
  if (state.isStopped) return []
  const effects: Effect[] = []
  nodes.tick(state.node!, ioOf(ctx))
  expireWaiting(state, ctx, effects)
  tickReads(state, ctx, effects)
  if (state.leaderlessSince !== undefined && ctx.now - state.leaderlessSince >= NO_LEADER_MICROS)
    sendAway(state, effects)
  return [...effects, ...drive(state, ctx)]
}

/** Watchers ask for a member that has a leader: here they would hear of nothing. */
function sendAway(state: State, effects: Effect[]): void {
  for (const stream of new Set([...state.watches.values()].map((watch) => watch.stream))) {
    effects.push(reply(stream, unavailable('etcdserver: no leader')))
  }
  state.watches.clear()
}
