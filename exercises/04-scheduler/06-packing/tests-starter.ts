import type { ExampleAmounts, ExampleNode, ExamplePod, ScoreExample } from 'clusterwright/score-tests'

/** Which node must any right plugin prefer? A score by itself is yours to choose, so examples state an order, or none. */
const examples: ScoreExample[] = [
  {
    name: 'two nodes that are alike and used alike get the same',
    nodes: [node('node-1'), node('node-2')],
    pods: [on('node-1', pod('a', { cpu: '1' })), on('node-2', pod('b', { cpu: '1' }))],
    pod: pod('web', { cpu: '1', memory: '4Gi' }),
    expect: { same: [['node-1', 'node-2']] },
  },
  // TODO one more: of two like nodes, which must get more?
  //   pods: [on('node-2', pod('old', { cpu: '1' }))], expect: { more: [['node-2', 'node-1']] }
]

export default examples

// ── given: short ways to write nodes and Pods; write them out whole where you need more ─────────────────────────────

function node(name: string, allocatable: ExampleAmounts = {}): ExampleNode {
  return { metadata: { name }, status: { allocatable } }
}

function pod(name: string, requests: ExampleAmounts = {}): ExamplePod {
  return { metadata: { name }, spec: { containers: [{ resources: { requests } }] } }
}

function on(nodeName: string, { spec, ...rest }: ExamplePod): ExamplePod {
  return { ...rest, spec: { ...spec, nodeName } }
}
