/** The examples of `raft-log`: one node, told by hand. */
import type { RaftEntry, RaftMessage, Trial } from 'clusterwright/kit'
import { entriesOf, Solo } from './solo.ts'

const hard = (term: number, commit = 0, vote = 0) => ({ term, vote, commit })
const append = (term: number, index: number, logTerm: number, entries: readonly RaftEntry[] = [], commit = 0) =>
  ({ type: 'MsgApp', from: 2, term, index, logTerm, entries, commit }) as const
const agree = (from: number, term: number, index: number) => ({ type: 'MsgAppResp', from, term, index }) as const
const isAfter = (message: RaftMessage, index: number, logTerm: number): boolean =>
  (message.index ?? 0) === index && (message.logTerm ?? 0) === logTerm

export function begins(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(2), log: [1, 2] })
  node.lead()
  const sent = node.sent('MsgApp').filter((message) => isAfter(message, 2, 2) && message.entries?.[0]?.term === 3)
  const begun = node.raftState === 'StateLeader' && node.terms.join(' ') === '1 2 3' && sent.length === 2
  node.ensure(begun, 'begins', {}, 'log 1 2 3; sent: MsgApp, index 2 of term 2, entries 3:3, to 2 and 3', 'append')
  node.propose('x')
  const next = node.sent('MsgApp').filter(({ entries = [] }) => entries.at(-1)?.data === 'x')
  const isSent = new Set(next.map(({ to }) => to)).size === 2 && node.terms.length === 4 && node.taken
  node.ensure(isSent, 'sends', {}, 'log 1 2 3 3; sent: MsgApp with entry 4 to 2 and 3', 'append')
  // Answers tell of newer terms, too.
  node.step(agree(2, 9, 3))
  node.mustFollow('steps-down')
  const follower = new Solo(trial)
  follower.propose('x')
  follower.ensure(!follower.taken && follower.log.length === 0, 'refused', {}, 'false', 'append')
}

export function appends(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(2), log: [1, 1, 2] })
  node.step(append(3, 3, 2, entriesOf([3], 4)))
  node.mustHaveLog([1, 1, 2, 3], 'append')
  node.mustAgree(4)
  node.step(append(3, 6, 3, entriesOf([3], 7)))
  node.mustHaveLog([1, 1, 2, 3], 'append')
  node.mustReject()
  const isHinted = node.sent('MsgAppResp').every(({ rejectHint }) => rejectHint === 4)
  node.ensure(isHinted, 'reject-hint', { index: 4 }, 'MsgAppResp, reject, rejectHint 4', 'append')
  node.step(append(3, 3, 1, entriesOf([3, 3], 4)))
  node.mustHaveLog([1, 1, 2, 3], 'append')
  node.mustReject()
  node.step(append(1, 4, 3, entriesOf([1], 5)))
  node.ensure(node.terms.length === 4 && node.term === 3, 'old-leader', {}, 'log 1 1 2 3', 'append')
  // Nobody has told it yet that entry 4 is committed; but it may be, and a vote for who lacks it could lose it.
  node.step({ type: 'MsgVote', from: 3, term: 4, index: 3, logTerm: 2 })
  const isRefused = node.sent('MsgVoteResp').every(({ reject }) => reject === true)
  node.ensure(isRefused, 'votes-behind', {}, 'MsgVoteResp, reject', 'append')
  isALeadersWord(trial)
}

/** An append is as good as a heartbeat, whether it fits or not. */
function isALeadersWord(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(1), log: [1] })
  for (const at of [1, 5, 1]) {
    for (let tick = 0; tick < 9; tick++) {
      node.tick()
      node.ensure(node.raftState === 'StateFollower', 'put-off', {}, 'StateFollower', 'append')
    }
    node.step(append(1, at, 1))
  }
  const standing = new Solo(trial)
  standing.stand()
  standing.step(append(standing.term, 0, 0, entriesOf([1])))
  standing.mustFollow('follows')
}

