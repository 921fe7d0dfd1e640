/** Right, with an object for each role, a log that begins with an entry 0 and cuts itself, and one object per follower with what it has answered. */
import type { Config, Entry, LogNode, LogReady, Message, MessageType, ReadState, StateType } from 'clusterwright/raft'

class Log {
  /** Each stands at its own index. */
  private entries: Entry[] = [{ index: 0, term: 0 }]
  commit: number
  /** Everything below has been handed out. */
  private unsaved: number
  private unapplied = 1

  constructor(entries: readonly Entry[], commit: number) {
    this.entries.push(...entries)
    this.commit = commit
    this.unsaved = this.entries.length
  }

  get last(): Entry {
    return this.entries[this.entries.length - 1]!
  }

  term(index: number): number | undefined {
    return this.entries[index]?.term
  }

  add(entry: Entry): void {
    this.entries.length = entry.index
    this.unsaved = Math.min(this.unsaved, entry.index)
    this.entries.push(entry)
  }

  after(index: number): Entry[] {
    return this.entries.slice(index + 1)
  }

  commitTo(index: number): void {
    if (index > this.commit) this.commit = Math.min(index, this.last.index)
  }

  news(): Pick<LogReady, 'entries' | 'committedEntries'> {
    return {
      entries: this.entries.slice(this.unsaved),
      committedEntries: this.entries.slice(this.unapplied, this.commit + 1),
    }
  }

  taken(): void {
    this.unsaved = this.entries.length
    this.unapplied = this.commit + 1
  }
}

/** What a node is; in each role it does other things with a tick and with what it hears. */
abstract class Role {
  abstract readonly name: StateType
  protected readonly node: Node
  constructor(node: Node) {
    this.node = node
  }
  begin(): void {}
  tick(): void {
    if (this.node.isTimeUp()) this.node.stand()
  }
  hear(_message: Message): void {}
}

class Follower extends Role {
  readonly name = 'StateFollower'

  override hear(message: Message): void {
    const { node } = this
    const { type, from, index = 0, logTerm = 0, entries = [], commit = 0, context } = message
    if (type !== 'MsgApp' && type !== 'MsgHeartbeat') return
    node.lead = from
    node.elapsed = 0
    if (type === 'MsgHeartbeat') {
      node.log.commitTo(commit)
      return node.say('MsgHeartbeatResp', from, context === undefined ? {} : { context })
    }
    if (node.log.term(index) !== logTerm)
      return node.say('MsgAppResp', from, { index, reject: true, rejectHint: Math.min(node.log.last.index, index) })
    for (const entry of entries) if (node.log.term(entry.index) !== entry.term) node.log.add(entry)
    const agreed = index + entries.length
    node.log.commitTo(Math.min(commit, agreed))
    node.say('MsgAppResp', from, { index: agreed })
  }
}

class Candidate extends Role {
  readonly name: StateType
  private readonly isPre: boolean
  private readonly answers = new Map<number, boolean>()

  constructor(node: Node, isPre: boolean) {
    super(node)
    this.isPre = isPre
    this.name = isPre ? 'StatePreCandidate' : 'StateCandidate'
  }

  override begin(): void {
    const { node, isPre } = this
    const { index, term: logTerm } = node.log.last
    const term = node.term + (isPre ? 1 : 0)
    this.answers.set(node.id, true)
    for (const to of node.others) node.say(isPre ? 'MsgPreVote' : 'MsgVote', to, { term, index, logTerm })
    this.count()
  }

  override hear({ type, from, reject = false }: Message): void {
    if (type !== (this.isPre ? 'MsgPreVoteResp' : 'MsgVoteResp') || this.answers.has(from)) return
    this.answers.set(from, !reject)
    this.count()
  }

  private count(): void {
    const { node } = this
    const yes = [...this.answers.values()].filter(Boolean).length
    if (yes >= node.quorum) return this.isPre ? node.elect() : node.turn(new Leader(node), node.term, node.id)
    if (this.answers.size - yes >= node.quorum) node.turn(new Follower(node), node.term, 0)
  }
}

