/** Right, with one table of rules: the first whose condition holds says what a message does. Votes are bits of one number. */
import type { Config, Message, MessageType, Node as RaftNode, Ready, StateType } from 'clusterwright/raft'

type Rule = readonly [when: (node: Node, message: Message) => boolean, then: (node: Node, message: Message) => void]

const POLLS: Partial<Record<MessageType, MessageType>> = { MsgVote: 'MsgVoteResp', MsgPreVote: 'MsgPreVoteResp' }
const AWAITED: Partial<Record<StateType, MessageType>> = {
  StateCandidate: 'MsgVoteResp',
  StatePreCandidate: 'MsgPreVoteResp',
}

const isPoll = ({ type }: Message): boolean => POLLS[type] !== undefined
const isTalk = ({ type, reject }: Message): boolean => type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !reject)

const RULES: readonly Rule[] = [
  // Who is behind is told so, if it asks anything.
  [
    (node, message) => message.term < node.term && isPoll(message),
    (node, { type, from }) => node.say(POLLS[type]!, from, { reject: true }),
  ],
  [
    (node, { type, term }) => term < node.term && type === 'MsgHeartbeat',
    (node, { from }) => node.say('MsgHeartbeatResp', from),
  ],
  [(node, { term }) => term < node.term, () => {}],
  // Who has a leader is not disturbed.
  [(node, message) => message.term > node.term && isPoll(message) && node.isContent(), () => {}],
  // A new term: everything once more, as a follower in it.
  [
    (node, message) => message.term > node.term && !isTalk(message),
    (node, message) => {
      node.enter(message.term)
      node.step(message)
    },
  ],
  [
    (node, message) => isPoll(message) && !node.mayVote(message),
    (node, { type, from }) => node.say(POLLS[type]!, from, { reject: true }),
  ],
  [(_, { type }) => type === 'MsgPreVote', (node, { from, term }) => node.say('MsgPreVoteResp', from, { term })],
  [
    (_, { type }) => type === 'MsgVote',
    (node, { from, term }) => {
      Object.assign(node, { vote: from, sinceHeard: 0 })
      node.say('MsgVoteResp', from, { term })
    },
  ],
  [
    (_, { type }) => type === 'MsgHeartbeat',
    (node, { from }) => {
      if (node.state === 'StateFollower') Object.assign(node, { lead: from, sinceHeard: 0 })
      else node.be('StateFollower', from)
      node.say('MsgHeartbeatResp', from)
    },
  ],
  [(_, { type }) => type === 'MsgHeartbeatResp', (node, { from }) => void (node.heard |= 1 << from)],
  [
    (node, { type }) => AWAITED[node.state] === type,
    (node, { from, reject }) => {
      const bit = 1 << from
      if (((node.yes | node.no) & bit) === 0) node[reject ? 'no' : 'yes'] |= bit
      node.settle()
    },
  ],
]

const bits = (mask: number): number => (mask === 0 ? 0 : (mask & 1) + bits(mask >>> 1))

export default class Node implements RaftNode {
  readonly config: Config
  state: StateType = 'StateFollower'
  term: number
  vote: number
  lead = 0
  sinceHeard = 0
  sinceBeat = 0
  limit = 0
  yes = 0
  no = 0
  heard = 0
  private out: readonly Message[] = []

  constructor(config: Config) {
    this.config = config
    this.term = config.hardState.term
    this.vote = config.hardState.vote
    this.be('StateFollower', 0)
  }

  step(message: Message): void {
    RULES.find(([when]) => when(this, message))?.[1](this, message)
  }

  tick(): void {
    const { electionTick, heartbeatTick, checkQuorum, preVote } = this.config
    this.sinceHeard++
    this.sinceBeat++
    if (this.state !== 'StateLeader') {
      if (this.sinceHeard >= this.limit) this.stand(preVote)
      return
    }
    if (this.sinceHeard === electionTick) {
      const isHeard = this.isMajority(this.heard | (1 << this.config.id))
      Object.assign(this, { sinceHeard: 0, heard: 0 })
      if (checkQuorum && !isHeard) return this.be('StateFollower', 0)
    }
    if (this.sinceBeat >= heartbeatTick) this.beat()
  }

  ready(): Ready {
    const { lead, state: raftState, term, vote, out: messages } = this
    return { softState: { lead, raftState }, hardState: { term, vote, commit: 0 }, messages }
  }

  advance(): void {
    this.out = []
  }

  // ── what the rules do ───────────────────────────────────────────────────────────────────────────────────────────

  say(type: MessageType, to: number, fields: Partial<Message> = {}): void {
    this.out = [...this.out, { type, to, from: this.config.id, term: this.term, ...fields }]
  }

  enter(term: number): void {
    Object.assign(this, { term, vote: 0 })
    this.be('StateFollower', 0)
  }

  be(state: StateType, lead: number): void {
    const { electionTick, random } = this.config
    const limit = electionTick + random(electionTick)
    Object.assign(this, { state, lead, limit, yes: 0, no: 0, heard: 0, sinceHeard: 0, sinceBeat: 0 })
  }

  isContent(): boolean {
    return this.config.checkQuorum && this.lead !== 0 && this.sinceHeard < this.config.electionTick
  }

  mayVote({ type, from, term, index = 0, logTerm = 0 }: Message): boolean {
    const { index: ownIndex, term: ownTerm } = this.config.entries.at(-1) ?? { index: 0, term: 0 }
    if (logTerm < ownTerm || (logTerm === ownTerm && index < ownIndex)) return false
    if (type === 'MsgPreVote' && term > this.term) return true
    return this.vote === from || (this.vote === 0 && this.lead === 0)
  }

  settle(): void {
    if (this.isMajority(this.no)) return this.be('StateFollower', 0)
    if (!this.isMajority(this.yes)) return
    if (this.state === 'StatePreCandidate') return this.stand(false)
    this.be('StateLeader', this.config.id)
    this.beat()
  }

  private stand(isPre: boolean): void {
    const { id, entries } = this.config
    if (!isPre) Object.assign(this, { term: this.term + 1, vote: id })
    this.be(isPre ? 'StatePreCandidate' : 'StateCandidate', 0)
    this.yes = 1 << id
    const { index, term: logTerm } = entries.at(-1) ?? { index: 0, term: 0 }
    for (const to of this.others())
      this.say(isPre ? 'MsgPreVote' : 'MsgVote', to, { term: this.term + Number(isPre), index, logTerm })
    this.settle()
  }

  private beat(): void {
    this.sinceBeat = 0
    for (const to of this.others()) this.say('MsgHeartbeat', to)
  }

  private isMajority(mask: number): boolean {
    return bits(mask) > this.config.voters.length / 2
  }

  private others(): number[] {
    return this.config.voters.filter((id) => id !== this.config.id)
  }
}
