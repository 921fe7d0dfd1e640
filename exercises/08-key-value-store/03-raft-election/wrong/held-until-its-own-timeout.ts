// check: who has a leader lets nobody disturb it
// hint: disturb
// Ignores requests for votes until it stands itself, though it has heard no leader for an election timeout.
// es: Ignora las peticiones de voto hasta presentarse él mismo, aunque lleve un plazo de elección sin oír a un líder.
import type { Config, Message, Node as RaftNode, Ready, StateType } from 'clusterwright/raft'

export default class Node implements RaftNode {
  private readonly config: Config
  private term: number
  private vote: number
  private lead = 0
  private state: StateType = 'StateFollower'
  /** Who has said yes or no to this candidate. */
  private votes = new Map<number, boolean>()
  /** Who has answered this leader since it last checked its quorum. */
  private active = new Set<number>()
  private electionElapsed = 0
  private heartbeatElapsed = 0
  private electionTimeout = 0
  private messages: Message[] = []

  constructor(config: Config) {
    this.config = config
    this.term = config.hardState.term
    this.vote = config.hardState.vote
    this.become('StateFollower', this.term, 0)
  }

  tick(): void {
    this.electionElapsed += 1
    if (this.state === 'StateLeader') this.tickLeader()
    else if (this.electionElapsed >= this.electionTimeout) this.campaign(this.config.preVote)
  }

  step(message: Message): void {
    const { type, term, from } = message
    const isAboutVote = type === 'MsgVote' || type === 'MsgPreVote'
    if (term > this.term) {
      if (isAboutVote && this.isHeld()) return
      const isPreVote = type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !message.reject)
      if (!isPreVote) this.become('StateFollower', term, type === 'MsgHeartbeat' ? from : 0)
    } else if (term < this.term) {
      // So that an old leader, or who asks for an old term, hears of the new one.
      if (type === 'MsgHeartbeat') this.send('MsgHeartbeatResp', from)
      if (isAboutVote) this.send(type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp', from, { reject: true })
      return
    }
    if (isAboutVote) this.answer(message)
    else if (type === 'MsgHeartbeat') this.heard(message)
    else if (type === 'MsgHeartbeatResp') this.active.add(from)
    else this.count(message)
  }

  ready(): Ready {
    return {
      softState: { lead: this.lead, raftState: this.state },
      hardState: { term: this.term, vote: this.vote, commit: this.config.hardState.commit },
      messages: [...this.messages],
    }
  }

  advance(): void {
    this.messages = []
  }

  // ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private become(state: StateType, term: number, lead: number): void {
    if (term !== this.term) this.vote = 0
    this.term = term
    this.state = state
    this.lead = lead
    this.votes.clear()
    this.active.clear()
    this.heartbeatElapsed = 0
    this.resetElection()
  }

  private resetElection(): void {
    const { electionTick, random } = this.config
    this.electionElapsed = 0
    this.electionTimeout = electionTick + random(electionTick)
  }

  private campaign(isPreVote: boolean): void {
    const { id } = this.config
    if (isPreVote) this.become('StatePreCandidate', this.term, 0)
    else {
      this.become('StateCandidate', this.term + 1, 0)
      this.vote = id
    }
    this.votes.set(id, true)
    if (this.hasWon()) return this.won()
    const { index, term: logTerm } = this.last()
    const term = isPreVote ? this.term + 1 : this.term
    this.broadcast(isPreVote ? 'MsgPreVote' : 'MsgVote', { term, index, logTerm })
  }

  private won(): void {
    if (this.state === 'StatePreCandidate') return this.campaign(false)
    this.become('StateLeader', this.term, this.config.id)
    this.broadcast('MsgHeartbeat')
  }

  // ── votes ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** It has heard of a leader not long ago, and stays with it. */
  private isHeld(): boolean {
    const { checkQuorum, electionTick } = this.config
    return checkQuorum && electionTick > 0 && this.lead !== 0
  }

  private answer({ type, from, term, index = 0, logTerm = 0 }: Message): void {
    const last = this.last()
    const isUpToDate = logTerm > last.term || (logTerm === last.term && index >= last.index)
    const isFree = this.vote === from || (this.vote === 0 && this.lead === 0)
    const isPreVote = type === 'MsgPreVote'
    const grants = isUpToDate && (isFree || (isPreVote && term > this.term))
    if (grants && !isPreVote) {
      this.vote = from
      this.electionElapsed = 0
    }
    const response = isPreVote ? 'MsgPreVoteResp' : 'MsgVoteResp'
    if (grants) this.send(response, from, { term })
    else this.send(response, from, { reject: true })
  }

  private count({ type, from, reject }: Message): void {
    const awaited = { StatePreCandidate: 'MsgPreVoteResp', StateCandidate: 'MsgVoteResp' } as const
    if (this.state !== 'StatePreCandidate' && this.state !== 'StateCandidate') return
    if (type !== awaited[this.state]) return
    if (!this.votes.has(from)) this.votes.set(from, !reject)
    if (this.hasWon()) this.won()
    else if (this.isQuorum([...this.votes.values()].filter((yes) => !yes).length))
      this.become('StateFollower', this.term, 0)
  }

  private hasWon(): boolean {
    return this.isQuorum([...this.votes.values()].filter((yes) => yes).length)
  }

  private isQuorum(count: number): boolean {
    return 2 * count > this.config.voters.length
  }

  private last(): { index: number; term: number } {
    return this.config.entries.at(-1) ?? { index: 0, term: 0 }
  }

  // ── a leader ────────────────────────────────────────────────────────────────────────────────────────────────────

  private tickLeader(): void {
    const { electionTick, heartbeatTick, checkQuorum } = this.config
    this.heartbeatElapsed += 1
    if (this.electionElapsed >= electionTick) {
      this.electionElapsed = 0
      const heard = this.active.size + 1
      this.active.clear()
      if (checkQuorum && !this.isQuorum(heard)) return this.become('StateFollower', this.term, 0)
    }
    if (this.heartbeatElapsed < heartbeatTick) return
    this.heartbeatElapsed = 0
    this.broadcast('MsgHeartbeat')
  }

  private heard({ from }: Message): void {
    if (this.state !== 'StateFollower') this.become('StateFollower', this.term, from)
    this.lead = from
    this.electionElapsed = 0
    this.send('MsgHeartbeatResp', from)
  }

  // ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private broadcast(type: Message['type'], fields: Partial<Message> = {}): void {
    for (const to of this.config.voters) if (to !== this.config.id) this.send(type, to, fields)
  }

  private send(type: Message['type'], to: number, fields: Partial<Message> = {}): void {
    this.messages.push({ type, from: this.config.id, to, term: this.term, ...fields })
  }
}
