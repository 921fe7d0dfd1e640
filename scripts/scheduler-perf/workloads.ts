/**
 * The 28 workloads of upstream's scheduler_perf that we measure ourselves by, at their sizes, with its thresholds (Pods per
 * second on its CI machines).
 *
 * Where to read upstream: kubernetes/kubernetes `test/integration/scheduler_perf/{misc,affinity,volumes,topology_spreading}`.
 */
import type { NodeMore, TemplateName } from './templates.ts'
import { THE_NODE, ZONE } from './templates.ts'

export type Step =
  | ({ readonly do: 'nodes'; readonly count: number; readonly name?: string; readonly zones?: readonly string[]; readonly csi?: boolean } & NodeMore) // prettier-ignore
  | { readonly do: 'namespaces'; readonly prefix: string; readonly count: number; readonly devops?: boolean }
  | { readonly do: 'service'; readonly namespace: string }
  | {
      readonly do: 'pods'
      readonly template: TemplateName
      readonly count: number
      readonly namespace?: string
      /** Spread over so many namespaces, `<namespace>-0` … */
      readonly over?: number
      readonly volumes?: 'aws' | 'csi'
      /** Until all are bound (default), until the scheduler has looked at all of them, or not at all. */
      readonly wait?: 'bound' | 'seen' | 'none'
    }
  | { readonly do: 'churn'; readonly everyMillis: number; readonly template: TemplateName; readonly recreate?: boolean }
  | { readonly do: 'delete'; readonly namespace: string; readonly perSecond: number }

export interface Workload {
  readonly name: string
  readonly size: string
  /** Upstream's, Pods per second; undefined where it has none. */
  readonly threshold?: number
  /** One of those whose cost upstream is counting Pods per topology domain: the aim is ten times. */
  readonly affinity?: boolean
  /** The last one is measured. */
  readonly steps: readonly Step[]
}

const nodes = (count: number, more: NodeMore & { zones?: readonly string[]; csi?: boolean; name?: string } = {}): Step => ({ do: 'nodes', count, ...more }) // prettier-ignore
const pods = (template: TemplateName, count: number, more: Partial<Extract<Step, { do: 'pods' }>> = {}): Step => ({ do: 'pods', template, count, ...more }) // prettier-ignore
const sched = (count: number): Step => ({ do: 'namespaces', prefix: 'sched', count })
const zone1 = { zones: ['zone1'] }
const moons = { zones: ['moon-1', 'moon-2', 'moon-3'] }
const ebs = { csi: true, more: { 'attachable-volumes-csi-ebs.csi.aws.com': '39' } }
const taint = { taints: [{ key: 'foo', value: '', effect: 'NoSchedule' as const }] }
const place = { name: THE_NODE, more: { pods: '90000' } }
const teams = (count: number): Step[] => [
  { do: 'namespaces', prefix: 'init-ns', count, devops: true },
  { do: 'namespaces', prefix: 'measure-ns', count: 1, devops: true },
]
const two = (template: TemplateName, before: number, measured: number): Step[] => [
  sched(2),
  pods(template, before, { namespace: 'sched-0' }),
  pods(template, measured, { namespace: 'sched-1' }),
]
const mixed: readonly TemplateName[] = [
  'pod-default',
  'pod-with-pod-affinity',
  'pod-with-pod-anti-affinity',
  'pod-with-preferred-pod-affinity',
  'pod-with-preferred-pod-anti-affinity',
]
const aside: Step = { do: 'namespaces', prefix: 'deleted', count: 1 }
const inNamespace = { namespace: 'sched-0' }
const churn: Step = { do: 'churn', everyMillis: 200, template: 'pod-high-priority-large-cpu' }

