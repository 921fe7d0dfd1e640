import { describe, expect, it } from 'vitest'
import type { Pod, Taint, TopologySpreadConstraint } from '#cluster/api/types.ts'
import type { CycleState } from '../framework.ts'
import { lnOf } from './ln.ts'
import { podTopologySpread } from './pod-topology-spread.ts'
import type { NodeMore, Spec } from './scene.test-world.ts'
import { filtered, podLabelled, saidOf, scene, scored } from './scene.test-world.ts'

/**
 * `zone 1`: over zones, with a skew of at most 1, of Pods with `app=web`. Then: `soft`, `min=3` domains, `any` (nodes that the
 * Pod's affinity does not allow count too), `untainted` (nodes whose taints it does not tolerate do not), `^key`, `of:labels`.
 */
function constraint(text: string): TopologySpreadConstraint {
  const [where, maxSkew, ...words] = text.split(' ')
  const topologyKey = { zone: 'topology.kubernetes.io/zone', host: 'kubernetes.io/hostname' }[where!] ?? where!
  const of = words.find((word) => word.startsWith('of:'))?.slice(3) ?? 'app=web'
  const matchLabels = Object.fromEntries(of.split(',').flatMap((pair) => (pair ? [pair.split('=')] : [])))
  const min = words.find((word) => word.startsWith('min='))?.slice(4)
  const keys = words.filter((word) => word.startsWith('^')).map((word) => word.slice(1))
  return {
    topologyKey,
    maxSkew: Number(maxSkew),
    whenUnsatisfiable: words.includes('soft') ? 'ScheduleAnyway' : 'DoNotSchedule',
    ...(of !== 'none' && { labelSelector: { matchLabels } }),
    ...(min !== undefined && { minDomains: Number(min) }),
    ...(words.includes('any') && { nodeAffinityPolicy: 'Ignore' }),
    ...(words.includes('untainted') && { nodeTaintsPolicy: 'Honor' }),
    ...(keys.length > 0 && { matchLabelKeys: keys }),
  }
}

const spread = (...constraints: string[]): Spec => ({ topologySpreadConstraints: constraints.map(constraint) })
const plugin = podTopologySpread()
const WEB = 'app=web'
/** So many Pods of `app=web` on each of a, b (zone 1), c, d (zone 2). */
const web = (...counts: number[]): string =>
  ['a[zone=1,hostname=a]', 'b[zone=1,hostname=b]', 'c[zone=2,hostname=c]', 'd[zone=2,hostname=d]']
    .slice(0, counts.length)
    .map((node, i) => [node, ...Array.from({ length: counts[i]! }, () => WEB)].join(' '))
    .join(' | ')

