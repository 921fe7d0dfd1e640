/**
 * One decision of the scheduler, taken apart: what it said of every node, in its own words and numbers.
 *
 * Nothing is worked out here that the scheduler has not worked out itself: verdicts and scores are the record that it keeps,
 * the sentence is the Event that it wrote.
 */
import { keyOf } from '#cluster/api/meta.ts'
import { podRequests, toAmounts } from '#cluster/api/pod-resources.ts'
import type { KubernetesEvent, Node, Pod } from '#cluster/api/types.ts'
import type { Process } from '#cluster/kernel/process.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { DecisionRecord } from '#cluster/kube-scheduler/history.ts'
import { DEFAULT_WEIGHTS, defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import { createProfile, DEFAULT_PROFILES } from '#cluster/kube-scheduler/profile.ts'
import { type SchedulerOptions, type SchedulerState, schedulerNameOf } from '#cluster/kube-scheduler/state.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'
import { demandsOf } from './demands.ts'
import type { AskablePod, Explained, NodeFacts, NodeVerdict, PluginScore, PodRef } from './protocol.ts'

/** Pods whose decisions a scheduler remembers. */
const DECISIONS_KEPT = 400

/** The usual scheduler, which remembers what it decided. */
export const rememberingScheduler: Component = {
  ...kubeScheduler(),
  init: (options: SchedulerOptions) => kubeScheduler().init({ decisionsKept: DECISIONS_KEPT, ...options }),
}

export const podIn = (world: World, { namespace, name }: PodRef): Pod | undefined =>
  objectsOf<Pod>(world, 'pods').find((pod) => keyOf(pod) === `${namespace}/${name}`)

export const askable = (pod: Pod): AskablePod => ({
  namespace: pod.metadata.namespace ?? 'default',
  name: pod.metadata.name,
  node: pod.spec.nodeName,
  demands: demandsOf(pod),
})

/** The processes that are schedulers, whether they run or not. */
export const schedulersOf = (world: World): readonly Process[] =>
  world.processes.filter((process): process is Process => process?.spec.component === 'kube-scheduler')

/** What is remembered of this very Pod, not of an earlier one of its name; oldest first. */
export function recordsOf(world: World, pod: Pod): readonly DecisionRecord[] {
  for (const { up, state } of schedulersOf(world)) {
    const records = up ? (state as SchedulerState).decisions.get(keyOf(pod)) : undefined
    if (records?.at(-1)?.uid === pod.metadata.uid && records) return records
  }
  return []
}

/** The newest Event that a scheduler wrote about it. */
export function eventAbout(world: World, pod: Pod): KubernetesEvent | undefined {
  const about = objectsOf<KubernetesEvent>(world, 'events').filter(
    ({ involvedObject, reason }) =>
      involvedObject.uid === pod.metadata.uid && (reason === 'Scheduled' || reason === 'FailedScheduling'),
  )
  return about.toSorted((a, b) => ((a.lastTimestamp ?? '') < (b.lastTimestamp ?? '') ? 1 : -1))[0]
}

/** @param attempt which of what is remembered; default: the newest */
export function explain(world: World, pod: Pod, attempt?: number): Explained {
  const records = recordsOf(world, pod)
  const place = attempt ?? records.length - 1
  const record = records[place]
  const profile = profileOf(world, pod)
  return {
    pod: askable(pod),
    nodes: record ? verdictsOf(world, record, profile.weightOf) : [],
    chosen: record?.chosen,
    tiedWith: record?.tiedWith ?? [],
    event: record && saidOf(world, pod, record, place === records.length - 1),
    at: record ? sinceBoot(world, record) : world.now,
    attempt: place,
    attempts: records.map((one) => ({ at: sinceBoot(world, one), chosen: one.chosen })),
    schedulerName: schedulerNameOf(pod),
    plugins: profile.plugins,
  }
}

/** The scheduler goes by the clock on the wall. */
const sinceBoot = ({ options }: World, { atMicros }: DecisionRecord): number => atMicros - options.epochMicros

function saidOf(
  world: World,
  pod: Pod,
  { chosen, message = '' }: DecisionRecord,
  isNewest: boolean,
): Explained['event'] {
  const event = isNewest ? eventAbout(world, pod) : undefined
  if (event) return { type: event.type, reason: event.reason, message: event.message }
  // An attempt that later ones have followed: its Event has been counted up, or has another text by now.
  return chosen === undefined ? { type: 'Warning', reason: 'FailedScheduling', message } : undefined
}

/** The profile that answers to the Pod's scheduler name; the default one, where none does. */
function profileOf(world: World, pod: Pod): Pick<Explained, 'plugins'> & { weightOf(plugin: string): number } {
  const name = schedulerNameOf(pod)
  const all = schedulersOf(world).flatMap(({ state, up }) => (up ? [(state as SchedulerState).options] : []))
  const options = all
    .flatMap(({ profiles = DEFAULT_PROFILES }) => profiles)
    .find(({ schedulerName }) => schedulerName === name)
  if (!options) return { plugins: [], weightOf: (plugin) => DEFAULT_WEIGHTS[plugin] ?? 1 }
  const { filter, score, weightOf } = createProfile(options, defaultRegistry)
  const [filtering, scoring] = [filter, score].map((plugins) => new Set(plugins.map((plugin) => plugin.name)))
  const plugins = [...new Set([...filtering!, ...scoring!])].map((plugin) => ({
    name: plugin,
    filters: filtering!.has(plugin),
    weight: scoring!.has(plugin) ? weightOf(plugin) : undefined,
  }))
  return { plugins, weightOf }
}

function verdictsOf(world: World, record: DecisionRecord, weightOf: (plugin: string) => number): NodeVerdict[] {
  const { refused, scored, chosen, tiedWith, preFilter } = record
  const noes = new Map(refused.map((one) => [one.node, one]))
  const sums = new Map(scored.map((one) => [one.node, one]))
  const pods = objectsOf<Pod>(world, 'pods')
  const nodes = objectsOf<Node>(world, 'nodes').toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  return nodes.map((object): NodeVerdict => {
    const node = object.metadata.name
    const facts = factsOf(object, pods)
    const nothing = { node, plugin: '', reasons: [], total: undefined, scores: [], facts }
    const no = noes.get(node) ?? preFilter
    if (no) return { ...nothing, outcome: 'refused', plugin: no.plugin, reasons: no.reasons }
    const sum = sums.get(node)
    const scores = Object.entries(sum?.scores ?? {}).map(([plugin, score]): PluginScore => ({ plugin, weight: weightOf(plugin), ...score })) // prettier-ignore
    const said = { ...nothing, scores, total: sum?.total }
    if (node === chosen) return { ...said, outcome: 'chosen' }
    if (sum || tiedWith.includes(node)) return { ...said, outcome: 'fits' }
    return { ...nothing, outcome: 'unseen' }
  })
}

function factsOf({ metadata, spec, status }: Node, pods: readonly Pod[]): NodeFacts {
  const here = pods.filter(
    (pod) => pod.spec.nodeName === metadata.name && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed',
  )
  const requested: Record<string, number> = { pods: here.length * 1_000 }
  for (const pod of here)
    for (const [resource, amount] of Object.entries(podRequests(pod)))
      requested[resource] = (requested[resource] ?? 0) + amount
  return {
    labels: metadata.labels ?? {},
    taints: spec.taints?.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`) ?? [],
    unschedulable: spec.unschedulable === true,
    room: Object.entries(toAmounts(status?.allocatable)).map(([resource, allocatable]) => ({
      resource,
      requested: requested[resource] ?? 0,
      allocatable,
    })),
  }
}
