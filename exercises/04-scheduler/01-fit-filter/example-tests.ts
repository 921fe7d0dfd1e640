/** Our own examples for `fit-filter`: together they catch every wrong solution that examples can catch. */
import type { ExampleContainer, ExampleNode, ExamplePod, FilterExample } from 'clusterwright/scheduler-tests'

type Amounts = Record<string, string>
type Term = NonNullable<
  NonNullable<
    NonNullable<NonNullable<ExamplePod['spec']>['affinity']>['nodeAffinity']
  >['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number]

const node = (name: string, allocatable: Amounts = {}, labels: Amounts = {}): ExampleNode => ({
  metadata: { name, labels },
  status: { allocatable },
})
const asking = (requests: Amounts): ExampleContainer => ({ resources: { requests } })
const pod = (name: string, requests: Amounts = {}, spec: ExamplePod['spec'] = {}): ExamplePod => ({
  metadata: { name },
  spec: { containers: [asking(requests)], ...spec },
})
const on = (nodeName: string, { spec, ...rest }: ExamplePod): ExamplePod => ({ ...rest, spec: { ...spec, nodeName } })
const ended = (phase: 'Succeeded' | 'Failed' | 'Pending' | 'Unknown', one: ExamplePod): ExamplePod => ({
  ...one,
  status: { phase },
})
const needing = (...nodeSelectorTerms: Term[]): ExamplePod['spec'] => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
})
const term = (...matchExpressions: NonNullable<Term['matchExpressions']>): Term => ({ matchExpressions })

const full = (...lacking: string[]) => ({ code: 'Unschedulable', lacking }) as const
const never = 'UnschedulableAndUnresolvable'
const fits = 'Success'

