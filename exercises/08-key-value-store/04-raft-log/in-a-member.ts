/**
 * The learner's node in a member of the simulation's etcd, beside two members with a Raft of our own: together they are the store
 * of a whole cluster. One of the others dies for good, so nothing more is committed without the learner's; a Deployment comes
 * up all the same.
 */
import {
  etcdWithNode,
  readyPods,
  wholeCluster,
  type Chance,
  type RaftMemberReport,
  type RaftProblem,
  type Trial,
  type World,
} from 'clusterwright/kit'
import { say } from './texts.ts'

export interface ClusterPlan {
  readonly replicas: number
  /** Whether the learner's member dies first, and has to come back from what its disk holds. */
  readonly restart: boolean
  /** Who dies for good: whoever leads, if that is not the learner’s member, or one who follows. */
  readonly dies: 'leader' | 'follower'
  /** Whether the others stand still at first, so that the learner’s node is the first to stand for election. */
  readonly leads: boolean
}

const MEMBERS = ['etcd-1/etcd', 'etcd-2/etcd', 'etcd-3/etcd'] as const
const [OWN, ...OTHERS] = MEMBERS
/** The learner’s has stood for election by then. */
const STILL_UNTIL_MICROS = 2_300_000
/** By then the control plane is up. */
const UP_MICROS = 6_000_000
/** A supervisor waits ten seconds. */
const BACK_MICROS = 12_000_000
const WITHIN_MICROS = 25_000_000

export const clusterPlan = (chance: Chance, seed: number): ClusterPlan => ({
  replicas: chance.between(1, 2),
  restart: seed % 2 === 0,
  dies: seed % 4 < 2 ? 'leader' : 'follower',
  leads: seed % 3 === 1,
})

const diesAt = ({ restart }: ClusterPlan): number => (restart ? UP_MICROS + BACK_MICROS : UP_MICROS)

const reports = new WeakMap<Trial<any>, RaftMemberReport>()

export function memberWorld(plan: ClusterPlan, trial: Trial<any>): World {
  const { component, report } = etcdWithNode(trial, OWN)
  reports.set(trial, report)
  const world = wholeCluster({
    ...{ seed: trial.seed, components: { etcd: component }, etcdMembers: MEMBERS.length, nodes: 1 },
    ...{ replicas: plan.replicas, appliedAtMicros: diesAt(plan) + 500_000 },
    ...(plan.restart && { crashes: [{ process: OWN, atMicros: UP_MICROS }] }),
  })
  for (const process of plan.leads ? OTHERS : []) {
    world.command(100_000, { type: 'pause', process })
    world.command(STILL_UNTIL_MICROS, { type: 'resume', process })
  }
  return world
}

/** As far as this check looks into a member. */
interface Member {
  readonly isLeader: boolean
  readonly node: { readonly raft: { readonly term: number } }
}

/** Who dies: never the learner's own. */
function victim(world: World, { dies }: ClusterPlan): string {
  const leads = (member: string): boolean => world.stateOf<Member>(member).isLeader
  return OTHERS.find((member) => leads(member) === (dies === 'leader')) ?? OTHERS[0]
}

export function livesOn(trial: Trial<ClusterPlan>, plan: ClusterPlan): void {
  const world = trial.world()
  const report = reports.get(trial)!
  const isBroken = (): boolean => Boolean(trial.trap || report.problem)
  world.run({ untilMicros: diesAt(plan), until: isBroken })
  const dead = victim(world, plan)
  if (!isBroken()) world.command(world.now, { type: 'stop', process: dead })
  const isUp = (): boolean => world.now > diesAt(plan) + 500_000 && readyPods(world).length === plan.replicas
  world.run({ untilMicros: diesAt(plan) + WITHIN_MICROS, until: () => isBroken() || isUp() })
  if (trial.trap) trial.crash(trial.trap.failure, trial.trap.during)
  const time = (world.now / 1e6).toFixed(3)
  if (report.problem) trial.fail({ message: inWords(report.problem, time), hint: 'append' })
  const ready = readyPods(world).length
  trial.ensure(ready === plan.replicas, () => ({
    message: say('not-up', { time, ready, wanted: plan.replicas, dead: nameOf(dead) }),
    expected: say('not-up-expected', { wanted: plan.replicas }),
    actual: String(ready),
  }))
}

const nameOf = (member: string): string => member.slice(0, member.indexOf('/'))

function inWords(problem: RaftProblem, time: string) {
  switch (problem.type) {
    case 'unknown-data':
      return say('member-unknown-data', { time, index: problem.index, data: problem.data })
    case 'misplaced':
      return say('member-misplaced', {
        ...{ time, index: problem.index, last: problem.last, committed: problem.committed },
      })
    case 'not-the-log':
      return say('member-not-the-log', { time, index: problem.index })
    case 'other-history':
      return say('member-other-history', { time, index: problem.index })
    case 'panic':
      return say('member-panics', { time, member: problem.member, text: problem.text })
  }
}
