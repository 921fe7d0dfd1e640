/**
 * A whole cluster in one world: the one file that knows every component.
 *
 * What the real one does: kubeadm, a package with the container runtime and a network add-on put processes on machines.
 * What we model: the outcome. `cp-1` runs the control plane; it and `node-1`, `node-2` … each have a kernel, a runtime, a
 * kubelet, a kube-proxy and flannel's agent; CoreDNS runs as a Deployment, and metrics-server where it is asked for;
 * `laptop` is where kubectl is typed. With several
 * control planes, `cp-2` … run the same, `lb-1` is the address that nodes and people use (`controlPlaneEndpoint`), and what
 * runs on a control-plane machine speaks with the API server beside it, as kubeadm sets it up. etcd has one member on `cp-1`,
 * several on the control plane's machines (stacked), or several on machines of their own (external).
 * Where `machines` says what runs where, parts may be missing, and those of the one control plane be anywhere.
 * What we leave out: the installation itself; leader election where there is
 * nobody to compete with (kubeadm leaves it on even then); the control plane as static Pods; flannel and kube-proxy as
 * DaemonSets (they are plain processes of the machine).
 * Where to read upstream: kubernetes/kubernetes `cmd/kubeadm/app/phases`.
 */
import { plugins as cniPlugins } from '#cluster/cni/plugins.ts'
import { flanneld } from '#cluster/cni/networks/flannel.ts'
import { containerRuntime } from '#cluster/container-runtime/container-runtime.ts'
import { hollowRuntime } from '#cluster/container-runtime/hollow-runtime.ts'
import { programs } from '#cluster/container-runtime/images.ts'
import { admissionWebhook } from '#cluster/admission-webhook/admission-webhook.ts'
import { coredns } from '#cluster/coredns/coredns.ts'
import { corednsManifest, wholeCorednsManifest } from '#cluster/coredns/manifest.ts'
import { restClient } from '#cluster/kubectl/rest-client.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import { haproxy } from '#cluster/haproxy/haproxy.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import { inOneProcess } from '#cluster/kernel/one-process.ts'
import { World } from '#cluster/kernel/world.ts'
import { FULL_CHAIN } from '#cluster/kube-apiserver/chain/full-chain.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import {
  FULL_CHAIN_CONTROLLERS,
  kubeControllerManager,
} from '#cluster/kube-controller-manager/kube-controller-manager.ts'
import { kubeProxy } from '#cluster/kube-proxy/kube-proxy.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { kubectl } from '#cluster/kubectl/kubectl.ts'
import { kubelet } from '#cluster/kubelet/kubelet.ts'
import { METRICS_SERVER_MANIFEST } from '#cluster/metrics-server/manifest.ts'
import { metricsServer } from '#cluster/metrics-server/metrics-server.ts'
import { linux } from '#cluster/linux/linux.ts'

export const API_SERVER: ProcessId = 'cp-1/kube-apiserver'
export const LOAD_BALANCER: ProcessId = 'lb-1/haproxy'
export const KUBECTL: ProcessId = 'laptop/kubectl'
import type { ClusterOptions, MachineOptions, NodeSpecOptions, Program } from './cluster-options.ts'
import { CONTROL_PLANE_PROGRAMS, NODE_PROGRAMS } from './cluster-options.ts'

export const SERVICE_CIDR = '10.96.0.0/12'
export const CLUSTER_CIDR = '10.244.0.0/16'
export const CLUSTER_DNS = '10.96.0.10'
export const CLUSTER_DOMAIN = 'cluster.local'

/** 1 January 2026, 09:00 UTC. */
const DEFAULT_EPOCH_MICROS = 1_767_258_000_000_000
/** systemd's RestartSec for a service that died, as kubeadm's packages set it for the kubelet. */
const RESTART_MICROS = 10_000_000

/** Every component of the cluster, by the name under which processes run it. */
export const components: Readonly<Record<string, Component>> = {
  etcd,
  'kube-apiserver': kubeApiserver,
  'kube-scheduler': kubeScheduler(),
  'kube-controller-manager': kubeControllerManager,
  kubelet,
  'container-runtime': containerRuntime,
  'hollow-kubelet': inOneProcess('hollow-kubelet', kubelet, hollowRuntime),
  linux,
  'kube-proxy': kubeProxy,
  haproxy,
  flanneld,
  kubectl,
  'rest-client': restClient,
  ...cniPlugins,
  ...programs,
  coredns,
  'admission-webhook': admissionWebhook,
  'metrics-server': metricsServer,
}

