/** A world, as pictures need it: machines, Pods and the store right after one event. */
import { conditionOf, parseTime } from '#cluster/api/meta.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { KubernetesObject, Lease, Node, Pod } from '#cluster/api/types.ts'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { Change } from '#cluster/etcd/mvcc/store.ts'
import { formatIp } from '#cluster/linux/ip.ts'
import type { LinuxState } from '#cluster/linux/state.ts'
import type { World } from '#cluster/kernel/world.ts'
import { parseKey } from '#cluster/scenarios/describe-etcd.ts'
import { nodeSignature } from '#cluster/scenarios/describe-http.ts'
import { holderIn, objectsOf, storeProcess } from '#cluster/scenarios/look.ts'
import type {
  Frame,
  LeaderView,
  LinkView,
  MachineView,
  NodeView,
  ObjectRef,
  ProcessView,
  TapeCell,
} from './protocol.ts'
import { etcdMembers, keyspaceOf, plainKeys } from './etcd-members.ts'
import { apiServicesIn } from './api-services.ts'
import { readerOf } from './reader.ts'
import { watchersOf } from './watchers.ts'
import { type Held, heldMemory, nodeMemory } from './memory.ts'
import { isOver, knownToKubelets, podView } from './pods.ts'

/** Neither Nodes nor of the control plane: where kubectl is typed, and the load balancer. */
const OUTSIDE = new Set(['laptop', 'lb-1'])
const TAPE_CELLS = 12
/** How far back the tape is searched for revisions that say something. */
const TAPE_LOOK_BACK = 400
const OBJECTS_MAX = 60

const INSPECTED = [
  'pods',
  'deployments',
  'replicasets',
  'services',
  'endpointslices',
  'nodes',
  'configmaps',
  'apiservices',
  'leases',
] as const

/**
 * @param tick the tick that was asked for: a world that has ended may stand earlier
 * @param stored the last world in which the store could be read, where it cannot be read now
 */
export function frameOf(world: World, branch: number, tick: number, stored: World = world): Frame {
  const pods = objectsOf<Pod>(stored, 'pods')
  const held = heldMemory(world)
  const runtime = stored === world ? undefined : knownToKubelets(world)
  const nodes = new Map(objectsOf<Node>(stored, 'nodes').map((node) => [node.metadata.name, node]))
  const allLeases = objectsOf<Lease>(stored, 'leases')
  const leases = new Map(
    allLeases
      .filter(({ metadata }) => metadata.namespace === 'kube-node-lease')
      .map((lease) => [lease.metadata.name, lease]),
  )
  const machines = [...world.network.machines.values()].map((machine): MachineView => {
    const node = nodes.get(machine.name)
    return {
      name: machine.name,
      role: OUTSIDE.has(machine.name) ? 'outside' : isControlPlane(world, machine.name) ? 'control-plane' : 'node',
      up: machine.up,
      processes: processesOf(world, machine.name),
      node: node && nodeView(world, node, leases.get(machine.name), pods, held),
      ...networkOf(world, machine.name),
    }
  })
  return {
    branch,
    tick,
    at: world.now,
    machines,
    pods: pods.map((pod) => podView(pod, held, runtime?.get(pod.metadata.uid!))),
    leaders: allLeases.flatMap((lease) => leaderView(world, lease)),
    store: storeOf(world),
    etcd: etcdMembers(world),
    keyspace: keyspaceIn(world),
    watchers: watchersOf(world),
    reader: readerOf(world),
    apiServices: apiServicesIn(stored),
    objects: inspectable(world),
    cuts: [...world.network.blocked.keys()],
  }
}

function leaderView(world: World, lease: Lease): LeaderView[] {
  const { metadata, spec } = lease
  const holder = metadata.namespace === 'kube-system' ? holderIn(lease) : undefined
  if (holder === undefined) return []
  const renewed = parseTime(spec.renewTime)
  const age = renewed === undefined ? undefined : Math.max(0, world.options.epochMicros + world.now - renewed)
  return [{ name: metadata.name, holder, age, duration: (spec.leaseDurationSeconds ?? 0) * 1_000_000 }]
}

/** What kubeadm calls a machine of the control plane: an API server is installed there. */
const isControlPlane = (world: World, machine: string): boolean =>
  world.process(`${machine}/kube-apiserver`) !== undefined

function processesOf(world: World, machine: string): ProcessView[] {
  const views: ProcessView[] = []
  for (const process of world.processes) {
    if (!process || process.spec.machine !== machine) continue
    const { id, spec, up, paused, parent } = process
    const state = !up ? 'gone' : paused ? 'paused' : 'up'
    views.push({ id, name: spec.name, component: spec.component, state, isChild: parent >= 0 })
  }
  return views
}

const ALLOCATIONS = /^\/var\/lib\/cni\/networks\/[^/]+\/(\d+\.\d+\.\d+\.\d+)$/

