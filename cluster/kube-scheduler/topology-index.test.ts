import { describe, expect, it } from 'vitest'
import type { Node, Pod } from '#cluster/api/types.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { Cache } from './cache.ts'
import { createCache, removeNode, removePod, setNode, setPod } from './cache.ts'
import { node, podLabelled } from './plugins/scene.test-world.ts'
import { podsOf } from './pod-list.ts'
import { scopeOf } from './node-scope.ts'
import type { Question } from './topology-index.ts'
import { answers, areaOf, ask, askDomains, borneTerms, labelOf, leastMatching, questionOf } from './topology-index.ts'

const ZONE = 'topology.kubernetes.io/zone'
const APPS = ['web', 'db', 'x']

const refuses = (app: string): Partial<Pod['spec']> => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, labelSelector: { matchLabels: { app } } }],
    },
  },
})

const question = (app: string, skipsTerminating = false, area = areaOf(ZONE)): Question =>
  questionOf(area, [{ namespaces: ['default'], selector: { matchLabels: { app } } }], skipsTerminating)

/** The same number by looking at every Pod. */
function counted(cache: Cache, value: string, holds: (pod: Pod) => boolean): number {
  let sum = 0
  for (const info of cache.infos.values())
    if (labelOf(info.node, ZONE) === value) sum += podsOf(info.pods).filter(holds).length
  return sum
}

function nodesIn(cache: Cache, value: string): number {
  return [...cache.infos.values()].filter((info) => labelOf(info.node, ZONE) === value).length
}

/** Pods of an app by zone, over the nodes that bear a disk, are fast and have no taint but that which is tolerated. */
function countedInScope(cache: Cache, app: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { node: each, pods } of cache.infos.values()) {
    const { disk, speed, [ZONE]: zone } = each.metadata.labels ?? {}
    if (zone === undefined || disk === undefined || speed !== 'fast') continue
    if ((each.spec?.taints ?? []).some(({ key }) => key !== 'known')) continue
    counts.set(
      zone,
      (counts.get(zone) ?? 0) + podsOf(pods).filter(({ metadata }) => metadata.labels?.['app'] === app).length,
    )
  }
  return counts
}

const inScope: Pod = podLabelled('app=web', {
  nodeSelector: { speed: 'fast' },
  tolerations: [{ key: 'known', operator: 'Exists' }],
})