export function conflicts(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(2), log: [1, 1, 2, 2] })
  node.step(append(3, 2, 1, entriesOf([3, 3], 3)))
  node.mustHaveLog([1, 1, 3, 3], 'conflict')
  node.mustAgree(4, 'conflict')
  // An older message of the same leader comes late: it holds nothing that contradicts the log.
  node.step(append(3, 2, 1, entriesOf([3], 3)))
  node.mustHaveLog([1, 1, 3, 3], 'conflict')
  node.mustAgree(3, 'conflict')
  // It still has what it had, in its memory too: what comes next fits.
  node.step(append(3, 4, 3, entriesOf([3], 5)))
  node.mustAgree(5, 'conflict')
  node.step(append(3, 1, 1))
  node.mustHaveLog([1, 1, 3, 3, 3], 'conflict')
  node.step(append(3, 5, 3, entriesOf([3], 6)))
  node.mustAgree(6, 'conflict')
  node.step(append(3, 0, 0, entriesOf([1, 1, 3, 3, 3, 3, 3], 1)))
  node.mustHaveLog([1, 1, 3, 3, 3, 3, 3], 'conflict')
}

/** Heartbeats tell nobody of more than is committed, nor of more than they are known to have: at most so much, by node. */
function mustBeat(node: Solo, most: readonly number[], expected: string): void {
  node.tick()
  const isKnown = node.sent('MsgHeartbeat').every(({ to, commit = 0 }) => commit <= most[to]!)
  node.ensure(isKnown, 'beat-commit', {}, expected, 'commit')
}

export function commits(trial: Trial<any>): void {
  const node = new Solo(trial, { size: 5 })
  node.lead()
  node.propose('x')
  node.mustCommit(0, 'commit')
  node.ensure(node.applied.length === 0, 'applies', { indexes: '[]' }, 'applied []', 'commit')
  node.step(agree(2, 1, 2))
  node.mustCommit(0, 'commit')
  node.step(agree(2, 1, 2))
  node.mustCommit(0, 'commit')
  node.step(agree(3, 1, 1))
  node.mustCommit(1, 'commit')
  // Node 2 has entry 2, and not enough others have it.
  mustBeat(node, [0, 1, 1, 1, 0, 0], 'MsgHeartbeat to 2 and 3, commit 1; to 4 and 5, commit 0')
  node.step(agree(4, 1, 2))
  node.mustCommit(2, 'commit')
  node.step(agree(3, 1, 1))
  node.mustCommit(2, 'commit')
  node.mustApply([1, 2])
  mustBeat(node, [0, 2, 2, 1, 2, 0], 'MsgHeartbeat to 3, commit 1; to 5, commit 0')
  node.propose('y')
  const isTold = node.sent('MsgApp').every(({ commit }) => commit === 2)
  node.ensure(isTold, 'append-commit', { commit: 2 }, 'MsgApp, commit 2', 'commit')
  // Said in an older term: what node 2 had then, it need not have now.
  const again = new Solo(trial, { hardState: hard(3), log: [2, 3] })
  again.lead()
  again.step(agree(2, 3, 3))
  again.mustCommit(0, 'commit')
  const alone = new Solo(trial, { size: 1 })
  alone.lead()
  alone.propose('x')
  alone.mustCommit(2, 'commit')
  const four = new Solo(trial, { size: 4 })
  four.lead()
  four.step(agree(2, 1, 1))
  four.mustCommit(0, 'commit')
  four.step(agree(3, 1, 1))
  four.mustCommit(1, 'commit')
}

export function ownTerm(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(3, 1), log: [1, 2] })
  node.lead()
  node.step(agree(2, 4, 2))
  node.mustCommit(1, 'own-term')
  node.step(agree(2, 4, 3))
  node.mustCommit(3, 'own-term')
  node.mustApply([1, 2, 3])
}

export function follows(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(2), log: [1, 2, 2] })
  node.step(append(3, 1, 1, [], 3))
  node.mustCommit(1, 'commit')
  node.step(append(3, 3, 2, entriesOf([3], 4), 2))
  node.mustCommit(2, 'commit')
  for (const commit of [3, 4]) {
    node.step({ type: 'MsgHeartbeat', from: 2, term: 3, commit })
    node.mustCommit(commit, 'commit')
  }
  node.step(append(3, 0, 0, entriesOf([1], 1), 1))
  node.mustCommit(4, 'commit')
  node.mustApply([1, 2, 3, 4])
}

