/** Our own examples for `raft-election`: together they catch every wrong solution that examples can catch. */
import type { HardState, Message } from 'clusterwright/raft'
import type { ElectionExample, NodeExpectation, NodeStep } from 'clusterwright/raft-tests'

const T = 10
const hard = (term: number, vote = 0): HardState => ({ term, vote, commit: 0 })
const told = (step: Omit<Message, 'to'>, expect?: NodeExpectation): NodeStep => ({ step, ...(expect && { expect }) })
const vote = (from: number, term: number, index = 0, logTerm = 0) =>
  ({ type: 'MsgVote', from, term, index, logTerm }) as const
const ask = (from: number, term: number, index = 0, logTerm = 0) =>
  ({ type: 'MsgPreVote', from, term, index, logTerm }) as const
const beat = (from: number, term: number) => ({ type: 'MsgHeartbeat', from, term }) as const
const yes = (from: number, term: number) => ({ type: 'MsgVoteResp', from, term }) as const
const no = (from: number, term: number) => ({ type: 'MsgVoteResp', from, term, reject: true }) as const
const alive = (from: number, term: number) => ({ type: 'MsgHeartbeatResp', from, term }) as const
const gives = (to: number, term: number): NodeExpectation => ({
  term,
  vote: to,
  sends: [{ type: 'MsgVoteResp', to, term, reject: false }],
})
const refuses = (to: number): NodeExpectation => ({
  sends: [{ type: 'MsgVoteResp', to, reject: true }],
  sendsNo: ['MsgVoteResp'],
})
const stands: NodeStep = { silence: true, expect: { raftState: 'StateCandidate', lead: 0 } }
const wins: NodeStep[] = [
  { silence: true },
  told(yes(2, 1), {
    ...{ raftState: 'StateLeader', term: 1, lead: 1 },
    sends: [2, 3].map((to) => ({ type: 'MsgHeartbeat', to, term: 1 })),
  }),
]

