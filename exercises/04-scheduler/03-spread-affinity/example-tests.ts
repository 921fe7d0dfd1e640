/** Our own examples for `spread-affinity`: together they catch every wrong solution that examples can catch. */
import type { ExampleNode, ExamplePod, ExampleTerm, SpreadExample } from 'clusterwright/spread-tests'

type Labels = Record<string, string>
type Constraint = NonNullable<NonNullable<ExamplePod['spec']>['topologySpreadConstraints']>[number]

const HOST = 'kubernetes.io/hostname'
const WEB = { matchLabels: { app: 'web' } }
const yes = 'Success'
const full = 'Unschedulable'
const never = 'UnschedulableAndUnresolvable'

const node = (name: string, labels: Labels = {}): ExampleNode => ({ metadata: { name, labels } })
const zones = (all: Labels): ExampleNode[] => Object.entries(all).map(([name, zone]) => node(name, { zone }))
const pod = (name: string, labels: Labels = {}, namespace = 'default'): ExamplePod => ({
  metadata: { name, labels, namespace },
})
const web = (name: string, namespace = 'default'): ExamplePod => pod(name, { app: 'web' }, namespace)
const cache = (name: string, namespace = 'default'): ExamplePod => pod(name, { app: 'cache' }, namespace)
const on = (nodeName: string, { spec, ...rest }: ExamplePod): ExamplePod => ({ ...rest, spec: { ...spec, nodeName } })
const leaving = ({ metadata, ...rest }: ExamplePod): ExamplePod => ({
  ...rest,
  metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
})
const starting = (one: ExamplePod): ExamplePod => ({ ...one, status: { phase: 'Pending' } })
const by = (topologyKey: string, more: Partial<Constraint> = {}): Constraint => ({
  ...{ topologyKey, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: WEB },
  ...more,
})
const spread = ({ spec, ...rest }: ExamplePod, ...topologySpreadConstraints: Constraint[]): ExamplePod => ({
  ...rest,
  spec: { ...spec, topologySpreadConstraints },
})
const apart = ({ spec, ...rest }: ExamplePod, ...terms: ExampleTerm[]): ExamplePod => ({
  ...rest,
  spec: { ...spec, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } },
})
const from = (topologyKey: string, more: Partial<ExampleTerm> = {}): ExampleTerm => ({
  ...{ topologyKey, labelSelector: WEB },
  ...more,
})
const selecting = ({ spec, ...rest }: ExamplePod, nodeSelector: Labels): ExamplePod => ({
  ...rest,
  spec: { ...spec, nodeSelector },
})

const skews: SpreadExample[] = [
  {
    name: 'the fuller zone waits for the emptier, unless the skew may be greater',
    nodes: zones({ a1: 'a', a2: 'a', b1: 'b' }),
    pods: [on('a1', web('w1')), on('b1', cache('c1'))],
    pod: spread(web('new'), by('zone')),
    expect: { a1: full, a2: full, b1: yes },
    next: [
      {
        pods: [on('a1', web('w1'))],
        pod: spread(web('new'), by('zone', { maxSkew: 2 })),
        expect: { a1: yes, a2: yes, b1: yes },
      },
    ],
  },
  {
    name: 'it is the emptiest domain that counts, and its Pods',
    nodes: zones({ a: 'a', b: 'b', c: 'c' }),
    pods: [
      ...[on('a', web('w1')), on('a', web('w2')), on('a', web('w3'))],
      ...[on('b', web('w4')), on('b', web('w5')), on('c', web('w6')), on('c', web('w7'))],
    ],
    pod: spread(web('new'), by('zone')),
    expect: { a: full, b: yes, c: yes },
    next: [
      {
        pods: [on('a', web('w1')), on('a', web('w2')), on('b', web('w3'))],
        pod: spread(web('new'), by('zone', { maxSkew: 2 })),
        expect: { a: full, b: yes, c: yes },
      },
    ],
  },
  {
    name: 'whoever does not match its own selector adds nothing',
    nodes: zones({ a: 'a', b: 'b' }),
    pods: [on('a', web('w1'))],
    pod: spread(cache('new'), by('zone')),
    expect: { a: yes, b: yes },
  },
  {
    name: 'with too few domains the emptiest is still to come',
    nodes: zones({ a: 'a', b: 'b' }),
    pods: [on('a', web('w1')), on('b', web('w2'))],
    pod: spread(web('new'), by('zone', { minDomains: 3 })),
    expect: { a: full, b: full },
    next: [
      {
        pods: [on('a', web('w1')), on('b', web('w2'))],
        pod: spread(web('new'), by('zone', { minDomains: 2 })),
        expect: { a: yes, b: yes },
      },
      {
        pods: [on('a', web('w1'))],
        pod: spread(web('new'), by('zone', { minDomains: 3 })),
        expect: { a: full, b: yes },
      },
    ],
  },
  {
    name: 'every hard constraint must hold, and no soft one',
    nodes: [
      node('a1', { zone: 'a', rack: 'a' }),
      node('a2', { zone: 'a', rack: 'b' }),
      node('b1', { zone: 'b', rack: 'b' }),
    ],
    pods: [on('a1', web('w1'))],
    pod: spread(web('new'), by(HOST, { maxSkew: 5 }), by('zone')),
    expect: { a1: full, a2: full, b1: yes },
    next: [
      {
        pods: [on('a1', web('w1'))],
        pod: spread(web('soft'), by('zone', { whenUnsatisfiable: 'ScheduleAnyway' })),
        expect: { a1: yes },
      },
      {
        pods: [on('a1', web('w1')), on('b1', web('w2'))],
        pod: spread(web('two'), by('zone'), by('rack')),
        expect: { a1: yes, a2: yes, b1: yes },
      },
    ],
  },
]

