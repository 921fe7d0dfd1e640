import type { ExampleAmounts, ExampleNode, ExamplePod, ScoringExample } from 'clusterwright/scoring-tests'
import type { Taint, Toleration } from 'clusterwright/api'

/** What do the plugins say, what is the total, and who is chosen? Each example asks one of the three. */
const examples: ScoringExample[] = [
  {
    name: 'whoever tolerates a taint may come, others may not',
    nodes: [node('node-1', [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }]), node('node-2')],
    pod: pod('web', {}, [{ key: 'gpu', operator: 'Exists' }]),
    expect: { filter: { 'node-1': 'Success', 'node-2': 'Success' } },
  },
  {
    name: 'points are multiplied by the weight',
    plugins: [{ name: 'NodeResourcesFit', score: { 'node-1': 40, 'node-2': 80 }, weight: 2 }],
    expect: { totals: { 'node-1': 80, 'node-2': 160 } },
  },
  {
    name: 'the highest total wins',
    scores: [
      { name: 'node-1', score: 100 },
      { name: 'node-2', score: 260 },
    ],
    expect: { chosen: ['node-2'] },
  },
  // TODO one more: how many PreferNoSchedule taints are there, and how much room?
  //   expect: { counts: { 'node-1': 1 }, points: { 'node-1': 100 }, room: { 'node-1': 75 } }
]

export default examples

// ── given: short ways to write nodes and Pods; write them out whole where you need more ─────────────────────────────

function node(name: string, taints: Taint[] = [], allocatable: ExampleAmounts = {}): ExampleNode {
  return { metadata: { name }, spec: { taints }, status: { allocatable } }
}

function pod(name: string, requests: ExampleAmounts = {}, tolerations: Toleration[] = []): ExamplePod {
  return { metadata: { name }, spec: { containers: [{ resources: { requests } }], tolerations } }
}