interface Peer {
  readonly id: number
  has: number
  next: number
  isAlive: boolean
}

interface Question {
  readonly context: string
  index?: number
  readonly confirmed: Set<number>
}

class Leader extends Role {
  readonly name = 'StateLeader'
  private peers: Peer[] = []
  private questions: Question[] = []
  private sinceBeat = 0

  override begin(): void {
    const { index } = this.node.log.last
    this.peers = this.node.others.map((id) => ({ id, has: 0, next: index + 1, isAlive: false }))
    this.add()
  }

  override tick(): void {
    const { node } = this
    const { electionTick, heartbeatTick, checkQuorum } = node.config
    this.sinceBeat++
    if (node.elapsed >= electionTick) {
      node.elapsed = 0
      const alive = this.peers.filter(({ isAlive }) => isAlive).length
      for (const peer of this.peers) peer.isAlive = false
      if (checkQuorum && alive + 1 < node.quorum) return node.turn(new Follower(node), node.term, 0)
    }
    if (this.sinceBeat >= heartbeatTick) this.beat()
  }

  add(data?: string): void {
    const { log, term } = this.node
    log.add({ index: log.last.index + 1, term, ...(data === undefined ? {} : { data }) })
    this.sendAll()
    this.commit()
  }

  question(context: string): void {
    this.questions.push({ context, confirmed: new Set() })
    this.ask()
  }

  override hear({ type, from, index = 0, reject, rejectHint = 0, context }: Message): void {
    const peer = this.peers.find(({ id }) => id === from)
    if (!peer) return
    peer.isAlive = true
    if (type === 'MsgAppResp') {
      if (index <= peer.has) return
      if (reject) {
        peer.next = Math.max(peer.has + 1, Math.min(index, rejectHint + 1))
        return this.send(peer)
      }
      peer.has = index
      peer.next = Math.max(peer.next, index + 1)
      return this.commit()
    }
    if (type !== 'MsgHeartbeatResp') return
    if (peer.has < this.node.log.last.index) {
      peer.next = peer.has + 1
      this.send(peer)
    }
    const last = this.questions.findIndex((question) => question.context === context)
    for (let at = 0; at <= last; at++) this.questions[at]!.confirmed.add(from)
    this.answer()
  }

  private sendAll(): void {
    for (const peer of this.peers) this.send(peer)
  }

  private send(peer: Peer): void {
    const { log } = this.node
    const index = peer.next - 1
    const entries = log.after(index)
    this.node.say('MsgApp', peer.id, { index, logTerm: log.term(index)!, entries, commit: log.commit })
    peer.next = log.last.index + 1
  }

  private beat(): void {
    this.sinceBeat = 0
    const { log } = this.node
    const asked = this.questions.filter(({ index }) => index !== undefined).pop()
    for (const { id, has } of this.peers)
      this.node.say('MsgHeartbeat', id, {
        commit: Math.min(has, log.commit),
        ...(asked && { context: asked.context }),
      })
  }

  private commit(): void {
    const { log, term, quorum } = this.node
    let to = log.last.index
    while (to > log.commit && 1 + this.peers.filter(({ has }) => has >= to).length < quorum) to--
    if (to <= log.commit || log.term(to) !== term) return
    log.commitTo(to)
    this.sendAll()
    this.ask()
  }

  private ask(): void {
    const { log, term } = this.node
    const open = this.questions.filter(({ index }) => index === undefined)
    if (open.length === 0 || log.term(log.commit) !== term) return
    for (const question of open) question.index = log.commit
    this.beat()
    this.answer()
  }

  private answer(): void {
    const isSure = ({ index, confirmed }: Question) => index !== undefined && confirmed.size + 1 >= this.node.quorum
    for (const { context, index } of this.questions.filter(isSure)) this.node.answers.push({ context, index: index! })
    this.questions = this.questions.filter((question) => !isSure(question))
  }
}