describe('PodTopologySpread: must', () => {
  it.each<[rule: string, labels: string, Spec, where: string, passing: string]>([
    ['no constraint, no say', WEB, {}, web(1, 1, 1, 1), 'skip'],
    ['a soft one refuses nothing', WEB, spread('zone 1 soft'), web(5, 0, 0, 0), 'skip'],
    ['all empty: anywhere', WEB, spread('zone 1'), web(0, 0, 0, 0), 'a b c d'],
    ['one ahead: only the other zone', WEB, spread('zone 1'), web(1, 0, 0, 0), 'c d'],
    ['even: anywhere', WEB, spread('zone 1'), web(1, 0, 0, 1), 'a b c d'],
    ['the zone counts, not the node', WEB, spread('zone 1'), web(1, 1, 1, 0), 'c d'],
    ['a skew of 2 allows two ahead', WEB, spread('zone 2'), web(1, 0, 0, 0), 'a b c d'],
    ['… but not three', WEB, spread('zone 2'), web(1, 1, 0, 0), 'c d'],
    ['per node', WEB, spread('host 1'), web(1, 0, 1, 0), 'b d'],
    ['per node, all alike', WEB, spread('host 1'), web(2, 2, 2, 2), 'a b c d'],
    ['both must hold', WEB, spread('zone 1', 'host 1'), web(1, 0, 1, 0), 'b d'],
    ['both, and no node does both', WEB, spread('zone 1', 'host 1'), web(3, 0, 1, 1), ''],
    ['who does not count itself may go to the edge', 'app=x', spread('zone 1'), web(1, 0, 0, 0), 'a b c d'],
    ['… but not beyond', 'app=x', spread('zone 1'), web(1, 1, 0, 0), 'c d'],
    ['other Pods do not count', WEB, spread('zone 1'), 'a[zone=1] app=db app=db | b[zone=2]', 'a b'],
    ['Pods of another namespace do not count', WEB, spread('zone 1'), 'a[zone=1] app=web@prod | b[zone=2]', 'a b'],
    ['Pods on their way out do not count', WEB, spread('zone 1'), 'a[zone=1] app=web~ | b[zone=2]', 'a b'],
    ['a node without the key cannot take it', WEB, spread('zone 1'), 'a[zone=1] | b[]', 'a'],
    [
      'Pods on a node without the key do not count',
      WEB,
      spread('zone 1'),
      'a[zone=1] app=web | b[] app=web | c[zone=2]',
      'c',
    ],
    ['two keys: a node needs both', WEB, spread('zone 1', 'rack 1'), 'a[zone=1,rack=1] | b[zone=2] | c[rack=2]', 'a'],
    [
      'two keys: Pods count only where both are',
      WEB,
      spread('zone 1', 'rack 1'),
      'a[zone=1,rack=1] | b[zone=1] app=web app=web | c[zone=2,rack=2]',
      'a c',
    ],
    [
      'an empty selector counts all Pods of the namespace',
      WEB,
      spread('zone 1 of:'),
      'a[zone=1] app=db | b[zone=2]',
      'b',
    ],
    ['no selector counts none', WEB, spread('zone 1 of:none'), web(5, 0, 0, 0), 'a b c d'],
    ['a single domain is always even', WEB, spread('zone 1'), 'a[zone=1] app=web app=web | b[zone=1]', 'a b'],
    ['minDomains: too few, so the emptiest counts as empty', WEB, spread('zone 1 min=3'), web(1, 0, 1, 0), ''],
    ['minDomains: enough', WEB, spread('zone 1 min=2'), web(1, 0, 1, 0), 'a b c d'],
    ['minDomains: too few, but still empty ones', WEB, spread('zone 1 min=3'), web(1, 0, 0, 0), 'c d'],
    ['minDomains with a wider skew', WEB, spread('zone 2 min=3'), web(1, 0, 1, 0), 'a b c d'],
    ['minDomains per node', WEB, spread('host 1 min=5'), web(1, 1, 0, 1), 'c'],
    [
      'matchLabelKeys: each revision by itself',
      'app=web,rev=2',
      spread('zone 1 ^rev'),
      'a[zone=1] app=web,rev=1 | b[zone=2]',
      'a b',
    ],
    [
      'matchLabelKeys: its own revision counts',
      'app=web,rev=2',
      spread('zone 1 ^rev'),
      'a[zone=1] app=web,rev=2 | b[zone=2]',
      'b',
    ],
    [
      'matchLabelKeys: a label that it lacks is passed over',
      WEB,
      spread('zone 1 ^rev'),
      'a[zone=1] app=web,rev=1 | b[zone=2]',
      'b',
    ],
  ])('%s', (_rule, labels, spec, where, passing) => {
    expect(filtered(plugin, podLabelled(labels, spec), scene(where))).toBe(passing)
  })

  const taint = (effect: Taint['effect']): NodeMore => ({ taints: [{ key: 'gpu', effect }] })
  const TOLERANT = { tolerations: [{ key: 'gpu', operator: 'Exists' as const }] }
  const onlySsd = { nodeSelector: { disk: 'ssd' } }
  const DISKS = (c: string) => `a[zone=1,disk=ssd] app=web | b[zone=2,disk=ssd] app=web | c[zone=3${c}]`
  it.each<[rule: string, Spec, where: string, Record<string, NodeMore>, passing: string]>([
    ['a zone that its selector rules out does not count', { ...spread('zone 1'), ...onlySsd }, DISKS(''), {}, 'a b c'],
    ['… unless the policy is Ignore', { ...spread('zone 1 any'), ...onlySsd }, DISKS(''), {}, 'c'],
    ['a zone that its selector allows counts', { ...spread('zone 1'), ...onlySsd }, DISKS(',disk=ssd'), {}, 'c'],
    ['a tainted zone counts by default', spread('zone 1'), DISKS(''), { c: taint('NoSchedule') }, 'c'],
    ['… but not with Honor', spread('zone 1 untainted'), DISKS(''), { c: taint('NoSchedule') }, 'a b c'],
    [
      '… unless it tolerates the taint',
      { ...spread('zone 1 untainted'), ...TOLERANT },
      DISKS(''),
      { c: taint('NoSchedule') },
      'c',
    ],
    ['NoExecute is a taint too', spread('zone 1 untainted'), DISKS(''), { c: taint('NoExecute') }, 'a b c'],
    ['PreferNoSchedule is none', spread('zone 1 untainted'), DISKS(''), { c: taint('PreferNoSchedule') }, 'c'],
  ])('%s', (_rule, spec, where, nodes, passing) => {
    expect(filtered(plugin, podLabelled(WEB, spec), scene(where, { nodes }))).toBe(passing)
  })

  it.each<[rule: string, where: string, words: string]>([
    ['too uneven', web(1, 0, 0, 0), "node(s) didn't match pod topology spread constraints"],
    ['no such label', 'a[]', "!node(s) didn't match pod topology spread constraints (missing required label)"],
  ])('says: %s', (_rule, where, words) => {
    expect(saidOf(plugin, podLabelled(WEB, spread('zone 1')), scene(where), 'a')).toBe(words)
  })
})

