/** Our own examples for `taint-score`: together they catch every wrong solution that examples can catch. */
import type { ExampleAmounts, ExampleNode, ExamplePod, ScoringExample } from 'clusterwright/scoring-tests'
import type { Taint, Toleration } from 'clusterwright/api'

const node = (name: string, ...taints: Taint[]): ExampleNode => ({ metadata: { name }, spec: { taints } })
const roomy = (name: string, allocatable: ExampleAmounts): ExampleNode => ({
  metadata: { name },
  status: { allocatable },
})
const web = (...tolerations: Toleration[]): ExamplePod => ({ metadata: { name: 'web' }, spec: { tolerations } })
const asking = (requests: ExampleAmounts, nodeName?: string): ExamplePod => ({
  metadata: { name: nodeName === undefined ? 'web' : `on-${nodeName}` },
  spec: { containers: [{ resources: { requests } }], ...(nodeName !== undefined && { nodeName }) },
})

const no = 'UnschedulableAndUnresolvable'
const yes = 'Success'
const gpu = (effect: Taint['effect'], value = 'yes'): Taint => ({ key: 'gpu', value, effect })
const old: Taint = { key: 'old', effect: 'PreferNoSchedule' }

const filters: ScoringExample[] = [
  {
    name: 'NoSchedule and NoExecute keep out, PreferNoSchedule does not',
    nodes: [node('a', gpu('NoSchedule')), node('b', gpu('NoExecute')), node('c', gpu('PreferNoSchedule')), node('d')],
    pod: web(),
    expect: { filter: { a: no, b: no, c: yes, d: yes } },
  },
  {
    name: 'key, value and effect must be the same',
    nodes: [
      node('a', gpu('NoSchedule')),
      node('b', gpu('NoSchedule', 'no')),
      node('c', gpu('NoExecute')),
      node('d', { key: 'disk', value: 'yes', effect: 'NoSchedule' }),
    ],
    pod: web({ key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }),
    expect: { filter: { a: yes, b: no, c: no, d: no } },
  },
  {
    name: 'a key is a key: one that begins alike is another, and one of Kubernetes’ own is like all others',
    nodes: [
      node('a', { key: 'gpu-model', effect: 'NoSchedule' }),
      node('b', { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }),
    ],
    pod: web({ key: 'gpu', operator: 'Exists' }),
    expect: { filter: { a: no, b: no } },
  },
  {
    name: 'without an effect all effects are covered, by Equal too where the operator is absent',
    nodes: [node('a', gpu('NoSchedule')), node('b', gpu('NoExecute')), node('c', gpu('NoSchedule', 'no'))],
    pod: web({ key: 'gpu', value: 'yes' }),
    expect: { filter: { a: yes, b: yes, c: no } },
  },
  {
    name: 'an absent value is empty, and no wildcard',
    nodes: [
      node('a', gpu('NoSchedule')),
      node('b', gpu('NoSchedule', '')),
      node('c', { key: 'gpu', effect: 'NoExecute' }),
    ],
    pod: web({ key: 'gpu' }),
    expect: { filter: { a: no, b: yes, c: yes } },
    next: [
      {
        nodes: [node('a', { key: 'gpu', effect: 'NoSchedule' })],
        pod: web({ key: 'gpu', operator: 'Equal', value: '' }),
        expect: { filter: { a: yes } },
      },
    ],
  },
  {
    name: 'Exists covers every value, and without a key every taint',
    nodes: [node('a', gpu('NoSchedule')), node('b', { key: 'disk', value: 'hdd', effect: 'NoSchedule' })],
    pod: web({ key: 'gpu', operator: 'Exists' }),
    expect: { filter: { a: yes, b: no } },
    next: [
      {
        nodes: [node('a', gpu('NoSchedule')), node('b', gpu('NoExecute'))],
        pod: web({ operator: 'Exists', effect: 'NoSchedule' }),
        expect: { filter: { a: yes, b: no } },
      },
    ],
  },
  {
    name: 'each taint needs a toleration, and any toleration will do',
    nodes: [
      node('a', gpu('NoSchedule'), { key: 'disk', effect: 'NoSchedule' }),
      node('b', gpu('NoSchedule'), { key: 'rack', effect: 'NoSchedule' }),
      node('c', { key: 'rack', effect: 'NoSchedule' }, gpu('NoSchedule')),
    ],
    pod: web({ key: 'gpu', operator: 'Exists' }, { key: 'disk', operator: 'Exists' }),
    expect: { filter: { a: yes, b: no, c: no } },
  },
  {
    name: 'whoever tolerates a taint may be elsewhere as well',
    nodes: [node('a'), node('b', gpu('NoSchedule'))],
    pod: web({ key: 'gpu', operator: 'Exists' }),
    expect: { filter: { a: yes, b: yes } },
  },
  {
    name: 'whoever would be evicted later is let in now',
    nodes: [node('a', gpu('NoExecute'))],
    pod: web({ key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }),
    expect: { filter: { a: yes } },
  },
  {
    name: 'a taint that is gone keeps nobody out',
    nodes: [node('a', gpu('NoSchedule')), node('b')],
    pod: web(),
    expect: { filter: { a: no, b: yes } },
    next: [{ nodes: [node('a'), node('b', old)], pod: web(), expect: { filter: { a: yes }, counts: { b: 1 } } }],
  },
]

