/** Our own examples for `raft-log`: together they catch every wrong solution that examples can catch. */
import type { Entry, HardState, Message } from 'clusterwright/raft'
import type { LogExample, LogExpectation, LogStep } from 'clusterwright/raft-log-tests'

const hard = (term: number, commit = 0): HardState => ({ term, vote: 0, commit })
const entries = (terms: readonly number[], first: number): Entry[] =>
  terms.map((term, at) => ({ index: first + at, term, data: `${first + at}/${term}` }))
const told = (step: Omit<Message, 'to'>, expect?: LogExpectation): LogStep => ({ step, ...(expect && { expect }) })
const append = (term: number, index: number, logTerm: number, terms: readonly number[] = [], commit = 0) =>
  ({ type: 'MsgApp', from: 2, term, index, logTerm, entries: entries(terms, index + 1), commit }) as const
const agree = (from: number, term: number, index: number) => ({ type: 'MsgAppResp', from, term, index }) as const
const no = (from: number, term: number, index: number, rejectHint: number) =>
  ({ type: 'MsgAppResp', from, term, index, reject: true, rejectHint }) as const
const beat = (term: number, commit = 0) => ({ type: 'MsgHeartbeat', from: 2, term, commit }) as const
const alive = (from: number, term: number, context?: string) =>
  ({ type: 'MsgHeartbeatResp', from, term, ...(context !== undefined && { context }) }) as const
const agrees = (index: number): Partial<Message>[] => [{ type: 'MsgAppResp', to: 2, index, reject: false }]
const refuses: Partial<Message>[] = [{ type: 'MsgAppResp', to: 2, reject: true }]
const lead = (expect?: LogExpectation): LogStep => ({ lead: true, ...(expect && { expect }) })
const toAll = (message: Partial<Message>): Partial<Message>[] => [2, 3].map((to) => ({ ...message, to }))

const appends: LogExample[] = [
  {
    name: 'a leader begins its term, and sends what it is given',
    ...{ hardState: hard(2), log: [1, 2] },
    steps: [
      lead({
        log: [1, 2, 3],
        sends: toAll({ type: 'MsgApp', index: 2, logTerm: 2, entries: [{ index: 3, term: 3 }] }),
      }),
      { propose: 'x', expect: { taken: true, log: [1, 2, 3, 3], sends: toAll({ type: 'MsgApp' }) } },
    ],
  },
  {
    name: 'who does not lead takes nothing',
    steps: [
      { propose: 'x', expect: { taken: false, log: [] } },
      { readIndex: 'r', expect: { taken: false, reads: [] } },
    ],
  },
  {
    name: 'what fits and what does not',
    ...{ hardState: hard(2), log: [1, 1, 2] },
    steps: [
      told(append(3, 3, 2, [3]), { log: [1, 1, 2, 3], sends: agrees(4) }),
      told(append(3, 6, 3, [3]), { log: [1, 1, 2, 3], sends: [{ ...refuses[0], rejectHint: 4 }] }),
      told(append(3, 3, 1, [3, 3]), { log: [1, 1, 2, 3], sends: refuses }),
      told(append(1, 4, 3, [1]), { log: [1, 1, 2, 3] }),
    ],
  },
  {
    name: 'only a real conflict cuts',
    ...{ hardState: hard(2), log: [1, 1, 2, 2] },
    steps: [
      told(append(3, 2, 1, [3, 3]), { log: [1, 1, 3, 3], sends: agrees(4) }),
      told(append(3, 2, 1, [3]), { log: [1, 1, 3, 3], sends: agrees(3) }),
      told(append(3, 4, 3, [3]), { log: [1, 1, 3, 3, 3], sends: agrees(5) }),
      told(append(3, 1, 1), { log: [1, 1, 3, 3, 3], sends: agrees(1) }),
      told(append(3, 5, 3, [3]), { log: [1, 1, 3, 3, 3, 3], sends: agrees(6) }),
    ],
  },
  {
    name: 'a log outlives a restart',
    ...{ hardState: hard(1, 1), log: [1, 1] },
    steps: [{ restart: true }, told(append(1, 2, 1, [1]), { log: [1, 1, 1], sends: agrees(3) })],
  },
  {
    name: 'a refusal moves the leader back, all the way, and never behind what agrees',
    ...{ hardState: hard(1), log: [1, 1, 1, 1] },
    steps: [
      lead(),
      told(no(3, 2, 4, 1), {
        sends: [{ type: 'MsgApp', to: 3, index: 1, logTerm: 1, entries: entries([1, 1, 1, 2], 2) }],
      }),
      told(agree(3, 2, 5), { commit: 5 }),
      { propose: 'x' },
      told(alive(3, 2), { sends: [{ type: 'MsgApp', to: 3, index: 5, entries: entries([2], 6) }] }),
      told(beat(3)),
      lead(),
      told(no(3, 4, 5, 4), { sends: [{ type: 'MsgApp', to: 3, index: 4 }] }),
    ],
  },
]

