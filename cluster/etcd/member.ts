/**
 * A member's part in Raft: everything that Raft asks for is done here, in the order that keeps its promises.
 *
 * What the real one does: `raftNode` takes a Ready, sends a leader's messages, saves entries and hard state to the WAL with
 * an fsync, sends a follower's messages, applies what is committed.
 * What we model: the same with Raft's asynchronous storage writes: what promises something (a vote, an acknowledgement) is
 * kept until the sync that it stands on is durable; everything else leaves at once. Members of a group of one owe nobody a
 * promise, so such a member leads from the first instant.
 * What we leave out: the transport's streams, and its finding that a peer is unreachable (a lost datagram is found out by
 * the next heartbeat).
 * Where to read upstream: etcd `server/etcdserver/raft.go`, `server/etcdserver/server.go` (applyAll).
 */
import type { Body, Context, Effect, ProcessId } from '#cluster/kernel/component.ts'
import { applyCommitted } from './committed.ts'
import { refreshAll, wakeForLeases } from './leases.ts'
import { proposeQueued } from './proposals.ts'
import { ask, readsApplied, readsConfirmed, readsLost } from './reads.ts'
import type { Io } from './raft/io.ts'
import { isLocalMsgTarget, type Message, NONE } from './raft/messages.ts'
import * as nodes from './raft/node.ts'
import { appendEntries, applySnapshot, compact } from './raft/storage.ts'
import { ioOf, isAlone, TICK_MICROS } from './raft-config.ts'
import type { EtcdState } from './state.ts'
import * as wal from './wal.ts'
import { watchesRestored } from './watches.ts'

/** Members to members, by datagram. */
export interface RaftBody extends Body {
  readonly type: 'Raft'
  readonly message: Message
}

/** Applied entries that are kept for followers that lag: etcd's SnapshotCatchUpEntries. */
const CATCH_UP_ENTRIES = 5_000

/** Does all that Raft asks for, until it asks for nothing more. */
export function drive(state: EtcdState, ctx: Context): Effect[] {
  const node = state.node!
  const io = ioOf(ctx)
  const effects: Effect[] = []
  const written: wal.WalRecord[] = []
  let mustSync = false
  do {
    while (nodes.hasReady(node)) {
      const ready = nodes.ready(node)
      if (ready.softState) leaderChanged(state, ready.softState, ctx, effects)
      for (const message of ready.messages) {
        if (message.type === 'MsgStorageAppend') {
          if (store(state, message, written, effects, io)) mustSync = true
        } else if (message.type === 'MsgVote') afterSync(state, [message])
        else if (message.type !== 'MsgStorageApply') post(state, message, ctx, effects)
      }
      if (ready.readStates.length > 0) readsConfirmed(state, ready.readStates)
      if (ready.committedEntries.length > 0) {
        applyCommitted(state, ready.committedEntries, ctx, effects)
        // The order to apply comes last.
        for (const response of ready.messages.at(-1)!.responses!) nodes.step(node, response, io)
      }
    }
    readsApplied(state, effects)
  } while (ask(state, ctx) || proposeQueued(state, ctx, mustSync))
  takeSnapshot(state, written, ctx, effects)
  const file = wal.walFile(state.snapshotPending || state.snapshotIndex)
  if (written.length > 0) effects.push({ type: 'append', file, records: written })
  if (mustSync || state.snapshotPending > 0) sync(state, effects)
  trimLog(state)
  if (!state.isTicking && !isAlone(state) && !state.isStopped) {
    state.isTicking = true
    effects.push({ type: 'wake', key: 'tick', after: TICK_MICROS })
  }
  return effects
}

/**
 * Keeps messages until all that is written by now is durable. Besides what Raft itself calls a promise, these are requests
 * for votes: a candidate that won before its own vote was on the disk, and crashed, would stand in the same term again, win
 * again, and lead it with another log. (As etcd: who does not lead saves first and sends then.)
 */