/** A cluster that has just been switched on: nothing has happened yet. Run it to let it come up. */
export function bootCluster(given: ClusterOptions): World {
  const options = given.machines ? given : { ...given, controlPlanes: controlPlanesOf(given) }
  const { seed, epochMicros = DEFAULT_EPOCH_MICROS, defaultLink, choose, onDefect } = options
  const world = new World({
    seed,
    epochMicros,
    components: { ...components, ...options.components },
    ...(defaultLink && { defaultLink }),
    ...(choose && { choose }),
    ...(onDefect && { onDefect }),
  })
  const hosts = options.machines ? hostsOf(options.machines) : hostTable(options, nodeList(options))
  for (const host of hosts) world.addMachine(host.name)
  world.addMachine('laptop')
  const { clusterCIDR = CLUSTER_CIDR } = options
  const endpoint = options.machines ? addParts(world, options.machines, options) : addControlPlanes(world, options)
  const neighbours = Object.freeze(Object.fromEntries(hosts.map((host) => [host.address, host.name])))
  // NodeRestriction keeps a kubelet from calling its own node a control plane: kubeadm does that in a phase of its own.
  const marks = options.chain === 'full' && !options.machines ? hosts.filter(isControlPlane) : []
  const kubeletOptions = {
    ...(tellsAll(options) && { events: true }),
    ...(options.chain === 'full' && { csiNode: true, describesNode: true }),
    ...(options.nodePressureEviction && { nodePressureEviction: true }),
  }
  const around = { endpoint, neighbours, clusterCIDR, kubeletOptions }
  for (const host of hosts)
    if (host.registered) addNode(world, marks.includes(host) ? { ...host, labels: {} } : host, around)
  const servers = [endpoint]
  world.addProcess({ machine: 'laptop', name: 'kubectl', component: 'kubectl', options: { servers } })
  if (marks.length > 0) {
    const names = marks.map(({ name }) => name)
    const body = { type: 'kubectl', id: 0, args: ['label', 'nodes', ...names, ...CONTROL_PLANE_MARKS] } as const
    world.command(MARK_MICROS, { type: 'tell', process: KUBECTL, body })
  }
  // Whoever has a token has a program that shows it.
  for (const name of options.tokens ? ['dashboard', 'program'] : [])
    world.addProcess({ machine: 'laptop', name, component: 'rest-client', options: { servers } })
  if (options.dns !== false) {
    const stdin = (options.chain === 'full' ? wholeCorednsManifest : corednsManifest)(CLUSTER_DNS)
    const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin } as const
    world.command(2_000_000, { type: 'tell', process: KUBECTL, body })
  }
  if (options.metrics) {
    const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin: METRICS_SERVER_MANIFEST } as const
    world.command(2_500_000, { type: 'tell', process: KUBECTL, body })
  }
  return world
}

function controlPlanesOf({ controlPlanes = 1, etcdMembers = 1, topology = 'stacked' }: ClusterOptions): number {
  return topology === 'stacked' ? Math.max(controlPlanes, etcdMembers) : controlPlanes
}

/** The members of etcd, in order. */
export function etcdMembersOf({ etcdMembers = 1, topology = 'stacked' }: ClusterOptions): readonly ProcessId[] {
  const machine = topology === 'stacked' ? 'cp' : 'etcd'
  return Array.from({ length: etcdMembers }, (_, i) => `${machine}-${i + 1}/etcd`)
}

function addExternalEtcd(world: World, initialCluster: readonly ProcessId[]): void {
  for (const member of initialCluster) {
    const machine = member.slice(0, member.indexOf('/'))
    world.addMachine(machine)
    const spec = { machine, name: 'etcd', component: 'etcd', options: { initialCluster } }
    world.addProcess({ ...spec, restartAfterMicros: RESTART_MICROS })
  }
}

