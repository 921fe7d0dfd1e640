/** A decision taken apart: what is shown is what the scheduler said, and a change is decided by the scheduler itself. */
import { describe, expect, it } from 'vitest'
import type { KubernetesEvent } from '#cluster/api/types.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'
import { askablePods, createExplainer, explainIn } from './explainer.ts'
import { mixedNodes } from './mixed-nodes.ts'
import type { Explained, WhatIf, WhatIfKind } from './protocol.ts'
import { contains, filterWords, groupsOf, matches, rowsOf, sorted, tellingPlugins } from './verdicts.ts'

const world = mixedNodes(100)
const ask = (name: string, ...changes: WhatIf[]): Explained =>
  explainIn(world, { namespace: 'default', name, attempt: 'anew', changes })
const remembered = (name: string): Explained =>
  explainIn(world, { namespace: 'default', name, attempt: 'newest', changes: [] })
const on = (kind: WhatIfKind, target: string, value = ''): WhatIf => ({ kind, target, value })
const verdict = (explained: Explained, node: string) => explained.nodes.find((one) => one.node === node)!

/** `0/100 nodes are available: 2 node(s) were unschedulable, 77 Insufficient cpu.` → how many nodes gave each reason. */
function countsIn(message: string): Record<string, number> {
  const [said = ''] = message.replace(/^0\/\d+ nodes are available: /, '').split('. preemption: ')
  const parts = said.replace(/\.$/, '').matchAll(/(\d+) (.+?)(?=, \d+ |$)/g)
  return Object.fromEntries([...parts].map(([, count, reason]) => [reason, Number(count)]))
}

function countsOf({ nodes }: Explained): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reasons } of nodes) for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

describe('a decision that is remembered', () => {
  it.each(['train', 'huge', 'db'])(
    '%s: the verdicts of a hundred nodes add up to the FailedScheduling Event',
    (name) => {
      const explained = remembered(name)
      const events = objectsOf<KubernetesEvent>(world, 'events').filter(
        ({ involvedObject }) => involvedObject.name === name,
      )
      expect(explained.event).toMatchObject({ type: 'Warning', reason: 'FailedScheduling' })
      expect(explained.event!.message).toMatch(/^0\/100 nodes are available: /)
      expect(events.map(({ message }) => message)).toEqual([explained.event!.message])
      expect(explained.nodes).toHaveLength(100)
      expect(countsOf(explained)).toEqual(countsIn(explained.event!.message))
    },
  )

  it.each(['web', 'proxy', 'cache', 'small'])(
    '%s: the node with the highest sum, or one of its equals, was chosen',
    (name) => {
      const { nodes, chosen, tiedWith, event, pod } = remembered(name)
      const sums = nodes.flatMap(({ total, node }) => (total === undefined ? [] : [{ total, node }]))
      const best = Math.max(...sums.map(({ total }) => total))
      expect(sums.filter(({ total }) => total === best).map(({ node }) => node).sort()).toEqual([chosen, ...tiedWith].sort()) // prettier-ignore
      expect(event).toMatchObject({
        reason: 'Scheduled',
        message: `Successfully assigned default/${name} to ${chosen}`,
      })
      expect(pod.node).toBe(chosen)
      for (const { scores, total, outcome } of nodes) {
        if (outcome === 'refused') continue
        expect(scores.reduce((sum, { normalized, weight }) => sum + normalized * weight, 0)).toBe(total)
      }
    },
  )

  it('is decided in the same way when it is asked about anew', () => {
    const [then, now] = [remembered('db'), ask('db')]
    expect(now.nodes).toEqual(then.nodes)
    expect(now.event).toEqual(then.event)
  })

  it('is none where nobody looked: no verdict, no Event', () => {
    for (const explained of [remembered('lost'), ask('lost')])
      expect(explained).toMatchObject({ nodes: [], event: undefined, schedulerName: 'tidy' })
  })
})