const taints: ScoringExample[] = [
  {
    name: 'each untolerated PreferNoSchedule taint counts, and no other',
    nodes: [
      node('a', old, { key: 'old', value: 'very', effect: 'PreferNoSchedule' }, gpu('PreferNoSchedule')),
      node('b', old, gpu('NoSchedule')),
      node('c', gpu('PreferNoSchedule')),
    ],
    pod: web({ key: 'gpu', operator: 'Exists' }),
    expect: { counts: { a: 2, b: 1, c: 0 }, points: { a: 0, b: 50, c: 100 } },
  },
  {
    name: 'a toleration of another effect covers nothing',
    nodes: [node('a', gpu('PreferNoSchedule')), node('b')],
    pod: web({ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }),
    expect: { counts: { a: 1, b: 0 }, points: { a: 0, b: 100 } },
  },
  {
    name: 'the share is rounded down before it is turned round',
    nodes: [
      node('a', old, gpu('PreferNoSchedule'), { ...old, key: 'slow' }),
      node('b', old),
      node('c', old, gpu('PreferNoSchedule')),
    ],
    pod: web(),
    expect: { points: { a: 0, b: 67, c: 34 } },
  },
  {
    name: 'where nobody has a bad taint, all are best',
    nodes: [node('a'), node('b', gpu('NoSchedule'))],
    pod: web(),
    expect: { counts: { a: 0, b: 0 }, points: { a: 100, b: 100 } },
  },
]

const room: ScoringExample[] = [
  {
    name: 'the mean of what is left with the Pod there',
    nodes: [roomy('a', { cpu: '2', memory: '4Gi' }), roomy('b', { cpu: '4', memory: '1Gi' })],
    pods: [asking({ cpu: '500m', memory: '1Gi' }, 'a')],
    pod: asking({ cpu: '500m', memory: '1Gi' }),
    expect: { room: { a: 50, b: 43 } },
  },
  {
    name: 'too little is nothing, and less than nothing is nothing too',
    nodes: [roomy('a', { cpu: '400m', memory: '2Gi' }), roomy('b', { cpu: '400m', memory: '512Mi' })],
    pod: asking({ cpu: '800m', memory: '1Gi' }),
    expect: { room: { a: 25, b: 0 } },
  },
  {
    name: 'a resource of which there is none does not count',
    nodes: [roomy('a', { cpu: '0', memory: '2Gi' }), roomy('b', { cpu: '0', memory: '0' })],
    pod: asking({ memory: '1Gi' }),
    expect: { room: { a: 50, b: 0 } },
  },
  {
    name: 'each share is rounded down, and the mean once more',
    nodes: [roomy('a', { cpu: '300m', memory: '300Mi' }), roomy('b', { cpu: '100m', memory: '100Mi' })],
    pod: asking({ cpu: '1m', memory: '1Mi' }),
    expect: { room: { a: 99, b: 99 } },
    next: [
      {
        nodes: [roomy('a', { cpu: '1', memory: '1000Mi' })],
        pod: asking({ cpu: '494m', memory: '485Mi' }),
        expect: { room: { a: 50 } },
      },
      {
        nodes: [roomy('a', { cpu: '1', memory: '200Mi' }), roomy('b', { cpu: '100m', memory: '100Mi' })],
        pod: asking({ cpu: '71m', memory: '71Mi' }),
        expect: { room: { a: 78, b: 29 } },
      },
    ],
  },
  {
    name: 'what the system keeps for itself is not there',
    nodes: [
      {
        metadata: { name: 'a' },
        status: { capacity: { cpu: '8', memory: '8Gi' }, allocatable: { cpu: '4', memory: '4Gi' } },
      },
    ],
    pod: asking({ cpu: '1', memory: '1Gi' }),
    expect: { room: { a: 75 } },
  },
]

const sums: ScoringExample[] = [
  {
    name: 'normalised, then weighed, then added; each is asked once',
    plugins: [
      { name: 'TaintToleration', score: { a: 0, b: 1, c: 4 }, normalizeScore: 'reverse', weight: 3 },
      { name: 'ImageLocality', score: { a: 5, b: 9, c: 10 }, normalizeScore: 'share' },
      { name: 'NodeResourcesFit', score: { a: 40, b: 80, c: 60 } },
    ],
    expect: {
      totals: { a: 390, b: 395, c: 160 },
      calls: {
        TaintToleration: { score: 3, normalizeScore: 1 },
        ImageLocality: { score: 3, normalizeScore: 1 },
        NodeResourcesFit: { score: 3, normalizeScore: 0 },
      },
    },
  },
]

const scores = (...all: number[]) => all.map((score, index) => ({ name: `node-${index + 1}`, score }))
const equals: ScoringExample[] = [
  { name: 'the best wins', scores: scores(7, 300, 299), expect: { chosen: ['node-2'] } },
  {
    name: 'of three equals each is as likely',
    scores: scores(7, 300, 300, 8, 300),
    expect: { chosen: ['node-2', 'node-3', 'node-5'] },
  },
]

export default [...filters, ...taints, ...room, ...sums, ...equals]
