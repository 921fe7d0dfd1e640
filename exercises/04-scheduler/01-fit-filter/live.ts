/**
 * The learner's plugin in a living cluster: Pods come, run, finish and are deleted, and the scheduler asks the plugin where
 * each may go. Σ requests ≤ allocatable must hold on every node after every change, and what fits must not wait for ever.
 */
import {
  addOn,
  API_SERVER,
  apiWorld,
  Decisions,
  filterSchedulerOptions,
  nodeInfo,
  podRequests,
  READY_MICROS,
  runWatched,
  schedulerWithFilter,
  seenBy,
  tell,
  type Chance,
  type Finding,
  type Trial,
} from 'clusterwright/kit'
import type { Node, Pod } from 'clusterwright/api'
import { resourceCase } from './cases.ts'
import { fits, isFinished, truthOf } from './oracle.ts'
import { say } from './texts.ts'

export interface LivePlan {
  readonly nodes: readonly Node[]
  readonly arrivals: readonly Arrival[]
}

interface Arrival {
  readonly atMillis: number
  readonly pod: Pod
  /** Deleted so long after it came; absent: never. */
  readonly deletedAfterMillis?: number
}

const NODES_AT_MICROS = READY_MICROS + 200_000
const FIRST_POD_MILLIS = 2_000
/** Longer than the scheduler's longest back-off and a Pod's grace period. */
const CALM_MICROS = 60_000_000

export const LIVE_SHRINK = {
  fixed: [
    ...[
      'nodes',
      'arrivals',
      'atMillis',
      'pod',
      'apiVersion',
      'kind',
      'metadata',
      'name',
      'namespace',
      'spec',
      'status',
    ],
    ...[
      'containers',
      'image',
      'allocatable',
      'capacity',
      'cpu',
      'memory',
      'ephemeral-storage',
      'pods',
      'requests',
      'limits',
      'resources',
    ],
  ],
  nonEmpty: ['nodes', 'arrivals', 'containers'],
  triesMax: 40,
}

/** Small nodes and many Pods, so that room is always scarce. */
export function livePlan(chance: Chance): LivePlan {
  const { nodes } = resourceCase(chance)
  let atMillis = FIRST_POD_MILLIS
  const arrivals = chance.times(chance.between(6, 18), (i): Arrival => {
    atMillis += chance.pick([0, 0, 5, 400, 3000])
    const { spec, metadata } = resourceCase(chance).incoming[0]!
    const finishes = chance.chance(0.4) ? { 'pretend/finishes-after-ms': String(chance.between(500, 8000)) } : undefined
    const { name: _name, uid: _uid, ...rest } = metadata
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...rest, name: `web-${i}`, ...(finishes && { annotations: finishes }) },
      spec: { ...spec, ...(finishes && { restartPolicy: 'Never' as const }), terminationGracePeriodSeconds: 2 },
    }
    return { atMillis, pod, ...(chance.chance(0.25) && { deletedAfterMillis: chance.between(300, 9000) }) }
  })
  return { nodes: nodes.map((node) => ({ ...node, spec: {} })), arrivals }
}

export function liveWorld({ nodes, arrivals }: LivePlan, trial: Trial<any>) {
  const components = { 'kube-scheduler': schedulerWithFilter(trial) }
  const world = apiWorld({ seed: trial.seed, components, watched: ['pods', 'nodes'], pretend: {} })
  addOn(world, 'cp-1', 'kube-scheduler', filterSchedulerOptions([API_SERVER]), { startAtMicros: READY_MICROS })
  for (const object of nodes) tell(world, NODES_AT_MICROS, { do: 'create', object })
  for (const { atMillis, pod, deletedAfterMillis } of arrivals) {
    tell(world, atMillis * 1000, { do: 'create', object: pod })
    if (deletedAfterMillis === undefined) continue
    const { name, namespace } = pod.metadata
    tell(world, (atMillis + deletedAfterMillis) * 1000, { do: 'delete', kind: 'Pod', namespace: namespace!, name })
  }
  return world
}

