/**
 * Whom a submission is measured against: the strategies that kube-scheduler has, each scoring alone, and one of ours.
 *
 * Ours leaves empty nodes empty for as long as it can, the large ones longest; mixes what is heavy in CPU with what is heavy in
 * memory, so that neither strands the other; and lets jobs, which go soon, stand beside services, which hold the node anyway.
 */
import type { Contender, ReferenceSpec } from 'clusterwright/kit'
import { builtInScorer, ownScorer, podRequests, runArena } from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { billOf } from './bill.ts'
import { say } from './texts.ts'
import type { Workload } from './workload.ts'

/** Rises slowly, then steeply: a nearly full node is worth far more than a half-full one. */
const SHAPE = [
  { utilization: 0, score: 0 },
  { utilization: 50, score: 1 },
  { utilization: 100, score: 10 },
]

const fit = (scoringStrategy: unknown): Contender => builtInScorer('NodeResourcesFit', { scoringStrategy })

const staysLong = ({ metadata }: Pod): boolean => metadata.labels?.['stays'] === 'long'

const ours = ownScorer((pod, { allocatable, requested, pods }) => {
  const asked = podRequests(pod)
  const share = (name: string): number => ((requested[name] ?? 0) + (asked[name] ?? 0)) / (allocatable[name] || 1)
  const [cpu, memory] = [share('cpu'), share('memory')]
  const lopsided = Math.abs(cpu - memory)
  if (pods.length === 0) return 20 - 4 * hugeness(allocatable) - 10 * lopsided
  const company = pods.some(staysLong) ? 15 : staysLong(pod) ? -15 : 0
  return 45 + 18 * (cpu + memory) - 25 * lopsided + company
})

/** In nodes of 8 CPUs, or of 64 GiB; amounts are thousandths. */
const hugeness = ({ cpu = 0, memory = 0 }: Readonly<Record<string, number>>): number =>
  cpu / 8_000 + memory / 1000 / 2 ** 36

export const REFERENCES: readonly ReferenceSpec<Workload>[] = [
  reference('LeastAllocated', fit({ type: 'LeastAllocated' })),
  reference('BalancedAllocation', builtInScorer('NodeResourcesBalancedAllocation')),
  reference(
    'RequestedToCapacityRatio',
    fit({ type: 'RequestedToCapacityRatio', requestedToCapacityRatio: { shape: SHAPE } }),
  ),
  reference('MostAllocated', fit({ type: 'MostAllocated' })),
  { ...reference('course', ours), title: say('ours') },
]

function reference(name: string, contender: Contender): ReferenceSpec<Workload> {
  return {
    name,
    measure: (plan, seed) => ({ ...billOf(plan, runArena({ ...contender, plan, seed })) }),
  }
}
