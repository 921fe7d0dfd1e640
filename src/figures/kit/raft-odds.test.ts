import { describe, expect, it } from 'vitest'
import type { EtcdMemberView } from '../../simulation/protocol.ts'
import { oddsOf } from './raft-odds.ts'

const VOTERS = ['a', 'b', 'c', 'd', 'e']

const member = (machine: string, more: Partial<EtcdMemberView> = {}): EtcdMemberView => ({
  process: `${machine}/etcd`,
  machine,
  state: 'up',
  role: 'follower',
  term: 2,
  vote: undefined,
  leader: undefined,
  votes: 0,
  voters: VOTERS,
  learners: [],
  lastIndex: 7,
  lastTerm: 2,
  stableIndex: 7,
  entries: [],
  committed: 7,
  applied: 7,
  revision: 5,
  keys: [],
  fsyncMicros: 2_000,
  ...more,
})

const odds = (members: readonly EtcdMemberView[], cuts: readonly string[] = []) =>
  oddsOf({ etcd: members, cuts }, members[0]!)
const others = (more: Partial<EtcdMemberView> = {}) => ['b', 'c', 'd', 'e'].map((name) => member(name, more))

describe('who could win', () => {
  it.each([
    ['all are as far', [member('a'), ...others()], [], { kind: 'wins', votes: 5, of: 5 }],
    ['it leads', [member('a', { role: 'leader' }), ...others()], [], { kind: 'leads' }],
    ['it is down', [member('a', { state: 'gone' }), ...others()], [], { kind: 'down' }],
    ['a learner has no vote', [member('a', { role: 'learner' }), ...others()], [], { kind: 'no-vote' }],
    ['it reaches one other', [member('a'), ...others()], ['a>c', 'a>d', 'e>a'], { kind: 'too-few', reached: 2, of: 5 }],
    [
      'three have a longer log',
      [
        member('a'),
        member('b', { lastIndex: 8 }),
        member('c', { lastIndex: 8 }),
        member('d', { lastIndex: 8 }),
        member('e'),
      ],
      [],
      { kind: 'behind', newer: ['b', 'c', 'd'], of: 5 },
    ],
    [
      'a later term outweighs a longer log',
      [member('a', { lastTerm: 3, lastIndex: 4 }), ...others()],
      [],
      { kind: 'wins', votes: 5, of: 5 },
    ],
  ] as const)('%s', (_, members, cuts, expected) => {
    expect(odds(members, cuts)).toEqual(expected)
  })
})
