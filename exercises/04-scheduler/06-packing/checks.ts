/** Checks of `packing`: what a score is, what it hangs on, what it costs, a living cluster, and the ranking. */
import {
  cost,
  defineChecks,
  example,
  node,
  pod,
  podRequests,
  property,
  ranking,
  runArena,
  scoreGuest,
  ScoreGuest,
  schedulerWithScore,
  scoreOptions,
  snapshotOf,
  type Chance,
  type Measured,
  type Standing,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod } from 'clusterwright/api'
import { billOf } from './bill.ts'
import { liveWorld, runLive } from './live.ts'
import { REFERENCES } from './references.ts'
import { say, texts } from './texts.ts'
import { workloadFrom, type Workload } from './workload.ts'

/** Scores by node; undefined where the plugin had no say. */
type Scores = ReadonlyMap<string, number> | undefined

/** What the plugin says of these nodes, in this order; fails the trial where that is no score. */
function ask(
  trial: Trial<any>,
  guest: ScoreGuest,
  incoming: Pod,
  nodes: readonly Node[],
  pods: readonly Pod[],
): Scores {
  const all = snapshotOf(nodes, pods)
  guest.update(all)
  const asked = podRequests(incoming)
  // Nobody is asked about a node that the filters have refused.
  const infos = all.filter(({ allocatable, requested }) =>
    Object.keys(asked).every((name) => (requested[name] ?? 0) + asked[name]! <= (allocatable[name] ?? 0)),
  )
  const answer = guest.score(incoming, infos)
  if ('invalid' in answer) {
    const { node: name, score } = answer.invalid
    trial.fail({
      message: say('out-of-range', { pod: incoming.metadata.name, node: name, score }),
      expected: '0 … 100',
      actual: String(score),
      hint: 'range',
    })
  }
  return 'scores' in answer ? new Map(infos.map((info, index) => [info.name, answer.scores[index]!])) : undefined
}

const once = (trial: Trial<any>, incoming: Pod, nodes: readonly Node[], pods: readonly Pod[] = []): Scores =>
  ask(trial, new ScoreGuest(trial), incoming, nodes, pods)

/** A few nodes, what is on them, and one Pod more. */
interface Case {
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly incoming: Pod
  readonly others: readonly Pod[]
}

function caseFrom(chance: Chance): Case {
  const { nodes, arrivals } = workloadFrom(chance)
  const some = chance.shuffle(arrivals.map(({ pod: each }) => each))
  const [incoming, ...rest] = some
  const there = rest.slice(0, chance.between(0, 12))
  return {
    nodes,
    pods: there.map((each) => ({ ...each, spec: { ...each.spec, nodeName: chance.pick(nodes).metadata.name } })),
    incoming: incoming!,
    others: rest.slice(20, 20 + chance.between(1, 3)),
  }
}

/**
 * Asked after others, and after it was asked on emptier nodes, and with the nodes the other way round: by a plugin that has seen
 * nothing, and by one that has.
 */
function judgeCase(trial: Trial<any>, { nodes, pods, incoming, others }: Case): void {
  const before = once(trial, incoming, nodes, pods)
  const first = new ScoreGuest(trial)
  for (const other of others) ask(trial, first, other, nodes, pods)
  ask(trial, first, incoming, nodes, pods.slice(0, -1))
  same(trial, incoming, before, ask(trial, first, incoming, nodes, pods), 'asked-again')
  same(trial, incoming, before, once(trial, incoming, nodes.toReversed(), pods), 'other-order')
}

function same(
  trial: Trial<any>,
  incoming: Pod,
  before: Scores,
  after: Scores,
  key: 'asked-again' | 'other-order',
): void {
  for (const [name, score] of before ?? []) {
    const now = after?.get(name)
    if (now === score) continue
    const names = { pod: incoming.metadata.name, node: name }
    trial.fail({ message: say(key, names), expected: String(score), actual: String(now ?? '—') })
  }
}

/** Fuel of one warm decision over so many nodes. */
function decisionFuel(trial: Trial<any>, count: number): number {
  const nodes = Array.from({ length: count }, (_, index) => node(`node-${index + 1}`))
  const guest = new ScoreGuest(trial)
  ask(trial, guest, pod('first').requests({ cpu: '1' }), nodes, [])
  const infos = snapshotOf(nodes)
  guest.update(infos)
  const before = guest.guest.fuelUsed()
  guest.score(pod('web').requests({ cpu: '1', memory: '1Gi' }), infos)
  return guest.guest.fuelUsed() - before
}