function networkOf(world: World, machine: string): Pick<MachineView, 'netns' | 'allocated'> {
  const kernel = world.process(`${machine}/linux`)
  if (!kernel?.up) return { netns: [], allocated: [] }
  const state = kernel.state as LinuxState
  const spaces = new Map(
    [...state.netns.values()].map(({ inode, label }) => [inode, { label, links: [] as LinkView[] }]),
  )
  for (const { netns, name, kind, up, addresses, master } of state.links.values()) {
    spaces.get(netns)?.links.push({
      name,
      kind,
      up,
      addresses: addresses.map(({ ip, bits }) => `${formatIp(ip)}/${bits}`),
      master: master === undefined ? undefined : state.links.get(master)?.name,
    })
  }
  const allocated = [...state.files].flatMap(([path]) => ALLOCATIONS.exec(path)?.[1] ?? [])
  return { netns: [...spaces.values()], allocated }
}

function nodeView(world: World, node: Node, lease: Lease | undefined, pods: readonly Pod[], held: Held): NodeView {
  const { name, labels = {} } = node.metadata
  const renewed = parseTime(lease?.spec?.renewTime)
  const here = pods.filter((pod) => pod.spec.nodeName === name && !isOver(pod))
  const ready = conditionOf(node, 'Ready')
  return {
    ready: (ready?.status ?? 'Unknown') as NodeView['ready'],
    message: ready?.message ?? '',
    leaseAge: renewed === undefined ? undefined : world.options.epochMicros + world.now - renewed,
    labels,
    taints: node.spec.taints?.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`) ?? [],
    cpuAllocatable: milli(node.status?.allocatable?.['cpu']),
    cpuRequested: here.reduce((sum, pod) => sum + (podRequests(pod)['cpu'] ?? 0), 0),
    ...nodeMemory(node, held),
  }
}

function keyspaceIn(world: World): Frame['keyspace'] {
  const etcd = storeProcess(world)
  return etcd === undefined ? undefined : keyspaceOf(world.stateOf<EtcdState>(etcd))
}

function storeOf(world: World): Frame['store'] {
  const etcd = storeProcess(world)
  if (etcd === undefined) return { revision: 0, compactRevision: 0, isUp: false, tape: [] }
  const { store } = world.stateOf<EtcdState>(etcd).keyspace
  const cells: TapeCell[] = []
  const { history } = store
  const last = history.length - 1
  for (let place = last; place >= Math.max(history.start, last - TAPE_LOOK_BACK); place--) {
    const change = history.get(place)!
    if (isQuiet(change, history)) continue
    if (cells.at(-1)?.revision === change.main) continue
    const { resource, name } = parseKey(change.key)
    cells.push({ revision: change.main, resource, name, verb: change.kv ? 'put' : 'delete' })
    if (cells.length === TAPE_CELLS) break
  }
  return { revision: store.revision, compactRevision: store.compactRevision, isUp: true, tape: cells.reverse() }
}

/** A heartbeat: a Lease, an Event, or a Node that says what it said before. */
function isQuiet(
  { key, kv, previous }: Change,
  history: { readonly start: number; get(place: number): Change | undefined },
): boolean {
  const { resource } = parseKey(key)
  if (resource === 'leases' || resource === 'events') return true
  if (resource !== 'nodes' || !kv || previous < history.start) return false
  const before = history.get(previous)?.kv
  return before !== undefined && nodeSignature(before.value as Node) === nodeSignature(kv.value as Node)
}

function inspectable(world: World): ObjectRef[] {
  const etcd = storeProcess(world)
  if (etcd === undefined) return []
  const { store } = world.stateOf<EtcdState>(etcd).keyspace
  const refs: ObjectRef[] = []
  for (const resource of INSPECTED) {
    for (const object of objectsOf<KubernetesObject>(world, resource)) {
      const { namespace = '', name } = object.metadata
      // Of Leases those of leader election; of everything else what people have made.
      if ((namespace === 'kube-system') !== (resource === 'leases')) continue
      const place = store.heads.get(storeKey(resource, namespace, name))
      const revision = place === undefined ? 0 : (store.history.get(place)?.main ?? 0)
      refs.push({ resource, kind: object.kind, namespace, name, revision })
    }
  }
  for (const { key, modRevision } of plainKeys(store))
    refs.push({ resource: PLAIN, kind: 'key', namespace: '', name: key, revision: modRevision })
  return refs.sort((a, b) => b.revision - a.revision).slice(0, OBJECTS_MAX)
}

const FOLDERS: Readonly<Record<string, string>> = { nodes: 'minions', services: 'services/specs' }

/** Resource of a key that holds no object of Kubernetes. */
export const PLAIN = 'keys'

export const storeKey = (resource: string, namespace: string, name: string): string =>
  resource === PLAIN ? name : `/registry/${FOLDERS[resource] ?? resource}/${namespace ? `${namespace}/` : ''}${name}`
