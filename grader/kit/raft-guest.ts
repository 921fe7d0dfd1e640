/**
 * A learner's Raft node in a guest of its own: a process, from its start to its death.
 *
 * One call enters one input (a tick, a message, a proposal, a read) and takes all that the node then has to do: `ready` and
 * `advance` in turn, until there is nothing new. What a Ready may look like is checked here, where the message can say what
 * is wrong with it. Its log of inputs is the guest's own, so the same process can be made again.
 */
import type { Guest } from '../sandbox/guest.ts'
import type { GuestShape } from './guest-shape.ts'
import type { Trial } from './trial.ts'

export interface RaftMessage {
  readonly type: string
  readonly from: number
  readonly to: number
  readonly term: number
  readonly reject?: boolean
  readonly index?: number
  readonly logTerm?: number
  readonly entries?: readonly RaftEntry[]
  readonly commit?: number
  readonly rejectHint?: number
  readonly context?: string
}

export interface RaftEntry {
  readonly index: number
  readonly term: number
  readonly data?: string
}

export interface RaftHardState {
  readonly term: number
  readonly vote: number
  readonly commit: number
}

export interface RaftReady {
  readonly softState: { readonly lead: number; readonly raftState: string }
  readonly hardState: RaftHardState
  readonly messages: readonly RaftMessage[]
  readonly entries: readonly RaftEntry[]
  readonly committedEntries: readonly RaftEntry[]
  readonly readStates: readonly { readonly context: string; readonly index: number }[]
}

/** `grader/modules/raft.d.ts` says what each is. */
export interface RaftConfig {
  readonly id: number
  readonly voters: readonly number[]
  readonly electionTick: number
  readonly heartbeatTick: number
  readonly preVote: boolean
  readonly checkQuorum: boolean
  readonly hardState: RaftHardState
  readonly entries: readonly RaftEntry[]
}

export type RaftInput =
  | { readonly type: 'tick' }
  /** Ticks, at most so many, until it asks for votes. */
  | { readonly type: 'silence'; readonly ticks: number }
  | { readonly type: 'step'; readonly message: RaftMessage }
  | { readonly type: 'propose'; readonly data: string }
  | { readonly type: 'readIndex'; readonly context: string }

/** What came of one input: whether it was taken, and all that is to be done, in order. */
export interface RaftTurn {
  readonly taken: boolean
  /** Of a silence: the tick at which it asked for votes; 0: it did not. */
  readonly ticks?: number
  readonly readies: readonly RaftReady[]
}

const adapter = String.raw`
const READIES_MAX = 8
const TYPES = ['MsgVote', 'MsgVoteResp', 'MsgPreVote', 'MsgPreVoteResp', 'MsgHeartbeat', 'MsgHeartbeatResp', 'MsgApp', 'MsgAppResp']
const STATES = ['StateFollower', 'StatePreCandidate', 'StateCandidate', 'StateLeader']
export default (learner, tools) => {
  if (typeof learner !== 'function') tools.notAFunction('The default export is not a class: write export default class Node { … }')
  const wrong = (what) => tools.wrongType('ready() returned ' + what)
  const copy = (value) => {
    const text = JSON.stringify(value)
    return text === undefined ? undefined : JSON.parse(text)
  }
  const isWhole = (value) => typeof value === 'number' && value >= 0 && value % 1 === 0
  let node, own, voters, draw

  function ask(name, ...given) {
    if (typeof node[name] !== 'function') tools.notAFunction('The node has no function "' + name + '".')
    const answer = node[name](...given)
    if (typeof answer === 'object' && answer !== null && typeof answer.then === 'function')
      tools.wrongType(name + ' returned a Promise, but must answer at once: remove async and await.')
    return answer
  }

  function checkEntry(entry, list) {
    if (entry === null || typeof entry !== 'object' || !isWhole(entry.index) || !isWhole(entry.term))
      wrong(list + ' with ' + JSON.stringify(entry) + ': each is {index, term, data}.')
  }

  function checkMessage(message) {
    const shown = JSON.stringify(message)
    if (message === null || typeof message !== 'object') wrong('a message that is none: ' + shown + '.')
    if (!TYPES.includes(message.type)) wrong('a message of no known type: ' + shown + '.')
    if (message.from !== own) wrong('a message that is not from ' + own + ': ' + shown + '.')
    if (message.to === own) wrong('a message of ' + own + ' to itself: ' + shown + '.')
    if (!voters.includes(message.to)) wrong('a message to nobody: ' + shown + '.')
    if (!isWhole(message.term)) wrong('a message without a term: ' + shown + '.')
    for (const field of ['index', 'logTerm', 'commit', 'rejectHint'])
      if (message[field] !== undefined && !isWhole(message[field])) wrong('a message whose ' + field + ' is no whole number: ' + shown + '.')
    if (message.entries !== undefined && !Array.isArray(message.entries)) wrong('a message whose entries are no list: ' + shown + '.')
    for (const entry of message.entries ?? []) checkEntry(entry, 'a message of entries')
  }

  function take() {
    const given = copy(ask('ready'))
    if (given === null || typeof given !== 'object') wrong(JSON.stringify(given ?? null) + ': return {softState, hardState, messages}.')
    const { softState, hardState } = given
    if (softState === null || typeof softState !== 'object' || !isWhole(softState.lead) || !STATES.includes(softState.raftState))
      wrong('the softState ' + JSON.stringify(softState ?? null) + ': it is {lead, raftState}.')
    if (hardState === null || typeof hardState !== 'object' || !isWhole(hardState.term) || !isWhole(hardState.vote) || !isWhole(hardState.commit))
      wrong('the hardState ' + JSON.stringify(hardState ?? null) + ': it is {term, vote, commit}.')
    for (const list of ['messages', 'entries', 'committedEntries', 'readStates']) {
      if (given[list] === undefined && list !== 'messages') given[list] = []
      if (!Array.isArray(given[list])) wrong(list + ' that are no list.')
    }
    given.messages.forEach(checkMessage)
    for (const list of ['entries', 'committedEntries']) for (const entry of given[list]) checkEntry(entry, list)
    for (const read of given.readStates)
      if (read === null || typeof read !== 'object' || typeof read.context !== 'string' || !isWhole(read.index))
        wrong('the readState ' + JSON.stringify(read) + ': it is {context, index}.')
    ask('advance')
    return given
  }

  let last = ''
  const isIdle = (ready) =>
    ready.messages.length + ready.entries.length + ready.committedEntries.length + ready.readStates.length === 0 &&
    JSON.stringify([ready.softState, ready.hardState]) === last

  function drain() {
    const readies = []
    for (;;) {
      const ready = take()
      if (isIdle(ready)) break
      last = JSON.stringify([ready.softState, ready.hardState])
      readies.push(ready)
      if (readies.length > READIES_MAX) wrong('something to do ' + READIES_MAX + ' times in a row: what has been advanced is not given again.')
    }
    return readies
  }

  function enter(input) {
    switch (input.type) {
      case 'tick': return void ask('tick')
      case 'step': return void ask('step', input.message)
      case 'propose': return ask('propose', input.data)
      case 'readIndex': return ask('readIndex', input.context)
    }
  }

  const asks = ({ messages }) => messages.some(({ type }) => type === 'MsgVote' || type === 'MsgPreVote')

  function silence(ticks) {
    const all = []
    for (let tick = 1; tick <= ticks; tick++) {
      ask('tick')
      const readies = drain()
      all.push(...readies)
      if (readies.some(asks)) return { taken: true, ticks: tick, readies: all }
    }
    return { taken: true, ticks: 0, readies: all }
  }

  function turn(input) {
    if (input.type === 'silence') return silence(input.ticks)
    const taken = enter(input)
    if (taken !== undefined && typeof taken !== 'boolean') tools.wrongType(input.type + ' returned ' + JSON.stringify(taken) + ': return true or false.')
    return { taken: taken ?? true, readies: drain() }
  }

  return {
    boot(config, draws) {
      own = config.id
      voters = config.voters
      // A small generator (mulberry32): all the chance there is.
      let state = draws
      draw = () => {
        state = (state + 0x6d2b79f5) | 0
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
      }
      const random = (below) => {
        if (!isWhole(below) || below === 0) tools.wrongType('random(' + JSON.stringify(below ?? null) + '): give it a whole number above 0.')
        return Math.floor(draw() * below)
      }
      node = new learner(Object.freeze({ ...config, random }))
      return drain()
    },
    turn,
    turns: (inputs) => inputs.map(turn),
  }
}
`

