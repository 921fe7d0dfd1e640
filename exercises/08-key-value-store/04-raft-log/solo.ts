/** One node alone, with the check in the part of all others: its log, its commit index, what it applies and what it answers. */
import {
  messageInWords,
  RaftGuest,
  type RaftConfig,
  type RaftEntry,
  type RaftHardState,
  type RaftInput,
  type RaftMessage,
  type RaftReady,
  type Trial,
} from 'clusterwright/kit'
import { say } from './texts.ts'

export interface SoloOptions {
  readonly size?: number
  readonly hardState?: RaftHardState
  /** Terms of its log. */
  readonly log?: readonly number[]
}

export const entriesOf = (terms: readonly number[], first = 1): RaftEntry[] =>
  terms.map((term, at) => ({ index: first + at, term, data: `${first + at}/${term}` }))

export class Solo {
  readonly trial: Trial<any>
  readonly config: RaftConfig
  #guest: RaftGuest
  #starts = 1
  hardState: RaftHardState
  raftState = 'StateFollower'
  /** What it has on its disk. */
  log: RaftEntry[]
  applied: number[] = []
  reads: string[] = []
  messages: readonly RaftMessage[] = []
  taken = true
  readonly told: string[] = []

  constructor(trial: Trial<any>, { size = 3, hardState = NOTHING, log = [] }: SoloOptions = {}) {
    this.trial = trial
    const voters = Array.from({ length: size }, (_, index) => index + 1)
    const timing = { electionTick: 10, heartbeatTick: 1, preVote: false, checkQuorum: false }
    this.config = { id: 1, voters, ...timing, hardState, entries: entriesOf(log) }
    this.hardState = hardState
    this.log = [...this.config.entries]
    this.#guest = new RaftGuest(trial, this.config)
    this.#take(this.#guest.first)
  }

  get terms(): number[] {
    return this.log.map(({ term }) => term)
  }

  get term(): number {
    return this.hardState.term
  }

  step(message: Omit<RaftMessage, 'to'>): void {
    const whole = { ...message, to: 1 }
    this.#enter({ type: 'step', message: whole }, messageInWords(whole))
  }

  tick(): void {
    this.#enter({ type: 'tick' }, 'tick')
  }

  propose(data: string): void {
    this.#enter({ type: 'propose', data }, `propose(${data})`)
  }

  readIndex(context: string): void {
    this.#enter({ type: 'readIndex', context }, `readIndex(${context})`)
  }

  stand(): void {
    this.#enter({ type: 'silence', ticks: 20 }, 'silence')
  }

  /** It stands for election and wins it with the vote of node 2, and of others where it needs them. */
  lead(): void {
    this.stand()
    for (let from = 2; this.raftState !== 'StateLeader' && from <= this.config.voters.length; from++)
      this.step({ type: 'MsgVoteResp', from, term: this.term })
  }

  restart(): void {
    this.told.push('restart')
    this.#guest.release()
    const config = { ...this.config, hardState: this.hardState, entries: this.log }
    this.#guest = new RaftGuest(this.trial, config, ++this.#starts)
    this.raftState = 'StateFollower'
    this.applied = []
    this.#take(this.#guest.first)
  }

  #enter(input: RaftInput, words: string): void {
    this.told.push(words)
    const { taken, readies } = this.#guest.turn(input)
    this.taken = taken
    this.#take(readies)
  }

  #take(readies: readonly RaftReady[]): void {
    for (const { softState, hardState, entries, committedEntries, readStates } of readies) {
      this.hardState = hardState
      this.raftState = softState.raftState
      const [first] = entries
      if (first) this.log = [...this.log.filter(({ index }) => index < first.index), ...entries]
      this.applied.push(...committedEntries.map(({ index }) => index))
      this.reads.push(...readStates.map(({ context, index }) => `${context}@${index}`))
    }
    this.messages = readies.flatMap(({ messages }) => messages)
  }

  // ── what is expected of it ──────────────────────────────────────────────────────────────────────────────────────────

  sent(type: string): readonly RaftMessage[] {
    return this.messages.filter((message) => message.type === type)
  }

  get #shown(): string {
    const { term, commit } = this.hardState
    const messages = this.messages.map(messageInWords).join('; ') || '[]'
    const log = this.terms.join(' ') || '[]'
    const applied = this.applied.join(' ') || '[]'
    const reads = this.reads.length === 0 ? '' : `, read ${this.reads.join(' ')}`
    return `${this.raftState}, term ${term}, log ${log}, commit ${commit}, applied ${applied}${reads}; sent: ${messages}`
  }

  ensure(
    holds: boolean,
    key: Parameters<typeof say>[0],
    params: Readonly<Record<string, string | number>>,
    expected: string,
    hint: string,
  ): void {
    if (holds) return
    const entries = this.told.map((label, at) => ({ atMicros: at + 1, label, tone: 'plain' as const }))
    this.trial.fail({
      message: say(key, { last: this.told.at(-1) ?? 'start', ...params }),
      expected,
      actual: this.#shown,
      hint,
      story: { lanes: [{ name: 'node 1', entries: entries.slice(-12) }] },
    })
  }

  mustFollow(key: 'follows' | 'steps-down'): void {
    this.ensure(this.raftState === 'StateFollower', key, {}, 'StateFollower', 'append')
  }

  mustHaveLog(terms: readonly number[], hint: string): void {
    const log = terms.join(' ')
    this.ensure(this.terms.join(' ') === log, 'takes', { log }, `log ${log}`, hint)
  }

  mustAgree(index: number, hint = 'append'): void {
    const [answer] = this.sent('MsgAppResp')
    const agrees = answer !== undefined && answer.reject !== true && answer.index === index
    this.ensure(agrees, 'agrees', { index }, `MsgAppResp, index ${index}`, hint)
  }

  mustReject(): void {
    const [answer] = this.sent('MsgAppResp')
    this.ensure(answer?.reject === true, 'rejects', {}, 'MsgAppResp, reject', 'append')
  }

  mustCommit(commit: number, hint: string): void {
    this.ensure(this.hardState.commit === commit, 'commit-is', { commit }, `commit ${commit}`, hint)
  }

  mustApply(indexes: readonly number[]): void {
    const list = indexes.join(' ')
    this.ensure(this.applied.join(' ') === list, 'applies', { indexes: list }, `applied ${list}`, 'apply')
  }

  mustRead(reads: readonly string[]): void {
    const list = reads.join(' ') || '[]'
    this.ensure((this.reads.join(' ') || '[]') === list, 'reads-are', { reads: list }, list, 'read')
  }
}

const NOTHING: RaftHardState = { term: 0, vote: 0, commit: 0 }
