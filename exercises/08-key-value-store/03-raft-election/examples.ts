/** The examples of `raft-election`: one node, told by hand. */
import type { Trial } from 'clusterwright/kit'
import { ELECTION_TICK, Solo, type SoloOptions } from './solo.ts'

const hard = (term: number, vote = 0) => ({ term, vote, commit: 0 })
const vote = (from: number, term: number, index = 0, logTerm = 0) => ({ type: 'MsgVote', from, term, index, logTerm })
const beat = (from: number, term: number) => ({ type: 'MsgHeartbeat', from, term })

/** Stands for election in a new term, with the requests that belong to it. */
function stand(node: Solo): void {
  const { term } = node
  node.silence()
  const asked = node.asks('MsgVote').filter((message) => message.term === term + 1)
  const isStanding = node.raftState === 'StateCandidate' && node.term === term + 1
  const isWhole = isStanding && node.hardState.vote === 1 && new Set(asked.map(({ to }) => to)).size === 2
  node.ensure(isWhole, 'stands', `StateCandidate, term ${term + 1}, vote 1; sent: MsgVote to 2 and 3`, 'timeout')
}

function lead(node: Solo): void {
  stand(node)
  node.step({ type: 'MsgVoteResp', from: 2, term: node.term })
  const told = node.asks('MsgHeartbeat').filter(({ term }) => term === node.term)
  const leads = node.raftState === 'StateLeader' && new Set(told.map(({ to }) => to)).size === 2
  node.ensure(leads, 'leads', `StateLeader, term ${node.term}; sent: MsgHeartbeat to 2 and 3`, 'term')
}

export function silence(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(4), log: [1, 3] })
  node.tick(ELECTION_TICK - 1)
  const isQuiet = node.messages.length === 0 && node.raftState === 'StateFollower'
  node.ensure(isQuiet, 'is-not', 'StateFollower; sent: nothing', 'timeout')
  stand(node)
  // With several draws of chance: a long timeout hides what a short one shows.
  for (const draws of [1, 2, 3, 4]) {
    const free = new Solo(trial, { hardState: hard(4), log: [1, 3], draws })
    free.tick(ELECTION_TICK - 1)
    free.step(vote(2, 4, 2, 3))
    free.tick(ELECTION_TICK - 1)
    free.ensure(free.raftState === 'StateFollower', 'puts-off', 'StateFollower', 'timeout')
    for (let beats = 0; beats < 4; beats++) {
      free.step(beat(3, 4))
      free.tick(ELECTION_TICK - 1)
      free.ensure(free.raftState === 'StateFollower', 'puts-off', 'StateFollower', 'timeout')
    }
  }
  const other = new Solo(trial, { hardState: hard(4, 2), log: [1, 3] })
  for (let tick = 0; tick < 2 * ELECTION_TICK && other.raftState === 'StateFollower'; tick += 2) {
    other.tick(2)
    if (other.raftState === 'StateFollower') other.step(vote(3, 4))
  }
  other.ensure(other.raftState === 'StateCandidate', 'refusal-no-reset', 'StateCandidate', 'timeout')
  const isAtEnd = node.asks('MsgVote').every(({ index, logTerm }) => index === 2 && logTerm === 3)
  node.ensure(isAtEnd, 'stands', 'MsgVote with index 2, logTerm 3', 'log')
}

export function majority(trial: Trial<any>): void {
  const node = new Solo(trial)
  stand(node)
  node.step({ type: 'MsgVoteResp', from: 3, term: 1, reject: true })
  node.ensure(node.raftState === 'StateCandidate', 'still-candidate', 'StateCandidate', 'term')
  node.step({ type: 'MsgVoteResp', from: 2, term: 1 })
  node.ensure(
    node.raftState === 'StateLeader' && node.asks('MsgHeartbeat').length === 2,
    'leads',
    'StateLeader',
    'term',
  )
  node.tick()
  node.ensure(node.asks('MsgHeartbeat').length >= 2, 'beats', 'MsgHeartbeat to 2 and 3', 'timeout')
  node.tick(2 * ELECTION_TICK)
  node.ensure(node.raftState === 'StateLeader' && node.term === 1, 'still-leads', 'StateLeader, term 1', 'timeout')
  const alone = new Solo(trial, { size: 1 })
  alone.silence()
  alone.tick(2 * ELECTION_TICK)
  alone.ensure(alone.raftState === 'StateLeader', 'only-voter-leads', 'StateLeader', 'term')
  const calm = new Solo(trial, { heartbeatTick: 4 })
  lead(calm)
  calm.tick(12)
  calm.ensure(
    calm.asks('MsgHeartbeat').length === 6,
    'beats-in-time',
    'MsgHeartbeat, three times to 2 and 3',
    'timeout',
  )
}

