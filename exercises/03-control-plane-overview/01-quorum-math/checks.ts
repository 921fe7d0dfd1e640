/** Checks of `quorum-math`: examples, every size and every failure there is, and any order of members and hosts. */
import { defineChecks, differential, example, functionsGuest, property, type Trial } from 'clusterwright/kit'
import {
  everyFailure,
  everyHealth,
  hostsCase,
  memberCase,
  membersCase,
  SIZES,
  sizesOf,
  type HostsCase,
  type MembersCase,
  type Sizes,
  type Topology,
} from './cases.ts'
import { judgeHealth, judgeSurvival, membersOf } from './oracle.ts'
import { texts } from './texts.ts'

/** All of them asked of one guest, in one go; judged in their order. */
function judgeMembers(trial: Trial<any>, cases: readonly MembersCase[]): void {
  const all = cases.map(membersOf)
  const answers = trial.call(
    trial.start(),
    'each',
    ['analyze', all.map((members) => [members])],
    'analyze',
  ) as unknown[]
  all.forEach((members, index) => {
    const finding = judgeHealth(members, answers[index])
    if (finding) trial.fail(finding)
  })
}

function judgeHosts(trial: Trial<any>, cases: readonly HostsCase[]): void {
  const given = cases.map(({ topology, failed }) => [topology, failed])
  const answers = trial.call(trial.start(), 'each', ['survives', given], 'survives') as unknown[]
  cases.forEach((one, index) => {
    const finding = judgeSurvival(one, answers[index])
    if (finding) trial.fail(finding)
  })
}

/** So many voters, the first `down` of them down, and so many learners, of which some are. */
const group = (voters: number, down: number, learners = 0, learnersDown = 0): MembersCase => ({
  members: [
    ...Array.from({ length: voters }, (_, i) => memberCase(false, i >= down)),
    ...Array.from({ length: learners }, (_, i) => memberCase(true, i >= learnersDown)),
  ],
})

const stacked = (...failed: string[]): HostsCase => ({ topology: 'stacked', failed })
const external = (...failed: string[]): HostsCase => ({ topology: 'external', failed })

const checks = [
  example('of three voters two must agree, and one may fail', {
    stage: 'members',
    hint: 'majority',
    run: (trial) => judgeMembers(trial, [group(3, 0), group(3, 1), group(3, 2)]),
  }),

  example('a fourth voter lets no more fail than three did', {
    stage: 'members',
    hint: 'majority',
    run: (trial) => judgeMembers(trial, [group(4, 0), group(4, 1), group(4, 2)]),
  }),

  example('who is down still counts as a member', {
    stage: 'members',
    hint: 'membership',
    run: (trial) => judgeMembers(trial, [group(5, 2), group(5, 3), group(5, 4)]),
  }),

  example('a learner has no vote', {
    stage: 'members',
    hint: 'voters',
    run: (trial) => judgeMembers(trial, [group(3, 0, 1), group(3, 2, 2), group(2, 0, 2, 2)]),
  }),

  example('a stacked host takes an API server and a member with it', {
    stage: 'hosts',
    hint: 'hosts',
    run: (trial) => judgeHosts(trial, [stacked(), stacked('cp-2'), stacked('cp-1', 'cp-3')]),
  }),

  example('with an external store, each kind of host counts for itself', {
    stage: 'hosts',
    hint: 'hosts',
    run: (trial) =>
      judgeHosts(trial, [external('cp-1', 'cp-2'), external('cp-1', 'etcd-1'), external('etcd-1', 'etcd-2')]),
  }),

  property<Sizes>('every size up to seven voters, with everybody up or down', {
    stage: 'members',
    hint: 'majority',
    per200: SIZES,
    generate: (_, seed) => sizesOf(seed),
    run: (trial, sizes) => judgeMembers(trial, everyHealth(sizes)),
  }),

  differential<MembersCase>('members in any order: the same answers as the reference', {
    stage: 'members',
    hint: 'voters',
    per200: 60,
    generate: membersCase,
    run: (trial, one) => judgeMembers(trial, [one]),
    shrink: {
      fixed: ['members'],
      valid: ({ members }: MembersCase) => members.some(({ learner }) => !learner),
    },
  }),

  property<{ topology: Topology }>('every set of hosts that can fail', {
    stage: 'hosts',
    hint: 'hosts',
    per200: 2,
    generate: (_, seed) => ({ topology: seed % 2 === 1 ? 'stacked' : 'external' }),
    run: (trial, { topology }) => judgeHosts(trial, everyFailure(topology)),
  }),

  differential<HostsCase>('hosts named twice, or that carry nothing: the same answers', {
    stage: 'hosts',
    hint: 'hosts',
    per200: 60,
    generate: hostsCase,
    run: (trial, one) => judgeHosts(trial, [one]),
    shrink: { fixed: ['topology', 'failed'] },
  }),
]

export default defineChecks(functionsGuest(['analyze', 'survives']), checks, texts)