describe('PodTopologySpread: may', () => {
  it.each<[rule: string, Spec, where: string, scores: string]>([
    ['none, and nobody selects it', {}, web(1, 0), 'skip'],
    ['a hard one does not score', spread('zone 1'), web(1, 0), 'skip'],
    ['all empty: alike', spread('zone 1 soft'), web(0, 0, 0, 0), 'a 100, b 100, c 100, d 100'],
    ['the emptier zone', spread('zone 1 soft'), web(2, 0, 0, 1), 'a 33, b 33, c 100, d 100'],
    ['the emptier node', spread('host 1 soft'), web(2, 1, 1, 0), 'a 0, b 50, c 50, d 100'],
    ['a zone with none', spread('zone 1 soft'), web(3, 0, 0, 0), 'a 0, b 0, c 100, d 100'],
    ['by zone and node', spread('zone 1 soft', 'host 1 soft'), web(1, 0, 0, 0), 'a 0, b 66, c 100, d 100'],
    ['a wider skew flattens', spread('zone 5 soft'), web(2, 0, 0, 0), 'a 57, b 57, c 100, d 100'],
    [
      'a node without the key comes last',
      spread('zone 1 soft'),
      'a[zone=1] app=web | b[] | c[zone=2]',
      'a 0, b 0, c 100',
    ],
    ['other Pods do not count', spread('zone 1 soft'), 'a[zone=1] app=db | b[zone=2]', 'a 100, b 100'],
  ])('%s', (_rule, spec, where, scores) => {
    expect(scored(plugin, podLabelled(WEB, spec), scene(where))).toBe(scores)
  })

  it('counts Pods of nodes that are not feasible, in the zones that are', () => {
    const stage = scene(web(2, 0, 0, 1))
    expect(scored(plugin, podLabelled(WEB, spread('zone 1 soft')), stage, ['b', 'c'])).toBe('b 33, c 100')
  })
})

