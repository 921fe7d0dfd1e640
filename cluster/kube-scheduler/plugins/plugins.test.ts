import { describe, expect, it } from 'vitest'
import type { Pod, Taint, Toleration } from '#cluster/api/types.ts'
import { createCache, nodesOf, setNode, setPod } from '../cache.ts'
import type { Plugin } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { createNodeInfo } from '../node-info.ts'
import { podsOf } from '../pod-list.ts'
import { nodeAffinity as nodeAffinityWith } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesBalancedAllocation as balancedWith } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import type { Stage } from './scene.test-world.ts'
import { node, pod, saidOf, scored, words } from './scene.test-world.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'

type Requests = Record<string, string>

const nodeAffinity = nodeAffinityWith()
const nodeResourcesBalancedAllocation = balancedWith()

function stageOf(infos: readonly NodeInfo[]): Stage {
  const cache = createCache()
  for (const info of infos) {
    setNode(cache, info.node)
    podsOf(info.pods).forEach((each, i) => {
      const metadata = { ...each.metadata, name: `${info.name}-${i}`, uid: `${info.name}-${i}` }
      setPod(cache, { ...each, metadata, spec: { ...each.spec, nodeName: info.name } })
    })
  }
  return { cache, nodes: nodesOf(cache) }
}

const verdict = (plugin: Plugin, aPod: Pod, info: NodeInfo): string => saidOf(plugin, aPod, stageOf([info]))

function scores(plugin: Plugin, aPod: Pod, infos: readonly NodeInfo[]): number[] | 'skip' {
  const said = scored(plugin, aPod, stageOf(infos))
  return said === 'skip' ? said : said.split(', ').map((each) => Number(each.split(' ')[1]))
}