export function oneVote(trial: Trial<any>): void {
  const node = new Solo(trial)
  node.step(vote(2, 5))
  node.ensure(node.grants('MsgVoteResp', 2, 5), 'gives-vote', 'MsgVoteResp to 2, term 5', 'term')
  node.step(vote(3, 5))
  node.ensure(node.refuses('MsgVoteResp', 3), 'refuses-second', 'MsgVoteResp to 3, reject', 'term')
  node.step(vote(2, 5))
  node.ensure(node.grants('MsgVoteResp', 2, 5), 'gives-vote', 'MsgVoteResp to 2, term 5', 'term')
  node.step(vote(3, 4, 9, 4))
  const hasMoved = node.term !== 5 || node.hardState.vote !== 2
  node.ensure(!hasMoved && !node.grants('MsgVoteResp', 3, 4), 'old-vote-ignored', 'term 5, vote 2', 'term')
}

export function logs(trial: Trial<any>): void {
  const own: SoloOptions = { hardState: hard(3), log: [1, 1, 3] }
  const answer = (index: number, logTerm: number): Solo => {
    const node = new Solo(trial, own)
    node.step(vote(2, 4, index, logTerm))
    return node
  }
  for (const [index, logTerm] of [
    [2, 3],
    [9, 2],
  ] as const) {
    const node = answer(index, logTerm)
    node.ensure(node.refuses('MsgVoteResp', 2), 'refuses-log', 'MsgVoteResp to 2, reject', 'log')
    node.ensure(node.term === 4 && node.hardState.vote === 0, 'steps-to-term', 'term 4, vote 0', 'term')
  }
  for (const [index, logTerm] of [
    [3, 3],
    [4, 3],
    [1, 4],
  ] as const) {
    const node = answer(index, logTerm)
    node.ensure(node.grants('MsgVoteResp', 2, 4), 'gives-log', 'MsgVoteResp to 2, term 4', 'log')
  }
}

export function restarts(trial: Trial<any>): void {
  const node = new Solo(trial)
  node.step(vote(2, 5))
  node.ensure(node.grants('MsgVoteResp', 2, 5), 'gives-vote', 'MsgVoteResp to 2, term 5', 'term')
  node.restart()
  node.step(vote(3, 5))
  node.ensure(node.refuses('MsgVoteResp', 3), 'refuses-second', 'MsgVoteResp to 3, reject', 'persist')
  node.step(vote(3, 4))
  node.ensure(node.term === 5, 'old-vote-ignored', 'term 5, vote 2', 'persist')
  stand(node)
  node.restart()
  node.step(vote(3, 6))
  node.ensure(node.refuses('MsgVoteResp', 3), 'refuses-second', 'MsgVoteResp to 3, reject', 'persist')
}

export function newerTerm(trial: Trial<any>): void {
  const node = new Solo(trial)
  lead(node)
  node.step({ type: 'MsgHeartbeatResp', from: 2, term: 7 })
  node.ensure(node.raftState === 'StateFollower' && node.term === 7, 'steps-to-term', 'StateFollower, term 7', 'term')
  stand(node)
  node.step(beat(3, 8))
  const follows = node.raftState === 'StateFollower' && node.term === 8 && node.lead === 3
  node.ensure(follows, 'steps-to-term', 'StateFollower, term 8, lead 3', 'term')
  stand(node)
  node.step(beat(2, 9))
  node.ensure(node.raftState === 'StateFollower' && node.lead === 2, 'steps-to-term', 'StateFollower, lead 2', 'term')
  stand(node)
  node.step({ type: 'MsgVoteResp', from: 3, term: 12, reject: true })
  node.ensure(node.raftState === 'StateFollower' && node.term === 12, 'steps-to-term', 'StateFollower, term 12', 'term')
}