describe('the topology index', () => {
  it('agrees with a count of all Pods, whatever comes, goes and moves', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed, 'index')
      const cache = createCache()
      const { topology } = cache
      const nodeOf = (i: number): Node =>
        node(`n${i}`, { labels: random.int(5) === 0 ? {} : { [ZONE]: String(random.int(3)) } })
      const podOf = (i: number): Pod => {
        const app = APPS[random.int(3)]!
        const plain = podLabelled(`app=${app}`, random.int(3) === 0 ? refuses(APPS[random.int(3)]!) : {})
        const leaving = random.int(6) === 0 ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}
        const metadata = { ...plain.metadata, name: `p${i}`, uid: `u${i}-${random.int(2)}`, ...leaving }
        return { ...plain, metadata, spec: { ...plain.spec, nodeName: `n${random.int(6)}` } }
      }
      for (let step = 0; step < 150; step++) {
        const doing = random.int(10)
        if (doing < 2) setNode(cache, nodeOf(random.int(6)))
        else if (doing === 2) removeNode(cache, `n${random.int(6)}`)
        else if (doing < 8) setPod(cache, podOf(random.int(20)))
        else removePod(cache, `default/p${random.int(20)}`)
        if (step % 10 !== 0) continue
        askDomains(topology, areaOf(ZONE), cache.infos.values())
        for (const each of [question('web'), question('db', true)]) {
          ask(topology, each, cache.infos.values())
          for (const value of ['0', '1', '2'])
            expect(topology.matching.get(each.key, value) ?? 0).toBe(counted(cache, value, (pod) => answers(each, pod)))
        }
        for (const value of ['0', '1', '2']) {
          expect(topology.domains.get(ZONE, value) ?? 0).toBe(nodesIn(cache, value))
          for (const { key } of topology.terms.values()) {
            const bears = (pod: Pod) => borneTerms(pod).some((term) => term.key === key)
            expect(topology.bearers.get(key, value) ?? 0).toBe(counted(cache, value, bears))
          }
        }
      }
    }
  })

  it('agrees over some of the nodes too, and on the emptiest place', () => {
    const area = areaOf(ZONE, scopeOf(inScope, ['disk'], true, true))
    const asked = question('web', false, area)
    let emptied = 0
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed, 'scope')
      const cache = createCache()
      const { topology } = cache
      const nodeOf = (i: number): Node => {
        const labels: Record<string, string> = { speed: random.int(5) === 0 ? 'slow' : 'fast' }
        if (random.int(6) > 0) labels[ZONE] = String(random.int(3))
        if (random.int(6) > 0) labels['disk'] = String(random.int(2))
        const key = ['known', 'unknown'][random.int(2)]!
        return node(`n${i}`, { labels, taints: random.int(4) === 0 ? [{ key, effect: 'NoSchedule' }] : [] })
      }
      for (let step = 0; step < 150; step++) {
        const doing = random.int(10)
        const { metadata, spec, ...rest } = podLabelled(`app=${APPS[random.int(2)]}`)
        const pod = { ...rest, metadata: { ...metadata, name: `p${random.int(20)}` } }
        if (doing < 3) setNode(cache, nodeOf(random.int(8)))
        else if (doing === 3) removeNode(cache, `n${random.int(8)}`)
        else if (doing < 9) setPod(cache, { ...pod, spec: { ...spec, nodeName: `n${random.int(8)}` } })
        else removePod(cache, `default/p${random.int(20)}`)
        if (step % 5 !== 0) continue
        askDomains(topology, area, cache.infos.values())
        ask(topology, asked, cache.infos.values())
        const counts = countedInScope(cache, 'web')
        expect([...counts.keys()].filter((value) => !topology.domains.get(area.key, value))).toEqual([])
        expect(topology.domains.sizeOf(area.key)).toBe(counts.size)
        for (const value of ['0', '1', '2', 'nowhere']) {
          expect(topology.matching.get(asked.key, value) ?? 0).toBe(counts.get(value) ?? 0)
          const others = [...counts].filter(([other]) => other !== value).map(([, count]) => count)
          expect(leastMatching(topology, asked, value)).toBe(Math.min(...others))
        }
        expect(leastMatching(topology, asked)).toBe(Math.min(...counts.values()))
        if (Math.min(...counts.values()) === 0) emptied++
      }
    }
    expect(emptied).toBeGreaterThan(100)
  })

  it('counts for questions that go by no label, by several, and by other namespaces', () => {
    const cache = createCache()
    setNode(cache, node('n', { labels: { [ZONE]: '1' } }))
    const terms = {
      anything: { namespaces: ['default'], selector: {} },
      nothing: { namespaces: ['default'] },
      some: { namespaces: ['default'], selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] } }, // prettier-ignore
      both: { namespaces: ['default'], selector: { matchLabels: { tier: 'front', app: 'web' } } },
      elsewhere: { namespaces: ['other'], selector: { matchLabels: { app: 'web' } } },
      anywhere: { namespaces: ['default', 'other'], selector: { matchLabels: { app: 'web' } } },
    } as const
    const asked = Object.entries(terms).map(([name, term]) => [name, questionOf(areaOf(ZONE), [term])] as const)
    for (const [, one] of asked) ask(cache.topology, one, cache.infos.values())
    const pods = ['app=web,tier=front', 'app=web', 'app=db', 'tier=front'].map((labels, i) => {
      const { metadata, spec, ...rest } = podLabelled(labels)
      return { ...rest, metadata: { ...metadata, name: `p${i}` }, spec: { ...spec, nodeName: 'n' } }
    })
    const counted = () =>
      Object.fromEntries(asked.map(([name, { key }]) => [name, cache.topology.matching.get(key, '1') ?? 0]))
    for (const pod of pods) setPod(cache, pod)
    expect(counted()).toEqual({ anything: 4, nothing: 0, some: 3, both: 1, elsewhere: 0, anywhere: 2 })
    removePod(cache, 'default/p0')
    expect(counted()).toEqual({ anything: 3, nothing: 0, some: 2, both: 0, elsewhere: 0, anywhere: 1 })
  })

  it('forgets what was not asked for longest, and answers it anew all the same', () => {
    const cache = createCache()
    setNode(cache, node('n', { labels: { [ZONE]: '1' } }))
    const { metadata, spec, ...rest } = podLabelled('app=web')
    setPod(cache, { ...rest, metadata, spec: { ...spec, nodeName: 'n' } })
    for (let i = 0; i < 5_000; i++) ask(cache.topology, question(`other-${i}`), cache.infos.values())
    expect(cache.topology.questions.size).toBe(4_096)
    ask(cache.topology, question('web'), cache.infos.values())
    expect(cache.topology.matching.get(question('web').key, '1')).toBe(1)
  })
})
