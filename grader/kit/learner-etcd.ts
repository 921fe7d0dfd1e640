/**
 * A learner's store inside a member of the simulation's etcd: all that its clients are told comes from it.
 *
 * What the real one does: a member applies each committed entry of the log to its backend, and serves reads and watches from it.
 * What we model: the member as it is, with log, Raft, disk and leases. Each entry that it applies goes into the learner's store
 * as well; what a client is answered, and what a watch is told that a key holds, is the learner's. After a crash the store is
 * filled again from the log. The member's own answer is what the learner's is held against: the first that differs ends the
 * run, for a cluster whose store errs can go wrong anywhere.
 * What we leave out: snapshots (before 10,000 entries there are none); what `store-steps.ts` has no step for comes from the
 * member's own store, which also says which keys an entry has changed.
 */
import type { Component, Effect, StreamId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { EtcdOptions } from '#cluster/etcd/etcd.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type {
  EtcdResponse,
  LeaseId,
  RangeRequest,
  WatchEvent,
  WatchResponse,
  WriteRequest,
} from '#cluster/etcd/messages.ts'
import type { EtcdState } from '#cluster/etcd/state.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { GuestInput } from '../sandbox/sandbox.ts'
import { GuestMemo } from './learner-process.ts'
import type { Finding } from './stop.ts'
import type { StepOutcome, StoreStep } from './store-guest.ts'
import { answerOf, fromText, inText, type LeaseNumbers, responseOf, stepOf } from './store-steps.ts'
import type { Trial } from './trial.ts'

/** What is known of a learner's store in a member, once the world has run. */
export interface StoreReport {
  /** The first answer that was not the member's own. */
  finding: Finding | undefined
  /** Entries of the log that went into it, in all its lives. */
  writes: number
}

/** Whether an answer is right: the finding where it is not. */
type Judge = (step: any, expected: any, answer: unknown) => Finding | undefined

interface State extends EtcdState {
  readonly options: EtcdOptions
  /** Everything that has entered the guest in this life. */
  readonly storeInputs: Log<GuestInput>
  /** Reads that have not been answered yet. */
  readonly storeReads: Table<StreamId, RangeRequest>
  readonly storeLeases: LeaseNumbers
}

/** Makes the component; give it to the cluster under the name `etcd`. */
export function etcdWithStore(trial: Trial<any>, judge: Judge): { component: Component; report: StoreReport } {
  const memo = new GuestMemo(trial)
  const report: StoreReport = { finding: undefined, writes: 0 }
  const component: Component<State, EtcdOptions> = {
    ...{ name: 'etcd' },
    init: (options) => ({
      ...(etcd.init(options) as State),
      ...{ storeInputs: new Log(), storeReads: new Table(), storeLeases: new Table() },
    }),
    step(state, event, ctx) {
      if (trial.trap || report.finding) return []
      const asked = (event.type === 'opened' && event.body.type === 'Range' && event.body) as RangeRequest | false
      if (asked && event.type === 'opened') state.storeReads.set(event.stream, asked)
      const before = event.type === 'booted' ? 0 : state.applied
      const waiting = [...state.waiting].map(([request, { stream }]) => [request, stream] as const)
      const effects = etcd.step(state, event, ctx)
      const hand = new Hand(trial, judge, report, memo, state)
      hand.apply(before, new Map(waiting), answersIn(effects))
      const told = effects.map((effect) => hand.tell(effect))
      hand.keep()
      return told
    },
  }
  return { component, report }
}

/** What the member's own store answers in this step, by stream. */
function answersIn(effects: readonly Effect[]): Map<StreamId, EtcdResponse> {
  const answers = new Map<StreamId, EtcdResponse>()
  for (const effect of effects)
    if (effect.type === 'close' && effect.body) answers.set(effect.stream, effect.body as EtcdResponse)
  return answers
}

/** One step's dealings with the learner's store. */
class Hand {
  readonly #trial: Trial<any>
  readonly #judge: Judge
  readonly #report: StoreReport
  readonly #memo: GuestMemo
  readonly #state: State
  #guest: Guest | undefined
  /** What is answered on a stream in place of the member's own answer. */
  #answers = new Map<StreamId, EtcdResponse>()

  constructor(trial: Trial<any>, judge: Judge, report: StoreReport, memo: GuestMemo, state: State) {
    this.#trial = trial
    this.#judge = judge
    this.#report = report
    this.#memo = memo
    this.#state = state
  }