interface Host extends NodeSpecOptions {
  readonly name: string
  readonly address: string
  readonly registered: boolean
  /** Default: every program of a node. */
  readonly runs?: readonly Program[]
  /** The API server on the machine itself. */
  readonly local?: ProcessId
}

const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane'
/** What kubeadm calls a control plane's node by. */
const CONTROL_PLANE_MARKS = [`${CONTROL_PLANE_LABEL}=`, 'node.kubernetes.io/exclude-from-external-load-balancers=']
/** By then the control plane's own kubelets have registered. */
const MARK_MICROS = 6_000_000

const isControlPlane = ({ registered, local }: Host): boolean => registered && local !== undefined

const CONTROL_PLANE_NODE: Pick<NodeSpecOptions, 'labels' | 'taints'> = {
  labels: { [CONTROL_PLANE_LABEL]: '' },
  taints: [{ key: CONTROL_PLANE_LABEL, effect: 'NoSchedule' }],
}

function nodeList({ nodes = 3 }: ClusterOptions): readonly NodeSpecOptions[] {
  return typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes
}

/** Downwards from .10, so that workers keep their addresses however many there are. @param number from 1 */
const controlPlaneAddress = (number: number): string => `192.168.0.${11 - number}`

function hostTable(options: ClusterOptions, nodes: readonly NodeSpecOptions[]): readonly Host[] {
  const { controlPlaneNode = true, controlPlanes = 1 } = options
  const controlPlane = Array.from({ length: controlPlanes }, (_, i): Host => ({
    name: `cp-${i + 1}`,
    address: controlPlaneAddress(i + 1),
    registered: controlPlaneNode,
    local: `cp-${i + 1}/kube-apiserver`,
    ...CONTROL_PLANE_NODE,
  }))
  const workers = nodes.map((node, i): Host => {
    const number = i + 10
    const address = `192.168.${Math.floor(number / 250)}.${(number % 250) + 1}`
    return { ...node, name: node.name ?? `node-${i + 1}`, address, registered: true }
  })
  return [...controlPlane, ...workers]
}

/** kubeadm's label and taint go where an API server is. */
function hostsOf(machines: readonly MachineOptions[]): readonly Host[] {
  return machines.map(({ name, runs }, i): Host => ({
    name,
    address: `192.168.0.${11 + i}`,
    registered: true,
    runs: runs.filter((program) => NODE_PROGRAMS.some((known) => known === program)),
    ...(runs.includes('kube-apiserver') && CONTROL_PLANE_NODE),
  }))
}

/** The parts of one control plane, wherever they are; what is missing is still looked for on the first machine. */
function addParts(world: World, machines: readonly MachineOptions[], options: ClusterOptions): ProcessId {
  const placeOf = (program: Program): string =>
    (machines.find(({ runs }) => runs.includes(program)) ?? machines[0])?.name ?? 'cp-1'
  const server: ProcessId = `${placeOf('kube-apiserver')}/kube-apiserver`
  const members = [`${placeOf('etcd')}/etcd`]
  for (const program of CONTROL_PLANE_PROGRAMS) {
    const machine = machines.find(({ runs }) => runs.includes(program))
    if (!machine) continue
    const { address } = hostsOf(machines).find(({ name }) => name === machine.name)!
    addControlPlane(world, machine.name, options, { members, etcd: members, server, runs: [program], address })
  }
  return server
}

function addControlPlanes(world: World, options: ClusterOptions): ProcessId {
  const { controlPlanes = 1, topology, without = [] } = options
  const members = etcdMembersOf(options)
  if (topology === 'external') addExternalEtcd(world, members)
  for (let i = 1; i <= controlPlanes; i++) {
    const server: ProcessId = `cp-${i}/kube-apiserver`
    const local: ProcessId = `cp-${i}/etcd`
    const hasMember = members.includes(local)
    const wanted = CONTROL_PLANE_PROGRAMS.filter((program) => !without.some((other) => other === program))
    const runs = wanted.filter((program) => program !== 'etcd' || hasMember)
    const address = controlPlaneAddress(i)
    addControlPlane(world, `cp-${i}`, options, { members, etcd: hasMember ? [local] : members, server, runs, address })
  }
  return addEndpoint(world, controlPlanes)
}