const counts: SpreadExample[] = [
  {
    name: 'Pods count that are alike, in the same namespace, and stay',
    nodes: zones({ a: 'a', b: 'b', c: 'c', d: 'd' }),
    pods: [on('a', web('w1', 'shop')), on('b', leaving(web('w2'))), on('c', starting(web('w3')))],
    pod: spread(web('new'), by('zone')),
    expect: { a: yes, b: yes, c: full, d: yes },
  },
  {
    name: 'a selector that is not there matches nobody, an empty one everybody',
    nodes: zones({ a: 'a', b: 'b' }),
    pods: [on('a', cache('c1'))],
    pod: {
      ...web('new'),
      spec: { topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
    },
    expect: { a: yes, b: yes },
    next: [
      {
        pods: [on('a', cache('c1'))],
        pod: spread(web('new'), by('zone', { labelSelector: {} })),
        expect: { a: full, b: yes },
      },
    ],
  },
  {
    name: 'a node without the key is in no domain, and nothing helps there; an empty value is one',
    nodes: [node('a', { zone: 'a' }), node('empty', { zone: '' }), node('none')],
    pods: [on('a', web('w1')), on('none', web('w2'))],
    pod: spread(web('new'), by('zone')),
    expect: { a: full, empty: yes, none: never },
  },
  {
    name: 'a node that lacks one of the keys counts for none',
    nodes: [node('a', { zone: 'a', rack: '1' }), node('b', { zone: 'b', rack: '2' }), node('c', { zone: 'c' })],
    pods: [on('a', web('w1')), on('b', web('w2'))],
    pod: spread(web('new'), by('zone'), by('rack')),
    expect: { a: yes, b: yes },
  },
  {
    name: 'a value of one key is another domain than that of another',
    nodes: [node('ab', { zone: 'a', rack: 'b' }), node('ba', { zone: 'b', rack: 'a' })],
    pods: [on('ab', web('w1'))],
    pod: spread(web('new'), by('zone'), by('rack')),
    expect: { ab: full, ba: yes },
  },
  {
    name: 'nodes that nodeSelector rules out count for the spread no more than those, but do for anti-affinity',
    nodes: [
      node('a', { zone: 'a', disk: 'ssd' }),
      node('b', { zone: 'b', disk: 'hdd' }),
      node('a2', { zone: 'a', disk: 'hdd' }),
    ],
    pods: [on('a', web('w1')), on('a2', cache('c1'))],
    pod: selecting(spread(web('new'), by('zone')), { disk: 'ssd' }),
    expect: { a: yes },
    next: [
      {
        pods: [on('a2', cache('c1'))],
        pod: selecting(apart(web('shy'), from('zone', { labelSelector: { matchLabels: { app: 'cache' } } })), {
          disk: 'ssd',
        }),
        expect: { a: full },
      },
    ],
  },
  {
    name: 'cycles of two Pods may overlap',
    nodes: zones({ a: 'a', b: 'b' }),
    pods: [on('a', web('w1'))],
    pod: spread(web('new'), by('zone')),
    meanwhile: [spread(web('other'), by('zone', { labelSelector: { matchLabels: { app: 'cache' } } })), web('third')],
    expect: { a: full, b: yes },
  },
]

const shy: SpreadExample[] = [
  {
    name: 'both sides have a say, in the whole of the domain',
    nodes: zones({ a1: 'a', a2: 'a', b1: 'b' }),
    pods: [on('a1', apart(cache('c1'), from('zone')))],
    pod: web('new'),
    expect: { a1: full, a2: full, b1: yes },
    next: [
      {
        pods: [on('a1', web('w1'))],
        pod: apart(cache('new'), from('zone')),
        expect: { a1: full, a2: full, b1: yes },
      },
      { pods: [on('a1', web('w1'))], pod: apart(cache('new'), from(HOST)), expect: { a1: full, a2: yes } },
    ],
  },
  {
    name: 'any term is enough, preferred ones are none, and without the key there is no domain',
    nodes: [...zones({ a: 'a', b: 'b', empty: '' }), node('none')],
    pods: [on('a', cache('c1')), on('b', web('w1')), on('none', web('w2')), on('empty', web('w3'))],
    pod: apart(pod('new'), from('zone', { labelSelector: { matchLabels: { app: 'cache' } } }), from('zone')),
    expect: { a: full, b: full, empty: full, none: yes },
    next: [
      {
        pods: [on('b', web('w1'))],
        pod: {
          ...pod('new'),
          spec: {
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: from('zone') }],
              },
            },
          },
        },
        expect: { b: yes },
      },
    ],
  },
  {
    name: 'the owner’s namespace is meant, unless the term lists some',
    nodes: zones({ a: 'a', b: 'b', c: 'c', d: 'd' }),
    pods: [
      on('a', web('w1', 'shop')),
      on('b', apart(cache('c1', 'shop'), from('zone'))),
      on('c', apart(cache('c2', 'shop'), from('zone', { namespaces: ['default'] }))),
      on('d', web('w2')),
    ],
    pod: apart(web('new'), from('zone')),
    expect: { a: yes, b: yes, c: full, d: full },
    next: [
      {
        pods: [on('a', web('w1', 'shop')), on('d', web('w2'))],
        pod: apart(web('new'), from('zone', { namespaces: ['shop'] })),
        expect: { a: full, d: yes },
      },
      { pods: [on('d', web('w2'))], pod: apart(web('new'), from('zone', { namespaces: [] })), expect: { d: full } },
    ],
  },
  {
    name: 'whoever is being deleted, or starts, is still in the way; an empty selector selects all, an absent one none',
    nodes: zones({ a: 'a', b: 'b', c: 'c' }),
    pods: [on('a', leaving(web('w1'))), on('b', starting(web('w2')))],
    pod: apart(cache('new'), from('zone')),
    expect: { a: full, b: full, c: yes },
    next: [
      {
        pods: [on('a', web('w1'))],
        pod: apart(cache('new'), from('zone', { labelSelector: {} })),
        expect: { a: full },
      },
      { pods: [on('a', web('w1'))], pod: apart(cache('new'), { topologyKey: 'zone' }), expect: { a: yes } },
    ],
  },
]

