/** Our own examples for `packing`: together they catch every wrong solution that examples can catch. */
import type { ExampleAmounts, ExampleNode, ExamplePod, ScoreExample } from 'clusterwright/score-tests'

const node = (name: string, allocatable: ExampleAmounts = {}): ExampleNode => ({
  metadata: { name },
  status: { allocatable },
})
const pod = (name: string, requests: ExampleAmounts = {}): ExamplePod => ({
  metadata: { name, labels: { stays: 'briefly' } },
  spec: { containers: [{ resources: { requests } }] },
})
const on = (nodeName: string, { spec, ...rest }: ExamplePod): ExamplePod => ({ ...rest, spec: { ...spec, nodeName } })
const job = (name: string): ExamplePod => pod(name, { cpu: '1', memory: '4Gi' })
const jobs = (nodeName: string, ...names: string[]): ExamplePod[] => names.map((name) => on(nodeName, job(name)))

const examples: ScoreExample[] = [
  {
    name: 'of two like nodes the one in use gets more, whichever it is',
    nodes: [node('node-1'), node('node-2')],
    pods: jobs('node-1', 'there'),
    pod: job('next'),
    expect: { more: [['node-1', 'node-2']] },
    next: [{ pods: jobs('node-2', 'there'), pod: job('next'), expect: { more: [['node-2', 'node-1']] } }],
  },
  {
    name: 'nearly full, and oddly full, nodes get scores as well',
    nodes: [node('node-1'), node('node-2'), node('node-3', { cpu: '2' })],
    pods: [
      ...jobs('node-2', 'a', 'b', 'c', 'd', 'e', 'f', 'g'),
      on('node-3', pod('last', { cpu: '700m', memory: '3Gi' })),
    ],
    pod: pod('web', { cpu: '1', memory: '1500Mi' }),
  },
  {
    name: 'a Pod that asks for nothing is scored, or skipped',
    nodes: [node('node-1'), node('node-2')],
    pod: pod('idle'),
  },
  {
    name: 'two empty nodes that are alike get the same, whoever came before',
    nodes: [node('node-1'), node('node-2'), node('node-3')],
    pod: job('next'),
    expect: {
      same: [
        ['node-1', 'node-2'],
        ['node-2', 'node-3'],
      ],
    },
    next: [
      { pods: jobs('node-2', 'a'), pod: job('b'), expect: { more: [['node-2', 'node-1']] } },
      { pods: jobs('node-2', 'a', 'b'), pod: job('c'), expect: { more: [['node-2', 'node-3']] } },
    ],
  },
  {
    name: 'a small node in use, and a large one that is empty',
    nodes: [node('small', { cpu: '4', memory: '16Gi' }), node('large', { cpu: '16', memory: '64Gi' })],
    pods: jobs('small', 'a', 'b'),
    pod: job('next'),
    expect: { more: [['small', 'large']] },
  },
]

export default examples