  /** Takes in what the member has applied since; `own` are its answers. */
  apply(before: number, waiting: ReadonlyMap<number, StreamId>, own: ReadonlyMap<StreamId, EtcdResponse>): void {
    const { entries } = this.#state.node!.raft.log.storage
    for (let index = before + 1; index <= this.#state.applied; index++) {
      const entry = entries.get(index)
      if (entry?.type !== 'EntryNormal' || entry.data === undefined) continue
      const request = entry.data.body as WriteRequest
      const stream = waiting.get(entry.data.request!)
      const right = stream === undefined ? undefined : own.get(stream)
      const answer =
        request.type === 'LeaseRevoke'
          ? this.#revoke(request.id)
          : this.#ask(stepOf(this.#state.storeLeases, request), right)
      this.#report.writes++
      if (answer && right && stream !== undefined && request.type !== 'LeaseRevoke')
        this.#answers.set(stream, responseOf(this.#state.storeLeases, request, answer))
    }
  }

  /** An effect of the member's, with the learner's words in it. */
  tell(effect: Effect): Effect {
    if (effect.type === 'close' && effect.body) {
      const { stream } = effect
      const read = this.#state.storeReads.get(stream)
      this.#state.storeReads.delete(stream)
      const body = read ? this.#read(read, effect.body as EtcdResponse) : this.#answers.get(stream)
      return body ? { ...effect, body } : effect
    }
    if (effect.type !== 'write' || effect.body.type !== 'WatchResponse') return effect
    const body = effect.body as WatchResponse
    return { ...effect, body: { ...body, events: body.events.map((event) => this.#event(event)) } as WatchResponse }
  }

  keep(): void {
    if (this.#guest && !this.#trial.trap) this.#memo.keep(this.#state.storeInputs, this.#guest)
  }

  /** Answered at the revision at which the member did: more may have been applied in the same step. */
  #read(request: RangeRequest, own: EtcdResponse): EtcdResponse | undefined {
    const isLate = own.type === 'RangeResponse' && own.header.revision < this.#state.keyspace.store.revision
    if (isLate) return undefined
    const answer = this.#ask(stepOf(this.#state.storeLeases, request), own)
    return answer && responseOf(this.#state.storeLeases, request, answer)
  }

  #event(event: WatchEvent): WatchEvent {
    const { key, modRevision } = event.kv
    if (event.type === 'DELETE' || modRevision < this.#state.keyspace.store.compactRevision) return event
    const step = { type: 'Range', key, revision: modRevision }
    const expected = {
      kvs: [inText(this.#state.storeLeases, event.kv)],
      count: 1,
      more: false,
      revision: this.#state.keyspace.store.revision,
    }
    const kv = this.#ask(step, undefined, expected)?.['kvs'][0]
    return kv ? { ...event, kv: fromText(this.#state.storeLeases, kv) } : event
  }

  /** The keys of a lease go with it, in one revision. */
  #revoke(id: LeaseId): undefined {
    const all = this.#ask({ type: 'Range', key: '\0', rangeEnd: '\0' }, undefined)
    const lease = this.#state.storeLeases.get(id)
    const kvs = (all?.['kvs'] ?? []) as { key: string; lease: number }[]
    const success = kvs.filter((kv) => kv.lease === lease).map(({ key }) => ({ type: 'DeleteRange', key }))
    this.#ask({ type: 'Txn', compare: [], success, failure: [] }, undefined)
  }

  /** Undefined where the store is not asked, or has not answered as it must. */
  #ask(
    step: StoreStep | undefined,
    own: EtcdResponse | undefined,
    expected = own && answerOf(this.#state.storeLeases, own),
  ): Readonly<Record<string, any>> | undefined {
    // What the member refuses for a reason of its own never reaches the store.
    if (!step || this.#trial.trap || this.#report.finding || (own && !expected)) return undefined
    const guest = this.#start()
    const outcome = guest?.call('play', [step])
    if (!outcome) return undefined
    if (!outcome.ok) {
      this.#trial.trap = { failure: outcome, during: step.type }
      return undefined
    }
    const { answer } = outcome.value as StepOutcome
    this.#report.finding = expected && this.#judge(step, expected, answer)
    return this.#report.finding ? undefined : (answer as Readonly<Record<string, any>>)
  }

  #start(): Guest | undefined {
    if (this.#guest) return this.#guest
    const { storeInputs } = this.#state
    if (storeInputs.length > 0) return (this.#guest = this.#memo.take(storeInputs))
    const started = this.#trial.engine.start(this.#trial.guestOptions)
    if (!started.ok) {
      this.#trial.trap = { failure: started, during: 'loading the module' }
      return undefined
    }
    this.#trial.adopt(started.guest)
    return (this.#guest = started.guest)
  }
}
