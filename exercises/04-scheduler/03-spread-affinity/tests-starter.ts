import type { ExampleNode, ExamplePod, SpreadExample } from 'clusterwright/spread-tests'

/** What must `filter` answer? Each example is a small cluster, a Pod that comes, and the right answers. */
const examples: SpreadExample[] = [
  {
    name: 'the fuller zone waits for the emptier',
    nodes: [node('node-1', { zone: 'a' }), node('node-2', { zone: 'b' })],
    pods: [on('node-1', web('old'))],
    pod: spread(web('new')),
    expect: { 'node-1': 'Unschedulable', 'node-2': 'Success' },
  },
  // TODO one more: who wants to be apart from whom, and what if a Pod were evicted?
  //   whatIf: [{ changes: [{ remove: 'old' }], expect: { 'node-1': 'Success' } }]
]

export default examples

// ── given: short ways to write nodes and Pods; write them out whole where you need more ─────────────────────────────

function node(name: string, labels: Record<string, string> = {}): ExampleNode {
  return { metadata: { name, labels } }
}

function web(name: string): ExamplePod {
  return { metadata: { name, labels: { app: 'web' } } }
}

function on(nodeName: string, { spec, ...rest }: ExamplePod): ExamplePod {
  return { ...rest, spec: { ...spec, nodeName } }
}

function spread({ spec, ...rest }: ExamplePod): ExamplePod {
  const labelSelector = { matchLabels: { app: 'web' } }
  const constraint = { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector } as const
  return { ...rest, spec: { ...spec, topologySpreadConstraints: [constraint] } }
}