describe('PodTopologySpread: defaults', () => {
  const service = { metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } } }
  const owned = (kind: string): Pod => {
    const plain = podLabelled(WEB)
    const ownerReferences = [{ apiVersion: 'apps/v1', kind, name: 'o', uid: 'o', controller: true }]
    return { ...plain, metadata: { ...plain.metadata, ownerReferences } }
  }
  const owner = { metadata: { name: 'o', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } } } }
  it.each<[rule: string, Pod, objects: Record<string, object[]>, where: string, scores: string]>([
    ['a Service selects it', podLabelled(WEB), { services: [service] }, web(1, 0, 0, 0), 'a 66, b 88, c 100, d 100'],
    [
      'a ReplicaSet owns it',
      owned('ReplicaSet'),
      { replicasets: [owner] },
      web(1, 0, 0, 0),
      'a 66, b 88, c 100, d 100',
    ],
    [
      'a StatefulSet owns it',
      owned('StatefulSet'),
      { statefulsets: [owner] },
      web(1, 0, 0, 0),
      'a 66, b 88, c 100, d 100',
    ],
    ['a Job owns it: nothing to go by', owned('Job'), { replicasets: [owner] }, web(1, 0, 0, 0), 'skip'],
    ['a Service selects others', podLabelled('app=x'), { services: [service] }, web(1, 0, 0, 0), 'skip'],
    ['a Service of another namespace', podLabelled(WEB, {}, 'prod'), { services: [service] }, web(1, 0, 0, 0), 'skip'],
    [
      'without zones, by node alone',
      podLabelled(WEB),
      { services: [service] },
      'a[hostname=a] app=web | b[hostname=b]',
      'a 66, b 100',
    ],
    [
      'its own constraints come first',
      podLabelled(WEB, spread('zone 1 soft')),
      { services: [service] },
      web(1, 0, 0, 0),
      'a 0, b 0, c 100, d 100',
    ],
  ])('%s', (_rule, aPod, objects, where, scores) => {
    expect(scored(plugin, aPod, scene(where, { objects }))).toBe(scores)
  })

  const listed = (...constraints: string[]) =>
    podTopologySpread({
      defaultingType: 'List',
      defaultConstraints: constraints.map((each) => constraint(`${each} of:none`)),
    })
  it.each<[rule: string, constraints: string[], passing: string]>([
    ['a list of its own may forbid', ['zone 1'], 'c d'],
    ['… or not', ['zone 1 soft'], 'skip'],
    ['an empty list is none', [], 'skip'],
  ])('%s', (_rule, constraints, passing) => {
    const stage = scene(web(1, 0, 0, 0), { objects: { services: [service] } })
    expect(filtered(listed(...constraints), podLabelled(WEB), stage)).toBe(passing)
  })

  it.each<[rule: string, object, message: string]>([
    ['System with a list', { defaultConstraints: [constraint('zone 1 of:none')] }, 'they must be empty'],
    [
      'a selector in a default',
      { defaultingType: 'List', defaultConstraints: [constraint('zone 1')] },
      'must not define a selector',
    ],
    ['another type', { defaultingType: 'Mine' }, 'unsupported value "Mine"'],
  ])('refuses %s', (_rule, args, message) => {
    expect(() => podTopologySpread(args)).toThrow(message)
  })
})

describe('PodTopologySpread: what if', () => {
  const ask = (spec: Spec, where: string, change: 'addPod' | 'removePod', on: string, about: string, labels = WEB) => {
    const { nodes } = scene(where)
    const state: CycleState = {}
    const aPod = podLabelled(WEB, spec)
    plugin.preFilter!(state, aPod, nodes)
    const before = { ...state }
    plugin[change]!(state, aPod, podLabelled(labels), nodes.get(on)!)
    const said = (from: CycleState) => (plugin.filter!(from, aPod, nodes.get(about)!) === undefined ? 'yes' : 'no')
    return `${said(before)} → ${said(state)}`
  }
  it.each<
    [
      rule: string,
      Spec,
      where: string,
      'addPod' | 'removePod',
      on: string,
      about: string,
      labels: string,
      answer: string,
    ]
  >([
    ['one less there', spread('zone 1'), web(1, 0, 0, 0), 'removePod', 'a', 'a', WEB, 'no → yes'],
    ['one less of two', spread('zone 1'), web(1, 1, 0, 0), 'removePod', 'a', 'a', WEB, 'no → no'],
    ['one less of others', spread('zone 1'), web(1, 0, 0, 0), 'removePod', 'a', 'a', 'app=x', 'no → no'],
    ['one more there', spread('zone 1'), web(0, 0, 0, 0), 'addPod', 'a', 'a', WEB, 'yes → no'],
    [
      'one more in the emptiest raises the least',
      spread('zone 1'),
      web(1, 0, 0, 0),
      'addPod',
      'c',
      'a',
      WEB,
      'no → yes',
    ],
    [
      'one more in one of two emptiest raises nothing',
      spread('host 1'),
      web(1, 0, 0, 1),
      'addPod',
      'b',
      'a',
      WEB,
      'no → no',
    ],
    [
      'one less in the emptiest lowers the least',
      spread('zone 1'),
      web(2, 0, 2, 0),
      'removePod',
      'c',
      'a',
      WEB,
      'yes → no',
    ],
    [
      'with a picky Pod too',
      { ...spread('zone 1'), nodeSelector: { 'kubernetes.io/hostname': 'a' } },
      web(1, 0, 0, 0),
      'removePod',
      'a',
      'a',
      WEB,
      'yes → yes',
    ],
  ])('%s', (_rule, spec, where, change, on, about, labels, answer) => {
    expect(ask(spec, where, change, on, about, labels)).toBe(answer)
  })
})

describe('the logarithm', () => {
  it('is the usual one, to the last digits', () => {
    for (const x of [1, 2, 3, 5, 10, 102, 1002, 5002, 15002])
      expect(Math.abs(lnOf(x) - Math.log(x))).toBeLessThan(4e-15)
  })
})