describe('NodeResourcesFit', () => {
  const fit = nodeResourcesFit()
  const held = (requests: Requests, count = 1): Pod[] => Array.from({ length: count }, () => pod({}, requests))
  const gpu = { cpu: '4', memory: '8Gi', pods: '10', 'example.com/gpu': '2' }
  const init = (requests: Requests, sidecar = false) => ({
    name: 'init',
    image: 'init',
    resources: { requests },
    ...(sidecar && { restartPolicy: 'Always' as const }),
  })

  it.each<[rule: string, Pod, running: Pod[], allocatable: Requests | undefined, said: string]>([
    ['a Pod that asks for nothing fits', pod(), [], undefined, ''],
    ['a Pod that asks for just what is left fits', pod({}, { cpu: '1' }), held({ cpu: '3' }), undefined, ''],
    ['one thousandth more does not', pod({}, { cpu: '1001m' }), held({ cpu: '3' }), undefined, 'Insufficient cpu'],
    ['memory counts by itself', pod({}, { memory: '1' }), held({ memory: '8Gi' }), undefined, 'Insufficient memory'],
    [
      'every scarce resource is named',
      pod({}, { memory: '1', cpu: '2' }),
      held({ cpu: '3', memory: '8Gi' }),
      undefined,
      'Insufficient cpu, Insufficient memory',
    ],
    ['more than the node has at all is hopeless', pod({}, { cpu: '5' }), [], undefined, '!Insufficient cpu'],
    [
      'hopeless for one resource is hopeless',
      pod({}, { cpu: '2', memory: '9Gi' }),
      held({ cpu: '3' }),
      undefined,
      '!Insufficient cpu, Insufficient memory',
    ],
    ['the number of Pods is a resource', pod(), held({}, 10), undefined, 'Too many pods'],
    ['one place is enough for one Pod', pod(), held({}, 9), undefined, ''],
    [
      'too many Pods comes before what else is scarce',
      pod({}, { cpu: '1' }),
      held({ cpu: '400m' }, 10),
      undefined,
      'Too many pods, Insufficient cpu',
    ],
    [
      'an extended resource that the node lacks is hopeless',
      pod({}, { 'example.com/gpu': '1' }),
      [],
      undefined,
      '!Insufficient example.com/gpu',
    ],
    [
      'an extended resource is counted like any other',
      pod({}, { 'example.com/gpu': '1' }),
      held({ 'example.com/gpu': '2' }),
      gpu,
      'Insufficient example.com/gpu',
    ],
    ['a request of zero asks for nothing', pod({}, { 'example.com/gpu': '0' }), [], undefined, ''],
    [
      'init containers do not add up with the others',
      pod({ initContainers: [init({ cpu: '3' })] }, { cpu: '2' }),
      held({ cpu: '1' }),
      undefined,
      '',
    ],
    [
      'the largest init container counts',
      pod({ initContainers: [init({ cpu: '4' })] }, { cpu: '2' }),
      held({ cpu: '1' }),
      undefined,
      'Insufficient cpu',
    ],
    [
      'a sidecar adds to the others',
      pod({ initContainers: [init({ cpu: '1' }, true)] }, { cpu: '3' }),
      held({ cpu: '1' }),
      undefined,
      'Insufficient cpu',
    ],
    [
      'overhead is asked for too',
      pod({ overhead: { cpu: '1' } }, { cpu: '3' }),
      held({ cpu: '1' }),
      undefined,
      'Insufficient cpu',
    ],
    [
      'ephemeral storage is counted',
      pod({}, { 'ephemeral-storage': '2Gi' }),
      [],
      { cpu: '1', pods: '1', 'ephemeral-storage': '1Gi' },
      '!Insufficient ephemeral-storage',
    ],
  ])('%s', (_rule, aPod, running, allocatable, said) => {
    expect(verdict(fit, aPod, createNodeInfo(node('n', { ...(allocatable && { allocatable }) }), running))).toBe(said)
  })

  it('does not look at limits', () => {
    const greedy = pod({ containers: [{ name: 'web', image: 'web', resources: { limits: { cpu: '100' } } }] })
    expect(verdict(fit, greedy, createNodeInfo(node('n')))).toBe('')
  })

  it('scores the emptier node higher with LeastAllocated, the fuller with MostAllocated', () => {
    const half = createNodeInfo(node('half'), held({ cpu: '2', memory: '4Gi' }))
    const empty = createNodeInfo(node('empty'))
    const asked = pod({}, { cpu: '1', memory: '2Gi' })
    expect(scores(fit, asked, [half, empty])).toEqual([25, 75])
    expect(scores(nodeResourcesFit({ scoringStrategy: { type: 'MostAllocated' } }), asked, [half, empty])).toEqual([
      75, 25,
    ])
  })

  it('counts a Pod that asks for nothing as a little when it scores, so that such Pods spread', () => {
    const busy = createNodeInfo(node('busy'), held({}, 5))
    const [a, b] = scores(fit, pod(), [busy, createNodeInfo(node('idle'))]) as number[]
    expect(a).toBeLessThan(b!)
  })

  it('is woken by what could help, and not by a node too small', () => {
    const add = fit.eventsToRegister!.find(({ event }) => event === 'Node/Add')!
    expect(add.hint!(pod({}, { cpu: '4' }), { name: 'Node/Add', node: node('n') })).toBe(true)
    expect(add.hint!(pod({}, { cpu: '5' }), { name: 'Node/Add', node: node('n') })).toBe(false)
  })
})

