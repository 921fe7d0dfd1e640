/** The learner's plugins in a living cluster, beside one with the simulation's own: every Pod must go to the same node. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  type Chance,
  Decisions,
  plainScheduler,
  READY_MICROS,
  schedulerWithScoring,
  tell,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod } from 'clusterwright/api'
import { nodeOf, podOf, tolerationsOf } from './cases.ts'
import { say } from './texts.ts'

export interface LivePlan {
  readonly nodes: readonly Node[]
  readonly arrivals: readonly { readonly atMillis: number; readonly pod: Pod }[]
}

const NODES_AT_MICROS = READY_MICROS + 200_000
const FIRST_POD_MILLIS = 2_000
const CALM_MICROS = 2_000_000
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'PreferNoSchedule'] as const

export function livePlan(chance: Chance): LivePlan {
  const allocatable = { cpu: '2', memory: '4Gi', pods: '110' }
  const nodes = chance.times(chance.between(3, 4), (index): Node => {
    const node = nodeOf(chance, index, EFFECTS)
    return { ...node, status: { capacity: allocatable, allocatable } }
  })
  let atMillis = FIRST_POD_MILLIS
  const arrivals = chance.times(8, (index) => {
    atMillis += chance.pick([0, 5, 200])
    const { metadata, ...rest } = podOf(chance, `web-${index}`, tolerationsOf(chance, EFFECTS))
    const { uid: _uid, ...named } = metadata
    return { atMillis, pod: { ...rest, metadata: named } }
  })
  return { nodes, arrivals }
}

export const liveWorld = (plan: LivePlan, trial: Trial<any>) => worldWith(plan, trial, schedulerWithScoring(trial))

function worldWith({ nodes, arrivals }: LivePlan, trial: Trial<any>, scheduler: ReturnType<typeof plainScheduler>) {
  const components = { 'kube-scheduler': scheduler }
  const world = apiWorld({ seed: trial.seed, components, watched: ['pods', 'nodes'], pretend: {} })
  addOn(world, 'cp-1', 'kube-scheduler', { servers: [API_SERVER] }, { startAtMicros: READY_MICROS })
  for (const object of nodes) tell(world, NODES_AT_MICROS, { do: 'create', object })
  for (const { atMillis, pod } of arrivals) tell(world, atMillis * 1000, { do: 'create', object: pod })
  return world
}

export function runLive(trial: Trial<LivePlan>, plan: LivePlan): void {
  const untilMicros = plan.arrivals.at(-1)!.atMillis * 1000 + CALM_MICROS
  const [world, own] = [trial.world(), worldWith(plan, trial, plainScheduler())]
  const [chosen, right] = [new Decisions(), new Decisions()]
  world.trace = chosen
  own.trace = right
  world.run({ untilMicros })
  if (trial.trap) return
  own.run({ untilMicros })
  for (const { pod } of plan.arrivals) {
    const key = `default/${pod.metadata.name}`
    const [here, there] = [chosen.byPod.get(key), right.byPod.get(key)]
    if (here?.chosen === there?.chosen) continue
    trial.fail({
      message: say('elsewhere', { pod: pod.metadata.name }),
      expected: there?.chosen ?? say('nowhere'),
      actual: here?.chosen ?? say('nowhere'),
      ...(here && { at: { tick: here.tick, atMicros: here.atMicros } }),
    })
  }
}
