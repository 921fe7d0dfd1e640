/** Right, with plain functions over one record, a sliding window for the quorum, and votes kept as two sets. */
import type { Config, Message, MessageType, Ready, StateType } from 'clusterwright/raft'

interface Raft {
  config: Config
  term: number
  vote: number
  lead: number
  state: StateType
  yes: Set<number>
  no: Set<number>
  now: number
  /** When it is time to stand. */
  due: number
  /** When a leader was last heard, or a role begun. */
  since: number
  heard: Record<number, number>
  beatAt: number
  out: Message[]
}

const majority = ({ config }: Raft): number => Math.floor(config.voters.length / 2) + 1
const others = ({ config }: Raft): number[] => config.voters.filter((id) => id !== config.id)

function emit(raft: Raft, type: MessageType, to: number, more: Partial<Message> = {}): void {
  raft.out.push({ type, to, from: raft.config.id, term: raft.term, ...more })
}

function rest(raft: Raft): void {
  raft.since = raft.now
  raft.due = raft.now + raft.config.electionTick + raft.config.random(raft.config.electionTick)
}

function follow(raft: Raft, term: number, lead: number): void {
  if (term > raft.term) Object.assign(raft, { term, vote: 0 })
  Object.assign(raft, { state: 'StateFollower', lead, yes: new Set(), no: new Set() })
  rest(raft)
}

function ask(raft: Raft, isPre: boolean): void {
  const { id, entries } = raft.config
  if (!isPre) Object.assign(raft, { term: raft.term + 1, vote: id })
  Object.assign(raft, { state: isPre ? 'StatePreCandidate' : 'StateCandidate', lead: 0 })
  Object.assign(raft, { yes: new Set([id]), no: new Set() })
  rest(raft)
  const last = entries[entries.length - 1]
  for (const to of others(raft)) {
    emit(raft, isPre ? 'MsgPreVote' : 'MsgVote', to, {
      term: raft.term + (isPre ? 1 : 0),
      index: last?.index ?? 0,
      logTerm: last?.term ?? 0,
    })
  }
  settle(raft)
}

function settle(raft: Raft): void {
  if (raft.yes.size >= majority(raft)) {
    if (raft.state === 'StatePreCandidate') return ask(raft, false)
    Object.assign(raft, { state: 'StateLeader', lead: raft.config.id })
    rest(raft)
    raft.heard = Object.fromEntries(others(raft).map((id) => [id, raft.now]))
    beat(raft)
  } else if (raft.no.size >= majority(raft)) follow(raft, raft.term, 0)
}

function beat(raft: Raft): void {
  raft.beatAt = raft.now
  for (const to of others(raft)) emit(raft, 'MsgHeartbeat', to)
}

function elect(raft: Raft, message: Message): void {
  const { type, from, term } = message
  const isPre = type === 'MsgPreVote'
  const { checkQuorum, electionTick, entries } = raft.config
  if (term > raft.term) {
    const isHeld = raft.state === 'StateLeader' || (raft.lead !== 0 && raft.now - raft.since < electionTick)
    if (checkQuorum && isHeld) return
    if (!isPre) follow(raft, term, 0)
  }
  const last = entries[entries.length - 1] ?? { term: 0, index: 0 }
  const [logTerm, index] = [message.logTerm ?? 0, message.index ?? 0]
  const isGood = logTerm !== last.term ? logTerm > last.term : index >= last.index
  const isFree = (isPre && term > raft.term) || (raft.vote === 0 ? raft.lead === 0 : raft.vote === from)
  const answer = isPre ? 'MsgPreVoteResp' : 'MsgVoteResp'
  if (!isGood || !isFree) return emit(raft, answer, from, { reject: true })
  if (!isPre) {
    raft.vote = from
    rest(raft)
  }
  emit(raft, answer, from, { term })
}

export default class Node {
  raft: Raft

  constructor(config: Config) {
    const { term, vote } = config.hardState
    this.raft = {
      ...{ config, term, vote, lead: 0, state: 'StateFollower', yes: new Set(), no: new Set() },
      ...{ now: 0, due: 0, since: 0, heard: {}, beatAt: 0, out: [] },
    }
    rest(this.raft)
  }

  tick(): void {
    const { raft } = this
    raft.now++
    if (raft.state !== 'StateLeader') {
      if (raft.now >= raft.due) ask(raft, raft.config.preVote)
      return
    }
    const window = raft.now - raft.config.electionTick
    const live = 1 + others(raft).filter((id) => (raft.heard[id] ?? 0) > window).length
    if (raft.config.checkQuorum && live < majority(raft)) return follow(raft, raft.term, 0)
    if (raft.now - raft.beatAt >= raft.config.heartbeatTick) beat(raft)
  }

  step(message: Message): void {
    const { raft } = this
    const { type, from, term, reject } = message
    if (term < raft.term) {
      if (type === 'MsgHeartbeat') emit(raft, 'MsgHeartbeatResp', from)
      return
    }
    if (type === 'MsgVote' || type === 'MsgPreVote') return elect(raft, message)
    if (type === 'MsgPreVoteResp' && !reject) {
      if (raft.state === 'StatePreCandidate' && term === raft.term + 1) {
        raft.yes.add(from)
        settle(raft)
      }
      return
    }
    if (term > raft.term) follow(raft, term, 0)
    if (type === 'MsgHeartbeat') {
      follow(raft, term, from)
      emit(raft, 'MsgHeartbeatResp', from)
    } else if (type === 'MsgHeartbeatResp') raft.heard[from] = raft.now
    else if (raft.state === (type === 'MsgVoteResp' ? 'StateCandidate' : 'StatePreCandidate')) {
      if (!raft.yes.has(from) && !raft.no.has(from)) (reject ? raft.no : raft.yes).add(from)
      settle(raft)
    }
  }

  ready(): Ready {
    const { lead, state, term, vote, out } = this.raft
    return { softState: { lead, raftState: state }, hardState: { term, vote, commit: 0 }, messages: out }
  }

  advance(): void {
    this.raft.out = []
  }
}
