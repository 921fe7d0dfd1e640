import { describe, expect, it } from 'vitest'
import type { HorizontalPodAutoscaler } from '#cluster/api/autoscaling-types.ts'
import { formatTime } from '#cluster/api/meta.ts'
import type { KubernetesEvent, Pod } from '#cluster/api/types.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'
import { decide } from './recommendations.ts'
import { replicasFor } from './replica-calculator.ts'

const NOW = 1_767_258_600_000_000

/** `p1 100m/200m`: uses 100m of a request of 200m; `?`: without metrics; `!`: not ready, and young. */
function pods(...texts: string[]): { pods: Pod[]; metrics: any[] } {
  const rows = texts.map((text) => /^(\w+) (\?|[\dm]+)\/([\dm]+)(!?)$/.exec(text)!.slice(1))
  const old = formatTime(NOW - 600e6)
  return {
    pods: rows.map(([name, , cpu, young]) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: name!, namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'c', resources: { requests: { cpu: cpu! } } }] },
      status: {
        phase: 'Running',
        startTime: young ? formatTime(NOW - 20e6) : old,
        conditions: [{ type: 'Ready', status: young ? 'False' : 'True', lastTransitionTime: old }],
      },
    })),
    metrics: rows.flatMap(([name, cpu]) => (cpu === '?' ? [] : [{ metadata: { name }, containers: [{ name: 'c', usage: { cpu } }] }])), // prettier-ignore
  }
}

describe('how many replicas a metric asks for', () => {
  it.each<[rule: string, target: number, given: string[], replicas: number]>([
    ['twice the load, twice the Pods', 50, ['a 100m/100m', 'b 100m/100m'], 4],
    ['half the load, half the Pods', 50, ['a 25m/100m', 'b 25m/100m'], 1],
    ['within a tenth nothing changes', 50, ['a 54m/100m', 'b 55m/100m'], 2],
    ['rounded up', 50, ['a 60m/100m', 'b 60m/100m'], 3],
    ['one not measured counts as idle when it would grow', 50, ['a 100m/100m', 'b 90m/100m', 'c ?/100m'], 4],
    ['… and as busy when it would shrink', 50, ['a 10m/100m', 'b 10m/100m', 'c ?/100m'], 2],
    ['one not ready counts as idle when it would grow', 50, ['a 100m/100m', 'b 100m/100m!'], 2],
    ['… and not at all when it would shrink', 50, ['a 10m/100m', 'b 100m/100m!'], 1],
  ])('%s', (_rule, utilization, given, replicas) => {
    const { pods: list, metrics } = pods(...given)
    expect(replicasFor('cpu', { utilization }, list.length, list, metrics, NOW)).toMatchObject({ replicas })
  })

  it('says why it cannot say', () => {
    const { pods: list, metrics } = pods('a 1m/1m')
    const bare = [{ ...list[0]!, spec: { containers: [{ name: 'c', image: 'c' }] } }]
    expect(replicasFor('cpu', { utilization: 50 }, 1, list, [], NOW)).toBe(
      'no metrics returned from resource metrics API',
    )
    expect(replicasFor('cpu', { utilization: 50 }, 1, bare, metrics, NOW)).toBe('missing request for cpu in container c of Pod a') // prettier-ignore
  })
})

describe('what is done', () => {
  const metric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } } as const // prettier-ignore
  const autoscaler = (more: object = {}) =>
    ({ spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, minReplicas: 2, maxReplicas: 10, metrics: [metric], ...more } }) as unknown as HorizontalPodAutoscaler // prettier-ignore
  const asked = (replicas: number) => [{ metric, wanted: { replicas, averageMilli: 1, utilization: 1 } }]
  it.each<
    [rule: string, current: number, wanted: number, replicas: number, limited: string, before?: [number, number][]]
  >([
    ['what is asked for', 3, 5, 5, 'DesiredWithinRange'],
    ['no more than double at once', 3, 9, 6, 'ScaleUpLimit'],
    ['or than four', 2, 9, 4, 'ScaleUpLimit'],
    ['no more than the limit', 8, 20, 10, 'TooManyReplicas'],
    ['no fewer either', 3, 1, 2, 'TooFewReplicas'],
    ['not fewer than was asked for in five minutes', 6, 3, 5, 'DesiredWithinRange', [[299, 5]]],
    ['what is longer ago is forgotten', 6, 3, 3, 'DesiredWithinRange', [[301, 5]]],
  ])('%s', (_rule, current, wanted, replicas, limited, before = []) => {
    const known = before.map(([ago, count]) => ({ at: NOW - ago * 1e6, replicas: count }))
    const decision = decide(autoscaler(), current, asked(wanted), known, NOW)
    expect([decision.replicas, decision.conditions.at(-1)![2]]).toEqual([replicas, limited])
  })

  it('nothing shrinks while a metric is unknown', () => {
    const decision = decide(autoscaler(), 6, [...asked(3), { metric, wanted: 'no metrics' }], [], NOW)
    expect(decision).toMatchObject({ replicas: 6, failures: [['FailedGetResourceMetric', 'failed to get cpu utilization: no metrics']] }) // prettier-ignore
  })
})

it('a busy Deployment grows, to its limit, by what metrics-server has measured', () => {
  const world = bootCluster({ seed: 1, nodes: 2, chain: 'full', dns: false, metrics: true })
  const tell = (at: number, args: readonly string[], stdin?: string) =>
    world.command(at, { type: 'tell', process: KUBECTL, body: { type: 'kubectl', id: 0, args, ...(stdin !== undefined && { stdin }) } as never }) // prettier-ignore
  tell(8e6, ['apply', '-f', '-'], MANIFEST)
  world.run({ untilMicros: 120e6 })
  const [autoscaler] = objectsOf<HorizontalPodAutoscaler>(world, 'horizontalpodautoscalers')
  expect(autoscaler?.status).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 })
  expect(autoscaler?.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['AbleToScale', 'True', 'ReadyForNewScale'],
    ['ScalingActive', 'True', 'ValidMetricFound'],
    ['ScalingLimited', 'True', 'TooManyReplicas'],
  ])
  const told = objectsOf<KubernetesEvent>(world, 'events').filter(({ reason }) => reason === 'SuccessfulRescale')
  expect(told.map(({ message }) => message)).toEqual([
    'New size: 3; reason: cpu resource utilization (percentage of request) above target',
  ])
})

it('one that is new shrinks nothing before the window is over', () => {
  const world = bootCluster({ seed: 1, nodes: 2, chain: 'full', dns: false, metrics: true })
  const idle = MANIFEST.replace('replicas: 1', 'replicas: 2').replace('image: burn', 'image: web')
  const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin: idle }
  world.command(8e6, { type: 'tell', process: KUBECTL, body: body as never })
  const desired = () => objectsOf<HorizontalPodAutoscaler>(world, 'horizontalpodautoscalers')[0]?.status
  world.run({ untilMicros: 120e6 })
  expect(desired()).toMatchObject({ desiredReplicas: 2 })
  expect(desired()?.conditions?.[0]?.reason).toBe('ScaleDownStabilized')
  world.run({ untilMicros: 420e6 })
  expect(desired()).toMatchObject({ desiredReplicas: 1 })
})

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: hot }
spec:
  replicas: 1
  selector: { matchLabels: { app: hot } }
  template:
    metadata: { labels: { app: hot } }
    spec: { containers: [{ name: c, image: burn, resources: { requests: { cpu: 100m } } }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: hot }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: hot }
  minReplicas: 1
  maxReplicas: 3
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
`
