import { expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { Cache } from './cache.ts'
import { createCache, removeNode, removePod, setNode, setPod } from './cache.ts'
import { nominate, withdraw } from './nominator.ts'
import { defaultRegistry } from './plugins/default-registry.ts'
import type { Spec } from './plugins/scene.test-world.ts'
import { listed, node, pod } from './plugins/scene.test-world.ts'
import type { Profile } from './profile.ts'
import { createProfile } from './profile.ts'
import type { Decision } from './scheduling-cycle.ts'
import { schedulePod } from './scheduling-cycle.ts'

const HOST = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

const term = (app: string, topologyKey: string) => ({ topologyKey, labelSelector: { matchLabels: { app } } })
const apart = (app: string, key: string): Spec => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app, key)] } },
})
const near = (app: string, key: string): Spec => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app, key)] } },
})
const shy = (app: string, key: string): Spec => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: term(app, key) }],
    },
  },
})
const spread = (app: string, topologyKey: string, when: 'DoNotSchedule' | 'ScheduleAnyway', more = {}): Spec => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey, whenUnsatisfiable: when, labelSelector: { matchLabels: { app } }, ...more },
  ],
})

const KINDS: readonly Spec[] = [
  {},
  { tolerations: [{ key: 'x', operator: 'Exists' }] },
  { priority: 10 },
  ...[HOST, ZONE].flatMap((key) => [
    apart('a', key),
    near('a', key),
    shy('b', key),
    spread('a', key, 'DoNotSchedule'),
    spread('a', key, 'DoNotSchedule', { nodeTaintsPolicy: 'Honor', minDomains: 4 }),
    spread('b', key, 'ScheduleAnyway'),
  ]),
]

const freshProfile = (): Profile => createProfile({ schedulerName: 's' }, defaultRegistry)

const decide = (profile: Profile, cache: Cache, incoming: Pod, start = 0): Decision =>
  schedulePod(profile, {}, incoming, cache, {
    percentageOfNodesToScore: 0,
    start: cache.infos.size === 0 ? 0 : start % cache.infos.size,
    explain: false,
    random: () => randomFrom(start, 'tie'),
    objects: listed({}),
  })

it('decides as one that remembers nothing', () => {
  let refusals = 0
  for (let seed = 1; seed <= 30; seed++) {
    const random = randomFrom(seed, 'node-memo')
    const cache = createCache()
    // Few, so that they come again before they are forgotten.
    const kinds = Array.from({ length: 4 }, (_, i) => KINDS[(seed * 4 + i) % KINDS.length]!)
    // Two nodes may bear one hostname: then nodes are no domains of their own.
    const nodeOf = (i: number) =>
      node(`n${i}`, {
        labels: { ...(random.int(20) > 0 && { [HOST]: `n${random.int(20) === 0 ? 0 : i}` }), [ZONE]: String(i % 3) },
        taints: random.int(6) === 0 ? [{ key: 'x', effect: 'NoSchedule' }] : [],
      })
    const podOf = (i: number, cpu = ['0.1', '2.5'][seed % 2]!): Pod => {
      const plain = pod(kinds[random.int(kinds.length)], { cpu })
      const labels = { app: ['a', 'b'][random.int(2)]! }
      return { ...plain, metadata: { ...plain.metadata, name: `p${i}`, uid: `u${i}-${random.int(100)}`, labels } }
    }
    const nodes = [2, 3, 7][seed % 3]!
    for (let i = 0; i < nodes; i++) setNode(cache, nodeOf(i))
    const warm = freshProfile()
    for (let step = 0; step < 80; step++) {
      const doing = random.int(10)
      const [name, key] = [`n${random.int(nodes)}`, `default/p${random.int(16)}`]
      if (doing === 0 && random.int(2) === 0) setNode(cache, nodeOf(random.int(nodes)))
      else if (doing === 1 && random.int(3) === 0) removeNode(cache, name)
      else if (doing < 4) nominate(cache.nominator, podOf(20 + random.int(3), ['0.1', '3.9'][random.int(2)]), name)
      else if (doing === 4) withdraw(cache.nominator, `default/p${20 + random.int(3)}`)
      else if (doing < 7) removePod(cache, key)
      const incoming = podOf(random.int(16))
      const [known, anew] = [freshProfile(), warm].map((profile) => decide(profile, cache, incoming, step)) as [
        Decision,
        Decision,
      ]
      const said = ({ chosen, feasible, evaluated, statuses, preFilterStatus, passing }: Decision) =>
        JSON.stringify([chosen, feasible, evaluated, [...statuses()], preFilterStatus, passing()])
      expect(said(known)).toBe(said(anew))
      refusals += known.statuses().size
      if (known.chosen) setPod(cache, { ...incoming, spec: { ...incoming.spec, nodeName: known.chosen } })
    }
  }
  expect(refusals).toBeGreaterThan(300)
})

const called = (name: string, nodeName: string | undefined, spec: Spec, cpu: string): Pod => {
  const plain = pod({ ...spec, ...(nodeName && { nodeName }) }, { cpu })
  return { ...plain, metadata: { ...plain.metadata, name, uid: name, labels: { app: 'a' } } }
}

it('asks a node anew where the emptiest domain has become another', () => {
  const cache = createCache()
  const profile = freshProfile()
  const kind = spread('a', HOST, 'DoNotSchedule')
  const incoming = called('p', undefined, kind, '0.1')
  for (const name of ['n0', 'n1']) setNode(cache, node(name, { labels: { [HOST]: name } }))
  const passing = () => decide(profile, cache, incoming).passing()
  setPod(cache, called('first', 'n0', kind, '0.1'))
  expect(passing()).toEqual(['n1'])
  // Only this node has changed.
  setPod(cache, called('second', 'n1', kind, '0.1'))
  expect(passing()).toEqual(['n0', 'n1'])
})

it('asks a node anew where other Pods are nominated to it', () => {
  const cache = createCache()
  const profile = freshProfile()
  setNode(cache, node('n0'))
  const isRefused = () => decide(profile, cache, called('p', undefined, {}, '2')).chosen === undefined
  nominate(cache.nominator, called('large', undefined, {}, '3'), 'n0')
  expect([isRefused(), isRefused()]).toEqual([true, true])
  withdraw(cache.nominator, 'default/large')
  nominate(cache.nominator, called('small', undefined, {}, '1'), 'n0')
  expect(isRefused()).toBe(false)
})