/** The address that everybody but the control plane itself knows. */
function addEndpoint(world: World, controlPlanes: number): ProcessId {
  if (controlPlanes === 1) return API_SERVER
  const servers = Array.from({ length: controlPlanes }, (_, i) => `cp-${i + 1}/kube-apiserver`)
  world.addMachine('lb-1')
  const spec = { machine: 'lb-1', name: 'haproxy', component: 'haproxy', options: { servers } }
  world.addProcess({ ...spec, restartAfterMicros: RESTART_MICROS })
  return LOAD_BALANCER
}

interface ControlPlaneParts {
  /** All members of etcd. */
  readonly members: readonly ProcessId[]
  /** Those that the API server asks. */
  readonly etcd: readonly ProcessId[]
  /** The API server that the others speak with. */
  readonly server: ProcessId
  readonly runs: readonly Program[]
  readonly address: string
}

function addControlPlane(world: World, machine: string, options: ClusterOptions, parts: ControlPlaneParts): void {
  const servers = [parts.server]
  const { leaderElect = (options.controlPlanes ?? 1) > 1 } = options
  const add = (component: Program, processOptions: unknown) =>
    parts.runs.includes(component) &&
    world.addProcess({
      machine,
      name: component,
      component,
      options: processOptions,
      restartAfterMicros: RESTART_MICROS,
    })
  add('etcd', { initialCluster: parts.members })
  add('kube-apiserver', {
    etcd: parts.etcd,
    serviceCIDR: SERVICE_CIDR,
    ...(options.chain === 'full' && { ...FULL_CHAIN, advertiseAddress: parts.address }),
    ...((options.controlPlanes ?? 1) > 1 && { endpointReconcilerType: 'lease' as const }),
    ...(options.authorization && { authorizationMode: options.authorization }),
    ...(options.tokens && { tokens: options.tokens }),
    ...options.apiServer,
  })
  add('kube-controller-manager', {
    servers,
    leaderElect,
    clusterCIDR: options.clusterCIDR ?? CLUSTER_CIDR,
    ...(options.disabledControllers && { disabled: options.disabledControllers }),
    ...(options.chain === 'full' && { enabled: FULL_CHAIN_CONTROLLERS }),
    ...(tellsAll(options) && { events: true }),
  })
  add('kube-scheduler', { servers, leaderElect })
}

const tellsAll = ({ chain, events = chain === 'full' ? 'all' : 'few' }: ClusterOptions): boolean => events === 'all'

/** What all nodes have to know. */
interface Surroundings {
  readonly endpoint: ProcessId
  /** Machines by their addresses. */
  readonly neighbours: Readonly<Record<string, string>>
  readonly clusterCIDR: string
  readonly kubeletOptions: object
}

function addNode(world: World, host: Host, { endpoint, neighbours, clusterCIDR, kubeletOptions }: Surroundings): void {
  const { name, address } = host
  const servers = [endpoint]
  const runs = new Set<string>(host.hollow ? ['kubelet'] : ['linux', ...(host.runs ?? NODE_PROGRAMS)])
  const add = (component: string, processOptions: unknown, process = component) =>
    runs.has(process) &&
    world.addProcess({
      machine: name,
      name: process,
      component,
      options: processOptions,
      restartAfterMicros: RESTART_MICROS,
    })
  add('linux', { address: `${address}/16`, hosts: neighbours })
  add('container-runtime', { apiServers: servers }, 'containerd')
  add('flanneld', { servers, nodeName: name, clusterCIDR })
  add('kube-proxy', { servers, nodeName: name, clusterCIDR })
  const itsOptions = {
    nodeName: name,
    servers: [host.local ?? endpoint],
    // Kubemark's is one program: the fake runtime listens within it.
    runtime: host.hollow ? `${name}/kubelet` : `${name}/containerd`,
    linux: `${name}/linux`,
    address,
    ...(host.capacity && { capacity: host.capacity }),
    ...(host.labels && { labels: host.labels }),
    ...(host.taints && { taints: host.taints }),
    clusterDNS: CLUSTER_DNS,
    clusterDomain: CLUSTER_DOMAIN,
    ...kubeletOptions,
  }
  add(host.hollow ? 'hollow-kubelet' : 'kubelet', itsOptions, 'kubelet')
}
