/**
 * A cluster of 100 nodes of every sort, and a few Pods that each have something else to say to the scheduler.
 *
 * What it is: etcd, the API server and the scheduler run as anywhere; nodes are Node objects.
 * What we leave out: kubelets, as upstream's scheduler_perf does: the scheduler reads objects, and cannot tell. So Pods that
 * are bound do not start, and nobody writes that a node is ready; there are no controllers either.
 */
import type { Node, Pod, PodSpec, Taint } from '#cluster/api/types.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { KubectlState } from '#cluster/kubectl/kubectl.ts'
import { rememberingScheduler } from './explain.ts'

const SEED = 7
const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
/** By then everything runs, and is written. */
const UP_MICROS = 2_000_000
const TYPED_MICROS = 60_000_000

interface Pool {
  readonly name: string
  /** Of a hundred. */
  readonly share: number
  readonly cpu: number
  readonly memory: number
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  readonly gpus?: number
}

const POOLS: readonly Pool[] = [
  { name: 'general', share: 40, cpu: 4, memory: 16 },
  { name: 'large', share: 24, cpu: 16, memory: 64, labels: { disk: 'ssd' } },
  { name: 'gpu', share: 12, cpu: 8, memory: 32, gpus: 4, labels: { disk: 'ssd' }, taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }, // prettier-ignore
  { name: 'spot', share: 16, cpu: 8, memory: 32, labels: { disk: 'ssd' }, taints: [{ key: 'spot', value: 'yes', effect: 'PreferNoSchedule' }] }, // prettier-ignore
  { name: 'data', share: 8, cpu: 8, memory: 64, labels: { disk: 'hdd' }, taints: [{ key: 'team', value: 'data', effect: 'NoSchedule' }] }, // prettier-ignore
]

/** What the node controller writes about a node that is silent. */
const SILENT: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }

/** The objects of a cluster of so many nodes, in the order in which they are made. */
function objectsFor(count: number): { readonly nodes: readonly Node[]; readonly earlier: readonly Pod[] } {
  const nodes: Node[] = []
  for (const pool of POOLS) {
    const size = Math.round((pool.share * count) / 100)
    for (let i = 1; i <= size && nodes.length < count; i++) nodes.push(nodeOf(pool, i, size, nodes.length))
  }
  return { nodes, earlier: nodes.map(earlierPod) }
}

function nodeOf(
  { name: pool, cpu, memory, labels, taints = [], gpus }: Pool,
  number: number,
  size: number,
  place: number,
): Node {
  const name = `${pool}-${String(number).padStart(size > 99 ? 3 : 2, '0')}`
  const disk = number % 2 === 0 ? 'ssd' : 'hdd'
  const room = {
    cpu: String(cpu),
    memory: `${memory}Gi`,
    pods: '110',
    ...(gpus && { 'example.com/gpu': String(gpus) }),
  }
  const isGeneral = pool === 'general'
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOSTNAME]: name, [ZONE]: 'abc'[place % 3]!, pool, disk, ...labels } },
    spec: {
      taints: isGeneral && number === size - 2 ? [...taints, SILENT] : taints,
      ...(isGeneral && number > size - 2 && { unschedulable: true }),
    },
    status: { capacity: room, allocatable: room, conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** What runs there already: from nearly nothing to nearly everything, mixed by a step that is prime to 100. */
function earlierPod({ metadata: { name }, status }: Node, place: number): Pod {
  const share = ((place * 37 + 11) % 100) / 100
  const milli = Math.floor((Number(status!.allocatable!['cpu']) * 950 * share) / 50) * 50 + 50
  const mebi = Math.floor((parseInt(status!.allocatable!['memory']!, 10) * 1024 * ((place * 53 + 7) % 100)) / 128) // prettier-ignore
  const app = ['web', 'batch', 'cache', 'db'][place % 4]!
  return pod(`${app}-on-${name}`, app, { cpu: `${milli}m`, memory: `${mebi}Mi` }, { nodeName: name }, place % 5 === 0 ? 8080 : undefined) // prettier-ignore
}

function pod(
  name: string,
  app: string,
  requests: Record<string, string>,
  spec: Partial<PodSpec> = {},
  hostPort?: number,
): Pod {
  const { 'example.com/gpu': gpus } = requests
  const ports = hostPort ? { ports: [{ containerPort: hostPort, hostPort }] } : {}
  const resources = { requests, ...(gpus && { limits: { 'example.com/gpu': gpus } }) }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app } },
    spec: { ...spec, containers: [{ name: 'main', image: 'web', resources, ...ports }] },
  }
}

const apart = (app: string, topologyKey: string): Partial<PodSpec> => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
    },
  },
})

/** Each of them has another reason to be where it is, or nowhere. */
const ASKERS: readonly Pod[] = [
  pod('web', 'web', { cpu: '500m', memory: '512Mi' }, { nodeSelector: { disk: 'ssd' } }),
  pod('train', 'train', { cpu: '2', memory: '4Gi', 'example.com/gpu': '1' }),
  pod('huge', 'huge', { cpu: '20', memory: '32Gi' }),
  pod('db', 'db', { cpu: '1', memory: '2Gi' }, apart('db', ZONE)),
  pod('proxy', 'proxy', { cpu: '100m', memory: '64Mi' }, {}, 8080),
  pod('cache', 'cache', { cpu: '250m', memory: '1Gi' }, { ...apart('cache', HOSTNAME), topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'cache' } } }] }), // prettier-ignore
  pod('small', 'small', { cpu: '50m', memory: '32Mi' }),
  pod('lost', 'lost', { cpu: '50m' }, { schedulerName: 'tidy' }),
]

/** Runs until every Pod that somebody looks at has been decided about. */
export function mixedNodes(count: number): World {
  const world = bootCluster({
    seed: SEED,
    machines: [{ name: 'cp-1', runs: ['etcd', 'kube-apiserver', 'kube-scheduler'] }],
    dns: false,
    components: { 'kube-scheduler': rememberingScheduler },
  })
  world.run({ untilMicros: UP_MICROS })
  const { nodes, earlier } = objectsFor(count)
  create(world, [...nodes, ...earlier])
  // One after the other, so that each finds those before it.
  for (const asker of ASKERS) create(world, [asker])
  world.run({ untilMicros: world.now + 1_000_000 })
  return world
}

/** A call of kubectl for each object, all at once: it reads its input anew at every answer. */
function create(world: World, objects: readonly object[]): void {
  const transcript = () => world.stateOf<KubectlState>(KUBECTL).transcript
  const first = transcript().size + 1
  objects.forEach((object, i) => {
    const body = { type: 'kubectl', id: first + i, args: ['create', '-f', '-'], stdin: formatYaml(object) }
    world.command(world.now, { type: 'tell', process: KUBECTL, body })
  })
  const ids = objects.map((_, i) => first + i)
  let waited = 0
  const isDone = (): boolean => {
    while (waited < ids.length && transcript().get(ids[waited]!)?.exitCode !== undefined) waited++
    return waited === ids.length
  }
  world.run({ untilMicros: world.now + TYPED_MICROS, until: isDone })
  for (const id of ids) {
    const { exitCode, errors } = transcript().get(id)!
    if (exitCode !== 0) throw new Error(errors)
  }
}