/** How a Raft node is taken in: first argument of `defineChecks`. */
export const raftGuest = (): GuestShape => ({ adapter })

const DRAWS = 2 ** 31

/** One process: a node in a guest. */
export class RaftGuest {
  readonly guest: Guest
  /** What it had to do when it started. */
  readonly first: readonly RaftReady[]
  readonly #trial: Trial<any>
  readonly #name: string

  constructor(trial: Trial<any>, config: RaftConfig, seed = 1, name = `node ${config.id}`) {
    this.#trial = trial
    this.#name = name
    this.guest = trial.start()
    const draws = trial.chance(`draws/${config.id}/${seed}`).int(DRAWS)
    this.first = trial.call(this.guest, 'boot', [config, draws], `${name}: new Node`) as readonly RaftReady[]
  }

  turn(input: RaftInput): RaftTurn {
    return this.#trial.call(this.guest, 'turn', [input], `${this.#name}: ${inputInWords(input)}`) as RaftTurn
  }

  /** Several, one after the other, for the price of one crossing. */
  turns(inputs: readonly RaftInput[]): readonly RaftTurn[] {
    const during = `${this.#name}: ${inputs.length} times ${inputs[0] ? inputInWords(inputs[0]) : 'nothing'}`
    return this.#trial.call(this.guest, 'turns', [inputs], during) as readonly RaftTurn[]
  }

  /** It is dead; its machine can be another's. */
  release(): void {
    this.#trial.release(this.guest)
  }
}

export function inputInWords(input: RaftInput): string {
  switch (input.type) {
    case 'tick':
    case 'silence':
      return 'tick()'
    case 'step':
      return `step(${messageInWords(input.message)})`
    case 'propose':
      return `propose(${JSON.stringify(input.data)})`
    case 'readIndex':
      return `readIndex(${JSON.stringify(input.context)})`
  }
}

/** A message as people read it: `MsgVote 2→1 term 4, last 7/3`. */
export function messageInWords({ type, from, to, term, ...rest }: RaftMessage): string {
  const { index, logTerm, entries, commit, reject, rejectHint, context } = rest
  const parts = [
    `${type} ${from}→${to} term ${term}`,
    ...(index === undefined ? [] : [logTerm === undefined ? `index ${index}` : `index ${index} of term ${logTerm}`]),
    ...(entries === undefined || entries.length === 0
      ? []
      : [`entries ${entries.map((entry) => `${entry.index}:${entry.term}`).join(' ')}`]),
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    ...(reject ? ['reject'] : []),
    ...(rejectHint === undefined ? [] : [`ends at ${rejectHint}`]),
    ...(context === undefined ? [] : [`context ${context}`]),
  ]
  return parts.join(', ')
}
