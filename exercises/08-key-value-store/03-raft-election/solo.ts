/** One node alone, with the check in the part of all others: what it is told, what it says, what its disk holds. */
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

export const ELECTION_TICK = 10

export interface SoloOptions {
  readonly id?: number
  readonly size?: number
  readonly electionTick?: number
  readonly heartbeatTick?: number
  readonly preVote?: boolean
  readonly checkQuorum?: boolean
  readonly hardState?: RaftHardState
  /** Terms of its log. */
  readonly log?: readonly number[]
  /** Other draws of chance. */
  readonly draws?: number
}

export const logOf = (terms: readonly number[]): RaftEntry[] =>
  terms.map((term, index) => ({ index: index + 1, term, data: `entry ${index + 1}` }))

export class Solo {
  readonly trial: Trial<any>
  readonly config: RaftConfig
  #guest: RaftGuest
  #starts: number
  hardState: RaftHardState
  raftState = 'StateFollower'
  lead = 0
  /** What the last inputs made it say. */
  messages: readonly RaftMessage[] = []
  /** All that it was told and said, in words. */
  readonly told: string[] = []

  constructor(trial: Trial<any>, options: SoloOptions = {}) {
    const { id = 1, size = 3, electionTick = ELECTION_TICK, preVote = false, checkQuorum = false } = options
    const { hardState = { term: 0, vote: 0, commit: 0 }, log = [], draws = 1, heartbeatTick = 1 } = options
    this.trial = trial
    const voters = Array.from({ length: size }, (_, index) => index + 1)
    const flags = { preVote, checkQuorum }
    this.config = { id, voters, electionTick, heartbeatTick, ...flags, hardState, entries: logOf(log) }
    this.hardState = hardState
    this.#starts = draws
    this.#guest = new RaftGuest(trial, this.config, draws)
    this.#take(this.#guest.first)
  }

  get term(): number {
    return this.hardState.term
  }

  tick(times = 1): readonly RaftMessage[] {
    return this.#enter(`${times} ticks`, ...Array.from({ length: times }, (): RaftInput => ({ type: 'tick' })))
  }

  step(message: Omit<RaftMessage, 'to'>): readonly RaftMessage[] {
    const whole = { ...message, to: this.config.id }
    return this.#enter(messageInWords(whole), { type: 'step', message: whole })
  }

  /** Ticks until it asks for votes, at most twice the timeout. @returns after how many; 0: it has not */
  silence(most = 2 * this.config.electionTick): number {
    this.told.push(`silence, at most ${most} ticks`)
    const { readies, ticks = 0 } = this.#guest.turn({ type: 'silence', ticks: most })
    this.#take(readies)
    return ticks
  }

  /** It dies and comes back with what its disk holds. */
  restart(): void {
    this.told.push(`restart with term ${this.hardState.term}, vote ${this.hardState.vote}`)
    this.#guest.release()
    this.#guest = new RaftGuest(this.trial, { ...this.config, hardState: this.hardState }, ++this.#starts)
    this.raftState = 'StateFollower'
    this.#take(this.#guest.first)
  }

  #enter(words: string, ...inputs: readonly RaftInput[]): readonly RaftMessage[] {
    this.told.push(words)
    this.#take(this.#guest.turns(inputs).flatMap(({ readies }) => readies))
    return this.messages
  }

  #take(readies: readonly RaftReady[]): void {
    for (const { softState, hardState, messages } of readies) {
      this.hardState = hardState
      this.raftState = softState.raftState
      this.lead = softState.lead
      checkPromises(this.trial, this.config.id, hardState, messages)
    }
    this.messages = readies.flatMap(({ messages }) => messages)
  }

  // ── what is expected of it ──────────────────────────────────────────────────────────────────────────────────────────

  get said(): string {
    const messages = this.messages.map(messageInWords).join('; ') || 'nothing'
    const { term, vote } = this.hardState
    return `${this.raftState}, term ${term}, vote ${vote}; sent: ${messages}`
  }

  /** Fails with what was told it last; `key` is the sentence. */
  ensure(holds: boolean, key: Parameters<typeof say>[0], expected: string, hint: string): void {
    if (holds) return
    this.trial.fail({
      message: say(key, { last: this.told.at(-1) ?? 'start' }),
      expected,
      actual: this.said,
      hint,
      story: this.#story(),
    })
  }

  #story() {
    const entries = this.told.map((label, index) => ({ atMicros: index + 1, label, tone: 'plain' as const }))
    return { lanes: [{ name: `node ${this.config.id}`, entries: entries.slice(-12) }] }
  }

  /** Votes or pre-votes that it asks for. */
  asks(type: string): readonly RaftMessage[] {
    return this.messages.filter((message) => message.type === type)
  }

  grants(type: string, to: number, term: number): boolean {
    return this.messages.some(
      (message) => message.type === type && message.to === to && message.term === term && !message.reject,
    )
  }

  refuses(type: string, to: number): boolean {
    const answers = this.messages.filter((message) => message.type === type && message.to === to)
    return answers.length > 0 && answers.every(({ reject }) => reject === true)
  }
}

/** What a message promises must be in the very hard state that is written before it is sent. */
export function checkPromises(
  trial: Trial<any>,
  id: number,
  { term, vote }: RaftHardState,
  messages: readonly RaftMessage[],
): void {
  for (const message of messages) {
    const isGrant = message.type === 'MsgVoteResp' && message.reject !== true
    const promised = message.type === 'MsgVote' ? id : isGrant ? message.to : undefined
    if (promised === undefined || (term === message.term && vote === promised)) continue
    trial.fail({
      message: say('promise-unwritten', { id, message: messageInWords(message) }),
      expected: `hardState: term ${message.term}, vote ${promised}`,
      actual: `hardState: term ${term}, vote ${vote}`,
      hint: 'persist',
    })
  }
}
