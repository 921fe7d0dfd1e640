/**
 * The scheduler's picture of the cluster: one NodeInfo per node, kept up to date by increments.
 *
 * A Pod that has been given a node is *assumed* there at once, long before the API server says so; otherwise the next
 * cycle would give the same room away again. When the bound Pod comes back through the watch, it takes the assumed one's
 * place; when the binding fails, the assumed one is forgotten.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/backend/cache/cache.go`.
 */
import { isEqual, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import { podRequests } from '#cluster/api/pod-resources.ts'
import { claimNameOf } from '#cluster/api/storage-types.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import { Groups } from '#cluster/kernel/groups.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Nodes, Objects } from './framework.ts'
import type { Assumed } from './listers.ts'
import type { NodeInfo } from './node-info.ts'
import { createNodeInfo, withNode, withoutPod, withPod } from './node-info.ts'
import type { NodeSlots } from './node-numbers.ts'
import type { Nominator } from './nominator.ts'
import { createNominator } from './nominator.ts'
import { podsOf } from './pod-list.ts'
import type { TopologyIndex } from './topology-index.ts'
import { countNode, countPod, createTopologyIndex } from './topology-index.ts'

interface Held {
  readonly pod: Pod
  readonly nodeName: string
  readonly assumed: boolean
}

export interface Cache {
  /** By slot, 0 to size - 1 without holes: a cycle starts where the last one stopped and goes round. */
  infos: Table<number, NodeInfo>
  slots: Table<string, number>
  /** Pods that hold room on a node, by key. */
  pods: Table<string, Held>
  /** Pods on nodes that are not here (yet, or any more), by node. */
  strays: Groups<Pod>
  topology: TopologyIndex
  /** Image name, node, size in bytes: which nodes have it already. */
  images: Groups<number>
  nominator: Nominator
  /** Claim, Pod key. */
  claimUsers: Groups<true>
  /** Volumes and claims as bindings under way will have them. */
  assumed: Assumed
}

export function createCache(): Cache {
  return {
    infos: new Table(),
    slots: new Table(),
    pods: new Table(),
    strays: new Groups(),
    topology: createTopologyIndex(),
    images: new Groups(),
    nominator: createNominator(),
    claimUsers: new Groups(),
    assumed: new Groups(),
  }
}

const NOTHING = () => undefined
const NO_OBJECTS: Objects = { all: () => [], get: NOTHING, told: NOTHING, assume: NOTHING, forget: NOTHING }

export function nodesOf(cache: Cache, objects: Objects = NO_OBJECTS): Nodes {
  return {
    size: cache.infos.size,
    get: (name) => infoOf(cache, name),
    [Symbol.iterator]: () => cache.infos.values(),
    topology: cache.topology,
    images: cache.images,
    nominator: cache.nominator,
    claimUsers: cache.claimUsers,
    objects,
  }
}

// Made from `infos` where it is missing, so it is no state; a fork makes its own.
const slotsOfCache = new WeakMap<Cache, NodeSlots>()
let lastStamp = 0

export function slotsOf(cache: Cache): NodeSlots {
  let slots = slotsOfCache.get(cache)
  if (slots) return slots
  slotsOfCache.set(cache, (slots = { infos: [], stamps: new Float64Array(64) }))
  for (const [slot, info] of cache.infos) stamp(slots, slot, info)
  return slots
}

function stamp(slots: NodeSlots, slot: number, info: NodeInfo | undefined): void {
  if (slot >= slots.stamps.length) {
    const larger = new Float64Array(slots.stamps.length * 2)
    larger.set(slots.stamps)
    slots.stamps = larger
  }
  slots.infos[slot] = info
  slots.stamps[slot] = ++lastStamp
}

function putInfo(cache: Cache, slot: number, info: NodeInfo): void {
  cache.infos.set(slot, info)
  const slots = slotsOfCache.get(cache)
  if (slots) stamp(slots, slot, info)
}

export function infoOf(cache: Cache, nodeName: string): NodeInfo | undefined {
  const slot = cache.slots.get(nodeName)
  return slot === undefined ? undefined : cache.infos.get(slot)
}

export function setNode(cache: Cache, node: Node): void {
  const { name } = node.metadata
  const slot = cache.slots.get(name)
  if (slot !== undefined) {
    const info = cache.infos.get(slot)!
    putInfo(cache, slot, withNode(info, node))
    countImages(cache, info.node, node)
    if (isEqual(info.node.metadata.labels, node.metadata.labels) && isEqual(info.node.spec?.taints, node.spec?.taints))
      return
    countNode(cache.topology, info.node, info.pods, -1)
    countNode(cache.topology, node, info.pods, 1)
    return
  }
  const pods = [...cache.strays.values(name)]
  for (const pod of pods) cache.strays.delete(name, keyOf(pod))
  cache.slots.set(name, cache.infos.size)
  const info = createNodeInfo(node, pods)
  putInfo(cache, cache.infos.size, info)
  countNode(cache.topology, node, info.pods, 1)
  countImages(cache, undefined, node)
}

function countImages({ images }: Cache, old: Node | undefined, node: Node | undefined): void {
  const [before, now] = [old?.status?.images, node?.status?.images]
  if (before === now || isEqual(before, now)) return
  for (const { names } of before ?? []) for (const name of names ?? []) images.delete(name, old!.metadata.name)
  for (const { names, sizeBytes = 0 } of now ?? [])
    for (const name of names ?? []) images.set(name, node!.metadata.name, sizeBytes)
}

export function removeNode(cache: Cache, nodeName: string): void {
  const slot = cache.slots.get(nodeName)
  if (slot === undefined) return
  const { node, pods } = cache.infos.get(slot)!
  countNode(cache.topology, node, pods, -1)
  countImages(cache, node, undefined)
  for (const pod of podsOf(pods)) cache.strays.set(nodeName, keyOf(pod), pod)
  const last = cache.infos.size - 1
  const moved = cache.infos.get(last)!
  cache.infos.delete(last)
  const slots = slotsOfCache.get(cache)
  if (slots) stamp(slots, last, undefined)
  cache.slots.delete(nodeName)
  if (slot === last) return
  putInfo(cache, slot, moved)
  cache.slots.set(moved.name, slot)
}

/** Gives a Pod its room before the API server knows. */
export function assumePod(cache: Cache, pod: Pod, nodeName: string): void {
  hold(cache, { pod, nodeName, assumed: true })
}

/** Takes an assumed Pod back; one that the API server has confirmed stays. */
export function forgetPod(cache: Cache, key: string): void {
  if (cache.pods.get(key)?.assumed) removePod(cache, key)
}

export const isAssumed = (cache: Cache, key: string): boolean => cache.pods.get(key)?.assumed === true

/** A bound Pod as the API server tells it: takes the place of whatever was held under its key. */
export function setPod(cache: Cache, pod: Pod): void {
  const key = keyOf(pod)
  const nodeName = pod.spec.nodeName!
  if (isPodFinished(pod)) return removePod(cache, key)
  const old = cache.pods.get(key)
  // Most updates are of the status: place, requests and labels stay, so the node keeps the object it has.
  if (old && old.nodeName === nodeName && sameFootprint(old.pod, pod)) {
    if (old.assumed) cache.pods.set(key, { ...old, assumed: false })
    return
  }
  hold(cache, { pod, nodeName, assumed: false })
}

function sameFootprint(a: Pod, b: Pod): boolean {
  if (a.metadata.uid !== b.metadata.uid || a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp) return false
  return isEqual(a.metadata.labels, b.metadata.labels) && isEqual(podRequests(a), podRequests(b))
}

export function removePod(cache: Cache, key: string): void {
  const held = cache.pods.get(key)
  if (!held) return
  cache.pods.delete(key)
  for (const claim of claimsOf(held.pod)) cache.claimUsers.delete(claim, key)
  const slot = cache.slots.get(held.nodeName)
  if (slot === undefined) return cache.strays.delete(held.nodeName, key)
  const info = cache.infos.get(slot)!
  putInfo(cache, slot, withoutPod(info, held.pod))
  countPod(cache.topology, info.node, held.pod, -1)
}

function hold(cache: Cache, held: Held): void {
  const key = keyOf(held.pod)
  removePod(cache, key)
  cache.pods.set(key, held)
  for (const claim of claimsOf(held.pod)) cache.claimUsers.set(claim, key, true)
  const slot = cache.slots.get(held.nodeName)
  if (slot === undefined) {
    cache.strays.set(held.nodeName, key, held.pod)
    return
  }
  const info = cache.infos.get(slot)!
  putInfo(cache, slot, withPod(info, held.pod))
  countPod(cache.topology, info.node, held.pod, 1)
}

const NO_CLAIMS: readonly string[] = Object.freeze([])
const claims = new WeakMap<Pod, readonly string[]>()

/** Keys of the claims that a Pod's volumes name. */
export function claimsOf(pod: Pod): readonly string[] {
  const { volumes } = pod.spec
  if (volumes === undefined || volumes.length === 0) return NO_CLAIMS
  let keys = claims.get(pod)
  if (keys) return keys
  const names = volumes.map((volume) => claimNameOf(pod, volume)).filter((name) => name !== undefined)
  keys = names.length === 0 ? NO_CLAIMS : names.map((name) => `${pod.metadata.namespace ?? 'default'}/${name}`)
  claims.set(pod, keys)
  return keys
}
