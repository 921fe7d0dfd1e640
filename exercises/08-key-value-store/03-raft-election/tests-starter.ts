import type { ElectionExample } from 'clusterwright/raft-tests'

/** What must a node be, and send? Node 1 is the one that is tested; the others are you. */
const examples: ElectionExample[] = [
  {
    name: 'one vote a term',
    steps: [
      {
        step: { type: 'MsgVote', from: 2, term: 1, index: 0, logTerm: 0 },
        expect: { term: 1, vote: 2, sends: [{ type: 'MsgVoteResp', to: 2, term: 1 }] },
      },
      { step: { type: 'MsgVote', from: 3, term: 1, index: 0, logTerm: 0 }, expect: { sendsNo: ['MsgVoteResp'] } },
    ],
  },
  {
    name: 'silence leads to an election',
    steps: [{ silence: true, expect: { raftState: 'StateCandidate', term: 1, vote: 1 } }],
  },
  // TODO one more: what would two leaders in one term come from?
]

export default examples