// prettier-ignore
export const workloads: readonly Workload[] = [
  { name: 'SchedulingBasic', size: '5000Nodes_10000Pods', threshold: 680, steps: [nodes(5000), pods('pod-default', 1000), pods('pod-default', 10_000)] },
  { name: 'SchedulingBasic', size: '5000Nodes_50000Pods', threshold: 810, steps: [nodes(5000), pods('pod-default', 5000), pods('pod-default', 50_000)] },
  { name: 'SchedulingDaemonset', size: '15000Nodes', threshold: 1100, steps: [nodes(1, place), nodes(15_000), pods('daemonset-pod', 30_000)] },
  { name: 'PreemptionAsync', size: '5000Nodes', threshold: 570, steps: [nodes(5000), pods('pod-low-priority', 20_000), { do: 'churn', everyMillis: 200, template: 'pod-high-priority' }, pods('pod-default', 5000)] },
  { name: 'PreemptionBasic', size: '1000Nodes', steps: [nodes(1000), pods('pod-low-priority', 4000), pods('pod-high-priority', 1000)] },
  { name: 'Unschedulable', size: '5kNodes/100Init/10kPods', threshold: 590, steps: [nodes(5000), pods('pod-default', 100), churn, pods('pod-default', 10_000)] },
  { name: 'Unschedulable', size: '5kNodes/20kInit/10kPods', threshold: 600, steps: [nodes(5000), pods('pod-default', 20_000), churn, pods('pod-default', 10_000)] },
  { name: 'SchedulingWithMixedChurn', size: '5000Nodes_10000Pods', threshold: 710, steps: [nodes(5000), { do: 'churn', everyMillis: 1000, template: 'pod-high-priority-large-cpu', recreate: true }, pods('pod-default', 10_000)] },
  { name: 'SchedulingWhileGated', size: '1Node_10000GatedPods', threshold: 910, steps: [nodes(1, place), aside, pods('gated-pod', 10_000, { wait: 'seen' }), pods('light-pod', 20_000, { namespace: 'deleted-0' }), { do: 'delete', namespace: 'deleted-0', perSecond: 50 }, pods('light-pod', 20_000)] },
  { name: 'SchedulingDeletedPodsWithFinalizers', size: '5000Node_5000DeletingPods', threshold: 830, steps: [nodes(5000), aside, pods('pod-with-finalizer', 5000, { namespace: 'deleted-0', wait: 'none' }), { do: 'delete', namespace: 'deleted-0', perSecond: 100 }, pods('light-pod', 5000)] },
  { name: 'SchedulingWithExtendedResource', size: '5000pods_5000nodes', threshold: 180, steps: [nodes(5000, { more: { 'foo.com/bar': '1' } }), pods('pod-with-extended-resource', 5000)] },
  { name: 'SchedulingSecrets', size: '5000Nodes_10000Pods', threshold: 790, steps: [nodes(5000), pods('pod-with-secret-volume', 1000), pods('pod-with-secret-volume', 10_000)] },
  { name: 'SchedulingInTreePVs', size: '5000Nodes_2000Pods', threshold: 290, steps: [nodes(5000), pods('pod-default', 1000, { volumes: 'aws' }), pods('pod-default', 2000, { volumes: 'aws' })] },
  { name: 'SchedulingMigratedInTreePVs', size: '5000Nodes_5000Pods', threshold: 100, steps: [nodes(5000, ebs), pods('pod-default', 5000, { volumes: 'aws' }), pods('pod-default', 5000, { volumes: 'aws' })] },
  { name: 'SchedulingCSIPVs', size: '5000Nodes_5000Pods', threshold: 100, steps: [nodes(5000, ebs), pods('pod-default', 5000, { volumes: 'csi' }), pods('pod-default', 5000, { volumes: 'csi' })] },
  { name: 'SchedulingPodAntiAffinity', size: '5000Nodes_2000Pods', threshold: 60, affinity: true, steps: [nodes(5000), ...two('pod-with-pod-anti-affinity', 1000, 2000)] },
  { name: 'SchedulingPodMatchingAntiAffinity', size: '5000Nodes_5000Pods', threshold: 595, affinity: true, steps: [nodes(5000), sched(2), pods('pod-with-pod-anti-affinity', 1000, inNamespace), pods('pod-with-pod-anti-affinity-label', 5000, { namespace: 'sched-1' })] },
  { name: 'SchedulingPodAffinity', size: '5000Nodes_5000Pods', threshold: 35, affinity: true, steps: [nodes(5000, zone1), ...two('pod-with-pod-affinity', 5000, 5000)] },
  { name: 'SchedulingPreferredPodAffinity', size: '5000Nodes_5000Pods', threshold: 90, affinity: true, steps: [nodes(5000), ...two('pod-with-preferred-pod-affinity', 5000, 5000)] },
  { name: 'SchedulingPreferredPodAntiAffinity', size: '5000Nodes_5000Pods', threshold: 90, affinity: true, steps: [nodes(5000), ...two('pod-with-preferred-pod-anti-affinity', 5000, 5000)] },
  { name: 'SchedulingNodeAffinity', size: '5000Nodes_10000Pods', threshold: 220, steps: [nodes(5000, zone1), pods('pod-with-node-affinity', 5000), pods('pod-with-node-affinity', 10_000)] },
  { name: 'MixedSchedulingBasePod', size: '5000Nodes_5000Pods', threshold: 140, affinity: true, steps: [nodes(5000, zone1), sched(1), ...mixed.map((template) => pods(template, 2000, inNamespace)), pods('pod-default', 5000)] },
  { name: 'SchedulingRequiredPodAntiAffinityWithNSSelector', size: '5000Nodes_2000Pods', threshold: 24, affinity: true, steps: [nodes(6000), ...teams(100), pods('pod-anti-affinity-ns-selector', 4000, { namespace: 'init-ns', over: 100 }), pods('pod-anti-affinity-ns-selector', 2000, { namespace: 'measure-ns-0' })] },
  { name: 'SchedulingPreferredAntiAffinityWithNSSelector', size: '5000Nodes_2000Pods', threshold: 55, affinity: true, steps: [nodes(5000), ...teams(100), pods('pod-preferred-anti-affinity-ns-selector', 4000, { namespace: 'init-ns', over: 100 }), pods('pod-preferred-anti-affinity-ns-selector', 2000, { namespace: 'measure-ns-0' })] },
  { name: 'TopologySpreading', size: '5000Nodes_5000Pods', threshold: 460, steps: [nodes(5000, moons), pods('pod-default', 5000), pods('pod-with-topology-spreading', 5000)] },
  { name: 'PreferredTopologySpreading', size: '5000Nodes_5000Pods', threshold: 340, steps: [nodes(5000, moons), pods('pod-default', 5000), pods('pod-with-preferred-topology-spreading', 5000)] },
  { name: 'DefaultTopologySpreading', size: '5000Nodes_50000Pods', threshold: 160, steps: [nodes(5000, moons), { do: 'namespaces', prefix: 'service', count: 1 }, { do: 'service', namespace: 'service-0' }, pods('pod-default', 5000), pods('pod-with-label', 50_000, { namespace: 'service-0' })] },
  { name: 'SchedulingWithNodeInclusionPolicy', size: '5000Nodes', threshold: 270, steps: [nodes(4000), nodes(1000, taint), pods('pod-with-node-inclusion-policy', 4000)] },
]

/** The same workload, that many times smaller. */
export function scaled(steps: readonly Step[], by: number): Step[] {
  const less = (count: number): number => (count <= 1 ? count : Math.max(Math.round(count * by), 2))
  return steps.map((step) =>
    'count' in step && step.do !== 'namespaces' ? { ...step, count: less(step.count) } : step,
  )
}

/** The same workload on so many nodes, with so many Pods measured, and half as many there before. */
export function onNodes(steps: readonly Step[], nodes: number, pods: number): Step[] {
  return steps.map((step, i) => {
    if (step.do === 'nodes') return { ...step, count: nodes }
    return step.do === 'pods' ? { ...step, count: i === steps.length - 1 ? pods : pods / 2 } : step
  })
}

export const zoneOf = (zones: readonly string[] | undefined, index: number): Readonly<Record<string, string>> =>
  zones === undefined ? {} : { [ZONE]: zones[index % zones.length]! }
