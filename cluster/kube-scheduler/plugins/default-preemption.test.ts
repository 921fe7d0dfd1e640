import { describe, expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { Cache } from '../cache.ts'
import { createCache, nodesOf, setNode, setPod } from '../cache.ts'
import { runPreFilter, whatIfOf } from '../filtering.ts'
import type { CycleState, Plugin, Status } from '../framework.ts'
import { nominate } from '../nominator.ts'
import { createProfile } from '../profile.ts'
import { defaultPreemption } from './default-preemption.ts'
import { defaultRegistry } from './default-registry.ts'
import { listed, node, pod } from './scene.test-world.ts'

/**
 * Nodes of four CPUs: `a: low1=2 high9=1 | b: x5=4`. A Pod is a name, its priority, and after `=` its CPUs. Then, in any order:
 * `~` leaving because of a preemption, `@7` started in second 7, `#web` bears the label `app=web`.
 */
function clusterOf(text: string): Cache {
  const cache = createCache()
  for (const part of text.split('|').map((each) => each.trim())) {
    const [head, ...words] = part.split(/\s+/)
    const nodeName = head!.replace(':', '')
    setNode(cache, node(nodeName))
    for (const word of words) setPod(cache, podOf(word, nodeName))
  }
  return cache
}

function podOf(word: string, nodeName?: string): Pod {
  const [, name, priority, cpu, rest] = /^([a-z]+)(-?\d+)=(\d+)(.*)$/.exec(word)!
  const plain = pod({ priority: Number(priority), ...(nodeName && { nodeName }) }, { cpu: cpu! })
  const start = /@(\d)/.exec(rest!)?.[1]
  const app = /#(\w+)/.exec(rest!)?.[1]
  const leaving = rest!.includes('~')
  return {
    ...plain,
    metadata: {
      ...plain.metadata,
      name: name!,
      uid: `u-${name}`,
      ...(app && { labels: { app } }),
      ...(leaving && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    status: {
      ...(start && { startTime: `2026-01-01T00:00:0${start}Z` }),
      ...(leaving && {
        conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }],
      }),
    },
  }
}

interface More {
  readonly plugin?: Plugin
  readonly budgets?: readonly object[]
  readonly spec?: Partial<Pod['spec']>
  readonly nominatedOn?: string
  /** Nominated Pods, as `node pod`. */
  readonly waiting?: readonly string[]
  readonly seed?: number
}

/** `a: low` (the node and its victims, most important first) or what it says. */
function preempt(text: string, incoming: string, more: More = {}): string {
  const { plugin = defaultPreemption(), budgets = [], spec = {}, nominatedOn, waiting = [], seed = 1 } = more
  const cache = clusterOf(text)
  for (const each of waiting) nominate(cache.nominator, podOf(each.split(' ')[1]!), each.split(' ')[0]!)
  const plain = podOf(incoming)
  const aPod: Pod = {
    ...plain,
    spec: { ...plain.spec, ...spec },
    ...(nominatedOn && { status: { nominatedNodeName: nominatedOn } }),
  }
  const profile = createProfile({ schedulerName: 's' }, defaultRegistry)
  const nodes = nodesOf(cache, listed({ poddisruptionbudgets: budgets }))
  const state: CycleState = {}
  const { filters } = runPreFilter(profile, state, aPod, nodes)
  const whatIf = whatIfOf(filters, () => randomFrom(seed, 'offset'))
  const statuses = new Map<string, Status>()
  for (const info of nodes) {
    const status = whatIf.filter(state, aPod, info)
    if (status) statuses.set(info.name, status)
  }
  const result = plugin.postFilter!(state, aPod, nodes, statuses, whatIf)!
  if (result.status) return result.status.reasons.join(', ')
  return `${result.nominatedNodeName}: ${result.victims!.map(({ metadata }) => metadata.name).join(' ')}`
}

const budget = (app: string, disruptionsAllowed: number, more: object = {}): object => ({
  metadata: { name: app, namespace: 'default' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed, ...more },
})

const none = (n: number, words: string) => `preemption: 0/${n} nodes are available: ${words}.`

describe('DefaultPreemption: victims on a node', () => {
  it.each<[rule: string, nodes: string, incoming: string, outcome: string]>([
    ['the one that is in the way', 'a: low1=4', 'vip9=1', 'a: low'],
    ['no more than must be', 'a: one1=2 two1=2', 'vip9=2', 'a: two'],
    ['the less important of two', 'a: mid5=2 low1=2', 'vip9=2', 'a: low'],
    ['the more important is spared, whatever the order', 'a: low1=2 mid5=2', 'vip9=2', 'a: low'],
    ['a big one rather than several that matter more', 'a: low1=3 mid5=1', 'vip9=3', 'a: low'],
    ['several where one is not enough', 'a: one1=1 two1=1 mid5=2', 'vip9=2', 'a: one two'],
    ['small ones are spared where a large one must go anyway', 'a: small1=1 large1=3', 'vip9=3', 'a: large'],
    ['all of them', 'a: one1=2 mid5=2', 'vip9=4', 'a: mid one'],
    ['equals are no victims', 'a: same9=4', 'vip9=1', none(1, '1 No preemption victims found for incoming pod')],
    ['nor are those above', 'a: top10=4', 'vip9=1', none(1, '1 No preemption victims found for incoming pod')],
    ['a lower one whose end would not suffice', 'a: top10=3 low1=1', 'vip9=2', none(1, '1 Insufficient cpu')],
    [
      'more than the node has: no end would help',
      'a: low1=4',
      'vip9=5',
      none(1, '1 Preemption is not helpful for scheduling'),
    ],
    ['negative priorities count too', 'a: neg-5=4', 'zero0=1', 'a: neg'],
    ['of equals, the one that has run longer is spared', 'a: old1=2@1 new1=2@5', 'vip9=2', 'a: new'],
    ['one that has not started counts as the newest', 'a: not1=2 old1=2@9', 'vip9=2', 'a: not'],
  ])('%s', (_rule, nodes, incoming, outcome) => {
    expect(preempt(nodes, incoming)).toBe(outcome)
  })
})

describe('DefaultPreemption: the node', () => {
  it.each<[rule: string, nodes: string, incoming: string, outcome: string]>([
    ['the one whose most important victim matters least', 'a: mid5=4 | b: low1=4', 'vip9=4', 'b: low'],
    ['then the one whose victims matter least in sum', 'a: x5=2 y3=2 | b: u5=2 z1=2', 'vip9=4', 'b: u z'],
    ['then the one with fewer of them', 'a: x1=2 y1=2 | b: z1=4', 'vip9=4', 'b: z'],
    ['fewer even where priorities are below zero', 'a: x-5=2 y-5=2 | b: z-5=4', 'vip9=4', 'b: z'],
    ['one high victim is worse than many low ones', 'a: mid5=4 | b: u1=1 v1=1 w1=1 x1=1', 'vip9=4', 'b: u v w x'],
    ['then the one whose victims started last', 'a: old1=4@1 | b: new1=4@7', 'vip9=4', 'b: new'],
    ['hopeless nodes are no candidates', 'a: top10=4 | b: low1=4', 'vip9=4', 'b: low'],
    [
      'each node says its own',
      'a: same9=4 | b: top10=3 low1=1',
      'vip9=2',
      none(2, '1 Insufficient cpu, 1 No preemption victims found for incoming pod'),
    ],
  ])('%s', (_rule, nodes, incoming, outcome) => {
    for (const seed of [1, 2, 3]) expect(preempt(nodes, incoming, { seed })).toBe(outcome)
  })

  it.each<[rule: string, nodes: string, More, outcome: string]>([
    ['a budget spares its Pods elsewhere', 'a: x1=4#web | b: y5=4', { budgets: [budget('web', 0)] }, 'b: y'],
    ['a budget with room does not', 'a: x1=4#web | b: y5=4', { budgets: [budget('web', 1)] }, 'a: x'],
    ['a budget that is broken is broken', 'a: x1=4#web', { budgets: [budget('web', 0)] }, 'a: x'],
    ['within a node, those without budget go first', 'a: x1=2#web y5=2', { budgets: [budget('web', 0)] }, 'a: y'],
    ['room for one of two', 'a: x1=2#web y1=2#web | b: z5=4', { budgets: [budget('web', 1)] }, 'b: z'],
    [
      'another namespace’s budget',
      'a: x1=4#web | b: y5=4',
      { budgets: [{ ...budget('web', 0), metadata: { name: 'w', namespace: 'prod' } }] },
      'a: x',
    ],
    [
      'an empty selector covers nothing',
      'a: x1=4#web | b: y5=4',
      { budgets: [{ ...budget('web', 0), spec: { selector: {} } }] },
      'a: x',
    ],
    [
      'one that is accounted for already',
      'a: x1=4#web | b: y5=4',
      { budgets: [budget('web', 0, { disruptedPods: { x: '2026-01-01T00:00:00Z' } })] },
      'a: x',
    ],
    [
      'fewer broken budgets beat all else',
      'a: x1=2#web y1=2#web | b: p8=2#web q8=2',
      { budgets: [budget('web', 0)] },
      'b: p q',
    ],
  ])('%s', (_rule, nodes, more, outcome) => {
    const incoming = nodes.includes('x1=2#web y5=2') ? 'vip9=2' : 'vip9=4'
    expect(preempt(nodes, incoming, more)).toBe(outcome)
  })
})

describe('DefaultPreemption: who may', () => {
  it.each<[rule: string, nodes: string, More, outcome: string]>([
    [
      'not with preemptionPolicy Never',
      'a: low1=4',
      { spec: { preemptionPolicy: 'Never' } },
      'preemption: not eligible due to preemptionPolicy=Never.',
    ],
    [
      'not while its victims leave',
      'a: low1=4~',
      { nominatedOn: 'a' },
      'preemption: not eligible due to a terminating pod on the nominated node.',
    ],
    ['again, if the node that it was promised is gone', 'a: low1=4', { nominatedOn: 'gone' }, 'a: low'],
    ['again, if nobody leaves there any more', 'a: low1=4', { nominatedOn: 'a' }, 'a: low'],
    ['a nominated Pod of higher priority keeps its room', 'a: low1=2', { waiting: ['a big10=2'] }, 'a: low'],
    ['… and may leave too little', 'a: low1=1', { waiting: ['a big10=3'] }, none(1, '1 Insufficient cpu')],
  ])('%s', (_rule, nodes, more, outcome) => {
    expect(preempt(nodes, 'vip9=2', more)).toBe(outcome)
  })

  it('tries no more nodes than the arguments say, from a random one', () => {
    const plugin = defaultPreemption({ minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 1 })
    const nodes = 'a: la1=4 | b: lb1=4 | c: lc1=4 | d: ld1=4'
    const chosen = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => preempt(nodes, 'vip9=4', { plugin, seed }).slice(0, 1))
    expect(new Set(chosen).size).toBeGreaterThan(1)
  })

  it.each([
    [{ minCandidateNodesPercentage: 101 }, 'not in [0, 100]'],
    [{ minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }, 'nor both of them zero'],
  ])('refuses %j', (args, message) => {
    expect(() => defaultPreemption(args)).toThrow(message)
  })
})
