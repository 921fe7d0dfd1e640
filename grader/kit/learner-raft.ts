/**
 * A learner's Raft node inside a member of the simulation's etcd: it votes, leads, replicates and commits for that member.
 *
 * What the real one does: a member hands ticks and messages to its Raft node, and writes, sends and applies what the node's
 * `Ready` says.
 * What we model: the member as it is, with disk, store, leases and clients; the other members run our own Raft. What a tick
 * or a message does is decided by the learner's node: what its Ready says is taken over into the member's Raft state, from
 * which the member writes, syncs, sends and applies as ever. No message of it leaves before all that came before it is
 * durable. Members are numbered from 1 for it, in the order of their ids; what an entry holds is a word for it, and it is held
 * against having words that nobody proposed. A follower hands proposals and reads on to its leader, as etcd does.
 * What we leave out: snapshots (before 10,000 entries there are none), changes of the membership, handing over leadership.
 */
import type { Component, Context, ProcessId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { EtcdOptions } from '#cluster/etcd/etcd.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import { withRules } from '#cluster/etcd/raft-config.ts'
import type { Io } from '#cluster/etcd/raft/io.ts'
import { commitTo, lastIndex, termOf } from '#cluster/etcd/raft/log.ts'
import {
  type Entry,
  type EntryContent,
  isLocalMsgTarget,
  type Message,
  NONE,
  type Payload,
} from '#cluster/etcd/raft/messages.ts'
import type { RaftRules } from '#cluster/etcd/raft/node.ts'
import { PROPOSAL_DROPPED, type Raft, send, type StateType, type StepError } from '#cluster/etcd/raft/raft.ts'
import { step as stepByOurs } from '#cluster/etcd/raft/step.ts'
import { voterNodes } from '#cluster/etcd/raft/tracker/tracker.ts'
import { truncateAndAppend } from '#cluster/etcd/raft/unstable.ts'
import type { EtcdState } from '#cluster/etcd/state.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestInput } from '../sandbox/sandbox.ts'
import { GuestMemo } from './learner-process.ts'
import type { RaftConfig, RaftEntry, RaftInput, RaftMessage, RaftReady, RaftTurn } from './raft-guest.ts'
import { inputInWords } from './raft-guest.ts'
import type { Trial } from './trial.ts'

/** Why a member cannot go on with what its node says. */
export type RaftProblem =
  /** It writes, or sends, an entry with words that nobody proposed. */
  | { readonly type: 'unknown-data'; readonly index: number; readonly data: string }
  /** It writes an entry that leaves a hole behind it, or that takes the place of a committed one. */
  | { readonly type: 'misplaced'; readonly index: number; readonly last: number; readonly committed: number }
  /** It hands out another entry to be applied than the log has there, or not in order. */
  | { readonly type: 'not-the-log'; readonly index: number }
  /** The member has applied another entry at this index than others have. */
  | { readonly type: 'other-history'; readonly index: number }
  /** What a node has said contradicts what this member knows to be committed: etcd's Raft panics there, and so does ours. */
  | { readonly type: 'panic'; readonly member: string; readonly text: string }

/** What is known of a learner's node in a member, once the world has run. */
export interface RaftMemberReport {
  problem: RaftProblem | undefined
  /** Entries of which it has told a leader that it has them, and those that it committed as a leader, in all its lives. */
  acknowledged: number
  led: number
}

interface State extends EtcdState {
  readonly options: EtcdOptions
  /** Everything that has entered the guest in this life. */
  readonly raftInputs: Log<GuestInput>
  /** What the learner's words for the contents of entries stand for. */
  readonly contents: Table<string, EntryContent>
  /** By the word under which the learner's node was asked: whose read it is. */
  readonly asked: Table<string, { readonly context: string; readonly from: number }>
}

const MESSAGES_OF_OTHERS: ReadonlySet<string> = new Set([
  ...['MsgVote', 'MsgVoteResp', 'MsgPreVote', 'MsgPreVoteResp'],
  ...['MsgHeartbeat', 'MsgHeartbeatResp', 'MsgApp', 'MsgAppResp'],
])

/** Makes the component; give it to the cluster under the name `etcd`. The learner's node runs in `member` alone. */
export function etcdWithNode(
  trial: Trial<any>,
  member: ProcessId,
): { readonly component: Component; readonly report: RaftMemberReport } {
  const memo = new GuestMemo(trial)
  const report: RaftMemberReport = { problem: undefined, acknowledged: 0, led: 0 }
  /** By index: which entry a member applied there first. */
  const history = new Map<number, string>()
  const component: Component<State, EtcdOptions> = {
    ...{ name: 'etcd' },
    init: (options) => ({
      ...(etcd.init(options) as State),
      ...{ raftInputs: new Log(), contents: new Table(), asked: new Table() },
    }),
    step(state, event, ctx) {
      if (trial.trap || report.problem) return []
      const before = event.type === 'booted' ? Infinity : state.applied
      const hand = ctx.self === member ? new Hand(trial, report, memo, state, ctx) : undefined
      try {
        const effects = etcd.step(state, event, hand ? withRules(ctx, hand) : ctx)
        hand?.keep()
        report.problem ??= differingEntry(state, before, history)
        return effects
      } catch (error) {
        if (trial.trap) return []
        report.problem ??= { type: 'panic', member: ctx.machine, text: (error as Error).message }
        return []
      }
    },
  }
  return { component, report }
}

/** Holds what this member has applied since against what others have. */
function differingEntry(state: State, before: number, history: Map<number, string>): RaftProblem | undefined {
  for (let index = before + 1; index <= state.applied; index++) {
    const entry = state.node!.raft.log.storage.entries.get(index)
    if (!entry) continue
    const is = `${entry.term} ${requestOf(entry) ?? '-'}`
    const known = history.get(index)
    if (known === undefined) history.set(index, is)
    else if (known !== is) return { type: 'other-history', index }
  }
  return undefined
}

const payloadOf = (entry: Entry): Payload | undefined =>
  entry.type === 'EntryNormal' ? entry.data : entry.data?.context
const requestOf = (entry: Entry): number | undefined => payloadOf(entry)?.request

/** One step's dealings with the learner's node. */
class Hand implements RaftRules {
  readonly #trial: Trial<any>
  readonly #report: RaftMemberReport
  readonly #memo: GuestMemo
  readonly #state: State
  readonly #ctx: Context
  #guest: Guest | undefined

  constructor(trial: Trial<any>, report: RaftMemberReport, memo: GuestMemo, state: State, ctx: Context) {
    this.#trial = trial
    this.#report = report
    this.#memo = memo
    this.#state = state
    this.#ctx = ctx
  }

  tick(raft: Raft, io: Io): void {
    this.#enter(raft, { type: 'tick' }, io)
  }

  step(raft: Raft, message: Message, io: Io): StepError {
    const { type, from } = message
    // The disk's and the store's answers are about the member's books, not about Raft's rules.
    if (isLocalMsgTarget(from)) return stepByOurs(raft, message, io)
    if (type === 'MsgProp') return this.#propose(raft, message, io)
    if (type === 'MsgReadIndex') return this.#readIndex(raft, message, io)
    if (type === 'MsgReadIndexResp')
      raft.readStates.push({ index: message.index ?? 0, requestCtx: message.context ?? '' })
    else if (MESSAGES_OF_OTHERS.has(type)) this.#enter(raft, { type: 'step', message: this.#heard(raft, message) }, io)
    return undefined
  }

  keep(): void {
    if (this.#guest && !this.#trial.trap) this.#memo.keep(this.#state.raftInputs, this.#guest)
  }

  #propose(raft: Raft, message: Message, io: Io): StepError {
    const { entries = [] } = message
    if (raft.state !== 'StateLeader') {
      if (raft.lead === NONE || raft.lead === raft.id) return PROPOSAL_DROPPED
      send(raft, { ...message, to: raft.lead })
      return undefined
    }
    for (const entry of entries) {
      // Its voters never change.
      if (entry.type !== 'EntryNormal' || !entry.data) return PROPOSAL_DROPPED
      if (!this.#enter(raft, { type: 'propose', data: this.#wordFor(entry)! }, io)) return PROPOSAL_DROPPED
    }
    return undefined
  }

  #readIndex(raft: Raft, message: Message, io: Io): StepError {
    const { context = '', from } = message
    if (raft.state !== 'StateLeader') {
      if (raft.lead !== NONE && raft.lead !== raft.id) send(raft, { ...message, to: raft.lead })
      return undefined
    }
    const word = `read-${this.#ctx.id()}`
    this.#state.asked.set(word, Object.freeze({ context, from }))
    this.#enter(raft, { type: 'readIndex', context: word }, io)
    return undefined
  }

  /** One input of the node, and all that it then has to do. @returns whether it was taken */
  #enter(raft: Raft, input: RaftInput, io: Io): boolean {
    const guest = this.#start(raft, io)
    if (!guest) return false
    const turn = this.#call(guest, 'turn', [input], inputInWords(input)) as RaftTurn | undefined
    for (const ready of turn?.readies ?? []) this.#take(raft, ready, io)
    return turn?.taken ?? false
  }

  #call(guest: Guest, name: string, given: readonly unknown[], during: string): unknown {
    if (this.#trial.trap || this.#report.problem) return undefined
    const outcome = guest.call(name, given)
    if (outcome.ok) return outcome.value
    this.#trial.trap = { failure: outcome, during }
    return undefined
  }

  /** In a life's first step the node is made, with what the member's disk holds. */
  #start(raft: Raft, io: Io): Guest | undefined {
    if (this.#guest) return this.#guest
    const { raftInputs } = this.#state
    if (raftInputs.length > 0) return (this.#guest = this.#memo.take(raftInputs))
    const started = this.#trial.engine.start(this.#trial.guestOptions)
    if (!started.ok) {
      this.#trial.trap = { failure: started, during: 'loading the module' }
      return undefined
    }
    this.#trial.adopt(started.guest)
    this.#guest = started.guest
    const draws = this.#ctx.random('election-timeout').int(2 ** 31)
    const first = this.#call(started.guest, 'boot', [this.#config(raft), draws], 'new Node') as RaftReady[] | undefined
    for (const ready of first ?? []) this.#take(raft, ready, io)
    return this.#guest
  }

  #config(raft: Raft): RaftConfig {
    const { electionTick, heartbeatTick } = raft.config
    const { storage } = raft.log
    const { start, length } = storage.entries
    // What the log begins behind, by which the first members came to be, is an entry like any other for it.
    const before = Array.from({ length: start - 1 }, (_, i): RaftEntry => ({
      index: i + 1,
      term: storage.compactedTerm,
    }))
    const entries = [...before, ...[...storage.entries.from(start)].map((entry) => this.#inWords(entry))]
    const { vote } = raft
    return {
      ...{ id: idFor(raft, raft.id), voters: voterNodes(raft.tracker).map((id) => idFor(raft, id)) },
      ...{ electionTick, heartbeatTick, preVote: true, checkQuorum: true, entries },
      hardState: {
        term: Math.max(raft.term, length > start ? storage.entries.get(length - 1)!.term : storage.compactedTerm),
        ...{ vote: vote === NONE ? 0 : idFor(raft, vote), commit: raft.log.committed },
      },
    }
  }

  // ── what it is told ─────────────────────────────────────────────────────────────────────────────────────────────────

  #heard(raft: Raft, { type, from, to, term = 0, ...rest }: Message): RaftMessage {
    const { index, logTerm, entries, commit, reject, rejectHint, context } = rest
    return {
      ...{ type, from: idFor(raft, from), to: idFor(raft, to), term },
      ...(index !== undefined && { index }),
      ...(logTerm !== undefined && { logTerm }),
      ...(entries && { entries: entries.map((entry) => this.#inWords(entry)) }),
      ...(commit !== undefined && { commit }),
      ...(reject !== undefined && { reject }),
      ...(rejectHint !== undefined && { rejectHint }),
      ...(context !== undefined && { context }),
    }
  }

  #inWords(entry: Entry): RaftEntry {
    const { index, term } = entry
    const data = this.#wordFor(entry)
    return data === undefined ? { index, term } : { index, term, data }
  }

  /** The same for the same entry, however often it is told; undefined where it holds nothing. */
  #wordFor(entry: Entry): string | undefined {
    const { contents } = this.#state
    const request = requestOf(entry)
    if (request === undefined) return undefined
    const word = `request-${request}`
    const { index: _, term: __, ...content } = entry
    if (!contents.has(word)) contents.set(word, Object.freeze(content) as EntryContent)
    return word
  }

  // ── what it says ────────────────────────────────────────────────────────────────────────────────────────────────────

  #take(raft: Raft, ready: RaftReady, io: Io): void {
    const { softState, hardState, entries, messages, committedEntries, readStates } = ready
    if (this.#report.problem) return
    const first = entries[0]
    if (first) {
      const last = lastIndex(raft.log)
      const { committed } = raft.log
      const isInOrder = entries.every(({ index }, at) => index === first.index + at)
      if (first.index > last + 1 || first.index <= committed || !isInOrder)
        return this.#fail({ type: 'misplaced', index: first.index, last, committed })
      const real = entries.map((entry) => this.#real(entry))
      if (this.#report.problem) return
      truncateAndAppend(raft.log.unstable, real, io)
    }
    raft.term = hardState.term
    raft.vote = realId(raft, hardState.vote)
    raft.lead = realId(raft, softState.lead)
    if (raft.state !== 'StateLeader' && softState.raftState === 'StateLeader') this.#report.led++
    raft.state = softState.raftState as StateType
    for (const { index, term } of committedEntries) {
      if (termOf(raft.log, index) !== term && index >= raft.log.storage.entries.start)
        return this.#fail({ type: 'not-the-log', index })
      if (index > raft.log.committed + 1) return this.#fail({ type: 'not-the-log', index })
      commitTo(raft.log, index)
    }
    // Each waits for all that is to be written by now, also what only informs: its sync is short.
    for (const message of messages) raft.msgsAfterAppend.push(this.#said(raft, message))
    for (const { context: word, index } of readStates) this.#answer(raft, word, index)
  }

  #answer(raft: Raft, word: string, index: number): void {
    const read = this.#state.asked.get(word)
    if (!read) return
    this.#state.asked.delete(word)
    const { context, from } = read
    if (from === NONE || from === raft.id) raft.readStates.push({ index, requestCtx: context })
    else send(raft, { type: 'MsgReadIndexResp', to: from, index, context })
  }

  #said(raft: Raft, { type, from, to, term, entries, ...rest }: RaftMessage): Message {
    if (type === 'MsgAppResp' && !rest.reject) this.#report.acknowledged++
    return {
      ...{ ...rest, type: type as Message['type'], from: realId(raft, from), to: realId(raft, to), term },
      ...(entries && { entries: entries.map((entry) => this.#real(entry)) }),
    }
  }

  #real({ index, term, data }: RaftEntry): Entry {
    if (data === undefined) return { type: 'EntryNormal', index, term }
    const content = this.#state.contents.get(data)
    if (!content) this.#fail({ type: 'unknown-data', index, data })
    return { ...(content ?? { type: 'EntryNormal' }), index, term } as Entry
  }

  #fail(problem: RaftProblem): void {
    this.#report.problem ??= problem
  }
}

/** For the learner members are numbered from 1. */
const idFor = (raft: Raft, id: number): number => voterNodes(raft.tracker).indexOf(id) + 1
const realId = (raft: Raft, number: number): number => voterNodes(raft.tracker)[number - 1] ?? NONE
