/**
 * A whole cluster under random faults, one per seed: processes crash and stall, machines lose power, links are cut, disks
 * are slow, clocks are wrong. While that lasts, no Pod may run twice. When everything is mended the cluster must find
 * back: every Deployment is fully ready, each machine runs what the API says and nothing else, every ready endpoint
 * answers a client that asks by name.
 */
import type { EndpointSlice, Pod } from '#cluster/api/types.ts'
import { isPodReady } from '#cluster/api/meta.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { World } from '#cluster/kernel/world.ts'
import { answersOf, objectsOf, parseCondition, podsWith } from '#cluster/scenarios/look.ts'
import { chance } from '../soak.ts'
import type { Soak } from '../soak.ts'

const SECOND = 1_000_000
const WORKERS = ['node-1', 'node-2', 'node-3']
const MACHINES = ['cp-1', ...WORKERS]
const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
const DAEMONS = ['containerd', 'flanneld', 'kube-proxy', 'kubelet']
const PROCESSES = [
  ...CONTROL_PLANE.map((name) => `cp-1/${name}`),
  ...MACHINES.flatMap((machine) => DAEMONS.map((name) => `${machine}/${name}`)),
]
/** How long things go wrong, and how long the cluster then has: evictions alone take 350 s, back-offs 300 s. */
const FAULTS_SECONDS = 420
const RECOVERY_SECONDS = 1200
/** How long the client asks after recovery: once a second, so that each of three endpoints is all but sure to be met. */
const ASKING_SECONDS = 60
/** The disk and clock of a healthy machine. */
const FSYNC_MICROS = 2_000