const thoughts: SpreadExample[] = [
  {
    name: 'what if a Pod came, or went?',
    nodes: zones({ a: 'a', b: 'b' }),
    pods: [on('a', web('w1')), on('a', leaving(web('w0'))), on('b', cache('c1'))],
    pod: spread(web('new'), by('zone')),
    expect: { a: full, b: yes },
    whatIf: [
      { changes: [{ remove: 'w1' }], expect: { a: yes, b: yes } },
      { changes: [{ remove: 'w0' }], expect: { a: full, b: yes } },
      { changes: [{ add: on('b', web('w2')) }], expect: { a: yes, b: yes } },
      { changes: [{ add: on('b', web('w2')) }, { remove: 'w1' }], expect: { a: yes, b: full } },
      { changes: [{ add: on('b', web('w2')) }, { add: on('b', web('w3')) }], expect: { a: yes, b: full } },
    ],
  },
  {
    name: 'what if whoever is in the way went, or another came?',
    nodes: zones({ a: 'a', b: 'b' }),
    pods: [on('a', web('w1')), on('b', apart(cache('c1'), from('zone')))],
    pod: apart(web('new'), from('zone')),
    expect: { a: full, b: full },
    whatIf: [
      { changes: [{ remove: 'w1' }], expect: { a: yes, b: full } },
      { changes: [{ remove: 'c1' }], expect: { a: full, b: yes } },
      { changes: [{ remove: 'c1' }, { add: on('b', web('w2')) }], expect: { b: full } },
      { changes: [{ remove: 'w1' }, { add: on('a', apart(cache('c2'), from('zone'))) }], expect: { a: full } },
    ],
  },
]

export default [...skews, ...counts, ...shy, ...thoughts]