function afterSync(state: EtcdState, messages: readonly Message[]): void {
  state.unsynced = Object.freeze([...state.unsynced, ...messages])
}

function sync(state: EtcdState, effects: Effect[]): void {
  const id = state.nextPersist++
  state.syncing.set(id, state.unsynced)
  state.unsynced = NOTHING
  effects.push({ type: 'persist', id })
}

const NOTHING: readonly Message[] = Object.freeze([])

/** Writes what Raft wants written. @returns whether it must be synced now */
function store(state: EtcdState, message: Message, written: wal.WalRecord[], effects: Effect[], io: Io): boolean {
  const { term = 0, vote = 0, commit = 0, entries = [], snapshot, responses = [] } = message
  const node = state.node!
  const { storage } = node.raft.log
  if (snapshot) installSnapshot(state, snapshot, effects, written)
  if (term + vote + commit > 0) {
    storage.hardState = { term, vote, commit }
    written.push({ type: 'state', hardState: storage.hardState })
  }
  for (const entry of entries) written.push(entry)
  appendEntries(storage, entries)
  if (responses.length === 0) return false
  if (!isAlone(state)) {
    afterSync(state, responses)
    return true
  }
  // A vote for itself is a promise to nobody. Its answers to a disk are: but what a new leader writes for itself while
  // nobody has been told anything yet is synced together with the first write.
  const isVote = ({ type }: Message): boolean => type === 'MsgVoteResp' || type === 'MsgPreVoteResp'
  const promises = responses.filter((response) => !isVote(response))
  afterSync(state, promises)
  for (const vote of responses.filter(isVote)) nodes.step(node, vote, io)
  const { length, start } = storage.entries
  const isNew = state.applied <= wal.FIRST_INDEX && length - start <= 1 && entries.every(({ data }) => !data)
  return promises.length > 0 && !isNew
}

/** A snapshot from the leader takes the place of all that there is. */
function installSnapshot(
  state: EtcdState,
  snapshot: NonNullable<Message['snapshot']>,
  effects: Effect[],
  written: wal.WalRecord[],
): void {
  const records = snapshot.data as readonly wal.SnapshotRecord[]
  const { index } = snapshot.metadata
  const { revision } = state.keyspace.store
  Object.assign(state, wal.readSnapshot(records))
  effects.push(...watchesRestored(state, revision))
  applySnapshot(state.node!.raft.log.storage, { metadata: snapshot.metadata })
  state.snapshotPending = index
  effects.push(wal.writeSnapshot(index, records))
  written.length = 0
  written.push(metadataOf(state))
}

const metadataOf = ({ id, clusterId, members }: EtcdState): wal.MetadataRecord => ({
  type: 'metadata',
  id,
  clusterId,
  members: [...members.values()],
  joins: false,
})

/** When the log has grown enough since the last snapshot: another, and a WAL that begins behind it. */
function takeSnapshot(state: EtcdState, written: wal.WalRecord[], ctx: Context, effects: Effect[]): void {
  const { applied, keyspace, snapshotIndex } = state
  if (state.snapshotPending > 0 || !wal.wantsSnapshot(keyspace, applied - snapshotIndex)) return
  state.snapshotPending = applied
  effects.push(wal.writeSnapshot(applied, wal.snapshotRecords(state)))
  ctx.note('snapshot', { index: applied, revision: keyspace.store.revision })
  const { storage } = state.node!.raft.log
  written.length = 0
  written.push(metadataOf(state), { type: 'state', hardState: storage.hardState })
  for (const entry of storage.entries.from(applied + 1)) written.push(entry)
}

/** A sync is durable: what it promised may be told. */
export function persisted(state: EtcdState, id: number, ctx: Context): Effect[] {
  const effects: Effect[] = []
  const responses = state.syncing.get(id) ?? NOTHING
  state.syncing.delete(id)
  if (state.snapshotPending > 0) dropBefore(state, effects)
  for (const response of responses) {
    if (response.to === state.id) nodes.step(state.node!, response, ioOf(ctx))
    else post(state, response, ctx, effects)
  }
  return [...effects, ...drive(state, ctx)]
}