const deployment = (name: string, replicas: number, container: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [${container}]
`
const MANIFEST = [
  deployment('web', 3, '{ name: web, image: web, ports: [{ containerPort: 8080 }] }'),
  deployment('client', 1, "{ name: curl, image: curl, args: ['http://web/'] }"),
  `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`,
].join('---\n')

type Draw = (below: number) => number

/** A fault and what ends it; each lasts for a while of its own. */
function randomFault(draw: Draw): [fault: Command, mend: Command | undefined] {
  const process = PROCESSES[draw(PROCESSES.length)]!
  const machine = MACHINES[draw(MACHINES.length)]!
  const worker = WORKERS[draw(WORKERS.length)]!
  const others = MACHINES.filter((other) => other !== worker)
  const faults: [Command, Command | undefined][] = [
    // The supervisor starts it again.
    [{ type: 'crash', process }, undefined],
    [
      { type: 'pause', process },
      { type: 'resume', process },
    ],
    [
      { type: 'powerOff', machine },
      { type: 'powerOn', machine },
    ],
    [{ type: 'partition', groups: [[worker], others] }, { type: 'heal' }],
    [
      { type: 'block', from: worker, to: 'cp-1' },
      { type: 'unblock', from: worker, to: 'cp-1' },
    ],
    [
      { type: 'slowDisk', machine, fsyncMicros: draw(200_000) + FSYNC_MICROS },
      { type: 'slowDisk', machine, fsyncMicros: FSYNC_MICROS },
    ],
    [
      { type: 'skew', machine: worker, skewMicros: draw(10 * SECOND) - 5 * SECOND },
      { type: 'skew', machine: worker, skewMicros: 0 },
    ],
  ]
  return faults[draw(faults.length)]!
}

/** Plans faults from now on, each ended after a while, and everything mended at the end. @returns when that is */
function planFaults(world: World, draw: Draw): number {
  const start = world.now
  const end = start + FAULTS_SECONDS * SECOND
  for (let count = 2 + draw(10); count > 0; count -= 1) {
    const [fault, mend] = randomFault(draw)
    const at = start + draw(FAULTS_SECONDS * SECOND)
    world.command(at, fault)
    if (mend) world.command(Math.min(end, at + SECOND + draw(120 * SECOND)), mend)
  }
  const mends: Command[] = [
    { type: 'heal' },
    ...MACHINES.flatMap((machine): Command[] => [
      { type: 'powerOn', machine },
      { type: 'slowDisk', machine, fsyncMicros: FSYNC_MICROS },
      { type: 'skew', machine, skewMicros: 0 },
    ]),
    ...PROCESSES.map((process): Command => ({ type: 'resume', process })),
  ]
  for (const mend of mends) world.command(end, mend)
  return end
}

/** Programs of Pods that run, as `machine/hostname`. */
function runningPrograms(world: World, component: string): string[] {
  return world.processes.flatMap((process) => {
    const { hostname } = (process?.spec.options ?? {}) as { hostname?: string }
    return process?.up && process.spec.component === component ? [`${process.spec.machine}/${hostname}`] : []
  })
}

/** A Pod that runs more than once, in one place or in two. */
function twice(world: World): string | undefined {
  const names = runningPrograms(world, 'web').map((program) => program.slice(program.indexOf('/') + 1))
  const name = names.find((candidate, index) => names.indexOf(candidate) !== index)
  return name === undefined ? undefined : `Pod ${name} runs twice at ${world.now / SECOND} s`
}

/** What is not yet as it should be. */
function amiss(world: World): string | undefined {
  const pods = objectsOf<Pod>(world, 'pods').filter(({ metadata }) => metadata.namespace === 'default')
  const web = podsWith(world, { app: 'web' })
  if (web.length !== 3 || !web.every(isPodReady))
    return `${web.filter(isPodReady).length} of ${web.length} web Pods ready`
  if (pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) return 'a Pod is Terminating for ever'
  if (!pods.every(isPodReady)) return 'the client is not ready'
  const dns = podsWith(world, { 'k8s-app': 'kube-dns' })
  if (dns.length !== 2 || !dns.every(isPodReady)) return 'CoreDNS is not ready'
  const addresses = pods.map(({ status }) => status?.podIP)
  if (new Set(addresses).size !== addresses.length) return `two Pods have one address: ${addresses.join(', ')}`
  const told = web.map(({ spec, metadata }) => `${spec.nodeName}/${metadata.name}`).sort()
  const running = runningPrograms(world, 'web').sort()
  if (told.join() !== running.join()) return `the API says ${told.join(', ')}, the machines run ${running.join(', ')}`
  const slices = objectsOf<EndpointSlice>(world, 'endpointslices').filter(
    ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web',
  )
  const ready = slices.flatMap(({ endpoints }) => endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready)
  const listed = ready.flatMap((endpoint) => endpoint.addresses).sort()
  const expected = web.map(({ status }) => status?.podIP).sort()
  return listed.join() === expected.join() ? undefined : `endpoints ${listed.join(', ')}, Pods ${expected.join(', ')}`
}

/** What the client was told in its last requests that is not right. */
function unanswered(world: World): string | undefined {
  const [client] = podsWith(world, { app: 'client' })
  const answers = answersOf(world, client!.metadata.name, ASKING_SECONDS - 15).split('\n')
  const bad = answers.find((answer) => !answer.startsWith('200 '))
  if (bad !== undefined) return `a request after recovery: ${bad}`
  const silent = podsWith(world, { app: 'web' }).find(
    ({ metadata }) => !answers.some((answer) => answer.endsWith(metadata.name)),
  )
  return silent && `${silent.metadata.name} is ready, but none of ${answers.length} requests came to it`
}

/** Runs second by second. @returns what `stop` says as soon as it says something */
function runUntil(world: World, end: number, stop: () => string | undefined): string | undefined {
  while (world.now < end) {
    world.run({ untilMicros: Math.min(end, world.now + SECOND) })
    const found = stop()
    if (found !== undefined) return found
  }
  return undefined
}

const OK = 'as it should be'
const isWell = (world: World) => () => (amiss(world) === undefined ? OK : undefined)

export default {
  name: 'cluster',
  seeds: 100,
  run(seed) {
    const draw = chance(seed)
    const world = bootCluster({ seed, nodes: 3 })
    const nodesReady = parseCondition(['nodes-ready', '4'])
    runUntil(world, 120 * SECOND, () => (nodesReady(world) ? OK : undefined))
    const body = { type: 'kubectl', id: 1, args: ['apply', '-f', '-'], stdin: MANIFEST }
    world.command(world.now, { type: 'tell', process: KUBECTL, body })
    if (runUntil(world, world.now + 120 * SECOND, isWell(world)) !== OK) return `before any fault: ${amiss(world)}`
    world.run({ untilMicros: world.now + draw(20 * SECOND) })

    const end = planFaults(world, draw)
    const doubled = runUntil(world, end, () => twice(world))
    if (doubled !== undefined) return doubled
    const recovered = runUntil(world, end + RECOVERY_SECONDS * SECOND, () => twice(world) ?? isWell(world)())
    if (recovered !== OK) return recovered ?? `not mended in ${RECOVERY_SECONDS} s: ${amiss(world)}`
    world.run({ untilMicros: world.now + ASKING_SECONDS * SECOND })
    return amiss(world) ?? unanswered(world)
  },
} satisfies Soak