export default class Node implements LogNode {
  readonly config: Config
  readonly log: Log
  term: number
  lead = 0
  elapsed = 0
  answers: ReadState[] = []
  private vote: number
  private timeout = 0
  private role: Role = new Follower(this)
  private out: Message[] = []

  constructor(config: Config) {
    this.config = config
    this.term = config.hardState.term
    this.vote = config.hardState.vote
    this.log = new Log(config.entries, config.hardState.commit)
    this.rest()
  }

  get id(): number {
    return this.config.id
  }

  get others(): number[] {
    return this.config.voters.filter((id) => id !== this.id)
  }

  get quorum(): number {
    return Math.floor(this.config.voters.length / 2) + 1
  }

  say(type: MessageType, to: number, more: Partial<Message> = {}): void {
    this.out.push({ type, to, from: this.id, term: this.term, ...more })
  }

  turn(role: Role, term: number, lead: number): void {
    if (term > this.term) this.vote = 0
    this.term = term
    this.lead = lead
    this.role = role
    this.rest()
    role.begin()
  }

  isTimeUp(): boolean {
    return this.elapsed >= this.timeout
  }

  stand(): void {
    if (this.config.preVote) this.turn(new Candidate(this, true), this.term, 0)
    else this.elect()
  }

  elect(): void {
    this.term++
    this.vote = this.id
    this.turn(new Candidate(this, false), this.term, 0)
  }

  tick(): void {
    this.elapsed++
    this.role.tick()
  }

  step(message: Message): void {
    const { type, from, term, reject } = message
    const asks = type === 'MsgVote' || type === 'MsgPreVote'
    const leads = type === 'MsgApp' || type === 'MsgHeartbeat'
    if (term < this.term) {
      if (leads) this.say('MsgHeartbeatResp', from)
      if (asks) this.say(type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp', from, { reject: true })
      return
    }
    const { checkQuorum, electionTick } = this.config
    const isHeld = checkQuorum && this.lead !== 0 && this.elapsed < electionTick
    if (term > this.term) {
      if (asks && isHeld) return
      const isPre = type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !reject)
      if (!isPre) this.turn(new Follower(this), term, leads ? from : 0)
    }
    if (asks) return this.judge(message)
    if (leads && !(this.role instanceof Follower)) this.turn(new Follower(this), term, from)
    this.role.hear(message)
  }

  propose(data: string): boolean {
    if (!(this.role instanceof Leader)) return false
    this.role.add(data)
    return true
  }

  readIndex(context: string): boolean {
    if (!(this.role instanceof Leader)) return false
    this.role.question(context)
    return true
  }

  ready(): LogReady {
    return {
      softState: { lead: this.lead, raftState: this.role.name },
      hardState: { term: this.term, vote: this.vote, commit: this.log.commit },
      ...this.log.news(),
      messages: [...this.out],
      readStates: [...this.answers],
    }
  }

  advance(): void {
    this.out = []
    this.answers = []
    this.log.taken()
  }

  private rest(): void {
    const { electionTick, random } = this.config
    this.elapsed = 0
    this.timeout = electionTick + random(electionTick)
  }

  private judge({ type, from, term, index = 0, logTerm = 0 }: Message): void {
    const { last } = this.log
    const isPre = type === 'MsgPreVote'
    const isFit = logTerm === last.term ? index >= last.index : logTerm > last.term
    const isFree = this.vote === from || (this.vote === 0 && this.lead === 0) || (isPre && term > this.term)
    const answer = isPre ? 'MsgPreVoteResp' : 'MsgVoteResp'
    if (!isFit || !isFree) return this.say(answer, from, { reject: true })
    if (!isPre) {
      this.vote = from
      this.elapsed = 0
    }
    this.say(answer, from, { term })
  }
}