const room: FilterExample[] = [
  {
    name: 'exactly what is left still fits, and a thousandth more does not',
    nodes: [node('exact', { cpu: '1' }), node('short', { cpu: '999m' })],
    pods: [on('exact', pod('a', { cpu: '0.6' })), on('short', pod('b', { cpu: '0.6' }))],
    pod: pod('web', { cpu: '400m' }),
    expect: { exact: fits, short: full('cpu') },
  },
  {
    name: 'a tenth and two tenths are three tenths',
    nodes: [node('node-1', { cpu: '0.3' })],
    pods: [on('node-1', pod('a', { cpu: '0.1' }))],
    pod: pod('web', { cpu: '0.2' }),
    expect: { 'node-1': fits },
  },
  {
    name: 'all that is lacking is named, and nothing else',
    nodes: [node('node-1', { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi', pods: '1' })],
    pods: [on('node-1', pod('a', { cpu: '500m', memory: '900Mi', 'ephemeral-storage': '900Mi' }))],
    pod: pod('web', { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '200Mi' }),
    expect: { 'node-1': full('memory', 'ephemeral-storage', 'pods') },
  },
  {
    name: 'a binary suffix counts in powers of 1,024',
    nodes: [node('node-1', { memory: '1050M' })],
    pod: pod('web', { memory: '1Gi' }),
    expect: { 'node-1': full('memory') },
  },
  {
    name: 'a resource that the node does not have is lacking',
    nodes: [node('node-1')],
    pod: pod('web', { 'example.com/gpu': '1' }),
    expect: { 'node-1': full('example.com/gpu') },
  },
  {
    name: 'capacity is not allocatable',
    nodes: [{ metadata: { name: 'node-1' }, status: { capacity: { cpu: '8' }, allocatable: { cpu: '6' } } }],
    pod: pod('web', { cpu: '7' }),
    expect: { 'node-1': full('cpu') },
  },
  {
    name: 'room for no Pods is room for none',
    nodes: [node('node-1', { pods: '0' })],
    pod: pod('web'),
    expect: { 'node-1': full('pods') },
  },
  {
    name: 'a Pod of the same name in another namespace is another Pod',
    nodes: [node('node-1', { cpu: '1' })],
    pod: pod('web', { cpu: '500m' }),
    expect: { 'node-1': fits },
    next: [
      {
        pod: { ...pod('web', { cpu: '2' }), metadata: { name: 'web', namespace: 'other' } },
        expect: { 'node-1': full('cpu') },
      },
    ],
  },
  {
    name: 'who asks for nothing of a resource cannot lack it, on an overfull node too',
    nodes: [node('node-1', { cpu: '1' })],
    pods: [on('node-1', pod('greedy', { cpu: '2' }))],
    pod: pod('web', { cpu: '0', memory: '1Gi' }),
    expect: { 'node-1': fits },
  },
]

const counting: FilterExample[] = [
  {
    name: 'Pods that have finished hold nothing, Pods that end or begin do',
    nodes: ['done', 'ending', 'beginning', 'unheard'].map((name) => node(name, { cpu: '1' })),
    pods: [
      ended('Succeeded', on('done', pod('a', { cpu: '1' }))),
      ended('Failed', on('done', pod('b', { cpu: '1' }))),
      {
        ...on('ending', pod('c', { cpu: '1' })),
        metadata: { name: 'c', deletionTimestamp: '2026-01-01T00:00:00Z' },
      },
      ended('Pending', on('beginning', pod('d', { cpu: '1' }))),
      ended('Unknown', on('unheard', pod('e', { cpu: '1' }))),
    ],
    pod: pod('web', { cpu: '1' }),
    expect: { done: fits, ending: full('cpu'), beginning: full('cpu'), unheard: full('cpu') },
  },
  {
    name: 'limits are no requests',
    nodes: [node('node-1', { cpu: '1' })],
    pod: pod('web', {}, { containers: [{ resources: { limits: { cpu: '2' }, requests: { cpu: '500m' } } }] }),
    expect: { 'node-1': fits },
  },
  {
    name: 'of the init containers the largest counts, resource by resource',
    nodes: [node('roomy', { cpu: '900m', memory: '900Mi' }), node('tight', { cpu: '899m', memory: '899Mi' })],
    pod: pod(
      'web',
      { cpu: '500m' },
      { initContainers: [asking({ cpu: '900m', memory: '1Mi' }), asking({ cpu: '1m', memory: '900Mi' })] },
    ),
    expect: { roomy: fits, tight: full('cpu', 'memory') },
  },
  {
    name: 'a sidecar runs beside the containers, and beside the init containers after it',
    nodes: [node('roomy', { cpu: '1', memory: '1Gi' }), node('tight', { cpu: '999m', memory: '1023Mi' })],
    pod: pod(
      'web',
      { cpu: '600m' },
      {
        initContainers: [
          { ...asking({ cpu: '400m', memory: '512Mi' }), restartPolicy: 'Always' },
          asking({ memory: '512Mi' }),
        ],
      },
    ),
    expect: { roomy: fits, tight: full('cpu', 'memory') },
  },
  {
    name: 'overhead is on top',
    nodes: [node('node-1', { cpu: '1' })],
    pod: pod('web', { cpu: '900m' }, { overhead: { cpu: '200m' } }),
    expect: { 'node-1': full('cpu') },
  },
  {
    name: 'what was true of a node before is not true for ever',
    nodes: [node('node-1', { cpu: '1' })],
    pod: pod('a', { cpu: '600m' }),
    expect: { 'node-1': fits },
    next: [
      { pod: pod('b', { cpu: '1' }), expect: { 'node-1': fits } },
      {
        pods: [on('node-1', pod('a', { cpu: '600m' }))],
        pod: pod('c', { cpu: '600m' }),
        expect: { 'node-1': full('cpu') },
      },
      { pod: pod('d', { cpu: '1' }), expect: { 'node-1': fits } },
    ],
  },
]

const ssd = { disk: 'ssd' }
const labels: FilterExample[] = [
  {
    name: 'nothing helps against wrong labels or a cordon, on a full node either',
    nodes: [
      node('right', {}, ssd),
      node('wrong', { pods: '0' }, { disk: 'hdd' }),
      { ...node('cordoned', {}, ssd), spec: { unschedulable: true } },
      { ...node('open', {}, ssd), spec: { unschedulable: false } },
    ],
    pod: pod('web', {}, { nodeSelector: ssd }),
    expect: { right: fits, wrong: never, cordoned: never, open: fits },
  },
  {
    name: 'nodeSelector and node affinity must both hold',
    nodes: [
      node('both', {}, { ...ssd, zone: 'a' }),
      node('first', {}, { ...ssd, zone: 'b' }),
      node('second', {}, { disk: 'hdd', zone: 'a' }),
    ],
    pod: pod('web', {}, { nodeSelector: ssd, ...needing(term({ key: 'zone', operator: 'In', values: ['a'] })) }),
    expect: { both: fits, first: never, second: never },
  },
  {
    name: 'one term is enough, all of its expressions must hold, and an empty one holds nowhere',
    nodes: [
      node('a', {}, { zone: 'a' }),
      node('b', {}, { zone: 'b', ...ssd }),
      node('c', {}, { zone: 'b' }),
      node('d'),
    ],
    pod: pod(
      'web',
      {},
      needing(
        term({ key: 'zone', operator: 'In', values: ['a'] }),
        term({ key: 'zone', operator: 'In', values: ['b'] }, { key: 'disk', operator: 'Exists' }),
        {},
      ),
    ),
    expect: { a: fits, b: fits, c: never, d: never },
  },
  {
    name: 'NotIn holds where the label is missing; an empty label is there',
    nodes: [node('missing'), node('empty', {}, { zone: '' }), node('in', {}, { zone: 'a' })],
    pod: pod('web', {}, needing(term({ key: 'zone', operator: 'NotIn', values: ['a'] }))),
    expect: { missing: fits, empty: fits, in: never },
    next: [
      {
        pod: pod('bare', {}, needing(term({ key: 'zone', operator: 'DoesNotExist' }))),
        expect: { missing: fits, empty: never, in: never },
      },
    ],
  },
  {
    name: 'Gt compares whole numbers, and nothing else is one',
    nodes: [
      ...[node('ten', {}, { cores: '10' }), node('eight', {}, { cores: '8' })],
      ...[node('odd', {}, { cores: '12a' }), node('half', {}, { cores: '10.5' })],
    ],
    pod: pod('web', {}, needing(term({ key: 'cores', operator: 'Gt', values: ['9'] }))),
    expect: { ten: fits, eight: never, odd: never, half: never },
  },
  {
    name: 'matchFields looks at the name of the node',
    nodes: [node('node-1', {}, { 'kubernetes.io/hostname': 'node-2' }), node('node-2')],
    pod: pod('web', {}, needing({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] })),
    expect: { 'node-1': never, 'node-2': fits },
  },
  {
    name: 'what is only preferred keeps no node out',
    nodes: [node('node-1')],
    pod: pod(
      'web',
      {},
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: term({ key: 'disk', operator: 'In', values: ['ssd'] }) },
            ],
          },
        },
      },
    ),
    expect: { 'node-1': fits },
  },
]

export default [...room, ...counting, ...labels]
