/**
 * A notation for tests of plugins: nodes with labels and the Pods on them, in one line.
 *
 *     a[zone=1,disk=ssd] app=web app=web | b[zone=2] app=db@other web!anti | c[]
 *
 * Nodes are parted by `|`. A Pod is its labels (`app=web,tier=1`, `-` for none), then `@namespace` if not `default`, then
 * `!name` of a spec from `specs`, then `~` if it is being deleted. `hostname` among the labels of a node is short for the
 * well-known label, `zone` likewise.
 */
import type { KubernetesObject, Node, Pod, Taint } from '#cluster/api/types.ts'
import { keyOf } from '#cluster/api/meta.ts'
import { createInformer } from '#cluster/client/informer.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import type { Cache } from '../cache.ts'
import { createCache, nodesOf, setNode, setPod } from '../cache.ts'
import type { CycleState, Nodes, NodeScore, Objects, Plugin, Status } from '../framework.ts'
import { objectsOf } from '../listers.ts'

export type Spec = Partial<Pod['spec']>
export type Requests = Readonly<Record<string, string>>

export const pod = (spec: Spec = {}, requests: Requests = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u-web' },
  spec: { containers: [{ name: 'web', image: 'web', resources: { requests } }], ...spec },
})

/** A Pod with labels: `app=web,tier=1`. */
export const podLabelled = (labels: string, spec: Spec = {}, namespace = 'default'): Pod => {
  const plain = pod(spec)
  return { ...plain, metadata: { ...plain.metadata, namespace, labels: pairs(labels) } }
}

export interface NodeMore {
  readonly labels?: Requests
  readonly taints?: readonly Taint[]
  readonly allocatable?: Requests
  readonly unschedulable?: boolean
  readonly images?: NonNullable<Node['status']>['images']
}

export const node = (
  name: string,
  { labels = {}, taints, allocatable, unschedulable, images }: NodeMore = {},
): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { ...(taints && { taints }), ...(unschedulable && { unschedulable: true }) },
  status: {
    allocatable: allocatable ?? { cpu: '4', memory: '8Gi', pods: '10' },
    ...(images && { images }),
  },
})

const WELL_KNOWN: Requests = { zone: 'topology.kubernetes.io/zone', hostname: 'kubernetes.io/hostname' }

function pairs(text: string): Record<string, string> {
  const list = text.split(',').filter((pair) => pair.includes('='))
  return Object.fromEntries(list.map((pair) => pair.split('=') as [string, string]))
}

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries(Object.entries(pairs(text)).map(([key, value]) => [WELL_KNOWN[key] ?? key, value]))

export interface Stage {
  readonly cache: Cache
  readonly nodes: Nodes
}

export interface SceneMore {
  readonly specs?: Readonly<Record<string, Spec>>
  /** By resource. */
  readonly objects?: Readonly<Record<string, readonly object[]>>
  readonly nodes?: Readonly<Record<string, NodeMore>>
}

export function scene(text: string, { specs = {}, objects = {}, nodes = {} }: SceneMore = {}): Stage {
  const cache = createCache()
  let number = 0
  for (const part of text.split('|').map((each) => each.trim())) {
    const [head, ...pods] = part.split(/\s+/)
    const [, name, labels] = /^([^[]+)\[(.*)\]$/.exec(head!)!
    setNode(cache, node(name!, { ...nodes[name!], labels: labelsOf(labels!) }))
    for (const word of pods) {
      const [, given, namespace = 'default', spec, leaving] = /^([^@!~]*)(?:@([^!~]+))?(?:!([^~]+))?(~)?$/.exec(word)!
      if (spec !== undefined && !specs[spec]) throw new Error(`scene: no spec "${spec}"`)
      const plain = podLabelled(given!, spec === undefined ? {} : specs[spec]!, namespace)
      const own = {
        name: `p${number}`,
        uid: `u${number}`,
        ...(leaving && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      }
      number += 1
      setPod(cache, { ...plain, metadata: { ...plain.metadata, ...own }, spec: { ...plain.spec, nodeName: name! } })
    }
  }
  return { cache, nodes: nodesOf(cache, listed(objects)) }
}

/** Objects by resource, each under its key; assumed ones take their place. */
export function listed(given: Readonly<Record<string, readonly object[]>>): Objects {
  const listers = Object.fromEntries(
    Object.keys(given).map((resource) => {
      const informer = createInformer({ resource })
      for (const object of given[resource] as KubernetesObject[]) informer.items.set(keyOf(object), object)
      return [resource, informer]
    }),
  )
  return objectsOf(listers, new Groups())
}

/** '' for yes, the reasons otherwise, `!` before hopeless ones. */
export const words = (status: Status | undefined): string =>
  status === undefined ? '' : `${status.code === 'UnschedulableAndUnresolvable' ? '!' : ''}${status.reasons.join(', ')}`

/** What PreFilter says, if it ends the matter. */
function prepared(
  plugin: Plugin,
  state: CycleState,
  aPod: Pod,
  { nodes }: Stage,
): string | readonly string[] | undefined {
  const pre = plugin.preFilter?.(state, aPod, nodes)
  if (pre && 'code' in pre) return pre.code === 'Skip' ? 'skip' : words(pre)
  return pre?.nodeNames
}

/** The names of the nodes that pass, `skip`, or PreFilter's words. */
export function filtered(plugin: Plugin, aPod: Pod, stage: Stage): string {
  const state: CycleState = {}
  const pre = prepared(plugin, state, aPod, stage)
  if (typeof pre === 'string') return pre
  const passing = [...stage.nodes].filter((info) => plugin.filter!(state, aPod, info) === undefined)
  return passing
    .map(({ name }) => name)
    .filter((name) => pre?.includes(name) ?? true)
    .join(' ')
}

/** What it says of one node. */
export function saidOf(plugin: Plugin, aPod: Pod, stage: Stage, name?: string): string {
  const state: CycleState = {}
  const pre = prepared(plugin, state, aPod, stage)
  if (typeof pre === 'string') return pre
  const info = name === undefined ? [...stage.nodes][0]! : stage.nodes.get(name)!
  return pre && !pre.includes(info.name) ? 'not named' : words(plugin.filter!(state, aPod, info))
}

/** Normalised scores in the order of the nodes, `a 100, b 0`, or `skip`. */
export function scored(plugin: Plugin, aPod: Pod, stage: Stage, among?: readonly string[]): string {
  const state: CycleState = {}
  const feasible = [...stage.nodes].filter(({ name }) => among?.includes(name) ?? true)
  if (plugin.preScore?.(state, aPod, feasible, stage.nodes)?.code === 'Skip') return 'skip'
  const list: NodeScore[] = feasible.map((info) => ({ name: info.name, score: plugin.score!(state, aPod, info) }))
  plugin.normalizeScore?.(state, aPod, list)
  return list.map(({ name, score }) => `${name} ${score}`).join(', ')
}
