/**
 * Who belongs to the cluster: ids, and what a change of the membership must satisfy.
 *
 * What the real one does: an id is a hash of the member's peer URLs and the cluster's token, at the time it is added.
 * What we model: the same, without the time; a process that comes back after its member was removed gets another id.
 * Where to read upstream: etcd `server/etcdserver/api/membership/cluster.go`, `server/etcdserver/server.go` (AddMember …).
 */
import type { ProcessId } from '#cluster/kernel/component.ts'
import { hashString } from '#cluster/kernel/random.ts'
import { Table } from '#cluster/kernel/table.ts'
import { type ConfState, NO_CONF_STATE } from './raft/messages.ts'
import type { Member } from './cluster-messages.ts'
import type { EtcdState } from './state.ts'

/** etcd's default for `--max-learners`. */
const LEARNERS_MAX = 1

/** Whole, from 1, below 2^53. */
function idOf(text: string): number {
  return (hashString(text) % 2 ** 21) * 2 ** 32 + hashString(text, 0x9747b28c) + 1
}

/** The id that a peer gets in the cluster of this token: the first that no removed member had. */
export function memberIdFor(peer: ProcessId, removed: Table<number, true> = new Table(), token = ''): number {
  for (let n = 0; ; n++) {
    const id = idOf(`${token}${peer}#${n}`)
    if (!removed.has(id)) return id
  }
}

export const clusterIdFor = (peers: readonly ProcessId[], token = ''): number => idOf(token + peers.join())

/** The name of a member: its machine, as kubeadm has it. */
export const memberFor = (peer: ProcessId, id = memberIdFor(peer), isLearner = false): Member => ({
  id,
  name: peer.slice(0, peer.indexOf('/')),
  peer,
  isLearner,
})

export function tableOf(members: readonly Member[]): Table<number, Member> {
  return new Table([...members].sort((a, b) => a.id - b.id).map((member) => [member.id, member]))
}

export function confStateOf(members: Iterable<Member>): ConfState {
  const all = [...members].sort((a, b) => a.id - b.id)
  const ids = (isLearner: boolean): number[] => all.filter((m) => m.isLearner === isLearner).map(({ id }) => id)
  return { ...NO_CONF_STATE, voters: ids(false), learners: ids(true) }
}

export type MemberChangeKind = 'add' | 'promote' | 'update' | 'remove'

/** Why a change cannot be made, in etcd's words; undefined: it can. */
export function changeProblem(
  { members, removed }: EtcdState,
  kind: MemberChangeKind,
  member: Member,
): string | undefined {
  const known = members.get(member.id)
  if (removed.has(member.id)) return 'etcdserver: member ID already removed'
  if (kind !== 'add' && !known) return 'etcdserver: member not found'
  if (kind === 'promote') return known!.isLearner ? undefined : 'etcdserver: can only promote a learner member'
  if (kind === 'remove') return undefined
  if (kind === 'add' && known) return 'etcdserver: member ID already exist'
  for (const { id, peer } of members.values()) {
    if (id !== member.id && peer === member.peer) return 'etcdserver: Peer URLs already exists'
  }
  if (kind === 'update') return undefined
  const learners = [...members.values()].filter(({ isLearner }) => isLearner).length
  if (member.isLearner && learners >= LEARNERS_MAX) return 'etcdserver: too many learner members in cluster'
  return undefined
}