export function heals(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(1), log: [1, 1, 1, 1] })
  node.lead()
  // Node 3 has one entry alone.
  node.step({ type: 'MsgAppResp', from: 3, term: 2, index: 4, reject: true, rejectHint: 1 })
  const fits = node.sent('MsgApp').find(({ to }) => to === 3)
  const isFit = fits !== undefined && isAfter(fits, 1, 1) && fits.entries?.length === 4
  node.ensure(isFit, 'steps', { index: 1 }, 'MsgApp, index 1 of term 1, entries 2 to 5', 'next')
  // A refusal says where its log ends, not that all before is the same.
  node.step({ type: 'MsgAppResp', from: 3, term: 2, index: 1, reject: true, rejectHint: 0 })
  const first = node.sent('MsgApp').find(({ to }) => to === 3)
  node.ensure(first !== undefined && isAfter(first, 0, 0), 'steps', { index: 0 }, 'MsgApp to 3, index 0', 'next')
  node.step(agree(3, 2, 5))
  node.mustCommit(5, 'next')
  // A refusal that comes late says nothing new.
  node.step({ type: 'MsgAppResp', from: 3, term: 2, index: 4, reject: true, rejectHint: 1 })
  const moved = [...node.messages]
  node.propose('x')
  const back = [...moved, ...node.messages].filter(({ type, to }) => type === 'MsgApp' && to === 3)
  node.ensure(
    back.every(({ index = 0 }) => index >= 5),
    'steps',
    { index: 5 },
    'MsgApp, index 5 of term 2',
    'next',
  )
  // What is lost is sent again when the follower is heard.
  node.step({ type: 'MsgHeartbeatResp', from: 3, term: 2 })
  const again = node.sent('MsgApp').find(({ to, entries = [] }) => to === 3 && entries.at(-1)?.data === 'x')
  node.ensure(again !== undefined, 'steps', { index: 5 }, 'MsgApp to 3 with entry 6', 'next')
  // In a later term nothing of this is known any more: another leader may have cut what it had.
  node.step({ type: 'MsgHeartbeat', from: 2, term: 3, commit: 0 })
  node.lead()
  node.step({ type: 'MsgAppResp', from: 3, term: node.term, index: 6, reject: true, rejectHint: 4 })
  const anew = node.sent('MsgApp').find(({ to }) => to === 3)
  node.ensure(anew?.index === 4, 'steps', { index: 4 }, 'MsgApp to 3, index 4', 'next')
}

export function reads(trial: Trial<any>): void {
  const node = new Solo(trial, { size: 5, hardState: hard(1, 1), log: [1] })
  node.readIndex('early')
  node.ensure(!node.taken, 'refused', {}, 'false', 'read')
  node.lead()
  node.readIndex('first')
  node.ensure(node.taken, 'read-taken', {}, 'true', 'read')
  const answer = (from: number, context?: string): void =>
    node.step({ type: 'MsgHeartbeatResp', from, term: 2, ...(context !== undefined && { context }) })
  for (const from of [2, 3, 4]) answer(from)
  node.mustRead([])
  node.step(agree(2, 2, 2))
  node.step(agree(3, 2, 2))
  node.mustCommit(2, 'commit')
  node.mustRead([])
  const asks = node.sent('MsgHeartbeat').filter(({ context }) => context === 'first')
  node.ensure(asks.length === 4, 'reads-are', { reads: '[]' }, 'MsgHeartbeat, context first, to all', 'read')
  answer(4, 'first')
  answer(4, 'first')
  node.mustRead([])
  answer(5)
  node.mustRead([])
  answer(5, 'first')
  node.mustRead(['first@2'])
  node.readIndex('second')
  node.readIndex('third')
  answer(2, 'third')
  answer(3, 'third')
  node.mustRead(['first@2', 'second@2', 'third@2'])
  // Who answered before a read was asked says nothing about it.
  node.readIndex('fourth')
  node.readIndex('fifth')
  for (const from of [2, 3]) answer(from, 'fourth')
  const four = ['first@2', 'second@2', 'third@2', 'fourth@2']
  node.mustRead(four)
  node.readIndex('lost')
  node.step({ type: 'MsgHeartbeat', from: 2, term: 3, commit: 0 })
  const late = (from: number): void => node.step({ type: 'MsgHeartbeatResp', from, term: node.term, context: 'lost' })
  for (const from of [3, 4]) late(from)
  node.mustRead(four)
  node.lead()
  for (const from of [3, 4]) node.step(agree(from, node.term, node.log.length))
  for (const from of [3, 4]) late(from)
  node.mustRead(four)
}

export function applies(trial: Trial<any>): void {
  const node = new Solo(trial, { hardState: hard(1, 2), log: [1, 1, 1] })
  node.mustApply([1, 2])
  node.step({ type: 'MsgHeartbeat', from: 2, term: 1, commit: 3 })
  node.step({ type: 'MsgHeartbeat', from: 2, term: 1, commit: 3 })
  node.mustApply([1, 2, 3])
  node.restart()
  node.mustApply([1, 2, 3])
}