const elections: ElectionExample[] = [
  {
    name: 'silence leads to an election, not too early',
    ...{ hardState: hard(4), log: [1, 3] },
    steps: [
      { tick: T - 1, expect: { raftState: 'StateFollower', sendsNo: ['MsgVote'] } },
      {
        silence: true,
        expect: {
          ...{ raftState: 'StateCandidate', term: 5, vote: 1, lead: 0 },
          sends: [2, 3].map((to) => ({ type: 'MsgVote', to, term: 5, index: 2, logTerm: 3 })),
        },
      },
    ],
  },
  {
    name: 'what puts it off, and what does not',
    steps: [
      told(beat(3, 1)),
      { tick: T - 1 },
      told(beat(3, 1), { lead: 3, sends: [{ type: 'MsgHeartbeatResp', to: 3, term: 1 }] }),
      { tick: T - 1, expect: { raftState: 'StateFollower' } },
    ],
  },
  {
    name: 'a vote puts it off',
    hardState: hard(2),
    steps: [{ tick: T - 1 }, told(vote(2, 2)), { tick: T - 1, expect: { raftState: 'StateFollower' } }],
  },
  {
    name: 'a refusal puts nothing off',
    ...{ hardState: hard(2, 2), log: [1] },
    steps: [
      ...Array.from({ length: 4 }, (): NodeStep[] => [{ tick: 5 }, told(vote(3, 2))]).flat(),
      { tick: 1, expect: { term: 3 } },
    ],
  },
  {
    name: 'a majority of three',
    steps: [
      { silence: true },
      told(no(3, 1), { raftState: 'StateCandidate' }),
      told(yes(2, 1), { raftState: 'StateLeader', lead: 1, sends: [{ type: 'MsgHeartbeat', to: 3, term: 1 }] }),
      { tick: 1, expect: { sends: [{ type: 'MsgHeartbeat', to: 2 }] } },
      { tick: 2 * T, expect: { raftState: 'StateLeader', term: 1 } },
    ],
  },
  {
    name: 'two of four are no majority, and one vote counts once',
    size: 4,
    steps: [
      { silence: true },
      told(yes(2, 1), { raftState: 'StateCandidate' }),
      told(yes(2, 1), { raftState: 'StateCandidate' }),
      told(yes(3, 1), { raftState: 'StateLeader' }),
    ],
  },
  {
    name: 'the majority is of all, not of those who answer',
    size: 5,
    steps: [
      { silence: true },
      told(yes(2, 1), { raftState: 'StateCandidate' }),
      told(no(3, 1), { raftState: 'StateCandidate' }),
      told(no(4, 1), { raftState: 'StateCandidate' }),
      told(no(5, 1), { raftState: 'StateFollower' }),
    ],
  },
  {
    name: 'votes of an older election do not count',
    hardState: hard(3),
    steps: [{ silence: true }, told(yes(2, 3), { raftState: 'StateCandidate' }), told(no(2, 4))],
  },
  {
    name: 'each election is counted anew',
    size: 5,
    steps: [{ silence: true }, told(yes(2, 1)), stands, told(yes(3, 2), { raftState: 'StateCandidate' })],
  },
  {
    name: 'one vote a term, and a new one in the next',
    steps: [
      told(vote(2, 5), gives(2, 5)),
      told(vote(3, 5), refuses(3)),
      told(vote(2, 5), gives(2, 5)),
      told(vote(3, 4), { term: 5, vote: 2, sendsNo: ['MsgVoteResp'] }),
      told(vote(3, 6), gives(3, 6)),
    ],
  },
  {
    name: 'a newer term ends every role',
    steps: [
      ...wins,
      told(alive(2, 7), { raftState: 'StateFollower', term: 7, vote: 0, lead: 0 }),
      { silence: true },
      told(beat(3, 8), { raftState: 'StateFollower', term: 8, lead: 3 }),
      { silence: true },
      told(beat(2, 9), { raftState: 'StateFollower', lead: 2, vote: 1 }),
    ],
  },
  {
    name: 'an older leader is told, and not obeyed',
    hardState: hard(6),
    steps: [told(beat(2, 5), { term: 6, lead: 0, sends: [{ type: 'MsgHeartbeatResp', to: 2, term: 6 }] })],
  },
  ...(
    [
      ['a shorter log of the same term', 2, 3, false],
      ['a longer log of an older term', 9, 2, false],
      ['an equal log', 3, 3, true],
      ['a longer log', 4, 3, true],
      ['a shorter log of a newer term', 1, 4, true],
    ] as const
  ).map(([name, index, logTerm, isGood]): ElectionExample => ({
    name,
    ...{ hardState: hard(3), log: [1, 1, 3] },
    steps: [told(vote(2, 4, index, logTerm), isGood ? gives(2, 4) : { ...refuses(2), term: 4, vote: 0 })],
  })),
]

const restarts: ElectionExample[] = [
  {
    name: 'a vote outlives a restart',
    steps: [told(vote(2, 5)), { restart: true, expect: { term: 5, vote: 2 } }, told(vote(3, 5), refuses(3))],
  },
  {
    name: 'its own vote too',
    steps: [{ silence: true }, { restart: true, expect: { term: 1, vote: 1 } }, told(vote(3, 1), refuses(3))],
  },
]

