/** Right, with an object for each role: what it does with a tick and with an answer, and what it holds dies with it. */
import type { Config, Message, MessageType, Node as RaftNode, Ready, StateType } from 'clusterwright/raft'

interface Role {
  readonly name: StateType
  readonly lead: number
  tick(): void
  answered(message: Message): void
}

export default class Node implements RaftNode {
  private readonly config: Config
  private readonly last: { readonly index: number; readonly term: number }
  private term: number
  private vote: number
  private role: Role
  private quiet = 0
  private patience = 0
  private out: Message[] = []

  constructor(config: Config) {
    this.config = config
    this.last = config.entries[config.entries.length - 1] ?? { index: 0, term: 0 }
    this.term = config.hardState.term
    this.vote = config.hardState.vote
    this.role = this.follower(0)
  }

  tick(): void {
    this.quiet++
    this.role.tick()
  }

  step(message: Message): void {
    const { type, from, term, reject = false } = message
    const pollsFor = type === 'MsgVote' ? 'MsgVoteResp' : type === 'MsgPreVote' ? 'MsgPreVoteResp' : undefined
    if (term < this.term) {
      if (pollsFor) this.tell(pollsFor, from, { reject: true })
      else if (type === 'MsgHeartbeat') this.tell('MsgHeartbeatResp', from)
      return
    }
    const isNews = term > this.term
    const { checkQuorum, electionTick } = this.config
    if (isNews && pollsFor && checkQuorum && this.role.lead !== 0 && this.quiet < electionTick) return
    if (isNews && type !== 'MsgPreVote' && (type !== 'MsgPreVoteResp' || reject)) {
      this.term = term
      this.vote = 0
      this.role = this.follower(0)
    }
    if (pollsFor) return this.poll(message, pollsFor)
    if (type !== 'MsgHeartbeat') return this.role.answered(message)
    if (this.role.lead !== from) this.role = this.follower(from)
    this.quiet = 0
    this.tell('MsgHeartbeatResp', from)
  }

  ready(): Ready {
    const { term, vote, role, out, config } = this
    return {
      softState: { lead: role.lead, raftState: role.name },
      hardState: { term, vote, commit: config.hardState.commit },
      messages: out.slice(),
    }
  }

  advance(): void {
    this.out.length = 0
  }

  // ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private follower(lead: number): Role {
    this.rest()
    const tick = (): void => {
      if (this.quiet >= this.patience) this.stand(this.config.preVote)
    }
    return { name: 'StateFollower', lead, tick, answered: () => {} }
  }

  private stand(isPre: boolean): void {
    if (!isPre) {
      this.term++
      this.vote = this.config.id
    }
    this.rest()
    const pro = new Set([this.config.id])
    const contra = new Set<number>()
    const awaited: MessageType = isPre ? 'MsgPreVoteResp' : 'MsgVoteResp'
    const settle = (): void => {
      if (pro.size >= this.quorum) {
        if (isPre) this.stand(false)
        else this.role = this.leader()
      } else if (contra.size >= this.quorum) this.role = this.follower(0)
    }
    this.role = {
      name: isPre ? 'StatePreCandidate' : 'StateCandidate',
      lead: 0,
      tick: () => void (this.quiet >= this.patience && this.stand(this.config.preVote)),
      answered: ({ type, from, reject }) => {
        if (type !== awaited || pro.has(from) || contra.has(from)) return
        ;(reject ? contra : pro).add(from)
        settle()
      },
    }
    const term = this.term + (isPre ? 1 : 0)
    const fields = { term, index: this.last.index, logTerm: this.last.term }
    this.tellAll(isPre ? 'MsgPreVote' : 'MsgVote', fields)
    settle()
  }

  private leader(): Role {
    const { id, electionTick, heartbeatTick, checkQuorum } = this.config
    let heard = new Set([id])
    let sinceBeat = 0
    this.rest()
    this.tellAll('MsgHeartbeat')
    return {
      name: 'StateLeader',
      lead: id,
      tick: () => {
        sinceBeat++
        if (this.quiet >= electionTick) {
          this.quiet = 0
          const isAlone = heard.size < this.quorum
          heard = new Set([id])
          if (checkQuorum && isAlone) return void (this.role = this.follower(0))
        }
        if (sinceBeat < heartbeatTick) return
        sinceBeat = 0
        this.tellAll('MsgHeartbeat')
      },
      answered: ({ type, from }) => void (type === 'MsgHeartbeatResp' && heard.add(from)),
    }
  }

  private rest(): void {
    const { electionTick, random } = this.config
    this.quiet = 0
    this.patience = electionTick + random(electionTick)
  }

  // ── votes ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private get quorum(): number {
    return 1 + Math.floor(this.config.voters.length / 2)
  }

  private poll({ type, from, term, index = 0, logTerm = 0 }: Message, response: MessageType): void {
    const isBehind = logTerm < this.last.term || (logTerm === this.last.term && index < this.last.index)
    const isAhead = type === 'MsgPreVote' && term > this.term
    const isPromised = this.vote === 0 ? this.role.lead !== 0 : this.vote !== from
    if (isBehind || (isPromised && !isAhead)) return this.tell(response, from, { reject: true })
    if (type === 'MsgVote') {
      this.vote = from
      this.quiet = 0
    }
    this.tell(response, from, { term })
  }

  private tell(type: MessageType, to: number, fields: Partial<Message> = {}): void {
    this.out.push({ type, to, from: this.config.id, term: this.term, ...fields })
  }

  private tellAll(type: MessageType, fields: Partial<Message> = {}): void {
    for (const to of this.config.voters) if (to !== this.config.id) this.tell(type, to, fields)
  }
}
