/**
 * A large cluster in one process: how long until its nodes are Ready and its Pods run, how it idles, and what it takes in memory.
 *
 * The nodes are hollow, as kubemark's: real kubelets whose runtime runs nothing, without kube-proxy and flannel; everything else
 * is the whole control plane. (With flannel on every node, each adds a route to each other: 25 million for 5,000.) Time is
 * the processor's, so that other programs on the machine do not count.
 *
 * `SCALE=100:5000,500:15000` asks for sizes of one's own (nodes:Pods); `SCALE=5000:150000` is what the aim is about.
 */
import type { Deployment } from '#cluster/api/types.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf, parseCondition } from '#cluster/scenarios/look.ts'
import type { Benchmark, Row } from '../bench.ts'

const SECOND = 1_000_000
const DEFAULT_SIZES = '100:5000,500:15000'
/** Pods of a Deployment. */
const REPLICAS = 1_000
const IDLE_SECONDS = 60
const AIM = { nodes: 5_000, pods: 150_000, seconds: 60, idle: 100, gibibytes: 4 }

function cpuMs(work: () => void): number {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000
}

function runUntil(world: World, holds: () => boolean): void {
  const end = world.now + 3_600 * SECOND
  while (!holds() && world.now < end) world.run({ untilMicros: world.now + SECOND })
  if (!holds()) throw new Error('the cluster has not settled within an hour')
}

const deployment = (name: string, replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - { name: web, image: web, resources: { requests: { cpu: 10m, memory: 16Mi } } }
`

function create(world: World, pods: number): void {
  const sets = Array.from({ length: Math.ceil(pods / REPLICAS) }, (_, i) =>
    deployment(`web-${i}`, Math.min(REPLICAS, pods - i * REPLICAS)),
  )
  const body = { type: 'kubectl', id: 1, args: ['create', '-f', '-'], stdin: sets.join('---') } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
}

/** The Deployments' own word: to count the Pods each time would be part of what is measured. */
const readyPods = (world: World): number =>
  objectsOf<Deployment>(world, 'deployments').reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0)

function measure(nodes: number, pods: number, report: (row: Row) => void): void {
  const name = `${nodes} nodes, ${pods} Pods`
  const world = bootCluster({
    seed: 1,
    nodes: Array.from({ length: nodes }, () => ({ hollow: true })),
    clusterCIDR: '10.128.0.0/9',
    dns: false,
  })
  const areReady = parseCondition(['nodes-ready', String(nodes + 1)])
  const bootMs = cpuMs(() => runUntil(world, () => areReady(world)))
  report({ what: `${name}: nodes Ready`, value: bootMs / 1_000, unit: 's', note: `${world.tick} events` })
  const { tick } = world
  create(world, pods)
  const podsMs = cpuMs(() => runUntil(world, () => readyPods(world) >= pods))
  const [events, settledMs] = [world.tick - tick, bootMs + podsMs]
  const note = `${Math.round(pods / (podsMs / 1_000))} Pods/s, ${(events / pods).toFixed(0)} events per Pod, ${((podsMs * 1_000) / events).toFixed(1)} µs per event`
  const isAim = nodes === AIM.nodes && pods === AIM.pods
  const against = (value: number) => isAim && { against: { what: 'the aim', value } }
  report({ what: `${name}: all settled`, value: settledMs / 1_000, unit: 's', ...against(AIM.seconds), note })
  const idleMs = cpuMs(() => world.run({ untilMicros: world.now + IDLE_SECONDS * SECOND }))
  report({ what: `${name}: idle`, value: (IDLE_SECONDS * 1_000) / idleMs, unit: 'virtual s per s', ...against(AIM.idle) }) // prettier-ignore
  const peak = process.resourceUsage().maxRSS / 1024 ** 2
  report({ what: `${name}: memory at its highest`, value: peak, unit: 'GiB', ...against(AIM.gibibytes) })
}

export default {
  name: 'scale',
  run(report) {
    for (const size of (process.env['SCALE'] ?? DEFAULT_SIZES).split(',')) {
      const [nodes = 0, pods = 0] = size.split(':').map(Number)
      measure(nodes, pods, report)
    }
  },
} satisfies Benchmark
