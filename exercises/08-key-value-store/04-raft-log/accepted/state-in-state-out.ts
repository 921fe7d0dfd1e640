/** Right, with a frozen state that each input replaces by another, functions without a class, and a commit index found by trying each entry. */
import type { Config, Entry, LogNode, LogReady, Message, MessageType, ReadState, StateType } from 'clusterwright/raft'

interface Read {
  readonly context: string
  readonly index: number
  readonly by: readonly number[]
}

type Numbers = Readonly<Record<number, number>>

interface State {
  readonly config: Config
  readonly role: StateType
  readonly term: number
  readonly vote: number
  readonly lead: number
  readonly quiet: number
  readonly patience: number
  readonly sinceBeat: number
  readonly yes: readonly number[]
  readonly no: readonly number[]
  readonly heard: readonly number[]
  readonly log: readonly Entry[]
  readonly commit: number
  /** From which index on entries are to be written. */
  readonly dirty: number
  readonly applied: number
  readonly match: Numbers
  readonly next: Numbers
  readonly reads: readonly Read[]
  readonly out: readonly Message[]
  readonly answered: readonly ReadState[]
}

const more = (list: readonly number[], one: number): readonly number[] => (list.includes(one) ? list : [...list, one])
const others = ({ config }: State): readonly number[] => config.voters.filter((id) => id !== config.id)
const isMany = ({ config }: State, count: number): boolean => count > config.voters.length / 2
const termAt = ({ log }: State, index: number): number => (index === 0 ? 0 : (log[index - 1]?.term ?? -1))

const said = (state: State, type: MessageType, to: number, fields: Partial<Message> = {}): State => ({
  ...state,
  out: [...state.out, { type, from: state.config.id, to, term: state.term, ...fields }],
})

const toEach = (state: State, tell: (state: State, to: number) => State): State => others(state).reduce(tell, state)

function turned(state: State, role: StateType, term: number, lead: number): State {
  const { electionTick, random } = state.config
  return {
    ...state,
    ...{ role, term, lead, vote: term === state.term ? state.vote : 0 },
    ...{ yes: [], no: [], heard: [], reads: [], quiet: 0, sinceBeat: 0 },
    patience: electionTick + random(electionTick),
  }
}

// ── elections ───────────────────────────────────────────────────────────────────────────────────────────────────────

function stands(state: State, isPre: boolean): State {
  const { id } = state.config
  const begun = isPre
    ? turned(state, 'StatePreCandidate', state.term, 0)
    : { ...turned(state, 'StateCandidate', state.term + 1, 0), vote: id }
  const index = state.log.length
  const question = { term: begun.term + (isPre ? 1 : 0), index, logTerm: termAt(begun, index) }
  const asked = toEach(begun, (now, to) => said(now, isPre ? 'MsgPreVote' : 'MsgVote', to, question))
  return counted({ ...asked, yes: [id] })
}

function counted(state: State): State {
  if (isMany(state, state.yes.length)) return state.role === 'StatePreCandidate' ? stands(state, false) : leads(state)
  return isMany(state, state.no.length) ? turned(state, 'StateFollower', state.term, 0) : state
}

function leads(state: State): State {
  const { voters, id } = state.config
  const all = (value: number): Numbers => Object.fromEntries(voters.map((voter) => [voter, value]))
  const leader = turned(state, 'StateLeader', state.term, id)
  return appended({ ...leader, match: all(0), next: all(state.log.length + 1) }, undefined)
}

function judged(state: State, { type, from, term, index = 0, logTerm = 0 }: Message): State {
  const isPre = type === 'MsgPreVote'
  const response = isPre ? 'MsgPreVoteResp' : 'MsgVoteResp'
  const end = state.log.length
  const isBehind = logTerm < termAt(state, end) || (logTerm === termAt(state, end) && index < end)
  const isTaken = state.vote !== from && (state.vote !== 0 || state.lead !== 0)
  if (isBehind || (isTaken && !(isPre && term > state.term))) return said(state, response, from, { reject: true })
  return said(isPre ? state : { ...state, vote: from, quiet: 0 }, response, from, { term })
}

// ── a leader ────────────────────────────────────────────────────────────────────────────────────────────────────────

