import type { Config, Message, Node as RaftNode, Ready, StateType } from 'clusterwright/raft'

export default class Node implements RaftNode {
  private readonly config: Config
  private term: number
  private vote: number
  private lead = 0
  private state: StateType = 'StateFollower'
  private electionElapsed = 0
  private messages: Message[] = []

  constructor(config: Config) {
    this.config = config
    this.term = config.hardState.term
    this.vote = config.hardState.vote
  }

  tick(): void {
    this.electionElapsed += 1
    if (this.electionElapsed >= this.config.electionTick) this.campaign()
  }

  step(message: Message): void {
    const { type, from, term } = message
    // TODO: first its term, then what it asks for. So far everybody gets every vote.
    if (type === 'MsgVote') this.send('MsgVoteResp', from, { term })
  }

  ready(): Ready {
    return {
      softState: { lead: this.lead, raftState: this.state },
      hardState: { term: this.term, vote: this.vote, commit: 0 },
      messages: [...this.messages],
    }
  }

  advance(): void {
    this.messages = []
  }

  private campaign(): void {
    this.electionElapsed = 0
    this.state = 'StateCandidate'
    this.term += 1
    this.vote = this.config.id
    const { index, term: logTerm } = this.config.entries.at(-1) ?? { index: 0, term: 0 }
    for (const to of this.config.voters) if (to !== this.config.id) this.send('MsgVote', to, { index, logTerm })
  }

  private send(type: Message['type'], to: number, fields: Partial<Message> = {}): void {
    this.messages.push({ type, from: this.config.id, to, term: this.term, ...fields })
  }
}