describe('what if', () => {
  it.each<[string, string, WhatIf[], (explained: Explained) => unknown, unknown]>([
    ['a toleration opens the door', 'train', [on('toleration', '', 'gpu=yes:NoSchedule')], ({ chosen }) => chosen?.slice(0, 4), 'gpu-'],
    ['a toleration of another taint does not', 'train', [on('toleration', '', 'spot')], ({ chosen }) => chosen, undefined],
    ['room that one node has', 'huge', [on('capacity', 'large-03', 'cpu=64')], ({ chosen }) => chosen, 'large-03'],
    ['a smaller request', 'huge', [on('request', '', 'cpu=2'), on('request', '', 'memory=1Gi')], ({ chosen }) => chosen !== undefined, true],
    ['a label that one node has', 'web', [on('label', 'general-01', 'disk=ssd')], (it) => verdict(it, 'general-01').outcome, 'fits'],
    ['a label that it has not any more', 'web', [on('label', 'large-10', 'disk=hdd')], (it) => verdict(it, 'large-10').plugin, 'NodeAffinity'],
    ['a taint', 'web', [on('taint', 'large-10', 'mine=yes:NoSchedule')], (it) => verdict(it, 'large-10').plugin, 'TaintToleration'],
    ['a taint that is taken away', 'web', [on('taint', 'gpu-03', 'gpu-')], (it) => verdict(it, 'gpu-03').outcome, 'fits'],
    ['a cordon', 'web', [on('cordon', 'large-10')], (it) => verdict(it, 'large-10').reasons, ['node(s) were unschedulable']],
    ['a cordon that is taken away', 'web', [on('uncordon', 'general-40')], (it) => verdict(it, 'general-40').outcome, 'fits'],
    ['no selector', 'web', [on('selector', '', 'disk-')], (it) => it.nodes.filter(({ plugin }) => plugin === 'NodeAffinity').length, 0],
    ['another selector', 'web', [on('selector', '', 'pool=spot')], ({ chosen }) => chosen?.slice(0, 5), 'spot-'],
    ['a scheduler without a plugin', 'train', [on('without', 'TaintToleration')], ({ chosen }) => chosen?.slice(0, 4), 'gpu-'],
    ['a plugin that weighs more', 'web', [on('weight', 'NodeResourcesFit', '50')], (it) => verdict(it, it.chosen!).scores.find(({ plugin }) => plugin === 'NodeResourcesFit')?.weight, 50],
  ])('%s', (_, name, changes, look, expected) => {
    expect(look(ask(name, ...changes))).toEqual(expected)
  }) // prettier-ignore

  it('leaves the world as it was', () => {
    const [hash, { tick }] = [world.hash(), world]
    ask('web', on('cordon', 'large-18'), on('weight', 'ImageLocality', '7'))
    expect([world.hash(), world.tick]).toEqual([hash, tick])
  })

  it.each([
    [on('weight', 'NodeResourcesFit', '0'), 'a weight is a whole number from 1 to 100, not "0"'],
    [on('request', '', 'cpu'), '"cpu" is no key=value pair'],
    [on('toleration', '', '=:'), '"=:" is no toleration'],
    [on('taint', 'gpu-01', 'gpu=yes:Never'), 'invalid taint effect: Never'],
    [on('request', '', 'cpu=much'), '"much" is no quantity'],
  ])('says what is wrong with %o', (change, words) => {
    expect(() => ask('web', change)).toThrow(words)
  })
})

describe('a bigger cluster', () => {
  it('has nodes that were not looked at, once enough were found', () => {
    const explainer = createExplainer()
    explainer.answer('open', { nodes: 200 })
    const asked = { namespace: 'default', name: 'small', attempt: 'newest', changes: [] } as const
    const { nodes } = explainer.answer('explain', asked)
    const count = (outcome: string) => nodes.filter((one) => one.outcome === outcome).length
    // 200 nodes: 49 % of them would be 98, and 100 is the least.
    expect(count('fits') + count('chosen')).toBe(100)
    expect(count('unseen')).toBe(200 - 100 - count('refused'))
    expect(count('unseen')).toBeGreaterThan(30)
  })
})

describe('rows', () => {
  const before = ask('train')
  const rows = rowsOf(ask('train', on('toleration', '', 'gpu')), before)

  it('say which verdicts are other than before', () => {
    const others = rows.filter(({ isOther }) => isOther).map(({ node }) => node)
    expect(others).toEqual(Array.from({ length: 12 }, (_, i) => `gpu-${String(i + 1).padStart(2, '0')}`))
    expect(groupsOf(rows).find(({ filter }) => filter === 'changed')?.count).toBe(12)
  })

  it('are each in one group besides "all" and "changed"', () => {
    const groups = groupsOf(rows).filter(({ filter }) => filter !== 'all' && filter !== 'changed')
    for (const row of rows) expect(groups.filter(({ filter }) => matches(row, filter))).toHaveLength(1)
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(100)
  })

  it('are sorted and found', () => {
    const [first] = sorted(rows, { by: 'verdict', descending: false })
    const sums = sorted(rows, { by: 'total', descending: true }).flatMap(({ total }) => total ?? [])
    expect(first!.outcome).toBe('chosen')
    expect(sums).toEqual(sums.toSorted((a, b) => b - a))
    expect(rows.filter((row) => contains(row, 'POOL=gpu'))).toHaveLength(12)
    expect(rows.filter((row) => contains(row, 'unschedulable')).map(({ node }) => node)).toEqual(['general-39', 'general-40']) // prettier-ignore
  })

  it('tell which filters were not asked any more, and which plugins tell the nodes apart', () => {
    const said = filterWords(before, verdict(before, 'gpu-01'))
    expect(said.filter(({ said: what }) => what === 'refused').map(({ name }) => name)).toEqual(['TaintToleration'])
    expect(said[0]).toEqual({ name: 'NodeUnschedulable', said: 'passed' })
    expect(said.at(-1)!.said).toBe('silent')
    expect(tellingPlugins(rows)).toEqual(['NodeResourcesFit', 'NodeResourcesBalancedAllocation'])
  })
})

it('lists every Pod that can be asked about, with what it demands', () => {
  const pods = askablePods(world)
  expect(pods.find(({ name }) => name === 'cache')?.demands).toEqual([
    'cpu: 250m',
    'memory: 1Gi',
    'podAntiAffinity: app=cache kubernetes.io/hostname',
    'spread: topology.kubernetes.io/zone, maxSkew 1, DoNotSchedule',
  ])
})