const commits: LogExample[] = [
  {
    name: 'a majority of five',
    size: 5,
    steps: [
      lead(),
      { propose: 'x', expect: { commit: 0, applied: [] } },
      told(agree(2, 1, 2), { commit: 0 }),
      told(agree(2, 1, 2), { commit: 0 }),
      told(agree(3, 1, 1), { commit: 1 }),
      { tick: true, expect: { sends: [{ type: 'MsgHeartbeat', to: 2, commit: 1 }] } },
      told(agree(4, 1, 2), { commit: 2, applied: [1, 2], sends: [{ type: 'MsgApp', to: 5, commit: 2 }] }),
      { tick: true, expect: { sends: [{ type: 'MsgHeartbeat', to: 5, commit: 0 }] } },
    ],
  },
  {
    name: 'the leader learns nothing from an answer that comes late',
    size: 5,
    steps: [
      lead(),
      { propose: 'x' },
      told(agree(2, 1, 2)),
      told(agree(3, 1, 2), { commit: 2 }),
      told(agree(2, 1, 1), { commit: 2 }),
      told(agree(3, 1, 1), { commit: 2 }),
      told(agree(4, 1, 1), { commit: 2 }),
    ],
  },
  {
    name: 'two of four are no majority',
    size: 4,
    steps: [lead(), told(agree(2, 1, 1), { commit: 0 }), told(agree(3, 1, 1), { commit: 1 })],
  },
  {
    name: 'an old term needs an entry of the own',
    ...{ hardState: hard(3, 1), log: [1, 2] },
    steps: [lead(), told(agree(2, 4, 2), { commit: 1 }), told(agree(2, 4, 3), { commit: 3, applied: [1, 2, 3] })],
  },
  {
    name: 'a follower commits as far as it agrees, and never back',
    ...{ hardState: hard(2), log: [1, 2, 2] },
    steps: [
      told(append(3, 1, 1, [], 3), { commit: 1 }),
      told(append(3, 3, 2, [3], 2), { commit: 2 }),
      told(append(3, 4, 3, [], 9), { commit: 4 }),
      told(append(3, 0, 0, [1], 1), { commit: 4, applied: [1, 2, 3, 4] }),
    ],
  },
  {
    name: 'a heartbeat commits, and everything is applied once in a life',
    ...{ hardState: hard(1, 2), log: [1, 1, 1, 1] },
    steps: [
      told(beat(1, 3), { commit: 3, applied: [1, 2, 3] }),
      told(beat(1, 3), { applied: [1, 2, 3] }),
      { restart: true, expect: { commit: 3, applied: [1, 2, 3] } },
    ],
  },
]