export function runLive(trial: Trial<LivePlan>, { arrivals }: LivePlan): void {
  const world = trial.world()
  const decisions = new Decisions()
  world.trace = decisions
  const last = Math.max(...arrivals.map(({ atMillis, deletedAfterMillis = 0 }) => atMillis + deletedAfterMillis))
  const boundAt = new Map<string, number>()
  const podsOn = (name: string) =>
    [...seenBy<Pod>(world, 'pods').values()].filter((pod) => pod.spec.nodeName === name && !isFinished(pod))
  runWatched(world, { untilMicros: last * 1000 + CALM_MICROS }, ({ resource, object, old }) => {
    const pod = object as Pod
    const { nodeName } = resource === 'pods' ? pod.spec : { nodeName: undefined }
    if (nodeName === undefined || (old as Pod | undefined)?.spec.nodeName !== undefined) return
    boundAt.set(pod.metadata.name, world.now)
    const node = seenBy<Node>(world, 'nodes').get(nodeName)
    const finding = node && overfilled(node, podsOn(nodeName), pod, boundAt)
    if (!finding) return
    const decision = decisions.byPod.get(`${pod.metadata.namespace}/${pod.metadata.name}`)
    trial.fail({ ...finding, ...(decision && { at: { tick: decision.tick, atMicros: decision.atMicros } }) })
  })
  if (trial.trap) return
  for (const pod of seenBy<Pod>(world, 'pods').values()) {
    if (pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) continue
    const room = [...seenBy<Node>(world, 'nodes').values()].find((node) =>
      fits(truthOf(pod, nodeInfo(node, podsOn(node.metadata.name)))),
    )
    if (room) trial.fail(forgotten(pod, room, world.now))
  }
}

/** Whether the Pods on a node ask for more than it has, now that this one has come. */
function overfilled(
  node: Node,
  pods: readonly Pod[],
  latest: Pod,
  boundAt: ReadonlyMap<string, number>,
): Finding | undefined {
  const { allocatable } = nodeInfo(node)
  const { name } = node.metadata
  for (const resource of ['cpu', 'memory', 'ephemeral-storage', 'pods']) {
    const whole = allocatable[resource] ?? 0
    const unit = resource === 'cpu' ? 1 : 1000
    const sum =
      resource === 'pods'
        ? pods.length
        : pods.reduce((total, pod) => total + (podRequests(pod)[resource] ?? 0), 0) / unit
    // An overfilled resource is this Pod's fault only if it asks for it.
    const asked = resource === 'pods' ? 1 : (podRequests(latest)[resource] ?? 0)
    if (sum <= whole || asked === 0) continue
    const [moment, size] = [
      boundAt.get(latest.metadata.name) ?? 0,
      (value: number) => (resource === 'cpu' ? `${value}m` : String(value)),
    ]
    return {
      message: say('overfilled', { time: seconds(moment), pod: latest.metadata.name, node: name, resource }),
      expected: say('overfilled-expected', { most: size(whole), resource, node: name }),
      actual: say('overfilled-actual', { sum: size(sum), pods: pods.map(({ metadata }) => metadata.name).join(', ') }),
      story: storyOf(name, pods, latest, boundAt),
    }
  }
  return undefined
}

function storyOf(
  nodeName: string,
  pods: readonly Pod[],
  latest: Pod,
  boundAt: ReadonlyMap<string, number>,
): NonNullable<Finding['story']> {
  const moment = (pod: Pod) => boundAt.get(pod.metadata.name) ?? 0
  const ordered = pods.toSorted((a, b) => moment(a) - moment(b))
  return {
    lanes: [
      {
        name: 'kube-scheduler',
        entries: ordered.map((pod) => ({
          atMicros: moment(pod),
          label: `binds ${pod.metadata.name}`,
          tone: pod === latest ? 'bad' : 'plain',
        })),
      },
      {
        name: nodeName,
        entries: ordered.map((pod) => ({
          atMicros: moment(pod),
          untilMicros: moment(latest),
          label: pod === latest ? 'overfilled' : `holds ${pod.metadata.name}`,
          tone: pod === latest ? 'bad' : 'pod',
        })),
      },
    ],
  }
}

const forgotten = (pod: Pod, node: Node, now: number): Finding => ({
  message: say('forgotten', { time: seconds(now), pod: pod.metadata.name, node: node.metadata.name }),
  expected: say('forgotten-expected', { pod: pod.metadata.name }),
  actual: 'Pending',
})

const seconds = (micros: number): string => (micros / 1e6).toFixed(3)
