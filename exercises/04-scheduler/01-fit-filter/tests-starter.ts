import type { ExampleNode, ExamplePod, FilterExample } from 'clusterwright/scheduler-tests'

/** What must `filter` answer? Each example is a small cluster, a Pod that comes, and the right answers. */
const examples: FilterExample[] = [
  {
    name: 'half a CPU is left, and half a CPU is asked for',
    nodes: [node('node-1', { cpu: '1' })],
    pods: [on('node-1', pod('old', { cpu: '500m' }))],
    pod: pod('web', { cpu: '500m' }),
    expect: { 'node-1': 'Success' },
  },
  // TODO one more: which Pod does not fit, and what is the answer then?
  //   expect: { 'node-1': { code: 'Unschedulable', lacking: ['cpu'] } }
]

export default examples

// ── given: short ways to write nodes and Pods; write them out whole where you need more ─────────────────────────────

function node(name: string, allocatable: Record<string, string> = {}): ExampleNode {
  return { metadata: { name }, status: { allocatable } }
}

function pod(name: string, requests: Record<string, string> = {}): ExamplePod {
  return { metadata: { name }, spec: { containers: [{ name: 'main', resources: { requests } }] } }
}

function on(nodeName: string, { spec, ...rest }: ExamplePod): ExamplePod {
  return { ...rest, spec: { ...spec, nodeName } }
}
