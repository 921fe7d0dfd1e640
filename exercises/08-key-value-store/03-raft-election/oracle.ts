/**
 * The rules of an election, written once more and apart from the solution: what a node must be, and must say, after each input.
 * What the rules leave open is left open: whether a message of an old term is answered, how a vote that is asked for is repeated.
 */
import type { RaftConfig, RaftMessage } from 'clusterwright/kit'

export type Input =
  | { readonly type: 'ticks'; readonly count: number }
  | { readonly type: 'silence' }
  | { readonly type: 'step'; readonly message: RaftMessage }

export interface Expected {
  readonly term: number
  readonly vote: number
  readonly lead: number
  readonly raftState: string
  /** Must be sent. */
  readonly must: readonly RaftMessage[]
  /** Types that may be sent besides. */
  readonly may: readonly string[]
  /** Which rule decided: a key of the texts, and the hint that helps. */
  readonly rule: 'election' | 'won' | 'lost' | 'old-term' | 'new-term' | 'held' | 'vote' | 'log' | 'heartbeat' | 'quiet'
}

export class Reference {
  readonly #config: RaftConfig
  term: number
  vote: number
  lead = 0
  raftState = 'StateFollower'
  #votes = new Map<number, boolean>()
  /** Ticks since it last heard of its leader, or gave a vote, or took up its role: never too few. */
  elapsed = 0
  #must: RaftMessage[] = []
  #may: string[] = []
  #rule: Expected['rule'] = 'quiet'

  constructor(config: RaftConfig) {
    this.#config = config
    this.term = config.hardState.term
    this.vote = config.hardState.vote
  }

  enter(input: Input): Expected {
    this.#must = []
    this.#may = this.raftState === 'StateLeader' ? ['MsgHeartbeat'] : []
    this.#rule = 'quiet'
    if (input.type === 'ticks') this.elapsed += input.count
    else if (input.type === 'silence') this.#campaign(this.#config.preVote)
    else this.#step(input.message)
    if (this.raftState === 'StateLeader') this.#may.push('MsgHeartbeat')
    if (this.raftState === 'StateCandidate') this.#may.push('MsgVote')
    if (this.raftState === 'StatePreCandidate') this.#may.push('MsgPreVote')
    const { term, vote, lead, raftState } = this
    return { term, vote, lead, raftState, must: this.#must, may: this.#may, rule: this.#rule }
  }

  /** What a voter has said in the election that this node stands for, if it does and that has. */
  said(from: number): boolean | undefined {
    return this.#votes.get(from)
  }

  get #others(): number[] {
    return this.#config.voters.filter((id) => id !== this.#config.id)
  }

  #follow(term: number, lead: number): void {
    if (term > this.term) this.vote = 0
    this.term = term
    this.lead = lead
    this.raftState = 'StateFollower'
    this.#votes.clear()
  }

  #campaign(isPreVote: boolean): void {
    const { id, entries } = this.#config
    this.#rule = 'election'
    this.lead = 0
    this.elapsed = 0
    this.raftState = isPreVote ? 'StatePreCandidate' : 'StateCandidate'
    if (!isPreVote) {
      this.term += 1
      this.vote = id
    }
    this.#votes = new Map([[id, true]])
    const last = entries.at(-1) ?? { index: 0, term: 0 }
    const type = isPreVote ? 'MsgPreVote' : 'MsgVote'
    const term = isPreVote ? this.term + 1 : this.term
    for (const to of this.#others) this.#must.push({ type, from: id, to, term, index: last.index, logTerm: last.term })
  }

  #step(message: RaftMessage): void {
    const { type, from, term } = message
    const asksForVote = type === 'MsgVote' || type === 'MsgPreVote'
    const response = type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp'
    if (term < this.term) {
      this.#rule = 'old-term'
      if (asksForVote) this.#may.push(response)
      if (type === 'MsgHeartbeat') this.#must.push(this.#message('MsgHeartbeatResp', from, this.term))
      return
    }
    if (term > this.term) {
      this.#rule = 'new-term'
      const { checkQuorum, electionTick } = this.#config
      if (asksForVote && checkQuorum && this.lead !== 0 && this.elapsed < electionTick) {
        this.#rule = 'held'
        return
      }
      const isOnlyAsking = type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !message.reject)
      if (!isOnlyAsking) this.#follow(term, type === 'MsgHeartbeat' ? from : 0)
    }
    if (asksForVote) this.#answer(message, response)
    else if (type === 'MsgHeartbeat') {
      this.#rule = 'heartbeat'
      this.#follow(term, from)
      this.elapsed = 0
      this.#must.push(this.#message('MsgHeartbeatResp', from, this.term))
    } else if (type !== 'MsgHeartbeatResp') this.#count(message)
  }

  #message(type: string, to: number, term: number, reject?: true): RaftMessage {
    return { type, from: this.#config.id, to, term, ...(reject && { reject }) }
  }

  #answer({ type, from, term, index = 0, logTerm = 0 }: RaftMessage, response: string): void {
    const last = this.#config.entries.at(-1) ?? { index: 0, term: 0 }
    const isBehind = logTerm < last.term || (logTerm === last.term && index < last.index)
    const isPreVote = type === 'MsgPreVote'
    const isFree = (this.vote === 0 && this.lead === 0) || this.vote === from || (isPreVote && term > this.term)
    this.#rule = isBehind ? 'log' : this.#rule === 'new-term' && !isPreVote ? 'new-term' : 'vote'
    if (isBehind || !isFree) {
      this.#must.push(this.#message(response, from, this.term, true))
      return
    }
    this.#must.push(this.#message(response, from, term))
    if (isPreVote) return
    this.vote = from
    this.elapsed = 0
  }

  #count({ type, from, reject = false }: RaftMessage): void {
    const isPre = this.raftState === 'StatePreCandidate'
    if (type !== (isPre ? 'MsgPreVoteResp' : 'MsgVoteResp')) return
    if (!isPre && this.raftState !== 'StateCandidate') return
    if (!this.#votes.has(from)) this.#votes.set(from, !reject)
    const yes = [...this.#votes.values()].filter(Boolean).length
    const quorum = Math.floor(this.#config.voters.length / 2) + 1
    if (yes >= quorum && isPre) return this.#campaign(false)
    if (yes >= quorum) {
      this.#rule = 'won'
      this.raftState = 'StateLeader'
      this.lead = this.#config.id
      this.elapsed = 0
      for (const to of this.#others) this.#must.push(this.#message('MsgHeartbeat', to, this.term))
    } else if (this.#votes.size - yes >= quorum) {
      this.#rule = 'lost'
      this.#follow(this.term, 0)
    }
  }
}

/** What is wrong with what a node said, if anything is: which message is missing or too much. */
export function wrongMessages(
  { must, may }: Expected,
  sent: readonly RaftMessage[],
): { missing?: RaftMessage; extra?: RaftMessage } {
  const left = [...sent]
  for (const wanted of must) {
    const at = left.findIndex((message) => isSame(message, wanted))
    if (at < 0) return { missing: wanted }
    left.splice(at, 1)
  }
  const extra = left.find(({ type }) => !may.includes(type))
  return extra ? { extra } : {}
}

/** What the rules say of a message; a rejection need not bear the very term. */
function isSame(message: RaftMessage, wanted: RaftMessage): boolean {
  const { type, to, term, reject = false, index, logTerm } = message
  if (type !== wanted.type || to !== wanted.to || reject !== (wanted.reject ?? false)) return false
  if (term !== wanted.term) return false
  return wanted.index === undefined || (index === wanted.index && logTerm === wanted.logTerm)
}
