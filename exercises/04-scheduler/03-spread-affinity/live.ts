/**
 * The learner's plugin in a living cluster: Pods come in bursts, so that several are assumed and not yet bound. Every Pod that
 * is placed is held against those placed before it, and none may wait where there is a node for it.
 */
import {
  addOn,
  API_SERVER,
  apiWorld,
  type Chance,
  Decisions,
  READY_MICROS,
  ReferenceCycle,
  schedulerWithSpread,
  tell,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod } from 'clusterwright/api'
import { BOTH, nodeOf, podOf } from './cases.ts'
import { isAllowed, judgeNode } from './judge.ts'
import { say } from './texts.ts'

export interface LivePlan {
  readonly nodes: readonly Node[]
  readonly arrivals: readonly { readonly atMillis: number; readonly pod: Pod }[]
}

const NODES_AT_MICROS = READY_MICROS + 200_000
const FIRST_POD_MILLIS = 2_000
const LET_THROUGH = { code: 'Success', reasons: [] } as const
const CALM_MICROS = 15_000_000

export function livePlan(chance: Chance): LivePlan {
  let atMillis = FIRST_POD_MILLIS
  const nodes = chance.times(chance.between(3, 5), (index) => nodeOf(chance, index))
  const arrivals = chance.times(10, (index) => {
    atMillis += chance.pick([0, 0, 2, 300])
    const { metadata, ...rest } = podOf(chance, `web-${index}`, BOTH)
    const { uid: _uid, ...named } = metadata
    return { atMillis, pod: { ...rest, metadata: { ...named, namespace: 'default' } } }
  })
  return { nodes, arrivals }
}

export function liveWorld({ nodes, arrivals }: LivePlan, trial: Trial<any>) {
  const components = { 'kube-scheduler': schedulerWithSpread(trial) }
  const world = apiWorld({ seed: trial.seed, components, watched: ['pods', 'nodes'], pretend: {} })
  addOn(world, 'cp-1', 'kube-scheduler', { servers: [API_SERVER] }, { startAtMicros: READY_MICROS })
  for (const object of nodes) tell(world, NODES_AT_MICROS, { do: 'create', object })
  for (const { atMillis, pod } of arrivals) tell(world, atMillis * 1000, { do: 'create', object: pod })
  return world
}

export function runLive(trial: Trial<LivePlan>, { nodes, arrivals }: LivePlan): void {
  const world = trial.world()
  const decisions = new Decisions()
  world.trace = decisions
  world.run({ untilMicros: arrivals.at(-1)!.atMillis * 1000 + CALM_MICROS })
  if (trial.trap) return
  const pods = new Map(arrivals.map(({ pod }) => [`default/${pod.metadata.name}`, pod]))
  const existing: Pod[] = []
  for (const [key, { chosen, tick, atMicros }] of decisions.byPod) {
    const pod = pods.get(key)!
    const finding = judgeNode(
      pod,
      nodes.find(({ metadata }) => metadata.name === chosen)!,
      LET_THROUGH,
      { nodes, existing },
    )
    if (finding) trial.fail({ ...finding, at: { tick, atMicros } })
    existing.push({ ...pod, spec: { ...pod.spec, nodeName: chosen } })
  }
  for (const [key, pod] of pods) {
    if (decisions.byPod.has(key)) continue
    const reference = new ReferenceCycle(['PodTopologySpread', 'InterPodAffinity'], pod, nodes, existing)
    const room = nodes.find((node) => isAllowed(pod, node) && reference.filter(node.metadata.name).code === 'Success')
    if (!room) continue
    const names = { pod: pod.metadata.name, node: room.metadata.name }
    trial.fail({ message: say('forgotten', names), expected: room.metadata.name, actual: 'Pending' })
  }
}
