/** How fast a whole cluster runs: idle, and while Pods start; and how fast a lesson's world is sought. */
import { readFileSync } from 'node:fs'
import type { Deployment } from '#cluster/api/types.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf, parseCondition } from '#cluster/scenarios/look.ts'
import { playStory } from '#cluster/scenarios/story.ts'
import { type Benchmark, elapsedMs } from '../bench.ts'

const SECOND = 1_000_000
const SEEKS_OF_EACH = 5
const ascending = (a: number, b: number): number => a - b

function ready(nodes: number): World {
  const world = bootCluster({ seed: 1, nodes, dns: false })
  const holds = parseCondition(['nodes-ready', String(nodes + 1)])
  while (!holds(world) && world.now < 600 * SECOND) world.run({ untilMicros: world.now + SECOND })
  world.run({ untilMicros: world.now + 20 * SECOND })
  return world
}

const deployment = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: web, resources: { requests: { cpu: 10m, memory: 16Mi } } }
`

/** Wall time from `create` until every Pod is Ready, with events on the way. */
function startPods(world: World, replicas: number): { ms: number; events: number; virtualSeconds: number } {
  const body = { type: 'kubectl', id: 1, args: ['create', '-f', '-'], stdin: deployment(replicas) }
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  const start = { tick: world.tick, now: world.now }
  // The Deployment's own word: to count thousands of Pods time and again would be part of what is measured.
  const allReady = () => (objectsOf<Deployment>(world, 'deployments')[0]?.status?.readyReplicas ?? 0) >= replicas
  const ms = elapsedMs(() => {
    while (!allReady() && world.now - start.now < 600 * SECOND) world.run({ untilMicros: world.now + SECOND / 20 })
  })
  return { ms, events: world.tick - start.tick, virtualSeconds: (world.now - start.now) / SECOND }
}

export default {
  name: 'cluster',
  run(report) {
    const idle = ready(100)
    const ms = elapsedMs(() => idle.run({ untilMicros: idle.now + 600 * SECOND }))
    report({ what: 'idle cluster of 100 nodes', value: 600 / (ms / 1000), unit: 'virtual s per s' })

    startPods(ready(10), 100) // warm up
    const small = startPods(ready(10), 300)
    report({ what: '300 Pods Ready, 10 nodes', value: small.ms, unit: 'ms', against: { what: 'the aim', value: 200 } })
    const large = startPods(ready(100), 5_000)
    const note = `${Math.round(large.events / 5_000)} events per Pod, ${((large.ms * 1000) / large.events).toFixed(2)} µs per event, ${large.virtualSeconds.toFixed(0)} virtual s`
    report({
      what: '5,000 Pods created to Ready, 100 nodes',
      value: 5_000 / (large.ms / 1000),
      unit: 'Pods/s',
      against: { what: 'the aim', value: 5_000 },
      note,
    })

    const script = readFileSync(new URL('../../cluster/scenarios/deployment-journey.txt', import.meta.url), 'utf8')
    const { history } = playStory(script)
    const ticks = Array.from({ length: 101 }, (_, i) => (i * 7919) % history.head.tick)
    const seek = (tick: number): number => elapsedMs(() => history.at(tick))
    const passes = Array.from({ length: SEEKS_OF_EACH }, () => ticks.map(seek))
    const all = passes.flat().sort(ascending)
    // What a moment takes each time, apart from when the collector came by.
    const least = ticks.map((_, i) => Math.min(...passes.map((pass) => pass[i]!))).sort(ascending)
    const frame = { against: { what: 'one frame', value: 16 } }
    const what = `seek in a lesson's world (${history.head.tick} events)`
    report({ what: `${what}, the moment that takes longest`, value: least.at(-1)!, unit: 'ms', ...frame, note: `of 101 moments, each sought ${SEEKS_OF_EACH} times` }) // prettier-ignore
    report({ what: `${what}, slowest of all`, value: all.at(-1)!, unit: 'ms', ...frame, note: 'garbage collection is in it' }) // prettier-ignore
    report({ what: `${what}, of 100 the 95th`, value: all[Math.floor(all.length * 0.95)]!, unit: 'ms', ...frame })
    report({ what: `${what}, median`, value: all[all.length >> 1]!, unit: 'ms' })
  },
} satisfies Benchmark