export function preVote(trial: Trial<any>): void {
  const node = new Solo(trial, { preVote: true, hardState: hard(3, 2), log: [1, 3] })
  node.silence()
  const asked = node.asks('MsgPreVote').filter(({ term }) => term === 4)
  const isUnmoved = node.term === 3 && node.hardState.vote === 2 && node.asks('MsgVote').length === 0
  node.ensure(
    asked.length === 2 && isUnmoved,
    'asks-first',
    'term 3, vote 2; sent: MsgPreVote, term 4, to 2 and 3',
    'disturb',
  )
  node.step({ type: 'MsgPreVoteResp', from: 3, term: 4 })
  const isStanding = node.raftState === 'StateCandidate' && node.term === 4 && node.asks('MsgVote').length === 2
  node.ensure(isStanding, 'then-votes', 'StateCandidate, term 4; sent: MsgVote to 2 and 3', 'disturb')
  const five = new Solo(trial, { preVote: true, hardState: hard(3), size: 5 })
  five.silence()
  for (const from of [2, 3, 4, 5]) five.step({ type: 'MsgPreVoteResp', from, term: 4 })
  five.ensure(five.raftState === 'StateCandidate', 'still-candidate', 'StateCandidate', 'disturb')
  const behind = new Solo(trial, { preVote: true, hardState: hard(3) })
  behind.silence()
  behind.step({ type: 'MsgPreVoteResp', from: 2, term: 9, reject: true })
  behind.ensure(behind.term === 9, 'steps-to-term', 'StateFollower, term 9', 'disturb')
  const other = new Solo(trial, { preVote: true, hardState: hard(3, 2) })
  other.step({ type: 'MsgPreVote', from: 3, term: 4, index: 0, logTerm: 0 })
  const isSame = other.term === 3 && other.hardState.vote === 2
  other.ensure(
    isSame && other.grants('MsgPreVoteResp', 3, 4),
    'pre-gives',
    'term 3, vote 2; sent: MsgPreVoteResp, term 4',
    'disturb',
  )
}

export function held(trial: Trial<any>): void {
  const node = new Solo(trial, { preVote: true, checkQuorum: true, hardState: hard(3) })
  node.step(beat(2, 3))
  node.tick(ELECTION_TICK - 1)
  const stays = (): boolean =>
    node.term === 3 && node.lead === 2 && !node.messages.some(({ reject }) => reject !== true)
  node.step(vote(3, 9, 5, 5))
  node.ensure(stays(), 'stays', 'term 3, lead 2; sent: nothing', 'disturb')
  node.step({ type: 'MsgPreVote', from: 3, term: 9, index: 5, logTerm: 5 })
  node.ensure(stays(), 'stays', 'term 3, lead 2; sent: nothing', 'disturb')
  const late = new Solo(trial, { checkQuorum: true, hardState: hard(3) })
  late.step(beat(2, 3))
  const ticks = late.silence()
  late.step(vote(3, 9, 5, 5))
  late.ensure(ticks > 0 && late.grants('MsgVoteResp', 3, 9), 'lets-go', 'MsgVoteResp to 3, term 9', 'disturb')
  // Its own timeout is longer than that, where chance has it so: it listens before it stands itself.
  for (const draws of [1, 2, 3, 4]) {
    const patient = new Solo(trial, { checkQuorum: true, hardState: hard(3), draws })
    patient.step(beat(2, 3))
    patient.tick(ELECTION_TICK + 1)
    if (patient.raftState !== 'StateFollower') continue
    patient.step(vote(3, 9, 5, 5))
    patient.ensure(patient.grants('MsgVoteResp', 3, 9), 'lets-go', 'MsgVoteResp to 3, term 9', 'disturb')
  }
}

export function stepsDown(trial: Trial<any>): void {
  const node = new Solo(trial, { checkQuorum: true })
  lead(node)
  for (let round = 0; round < 4; round++) {
    node.tick(ELECTION_TICK / 2)
    node.step({ type: 'MsgHeartbeatResp', from: 3, term: node.term })
    node.ensure(node.raftState === 'StateLeader', 'keeps-leading', 'StateLeader', 'quorum')
  }
  node.tick(2 * ELECTION_TICK)
  node.ensure(node.raftState !== 'StateLeader', 'steps-down-alone', 'StateFollower', 'quorum')
  const old = new Solo(trial, { checkQuorum: true, hardState: hard(3) })
  lead(old)
  for (let round = 0; round < 8; round++) {
    old.tick(ELECTION_TICK / 2)
    old.step({ type: 'MsgHeartbeatResp', from: 3, term: 3 })
  }
  old.ensure(old.raftState !== 'StateLeader', 'steps-down-alone', 'StateFollower', 'quorum')
}