describe('NodeAffinity', () => {
  type Term = { matchExpressions?: object[]; matchFields?: object[] }
  const required = (...nodeSelectorTerms: Term[]): Partial<Pod['spec']> =>
    ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } }) as never
  const term = (key: string, operator: string, ...values: string[]): Term => ({
    matchExpressions: [{ key, operator, values }],
  })
  const NO = "!node(s) didn't match Pod's node affinity/selector"
  const labels = { disk: 'ssd', cores: '8', zone: 'a' }

  it.each<[rule: string, Partial<Pod['spec']>, said: string]>([
    ['without any wish it has no say', {}, 'skip'],
    ['a nodeSelector that matches', { nodeSelector: { disk: 'ssd' } }, ''],
    ['a nodeSelector with another value', { nodeSelector: { disk: 'hdd' } }, NO],
    ['every pair of a nodeSelector must match', { nodeSelector: { disk: 'ssd', zone: 'b' } }, NO],
    ['a nodeSelector with a label that is not there', { nodeSelector: { gpu: 'yes' } }, NO],
    ['In', required(term('zone', 'In', 'a', 'b')), ''],
    ['In without the value', required(term('zone', 'In', 'b')), NO],
    ['NotIn', required(term('zone', 'NotIn', 'b')), ''],
    ['NotIn matches where there is no such label', required(term('rack', 'NotIn', 'b')), ''],
    ['Exists', required(term('disk', 'Exists')), ''],
    ['DoesNotExist', required(term('disk', 'DoesNotExist')), NO],
    ['Gt compares numbers', required(term('cores', 'Gt', '4')), ''],
    ['Gt is not "at least"', required(term('cores', 'Gt', '8')), NO],
    ['Lt', required(term('cores', 'Lt', '10')), ''],
    ['Gt of what is no number', required(term('disk', 'Gt', '1')), NO],
    ['terms are alternatives', required(term('zone', 'In', 'b'), term('disk', 'Exists')), ''],
    [
      'expressions of a term must all hold',
      required({
        matchExpressions: [
          ...term('zone', 'In', 'a').matchExpressions!,
          ...term('disk', 'In', 'hdd').matchExpressions!,
        ],
      }),
      NO,
    ],
    ['an empty term matches nothing', required({}), NO],
    [
      'nodeSelector and affinity must both hold',
      { nodeSelector: { disk: 'hdd' }, ...required(term('zone', 'In', 'a')) },
      NO,
    ],
    ['a node by its name', required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }), ''],
    [
      'another node by its name',
      required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['m'] }] }),
      'not named',
    ],
  ])('%s', (_rule, spec, said) => {
    expect(verdict(nodeAffinity, pod(spec), createNodeInfo(node('n', { labels })))).toBe(said)
  })

  it('adds the weights of preferred terms and scales the best to 100', () => {
    const prefer = (weight: number, key: string, value: string) => ({ weight, preference: term(key, 'In', value) })
    const preferred = [prefer(30, 'zone', 'a'), prefer(10, 'disk', 'ssd')]
    const spec = { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } } as never
    const infos = [{ zone: 'a', disk: 'ssd' }, { zone: 'a' }, { disk: 'ssd' }, {}].map((each, i) =>
      createNodeInfo(node(`n${i}`, { labels: each as Requests })),
    )
    expect(scores(nodeAffinity, pod(spec), infos)).toEqual([100, 75, 25, 0])
    expect(scores(nodeAffinity, pod(), infos)).toBe('skip')
  })
})

describe('TaintToleration', () => {
  const NO = '!node(s) had untolerated taint(s)'
  const taint = (effect: Taint['effect'], key = 'team', value = 'a'): Taint => ({ key, value, effect })
  const tolerate = (...tolerations: Toleration[]): Partial<Pod['spec']> => ({ tolerations })

  it.each<[rule: string, Taint[], Partial<Pod['spec']>, said: string]>([
    ['no taint, no trouble', [], {}, ''],
    ['NoSchedule without toleration', [taint('NoSchedule')], {}, NO],
    ['NoExecute without toleration', [taint('NoExecute')], {}, NO],
    ['PreferNoSchedule never rules out', [taint('PreferNoSchedule')], {}, ''],
    [
      'Equal with key, value and effect',
      [taint('NoSchedule')],
      tolerate({ key: 'team', operator: 'Equal', value: 'a', effect: 'NoSchedule' }),
      '',
    ],
    ['Equal is what no operator means', [taint('NoSchedule')], tolerate({ key: 'team', value: 'a' }), ''],
    ['another value', [taint('NoSchedule')], tolerate({ key: 'team', value: 'b' }), NO],
    ['another key', [taint('NoSchedule')], tolerate({ key: 'rack', operator: 'Exists' }), NO],
    ['another effect', [taint('NoExecute')], tolerate({ key: 'team', operator: 'Exists', effect: 'NoSchedule' }), NO],
    [
      'an empty effect tolerates every effect',
      [taint('NoExecute'), taint('NoSchedule')],
      tolerate({ key: 'team', operator: 'Exists' }),
      '',
    ],
    ['Exists needs no value', [taint('NoSchedule')], tolerate({ key: 'team', operator: 'Exists' }), ''],
    [
      'Exists without a key tolerates everything',
      [taint('NoSchedule'), taint('NoExecute', 'x')],
      tolerate({ operator: 'Exists' }),
      '',
    ],
    ['Equal without a key tolerates nothing', [taint('NoSchedule')], tolerate({ value: 'a' }), NO],
    [
      'one of two tolerated is not enough',
      [taint('NoSchedule'), taint('NoSchedule', 'x')],
      tolerate({ key: 'team', operator: 'Exists' }),
      NO,
    ],
    [
      'two tolerations for two taints',
      [taint('NoSchedule'), taint('NoSchedule', 'x')],
      tolerate({ key: 'team', operator: 'Exists' }, { key: 'x', operator: 'Exists' }),
      '',
    ],
    [
      'a taint without value is equal to an empty one',
      [{ key: 'team', effect: 'NoSchedule' }],
      tolerate({ key: 'team', value: '' }),
      '',
    ],
    [
      'tolerationSeconds do not matter for scheduling',
      [taint('NoExecute')],
      tolerate({ key: 'team', operator: 'Exists', tolerationSeconds: 0 }),
      '',
    ],
  ])('%s', (_rule, taints, spec, said) => {
    expect(verdict(taintToleration, pod(spec), createNodeInfo(node('n', { taints })))).toBe(said)
  })

  it('prefers the node with fewer PreferNoSchedule taints that are not tolerated', () => {
    const infos = [0, 1, 2].map((count) => {
      const taints = Array.from({ length: count }, (_, i) => taint('PreferNoSchedule', `k${i}`))
      return createNodeInfo(node(`n${count}`, { taints }))
    })
    expect(scores(taintToleration, pod(), infos)).toEqual([100, 50, 0])
    expect(scores(taintToleration, pod(tolerate({ key: 'k1', operator: 'Exists' })), infos)).toEqual([100, 0, 0])
    expect(scores(taintToleration, pod(tolerate({ operator: 'Exists' })), infos)).toEqual([100, 100, 100])
    // A toleration of NoSchedule alone is none of PreferNoSchedule.
    expect(scores(taintToleration, pod(tolerate({ operator: 'Exists', effect: 'NoSchedule' })), infos)).toEqual([
      100, 50, 0,
    ])
  })
})