function appended(state: State, data: string | undefined): State {
  const index = state.log.length + 1
  const entry: Entry = data === undefined ? { index, term: state.term } : { index, term: state.term, data }
  const longer = { ...state, log: [...state.log, entry], match: { ...state.match, [state.config.id]: index } }
  return committed(toEach(longer, sent))
}

function sent(state: State, to: number): State {
  const index = state.next[to]! - 1
  const entries = state.log.slice(index)
  const told = said(state, 'MsgApp', to, { index, logTerm: termAt(state, index), entries, commit: state.commit })
  return { ...told, next: { ...told.next, [to]: state.log.length + 1 } }
}

function committed(state: State): State {
  const isEverywhere = ({ index, term }: Entry): boolean =>
    term === state.term && isMany(state, state.config.voters.filter((id) => state.match[id]! >= index).length)
  const index = state.log.findLast(isEverywhere)?.index ?? 0
  return index <= state.commit ? state : asked(toEach({ ...state, commit: index }, sent))
}

function beaten(state: State): State {
  const context = state.reads.findLast(({ index }) => index > 0)?.context
  return toEach({ ...state, sinceBeat: 0 }, (now, to) => {
    const commit = Math.min(now.commit, now.match[to]!)
    return said(now, 'MsgHeartbeat', to, context === undefined ? { commit } : { commit, context })
  })
}

function asked(state: State): State {
  const isNew = ({ index }: Read): boolean => index === 0
  if (!state.reads.some(isNew) || termAt(state, state.commit) !== state.term) return state
  const reads = state.reads.map((read) => (isNew(read) ? { ...read, index: state.commit } : read))
  return answered(beaten({ ...state, reads }))
}

function answered(state: State): State {
  const isDone = ({ index, by }: Read): boolean => index > 0 && isMany(state, by.length)
  const done = state.reads.filter(isDone).map(({ context, index }) => ({ context, index }))
  return { ...state, reads: state.reads.filter((read) => !isDone(read)), answered: [...state.answered, ...done] }
}

function replied(state: State, { from, index = 0, reject, rejectHint = 0 }: Message): State {
  if (index <= state.match[from]!) return state
  if (reject) {
    const next = Math.max(state.match[from]! + 1, Math.min(index, rejectHint + 1))
    return sent({ ...state, next: { ...state.next, [from]: next } }, from)
  }
  const next = { ...state.next, [from]: Math.max(state.next[from]!, index + 1) }
  return committed({ ...state, next, match: { ...state.match, [from]: index } })
}

function beatAnswered(state: State, { from, context }: Message): State {
  const isShort = state.match[from]! < state.log.length
  const again = isShort ? sent({ ...state, next: { ...state.next, [from]: state.match[from]! + 1 } }, from) : state
  const last = again.reads.findIndex((read) => read.context === context)
  const reads = again.reads.map((read, at) => (at <= last ? { ...read, by: more(read.by, from) } : read))
  return answered({ ...again, reads })
}

// ── a follower ──────────────────────────────────────────────────────────────────────────────────────────────────────

function obeyed(state: State, { type, from, ...message }: Message): State {
  const { index = 0, logTerm = 0, entries = [], commit = 0, context } = message
  const role = state.role === 'StateFollower' ? state : turned(state, 'StateFollower', state.term, from)
  const now: State = { ...role, lead: from, quiet: 0 }
  const known = (to: number): number => Math.max(now.commit, to)
  if (type === 'MsgHeartbeat') {
    const told = { ...now, commit: known(Math.min(commit, now.log.length)) }
    return said(told, 'MsgHeartbeatResp', from, context === undefined ? {} : { context })
  }
  if (termAt(now, index) !== logTerm)
    return said(now, 'MsgAppResp', from, { index, reject: true, rejectHint: Math.min(now.log.length, index - 1) })
  const odd = entries.findIndex((entry) => termAt(now, entry.index) !== entry.term)
  const agreed = index + entries.length
  const log = odd < 0 ? now.log : [...now.log.slice(0, index + odd), ...entries.slice(odd)]
  const dirty = odd < 0 ? now.dirty : Math.min(now.dirty, index + odd + 1)
  return said({ ...now, log, dirty, commit: known(Math.min(commit, agreed)) }, 'MsgAppResp', from, { index: agreed })
}

// ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────────

function ticked(before: State): State {
  const state = { ...before, quiet: before.quiet + 1, sinceBeat: before.sinceBeat + 1 }
  const { electionTick, heartbeatTick, checkQuorum, preVote } = state.config
  if (state.role !== 'StateLeader') return state.quiet < state.patience ? state : stands(state, preVote)
  const isDue = state.quiet >= electionTick
  if (isDue && checkQuorum && !isMany(state, state.heard.length + 1))
    return turned(state, 'StateFollower', state.term, 0)
  const now = isDue ? { ...state, quiet: 0, heard: [] } : state
  return now.sinceBeat < heartbeatTick ? now : beaten(now)
}

function stepped(state: State, message: Message): State {
  const { type, from, term, reject } = message
  const asks = type === 'MsgVote' || type === 'MsgPreVote'
  const isLeaders = type === 'MsgApp' || type === 'MsgHeartbeat'
  if (term < state.term) {
    if (isLeaders) return said(state, 'MsgHeartbeatResp', from)
    return asks ? said(state, type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp', from, { reject: true }) : state
  }
  const { checkQuorum, electionTick } = state.config
  if (term > state.term) {
    if (asks && checkQuorum && state.lead !== 0 && state.quiet < electionTick) return state
    const isOnlyTalk = type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !reject)
    if (!isOnlyTalk) return sameTerm(turned(state, 'StateFollower', term, isLeaders ? from : 0), message)
  }
  return sameTerm(state, message)
}

function sameTerm(state: State, message: Message): State {
  const { type, from, reject } = message
  switch (type) {
    case 'MsgVote':
    case 'MsgPreVote':
      return judged(state, message)
    case 'MsgApp':
    case 'MsgHeartbeat':
      return obeyed(state, message)
    case 'MsgVoteResp':
    case 'MsgPreVoteResp': {
      const awaited = type === 'MsgVoteResp' ? 'StateCandidate' : 'StatePreCandidate'
      if (state.role !== awaited || state.yes.includes(from) || state.no.includes(from)) return state
      return counted(reject ? { ...state, no: more(state.no, from) } : { ...state, yes: more(state.yes, from) })
    }
  }
  if (state.role !== 'StateLeader') return state
  const heard = { ...state, heard: more(state.heard, from) }
  return type === 'MsgAppResp' ? replied(heard, message) : beatAnswered(heard, message)
}

const NOBODY: Numbers = {}

function fresh(config: Config): State {
  const { term, vote, commit } = config.hardState
  const nothing = { yes: [], no: [], heard: [], reads: [], out: [], answered: [], match: NOBODY, next: NOBODY }
  const log = config.entries
  const still = { quiet: 0, sinceBeat: 0, patience: 0, lead: 0, applied: 0, dirty: log.length + 1 }
  return turned(
    { config, role: 'StateFollower', term, vote, commit, log, ...still, ...nothing },
    'StateFollower',
    term,
    0,
  )
}

export default class Node implements LogNode {
  private state: State

  constructor(config: Config) {
    this.state = Object.freeze(fresh(config))
  }

  tick(): void {
    this.state = Object.freeze(ticked(this.state))
  }

  step(message: Message): void {
    this.state = Object.freeze(stepped(this.state, message))
  }

  propose(data: string): boolean {
    if (this.state.role !== 'StateLeader') return false
    this.state = Object.freeze(appended(this.state, data))
    return true
  }

  readIndex(context: string): boolean {
    if (this.state.role !== 'StateLeader') return false
    const read: Read = { context, index: 0, by: [this.state.config.id] }
    this.state = Object.freeze(asked({ ...this.state, reads: [...this.state.reads, read] }))
    return true
  }

  ready(): LogReady {
    const { lead, role: raftState, term, vote, commit, log, dirty, applied, out, answered: readStates } = this.state
    return {
      ...{ softState: { lead, raftState }, hardState: { term, vote, commit }, messages: out, readStates },
      entries: log.slice(dirty - 1),
      committedEntries: log.slice(applied, commit),
    }
  }

  advance(): void {
    const { log, commit } = this.state
    this.state = Object.freeze({ ...this.state, out: [], answered: [], dirty: log.length + 1, applied: commit })
  }
}
