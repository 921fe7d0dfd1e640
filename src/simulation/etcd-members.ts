/** Members of etcd, as pictures of Raft need them: part, term, the end of the log, what is applied. */
import { sizeInUse } from '#cluster/etcd/maintenance.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { KeyValue } from '#cluster/etcd/messages.ts'
import { range, retained, type Store } from '#cluster/etcd/mvcc/store.ts'
import { firstIndex, lastIndex, zeroTermOnMissing } from '#cluster/etcd/raft/log.ts'
import { maybeLastIndex } from '#cluster/etcd/raft/unstable.ts'
import { createStorage } from '#cluster/etcd/raft/storage.ts'
import { recover } from '#cluster/etcd/wal.ts'
import { imageOf } from '#cluster/kernel/disk.ts'
import type { Process } from '#cluster/kernel/process.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { EtcdMemberView, HistoryCell, KeyspaceView, KeyView, RaftRole } from './protocol.ts'

/** Entries at the end of a log that are shown. */
const ENTRIES_MAX = 14
const KEYS_MAX = 6
const VALUE_MAX = 40

export function etcdMembers(world: World): readonly EtcdMemberView[] {
  const found = world.processes.filter((process) => process?.spec.component === 'etcd') as Process[]
  // One alone has nobody to agree with.
  return found.length > 1 ? found.map((process) => memberView(world, process)) : []
}

const ROLES: Readonly<Record<string, RaftRole>> = {
  StateLeader: 'leader',
  StateFollower: 'follower',
  StateCandidate: 'candidate',
  StatePreCandidate: 'pre-candidate',
}

function memberView(world: World, process: Process): EtcdMemberView {
  const { spec, id, up, paused } = process
  const fsyncMicros = world.network.machines.get(spec.machine)?.fsyncMicros ?? 0
  const place = { process: id, machine: spec.machine, fsyncMicros }
  const state = process.state as EtcdState | undefined
  if (!up || !state?.node) return { ...place, ...fromDisk(process) }
  const { raft } = state.node
  const { log, tracker } = raft
  const nameOf = (member: number): string | undefined => state.members.get(member)?.name
  const isMember = state.members.has(state.id)
  const role = state.isStopped || !isMember ? 'outside' : raft.isLearner ? 'learner' : ROLES[raft.state]!
  const last = lastIndex(log)
  return {
    ...place,
    state: paused ? 'paused' : 'up',
    role,
    term: raft.term,
    vote: nameOf(raft.vote),
    leader: nameOf(raft.lead),
    votes: role === 'candidate' ? tracker.votes.filter(({ granted }) => granted).length : 0,
    voters: [...state.members.values()].filter(({ isLearner }) => !isLearner).map(({ name }) => name),
    learners: [...state.members.values()].filter(({ isLearner }) => isLearner).map(({ name }) => name),
    lastIndex: last,
    lastTerm: zeroTermOnMissing(log, last),
    // What a follower has not on its disk yet it has not acknowledged either.
    stableIndex: maybeLastIndex(log.unstable) === undefined ? last : log.storage.entries.length - 1,
    entries: entriesOf(firstIndex(log), last, (index) => zeroTermOnMissing(log, index)),
    committed: log.committed,
    applied: state.applied,
    revision: state.keyspace.store.revision,
    keys: keysOf(state.keyspace.store),
  }
}

const entriesOf = (first: number, last: number, termOf: (index: number) => number): EtcdMemberView['entries'] => {
  const start = Math.max(first, last - ENTRIES_MAX + 1)
  return Array.from({ length: Math.max(0, last - start + 1) }, (_, i) => ({
    index: start + i,
    term: termOf(start + i),
  }))
}

/** A process that is down has nothing but its disk. */
function fromDisk(process: Process): Omit<EtcdMemberView, 'process' | 'machine' | 'fsyncMicros'> {
  const hasDisk = process.incarnation > 0 && process.disk !== undefined
  const found = hasDisk ? recover(imageOf(process.disk)) : undefined
  const { entries, hardState, compactedTerm } = found?.storage ?? createStorage()
  const last = entries.length - 1
  const termOf = (index: number): number => entries.get(index)?.term ?? compactedTerm
  const members = [...(found?.members.values() ?? [])]
  return {
    state: 'gone',
    role: process.incarnation > 0 ? 'follower' : 'outside',
    term: hardState.term,
    vote: undefined,
    leader: undefined,
    votes: 0,
    voters: members.filter(({ isLearner }) => !isLearner).map(({ name }) => name),
    learners: members.filter(({ isLearner }) => isLearner).map(({ name }) => name),
    lastIndex: last,
    lastTerm: last >= entries.start ? termOf(last) : compactedTerm,
    stableIndex: last,
    entries: entriesOf(entries.start, last, termOf),
    committed: hardState.commit,
    applied: 0,
    revision: 0,
    keys: [],
  }
}

// ── what is in the store ────────────────────────────────────────────────────────────────────────────────────────────

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const isOfKubernetes = (key: string): boolean => key.startsWith('/registry/')

/** Keys that are no objects of Kubernetes. */
export function plainKeys(store: Store): readonly KeyValue[] {
  return range(store, '\0', '\0').kvs.filter(({ key }) => !isOfKubernetes(key))
}

function keysOf(store: Store): readonly KeyView[] {
  return plainKeys(store)
    .slice(0, KEYS_MAX)
    .map(({ key, value }) => ({ key, value: textOf(value).slice(0, VALUE_MAX) }))
}

/** The whole history of a store that is none of Kubernetes'; undefined for one that is. */
export function keyspaceOf(state: EtcdState): KeyspaceView | undefined {
  const { store } = state.keyspace
  const { revision, compactRevision } = store
  const cells: HistoryCell[] = []
  for (const { key, main, sub, kv } of retained(store)) {
    if (isOfKubernetes(key)) return undefined
    cells.push(cellOf(key, main, sub, kv?.value))
  }
  cells.sort((a, b) => a.revision - b.revision || a.sub - b.sub)
  const inUseBytes = sizeInUse(store)
  return { cells, revision, compactRevision, inUseBytes, fileBytes: Math.max(state.fileBytes, inUseBytes) }
}

function cellOf(key: string, revision: number, sub: number, value: unknown): HistoryCell {
  const text = value === undefined ? undefined : textOf(value)
  return { revision, sub, key, value: text?.split('\n')[0]!.slice(0, VALUE_MAX), bytes: text?.length ?? 0 }
}