const flags: ElectionExample[] = [
  {
    name: 'it asks before it stands',
    ...{ preVote: true, hardState: hard(3, 2) },
    steps: [
      {
        silence: true,
        expect: {
          ...{ raftState: 'StatePreCandidate', term: 3, vote: 2, lead: 0, sendsNo: ['MsgVote'] },
          sends: [{ type: 'MsgPreVote', to: 2, term: 4 }],
        },
      },
      told(yes(2, 3), { raftState: 'StatePreCandidate' }),
      told({ type: 'MsgPreVoteResp', from: 3, term: 4 }, { raftState: 'StateCandidate', term: 4, vote: 1 }),
    ],
  },
  {
    name: 'a late answer is no vote',
    ...{ preVote: true, hardState: hard(3) },
    steps: [
      { silence: true },
      told({ type: 'MsgPreVoteResp', from: 3, term: 4 }, { raftState: 'StateCandidate' }),
      told({ type: 'MsgPreVoteResp', from: 2, term: 4 }, { raftState: 'StateCandidate' }),
    ],
  },
  {
    name: 'asked, it says yes and stays what it is',
    ...{ preVote: true, hardState: hard(3, 2), log: [1, 3] },
    steps: [
      told(ask(3, 4, 2, 3), {
        ...{ term: 3, vote: 2 },
        sends: [{ type: 'MsgPreVoteResp', to: 3, term: 4, reject: false }],
      }),
      told(ask(3, 4, 1, 3), { term: 3, vote: 2, sends: [{ type: 'MsgPreVoteResp', to: 3, reject: true }] }),
    ],
  },
  {
    name: 'who has a leader is not disturbed',
    ...{ preVote: true, checkQuorum: true, hardState: hard(3) },
    steps: [
      told(beat(2, 3)),
      { tick: T - 1 },
      told(vote(3, 9, 5, 5), { term: 3, lead: 2, sendsNo: ['MsgVoteResp'] }),
      told(ask(3, 9, 5, 5), { term: 3, lead: 2, sendsNo: ['MsgPreVoteResp'] }),
    ],
  },
  {
    name: 'when the leader is silent it listens again',
    ...{ checkQuorum: true, hardState: hard(3) },
    steps: [told(beat(2, 3)), { silence: true }, told(vote(3, 9, 5, 5), gives(3, 9))],
  },
  {
    name: 'a leader steps down when it is alone, and not before',
    checkQuorum: true,
    steps: [
      ...wins,
      ...Array.from({ length: 6 }, (): NodeStep[] => [
        { tick: T / 2 },
        told(alive(3, 1), { raftState: 'StateLeader' }),
      ]).flat(),
      { tick: 2 * T, expect: { raftState: 'StateFollower', lead: 0 } },
    ],
  },
]

const others: ElectionExample[] = [
  {
    name: 'a candidate that fails asks again before it stands again',
    ...{ preVote: true, hardState: hard(3) },
    steps: [
      { silence: true },
      told({ type: 'MsgPreVoteResp', from: 3, term: 4 }, { raftState: 'StateCandidate' }),
      { silence: true, expect: { raftState: 'StatePreCandidate', term: 4 } },
    ],
  },
  {
    name: 'who refuses a pre-vote may be ahead',
    ...{ preVote: true, hardState: hard(3) },
    steps: [{ silence: true }, told({ type: 'MsgPreVoteResp', from: 2, term: 9, reject: true }, { term: 9 })],
  },
  {
    name: 'who refuses a vote may be ahead',
    steps: [
      { silence: true },
      told({ type: 'MsgVoteResp', from: 2, term: 5, reject: true }, { raftState: 'StateFollower', term: 5 }),
    ],
  },
  {
    name: 'without CheckQuorum nobody is held',
    hardState: hard(3),
    steps: [told(beat(2, 3)), told(vote(3, 9), gives(3, 9))],
  },
  {
    name: 'answers of an older term keep nobody in the lead',
    ...{ checkQuorum: true, hardState: hard(3) },
    steps: [
      { silence: true },
      told(yes(2, 4), { raftState: 'StateLeader' }),
      ...Array.from({ length: 8 }, (): NodeStep[] => [{ tick: T / 2 }, told(alive(3, 3))]).flat(),
      { tick: 1, expect: { lead: 0 } },
    ],
  },
  { name: 'the only voter leads', size: 1, steps: [{ silence: true, expect: { raftState: 'StateLeader' } }] },
  { name: 'who gets a vote does not lead yet', steps: [told(vote(2, 5), { lead: 0 })] },
  {
    name: 'who has a leader in this term votes for nobody else in it',
    steps: [told(beat(2, 5)), told(vote(3, 5), refuses(3))],
  },
]

export default [...others, ...elections, ...restarts, ...flags]