describe('the small filters', () => {
  const port = (hostPort: number, protocol?: 'UDP') =>
    pod({
      containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 80, hostPort, ...(protocol && { protocol }) }] }],
    })
  const cordoned = node('n', { unschedulable: true })
  const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' } as const
  it.each<[rule: string, Plugin, Pod, NodeInfo, said: string]>([
    ['NodeUnschedulable lets a node be that is not cordoned', nodeUnschedulable, pod(), createNodeInfo(node('n')), ''],
    [
      'NodeUnschedulable keeps off a cordoned one',
      nodeUnschedulable,
      pod(),
      createNodeInfo(cordoned),
      '!node(s) were unschedulable',
    ],
    [
      'NodeUnschedulable lets pass who tolerates it',
      nodeUnschedulable,
      pod({ tolerations: [UNSCHEDULABLE] }),
      createNodeInfo(cordoned),
      '',
    ],
    ['NodeName without a name', nodeName, pod(), createNodeInfo(node('n')), ''],
    ['NodeName with this name', nodeName, pod({ nodeName: 'n' }), createNodeInfo(node('n')), ''],
    [
      'NodeName with another',
      nodeName,
      pod({ nodeName: 'm' }),
      createNodeInfo(node('n')),
      "!node(s) didn't match the requested node name",
    ],
    ['NodePorts has no say without host ports', nodePorts, pod(), createNodeInfo(node('n'), [port(80)]), 'skip'],
    [
      'NodePorts sees a clash',
      nodePorts,
      port(80),
      createNodeInfo(node('n'), [port(80)]),
      "node(s) didn't have free ports for the requested pod ports",
    ],
    ['NodePorts tells protocols apart', nodePorts, port(80), createNodeInfo(node('n'), [port(80, 'UDP')]), ''],
    ['NodePorts lets another port be', nodePorts, port(81), createNodeInfo(node('n'), [port(80)]), ''],
  ])('%s', (_rule, plugin, aPod, info, said) => {
    expect(verdict(plugin, aPod, info)).toBe(said)
  })

  it('SchedulingGates holds back a Pod with gates and names them', () => {
    expect(schedulingGates.preEnqueue!(pod())).toBeUndefined()
    const gated = pod({ schedulingGates: [{ name: 'quota' }, { name: 'data' }] })
    expect(words(schedulingGates.preEnqueue!(gated))).toBe('!waiting for scheduling gates: [quota data]')
  })

  it('NodeResourcesBalancedAllocation prefers even use, and leaves Pods alone that ask for nothing', () => {
    const lopsided = createNodeInfo(node('a'), [pod({}, { cpu: '3' })])
    const even = createNodeInfo(node('b'), [pod({}, { cpu: '2', memory: '4Gi' })])
    expect(scores(nodeResourcesBalancedAllocation, pod({}, { cpu: '1', memory: '2Gi' }), [lopsided, even])).toEqual([
      62, 100,
    ])
    expect(scores(nodeResourcesBalancedAllocation, pod(), [lopsided, even])).toBe('skip')
  })
})