/** The snapshot is durable: the files before it may go. */
function dropBefore(state: EtcdState, effects: Effect[]): void {
  const old = state.snapshotIndex
  state.snapshotIndex = state.snapshotPending
  state.snapshotPending = 0
  effects.push({ type: 'remove', file: wal.walFile(old) }, { type: 'remove', file: wal.snapshotFile(old) })
}

/** Forgets applied entries, but for those that a follower may still want. */
function trimLog({ node, applied, members }: EtcdState): void {
  const { storage } = node!.raft.log
  const keep = members.size > 1 ? CATCH_UP_ENTRIES : 0
  const last = Math.min(applied - keep, node!.raft.log.unstable.entries.start - 1)
  if (last - storage.entries.start > CATCH_UP_ENTRIES) compact(storage, last)
}

// ── peers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Sends a message to its member; a snapshot on a stream of its own, so that it is known whether it arrived. */
function post(state: EtcdState, message: Message, ctx: Context, effects: Effect[]): void {
  const peer = state.members.get(message.to)?.peer ?? state.remotes.get(message.to)
  if (peer === undefined || isLocalMsgTarget(message.to)) return
  if (message.type !== 'MsgSnap') {
    effects.push({ type: 'send', to: peer, body: { type: 'Raft', message } as RaftBody })
    return
  }
  const stream = ctx.id()
  state.snapshots.set(stream, message.to)
  // Of now: that may be later than when Raft asked for it, which is all the better.
  const { metadata } = state.node!.raft.log.storage.snapshot
  const snapshot = { metadata, data: Object.freeze(wal.snapshotRecords(state)) }
  effects.push({
    type: 'open',
    stream,
    to: peer,
    body: { type: 'Raft', message: { ...message, snapshot } } as RaftBody,
  })
}

/** A message of another member. */
export function receive(state: EtcdState, { message }: RaftBody, from: ProcessId, ctx: Context): Effect[] {
  if (state.isStopped) return []
  // Who has been removed is told so, as etcd's transport does; it would call elections for ever.
  if (state.removed.has(message.from)) return [{ type: 'send', to: from, body: { type: 'MemberGone' } }]
  if (message.to !== state.id) return []
  // As etcd's transport does (`AddRemote`): whoever is behind a change of members has a leader that it does not know.
  if (!state.members.has(message.from) && state.remotes.get(message.from) !== from)
    state.remotes.set(message.from, from)
  const error = nodes.step(state.node!, message, ioOf(ctx))
  if (error) ctx.note('raft', { level: 'WARN', text: error })
  return drive(state, ctx)
}

export function snapshotEnded(state: EtcdState, member: number, failed: boolean, ctx: Context): Effect[] {
  nodes.reportSnapshot(state.node!, member, failed, ioOf(ctx))
  return drive(state, ctx)
}

/** Who leads has changed, or is not known any more. Leases are the leader's to watch over: it gives each its full time again. */
function leaderChanged(state: EtcdState, { lead, raftState }: nodes.SoftState, ctx: Context, effects: Effect[]): void {
  const isLeader = raftState === 'StateLeader'
  ctx.note('leader', { leader: lead.toString(16), term: state.node!.raft.term, isSelf: isLeader })
  state.leaderlessSince = lead === NONE ? (state.leaderlessSince ?? ctx.now) : undefined
  readsLost(state, effects)
  if (isLeader === state.isLeader) return
  state.isLeader = isLeader
  state.leaseEnds.clear()
  if (isLeader) {
    refreshAll(state, ctx)
    effects.push(...wakeForLeases(state, ctx))
  } else effects.push({ type: 'cancelWake', key: 'leases' })
}