const reads: LogExample[] = [
  {
    name: 'a read waits for the leader’s own entry, and for a majority since then',
    ...{ size: 5, hardState: hard(1, 1), log: [1] },
    steps: [
      lead(),
      { readIndex: 'first', expect: { taken: true, reads: [] } },
      ...[2, 3, 4].map((from) => told(alive(from, 2), { reads: [] })),
      told(agree(2, 2, 2)),
      told(agree(3, 2, 2), { commit: 2, reads: [], sends: [{ type: 'MsgHeartbeat', to: 5, context: 'first' }] }),
      told(alive(4, 2, 'first'), { reads: [] }),
      told(alive(4, 2, 'first'), { reads: [] }),
      told(alive(5, 2), { reads: [] }),
      told(alive(5, 2, 'first'), { reads: ['first@2'] }),
    ],
  },
  {
    name: 'a later confirmation counts for earlier reads',
    steps: [
      lead(),
      told(agree(2, 1, 1)),
      { readIndex: 'a' },
      { readIndex: 'b', expect: { sends: toAll({ type: 'MsgHeartbeat', context: 'b' }) } },
      told(alive(3, 1, 'b'), { reads: ['a@1', 'b@1'] }),
    ],
  },
  {
    name: 'an answer says nothing about what was asked after it was sent',
    steps: [
      lead(),
      told(agree(2, 1, 1)),
      { readIndex: 'a', expect: { taken: true } },
      { readIndex: 'b' },
      told(alive(3, 1, 'a'), { reads: ['a@1'] }),
    ],
  },
  {
    name: 'who loses the lead forgets its reads',
    steps: [
      lead(),
      told(agree(2, 1, 1)),
      { readIndex: 'a' },
      told(beat(2)),
      told(alive(3, 2, 'a'), { reads: [] }),
      lead(),
      told(agree(2, 3, 2)),
      told(alive(2, 3, 'a'), { reads: [] }),
    ],
  },
  {
    name: 'a follower gives the context back',
    steps: [told({ ...beat(1), context: 'a' }, { sends: [{ type: 'MsgHeartbeatResp', to: 2, context: 'a' }] })],
  },
]

const ticks = (count: number): LogStep[] =>
  Array.from({ length: count }, () => ({ tick: true, expect: { sendsNo: ['MsgVote'] } }))

const others: LogExample[] = [
  {
    name: 'an append puts the election off, whether it fits or not',
    ...{ hardState: hard(1), log: [1] },
    steps: [...ticks(9), told(append(1, 1, 1)), ...ticks(9), told(append(1, 5, 1)), ...ticks(9)],
  },
  {
    name: 'a candidate that hears a leader of its term follows',
    steps: [
      ...Array.from({ length: 19 }, (): LogStep => ({ tick: true })),
      told(append(1, 0, 0)),
      told({ type: 'MsgVoteResp', from: 3, term: 1 }),
      { propose: 'x', expect: { taken: false } },
    ],
  },
  {
    name: 'an answer tells of a newer term',
    steps: [lead(), told(agree(2, 5, 1)), { propose: 'x', expect: { taken: false } }],
  },
  {
    name: 'an answer of an older term says nothing',
    ...{ hardState: hard(3), log: [2, 3] },
    steps: [lead(), told(agree(2, 3, 3), { commit: 0 })],
  },
  {
    name: 'a late refusal moves nobody behind what agrees',
    ...{ hardState: hard(1), log: [1, 1] },
    steps: [lead(), told(agree(3, 2, 3), { commit: 3 }), told(no(3, 2, 2, 0), { sendsNo: ['MsgApp'] })],
  },
  {
    name: 'what is not committed here may be elsewhere',
    ...{ hardState: hard(1, 1), log: [1, 1] },
    steps: [
      told(
        { type: 'MsgVote', from: 3, term: 2, index: 1, logTerm: 1 },
        { sends: [{ type: 'MsgVoteResp', to: 3, reject: true }] },
      ),
    ],
  },
  {
    name: 'the only voter is a majority',
    size: 1,
    steps: [lead({ commit: 1 }), { propose: 'x', expect: { commit: 2, applied: [1, 2] } }],
  },
  {
    name: 'a refusal is not an agreement',
    ...{ hardState: hard(1), log: [1, 1] },
    steps: [
      lead(),
      { propose: 'x' },
      told(no(3, 2, 2, 1)),
      told(no(3, 2, 1, 0), { sends: [{ type: 'MsgApp', to: 3, index: 0 }] }),
    ],
  },
]

export default [...others, ...appends, ...commits, ...reads]
