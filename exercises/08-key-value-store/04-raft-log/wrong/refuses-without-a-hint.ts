// check: a follower takes what fits, and refuses what does not
// hint: append
// Refuses without saying where its log ends, so that the leader sends everything from the beginning.
// es: Se niega sin decir dónde acaba su registro, y el líder lo envía todo desde el principio.
import type { Config, Entry, LogNode, LogReady, Message, ReadState, StateType } from 'clusterwright/raft'

/** A read that waits until a quorum has confirmed that this node still leads. */
interface PendingRead {
  readonly context: string
  /** 0: nothing is committed in this term yet. */
  index: number
  readonly acks: Set<number>
}

export default class Node implements LogNode {
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
  private log: Entry[]
  private commit: number
  /** Up to here the log has been handed out to be written, and to be applied. */
  private written: number
  private applied = 0
  /** By node: up to where its log is known to agree, and what is sent to it next. */
  private match = new Map<number, number>()
  private next = new Map<number, number>()
  private reads: PendingRead[] = []
  private readStates: ReadState[] = []

  constructor(config: Config) {
    this.config = config
    this.term = config.hardState.term
    this.vote = config.hardState.vote
    this.log = [...config.entries]
    this.commit = config.hardState.commit
    this.written = this.log.length
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
    const isFromLeader = type === 'MsgHeartbeat' || type === 'MsgApp'
    if (term > this.term) {
      if (isAboutVote && this.isHeld()) return
      const isPreVote = type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !message.reject)
      if (!isPreVote) this.become('StateFollower', term, isFromLeader ? from : 0)
    } else if (term < this.term) {
      // So that an old leader, or who asks for an old term, hears of the new one.
      if (isFromLeader) this.send('MsgHeartbeatResp', from)
      if (isAboutVote) this.send(type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp', from, { reject: true })
      return
    }
    if (isAboutVote) this.answer(message)
    else if (isFromLeader) this.heard(message)
    else if (type === 'MsgHeartbeatResp') this.alive(message)
    else if (type === 'MsgAppResp') this.appended(message)
    else this.count(message)
  }

  propose(data: string): boolean {
    if (this.state !== 'StateLeader') return false
    this.append(data)
    return true
  }

  readIndex(context: string): boolean {
    if (this.state !== 'StateLeader') return false
    this.reads.push({ context, index: 0, acks: new Set([this.config.id]) })
    this.askForReads()
    return true
  }

  ready(): LogReady {
    return {
      softState: { lead: this.lead, raftState: this.state },
      hardState: { term: this.term, vote: this.vote, commit: this.commit },
      entries: this.log.slice(this.written),
      messages: [...this.messages],
      committedEntries: this.log.slice(this.applied, this.commit),
      readStates: [...this.readStates],
    }
  }

  advance(): void {
    this.messages = []
    this.readStates = []
    this.written = this.log.length
    this.applied = this.commit
  }

  // ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private become(state: StateType, term: number, lead: number): void {
    if (term !== this.term) this.vote = 0
    this.term = term
    this.state = state
    this.lead = lead
    this.votes.clear()
    this.active.clear()
    this.reads = []
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
    for (const id of this.config.voters) {
      this.match.set(id, 0)
      this.next.set(id, this.log.length + 1)
    }
    // Nothing of older terms can be committed but by an entry of this one.
    this.append()
  }

  // ── votes ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** It has heard of a leader not long ago, and stays with it. */
  private isHeld(): boolean {
    const { checkQuorum, electionTick } = this.config
    return checkQuorum && this.lead !== 0 && this.electionElapsed < electionTick
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
    return this.log.at(-1) ?? { index: 0, term: 0 }
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
    this.beat()
  }

  private beat(): void {
    const context = this.reads.findLast(({ index }) => index > 0)?.context
    for (const to of this.others()) {
      const commit = Math.min(this.commit, this.match.get(to)!)
      this.send('MsgHeartbeat', to, { commit, ...(context !== undefined && { context }) })
    }
  }

  /** A follower has heard a heartbeat of this term. */
  private alive({ from, context }: Message): void {
    this.active.add(from)
    if (this.state !== 'StateLeader') return
    if (this.match.get(from)! < this.log.length) {
      this.next.set(from, this.match.get(from)! + 1)
      this.sendAppend(from)
    }
    const at = this.reads.findIndex((read) => read.context === context)
    if (at < 0) return
    for (const read of this.reads.slice(0, at + 1)) read.acks.add(from)
    this.answerReads()
  }

  // ── the log: a leader's part ────────────────────────────────────────────────────────────────────────────────────

  private append(data?: string): void {
    const index = this.log.length + 1
    this.log.push({ index, term: this.term, ...(data !== undefined && { data }) })
    this.match.set(this.config.id, index)
    for (const to of this.others()) this.sendAppend(to)
    this.maybeCommit()
  }

  private sendAppend(to: number): void {
    const index = this.next.get(to)! - 1
    const entries = this.log.slice(index)
    this.send('MsgApp', to, { index, logTerm: this.termAt(index), entries, commit: this.commit })
    // If it is lost, the next heartbeat will tell.
    this.next.set(to, this.log.length + 1)
  }

  private appended({ from, index = 0, reject, rejectHint = 0 }: Message): void {
    this.active.add(from)
    if (this.state !== 'StateLeader') return
    const match = this.match.get(from)!
    if (reject) {
      if (index <= match) return
      this.next.set(from, Math.max(match, Math.min(index - 1, rejectHint)) + 1)
      return this.sendAppend(from)
    }
    if (index <= match) return
    this.match.set(from, index)
    this.next.set(from, Math.max(this.next.get(from)!, index + 1))
    this.maybeCommit()
  }

  /** The highest index that a quorum has; it counts only if it is an entry of this very term. */
  private maybeCommit(): void {
    const matches = [...this.match.values()].sort((a, b) => b - a)
    const index = matches[Math.floor(matches.length / 2)]!
    if (index <= this.commit || this.termAt(index) !== this.term) return
    this.commit = index
    for (const to of this.others()) this.sendAppend(to)
    this.askForReads()
  }

  private termAt(index: number): number {
    return this.log[index - 1]?.term ?? 0
  }

  // ── the log: a follower's part ──────────────────────────────────────────────────────────────────────────────────

  private heard(message: Message): void {
    const { type, from, commit = 0, context } = message
    if (this.state !== 'StateFollower') this.become('StateFollower', this.term, from)
    this.lead = from
    this.electionElapsed = 0
    if (type === 'MsgApp') return this.takeEntries(message)
    this.commitTo(Math.min(commit, this.log.length))
    this.send('MsgHeartbeatResp', from, context === undefined ? {} : { context })
  }

  private takeEntries({ from, index = 0, logTerm = 0, entries = [], commit = 0 }: Message): void {
    if (index > this.log.length || this.termAt(index) !== logTerm) {
      return this.send('MsgAppResp', from, { index, reject: true })
    }
    const conflict = entries.find((entry) => this.termAt(entry.index) !== entry.term)
    if (conflict) {
      this.log = [...this.log.slice(0, conflict.index - 1), ...entries.slice(conflict.index - index - 1)]
      this.written = Math.min(this.written, conflict.index - 1)
    }
    const last = index + entries.length
    this.commitTo(Math.min(commit, last))
    this.send('MsgAppResp', from, { index: last })
  }

  private commitTo(index: number): void {
    this.commit = Math.max(this.commit, index)
  }

  // ── reads ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Gives waiting reads their index, once this leader knows what is committed, and asks who still follows. */
  private askForReads(): void {
    if (this.termAt(this.commit) !== this.term) return
    const waiting = this.reads.filter(({ index }) => index === 0)
    if (waiting.length === 0) return
    for (const read of waiting) read.index = this.commit
    this.beat()
    this.answerReads()
  }

  private answerReads(): void {
    const done = this.reads.filter(({ index, acks }) => index > 0 && this.isQuorum(acks.size))
    this.reads = this.reads.filter((read) => !done.includes(read))
    for (const { context, index } of done) this.readStates.push({ context, index })
  }

  // ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private broadcast(type: Message['type'], fields: Partial<Message> = {}): void {
    for (const to of this.others()) this.send(type, to, fields)
  }

  private others(): number[] {
    return this.config.voters.filter((id) => id !== this.config.id)
  }

  private send(type: Message['type'], to: number, fields: Partial<Message> = {}): void {
    this.messages.push({ type, from: this.config.id, to, term: this.term, ...fields })
  }
}