function measure(trial: Trial<Workload>, plan: Workload): Measured {
  const scoring = schedulerWithScore(trial)
  const isOver = (): boolean => trial.trap !== undefined || scoring.refused() !== undefined
  const { component: scheduler, refused } = scoring
  const stays = runArena({ scheduler, options: scoreOptions(), plan, seed: trial.seed, isOver })
  const words = refused()
  if (words !== undefined)
    trial.fail({ message: say('refused', { words }), expected: '0 … 100', actual: words, hint: 'range' })
  return { values: { ...billOf(plan, stays) }, decisions: scoring.decisions, fuel: scoring.fuel }
}

/** At the median, at most so much of LeastAllocated's bill. MostAllocated comes to about 0.7. */
const BAR = 0.85

function bar({ pairings, seeds }: Standing) {
  const { median } = pairings[0]!.ratio
  if (median <= BAR) return undefined
  const percent = (share: number): number => Math.round(share * 1000) / 10
  return {
    message: say('below-bar', { percent: percent(median), cases: seeds.length }),
    expected: say('below-bar-expected', { percent: percent(BAR) }),
    actual: `${percent(median)} %`,
  }
}

const small = (name: string) => node(name).allocatable({ cpu: '8', memory: '32Gi' })
const job = (name: string) => pod(name).requests({ cpu: '1', memory: '4Gi' }).labels({ app: 'test', stays: 'briefly' })

const checks = [
  example('a score is a whole number from 0 to 100', {
    stage: 'score',
    hint: 'range',
    run(trial) {
      const nodes = [small('node-1'), small('node-2'), small('node-3').allocatable({ cpu: '2' })]
      const busy = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => job(name).on('node-2'))
      const last = pod('last').requests({ cpu: '700m', memory: '3Gi' }).on('node-3')
      once(trial, pod('web').requests({ cpu: '1', memory: '1500Mi' }), nodes, [...busy, last])
    },
  }),

  example('a Pod that asks for nothing is scored as well', {
    stage: 'score',
    hint: 'range',
    run(trial) {
      once(trial, pod('idle'), [small('node-1'), small('node-2')], [])
    },
  }),

  example('of two like nodes, the one in use is the better', {
    stage: 'packing',
    hint: 'packing',
    run(trial) {
      for (const [used, empty] of [
        ['node-1', 'node-2'],
        ['node-2', 'node-1'],
      ] as const) {
        const scores = once(trial, job('next'), [small('node-1'), small('node-2')], [job('there').on(used)])
        const [inUse, unused] = [scores?.get(used) ?? 0, scores?.get(empty) ?? 0]
        trial.ensure(inUse > unused, () => ({
          message: say('wakes-a-node', { used, empty }),
          expected: say('wakes-a-node-expected', { used, unused }),
          actual: `${inUse}`,
        }))
      }
    },
  }),

  property('the same question gets the same answer, in any order of nodes', {
    stage: 'score',
    hint: 'alone',
    per200: 20,
    generate: caseFrom,
    run: judgeCase,
    shrink: {
      fixed: [
        ...['nodes', 'pods', 'incoming', 'others', 'metadata', 'name', 'namespace', 'spec', 'containers', 'status'],
        ...['allocatable', 'capacity', 'resources', 'requests', 'cpu', 'memory'],
      ],
      nonEmpty: ['nodes', 'containers'],
      triesMax: 40,
    },
  }),

  cost('ten times the nodes cost ten times as much', {
    stage: 'score',
    hint: 'alone',
    run(trial) {
      const [few, many] = [decisionFuel(trial, FEW), decisionFuel(trial, 10 * FEW)]
      trial.ensure(many <= 15 * few, () => ({
        message: say('too-dear', { many: thousands(many), few: thousands(few), nodes: FEW }),
        expected: say('too-dear-expected'),
        actual: say('too-dear-actual', { times: (many / few).toFixed(0) }),
      }))
    },
  }),

  property('in a living cluster every Pod finds its place', {
    stage: 'score',
    hint: 'range',
    per200: 1,
    generate: (chance) => workloadFrom(chance),
    world: liveWorld,
    run: runLive,
  }),

  ranking('the bill, over cases that are drawn from your own code', {
    stage: 'packing',
    hint: 'packing',
    generate: (chance) => workloadFrom(chance),
    measures: [
      { name: 'bill', title: say('measure-bill') },
      { name: 'idle', title: say('measure-idle') },
      { name: 'nodes', title: say('measure-nodes'), digits: 1 },
      { name: 'bindP50', title: say('measure-p50'), digits: 3 },
      { name: 'bindP99', title: say('measure-p99'), digits: 1 },
    ],
    references: REFERENCES,
    measure,
    bar,
  }),
]

/** From 300 nodes to 3,000 it is as from 30 to 300: the one over more would only be dearer to find out. */
const FEW = 30

const thousands = (fuel: number): string => `${Math.round(fuel / 1000)}k`

export default defineChecks(scoreGuest(), checks, texts)
