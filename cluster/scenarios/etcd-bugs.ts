/**
 * Defects of the classic kinds: what a soak must find, or it proves nothing.
 *
 * Those of the members are put into them from outside: a wrapper around the component that does the wrong thing at the place
 * where the right one is done. Others are mistakes of whoever restores a cluster.
 */
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { RaftBody } from '#cluster/etcd/member.ts'
import { commitTo, lastIndex, zeroTermOnMissing } from '#cluster/etcd/raft/log.ts'
import type { Message } from '#cluster/etcd/raft/messages.ts'
import { committed } from '#cluster/etcd/raft/tracker/tracker.ts'
import type { WatchEvent, WatchResponse } from '#cluster/etcd/messages.ts'
import type { WalRecord } from '#cluster/etcd/wal.ts'
import type { Component, Context, Effect, Event } from '#cluster/kernel/component.ts'
import { etcdRestored, type HowToRestore } from './etcd-restored.ts'
import { answeredBeforeSynced, readsWithoutAsking } from './museum-bugs.ts'
import { etcdUnderFaults } from './etcd-under-faults.ts'

export interface PlantedBug {
  readonly name: string
  /** A run with the bug in it. */
  run(seed: number): { readonly problem: string | undefined }
}

/** A bug of the members, in the run in which everything goes wrong. */
const planted = (name: string, wrap: (component: Component) => Component): PlantedBug => ({
  name,
  run: (seed) => etcdUnderFaults(seed, wrap),
})

/** A bug of whoever restores. */
const restoredWrongly = (name: string, how: HowToRestore): PlantedBug => ({
  name,
  run: (seed) => etcdRestored(seed, how),
})

/** Alters the event, or the state, before a step. */
const before = (name: string, alter: (event: Event, state: EtcdState, ctx: Context) => Event): PlantedBug =>
  planted(name, (component) => ({
    ...component,
    step: (state: EtcdState, event, ctx) => component.step(state, alter(event, state, ctx), ctx),
  }))

/** Alters a message of another member. */
const onMessage = (name: string, alter: (message: Message, state: EtcdState) => Message): PlantedBug =>
  before(name, (event, state) => {
    if (event.type !== 'message' || event.body.type !== 'Raft' || !state.node) return event
    const { message } = event.body as RaftBody
    return { ...event, body: { ...event.body, message: alter(message, state) } as RaftBody }
  })

/** Alters what a member finds of its hard state when it boots. */
const onBoot = (name: string, alter: (record: WalRecord) => WalRecord): PlantedBug =>
  before(name, (event) => {
    if (event.type !== 'booted') return event
    const files = Object.entries(event.disk).map(([file, records]) => [
      file,
      file.startsWith('wal-') ? (records as readonly WalRecord[]).map(alter) : records,
    ])
    return { ...event, disk: Object.fromEntries(files) }
  })

/** What Raft's own rule for asynchronous writes would allow. */
const voteRequestsFirst = planted('votes are asked for before the own is on the disk', (component) => ({
  ...component,
  step: (state: EtcdState, event, ctx): Effect[] =>
    component.step(state, event, ctx).flatMap((effect) => {
      const held = effect.type === 'persist' ? (state.syncing.get(effect.id) ?? []) : []
      const requests = held.filter(({ type }) => type === 'MsgVote')
      return [...requests.map((message) => sendTo(state, message)), effect]
    }),
}))

const sendTo = ({ members }: EtcdState, message: Message): Effect => ({
  type: 'send',
  to: members.get(message.to)!.peer,
  body: { type: 'Raft', message } as RaftBody,
})

/** Alters what watches tell. */
const onWatch = (name: string, alter: (events: readonly WatchEvent[]) => readonly WatchEvent[]): PlantedBug =>
  planted(name, (component) => ({
    ...component,
    step: (state: EtcdState, event, ctx): Effect[] =>
      component.step(state, event, ctx).map((effect) => {
        if (effect.type !== 'write' || effect.body.type !== 'WatchResponse') return effect
        const body = effect.body as WatchResponse
        return { ...effect, body: { ...body, events: alter(body.events) } as WatchResponse }
      }),
  }))

export const PLANTED_BUGS: readonly PlantedBug[] = [
  before('an entry of an old term is committed by counting', (event, { node }) => {
    if (node?.raft.state === 'StateLeader') commitTo(node.raft.log, committed(node.raft.tracker))
    return event
  }),
  planted('acknowledged before it is on the disk', answeredBeforeSynced),
  voteRequestsFirst,
  onBoot('a vote is forgotten in a crash', (record) =>
    record.type === 'state' ? { ...record, hardState: { ...record.hardState, vote: 0 } } : record,
  ),
  onBoot('the term is forgotten in a crash', (record) =>
    record.type === 'state' ? { ...record, hardState: { ...record.hardState, term: 1, vote: 0 } } : record,
  ),
  before('a member reads its own store', (event) =>
    event.type === 'opened' && event.body.type === 'Range'
      ? { ...event, body: { ...event.body, serializable: true } as typeof event.body }
      : event,
  ),
  planted('a leader answers reads without asking', readsWithoutAsking),
  before('a leader commits what it alone has', (event, { node }) => {
    if (node?.raft.state === 'StateLeader') commitTo(node.raft.log, lastIndex(node.raft.log))
    return event
  }),
  onMessage('a vote for a log that is behind', (message) =>
    message.type === 'MsgVote' || message.type === 'MsgPreVote'
      ? { ...message, logTerm: Number.MAX_SAFE_INTEGER }
      : message,
  ),
  onMessage('a refusal is counted as a vote', (message) => {
    if (message.type !== 'MsgVoteResp' || !message.reject) return message
    const { reject: _, ...granted } = message
    return granted
  }),
  onMessage('an append is taken wherever it says it belongs', (message, { node }) => {
    const { log } = node!.raft
    const { index = 0 } = message
    if (message.type !== 'MsgApp' || index > lastIndex(log)) return message
    return { ...message, logTerm: zeroTermOnMissing(log, index) }
  }),
  onMessage('an acknowledgement counts for more than it says', (message, { node }) =>
    message.type === 'MsgAppResp' && !message.reject && message.term === node!.raft.term
      ? { ...message, index: lastIndex(node!.raft.log) }
      : message,
  ),
  onWatch('a watch leaves out a change', (events) => events.filter(({ kv }) => kv.modRevision % 23 !== 0)),
  onWatch('a watch tells a change twice', (events) => events.flatMap((one) => [one, one])),
  restoredWrongly('restored at revisions that have been seen', {}),
  restoredWrongly('restored beyond them, and old watches go on', { bumpRevision: 1_000_000 }),
]
