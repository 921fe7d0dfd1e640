import { describe, expect, it } from 'vitest'
import type { ScoringStrategy } from './resource-allocation.ts'
import { imageLocality } from './image-locality.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import type { Requests, Spec } from './scene.test-world.ts'
import { filtered, pod, saidOf, scene, scored } from './scene.test-world.ts'

const GPU = 'example.com/gpu'

/** `cpu=2 memory=4Gi gpu=1`. */
function amounts(text: string): Requests {
  const pairs = text.split(' ').flatMap((pair) => (pair ? [pair.split('=') as [string, string]] : []))
  return Object.fromEntries(pairs.map(([name, amount]) => [name === 'gpu' ? GPU : name, amount]))
}

const spec = (text: string): Spec => pod({}, amounts(text)).spec

describe('NodeResourcesFit: strategies', () => {
  const curve = (...points: [number, number][]) => ({
    shape: points.map(([utilization, score]) => ({ utilization, score })),
  })
  const ratio = (...points: [number, number][]): ScoringStrategy => ({
    type: 'RequestedToCapacityRatio',
    requestedToCapacityRatio: curve(...points),
  })
  const onCpu = { resources: [{ name: 'cpu' }] }
  const onGpu = { resources: [{ name: GPU }] }
  const NODE = 'cpu=4 memory=8Gi pods=10 gpu=4'
  // One node of four CPUs and 8 GiB; a Pod that holds, and one that comes.
  it.each<[rule: string, ScoringStrategy, held: string, asked: string, score: number]>([
    ['least: empty but for the Pod', {}, '', 'cpu=1 memory=2Gi', 75],
    ['least: half full', {}, 'cpu=1 memory=2Gi', 'cpu=1 memory=2Gi', 50],
    ['least: full', {}, 'cpu=3 memory=6Gi', 'cpu=1 memory=2Gi', 0],
    ['least: the mean of both', {}, '', 'cpu=4 memory=4Gi', 25],
    ['least: weights', { resources: [{ name: 'cpu', weight: 3 }, { name: 'memory' }] }, '', 'cpu=4 memory=4Gi', 12],
    ['least: cpu alone', onCpu, '', 'cpu=1 memory=8Gi', 75],
    ['least: an extended resource', onGpu, 'gpu=1', 'gpu=1', 50],
    ['least: one that the Pod does not want is passed over', onGpu, 'gpu=1', 'cpu=1', 0],
    [
      'least: one that the node lacks is passed over',
      { resources: [{ name: 'cpu' }, { name: 'no.org/x' }] },
      '',
      'cpu=1',
      75,
    ],
    ['most: empty but for the Pod', { type: 'MostAllocated' }, '', 'cpu=1 memory=2Gi', 25],
    ['most: full', { type: 'MostAllocated' }, 'cpu=3 memory=6Gi', 'cpu=1 memory=2Gi', 100],
    [
      'most: weights',
      { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 3 }, { name: 'memory' }] },
      '',
      'cpu=4 memory=4Gi',
      87,
    ],
    ['ratio: a rising line', { ...ratio([0, 0], [100, 10]), ...onCpu }, 'cpu=1', 'cpu=1', 50],
    ['ratio: a falling line', { ...ratio([0, 10], [100, 0]), ...onCpu }, '', 'cpu=1', 75],
    ['ratio: level before the first point', { ...ratio([50, 4], [100, 10]), ...onCpu }, '', 'cpu=1', 40],
    ['ratio: level after the last', { ...ratio([0, 0], [50, 10]), ...onCpu }, 'cpu=2', 'cpu=1', 100],
    ['ratio: a bend', { ...ratio([0, 0], [50, 10], [100, 0]), ...onCpu }, 'cpu=2', 'cpu=1', 50],
    ['ratio: at a point', { ...ratio([0, 0], [50, 7], [100, 10]), ...onCpu }, 'cpu=1', 'cpu=1', 70],
    ['ratio: a resource that gets nothing does not weigh in', ratio([50, 0], [100, 10]), '', 'cpu=4 memory=2Gi', 100],
    ['ratio: both', ratio([0, 0], [100, 10]), '', 'cpu=4 memory=4Gi', 75],
    ['ratio: an extended resource', { ...ratio([0, 0], [100, 10]), ...onGpu }, 'gpu=2', 'gpu=1', 75],
  ])('%s', (_rule, scoringStrategy, held, asked, score) => {
    const stage = scene(`n[] ${held ? '-!held' : ''}`.trim(), {
      specs: { held: spec(held) },
      nodes: { n: { allocatable: amounts(NODE) } },
    })
    expect(scored(nodeResourcesFit({ scoringStrategy }), pod({}, amounts(asked)), stage)).toBe(`n ${score}`)
  })

  it.each<[rule: string, ScoringStrategy, message: string]>([
    ['no points', { type: 'RequestedToCapacityRatio' }, 'at least one point'],
    ['points out of order', ratio([50, 1], [50, 2]), 'sorted in increasing order'],
    ['a utilization beyond 100', ratio([101, 1]), 'not in [0, 100]'],
    ['a score beyond 10', ratio([0, 11]), 'not in [0, 10]'],
    ['a weight of 0', { resources: [{ name: 'cpu', weight: 0 }] }, 'not in [1, 100]'],
    ['another type', { type: 'Best' as never }, 'unsupported value "Best"'],
  ])('refuses %s', (_rule, scoringStrategy, message) => {
    expect(() => nodeResourcesFit({ scoringStrategy })).toThrow(message)
  })

  it.each<[rule: string, object, asked: string, said: string]>([
    ['an extended resource that nobody has', {}, 'gpu=1', `!Insufficient ${GPU}`],
    ['… unless it is ignored', { ignoredResources: [GPU] }, 'gpu=1', ''],
    ['… or its group is', { ignoredResourceGroups: ['example.com'] }, 'gpu=1', ''],
    ['another group', { ignoredResourceGroups: ['other.com'] }, 'gpu=1', `!Insufficient ${GPU}`],
    ['cpu cannot be ignored', { ignoredResources: ['cpu'] }, 'cpu=9', '!Insufficient cpu'],
  ])('%s', (_rule, args, asked, said) => {
    expect(saidOf(nodeResourcesFit(args), pod({}, amounts(asked)), scene('n[]'))).toBe(said)
  })
})

describe('NodeResourcesBalancedAllocation', () => {
  const three = { resources: [{ name: 'cpu' }, { name: 'memory' }, { name: GPU }] }
  it.each<[rule: string, object, held: string, asked: string, said: string]>([
    ['even', {}, '', 'cpu=1 memory=2Gi', 'n 100'],
    ['all of one, none of the other', {}, '', 'cpu=4', 'n 50'],
    ['what is held counts', {}, 'cpu=2', 'memory=4Gi', 'n 100'],
    ['beyond the node counts as full', {}, 'cpu=4 memory=8Gi', 'cpu=4 memory=2Gi', 'n 100'],
    ['asks for nothing', {}, 'cpu=2', '', 'skip'],
    ['asks for something else only', {}, 'cpu=2', 'gpu=1', 'skip'],
    ['three resources, all even', three, '', 'cpu=2 memory=4Gi gpu=2', 'n 100'],
    ['three resources, one apart', three, '', 'cpu=4 memory=8Gi gpu=1', 'n 64'],
    ['three, and the Pod wants no gpu', three, 'gpu=4', 'cpu=1 memory=2Gi', 'n 100'],
    ['one resource is always even', { resources: [{ name: 'cpu' }] }, '', 'cpu=3', 'n 100'],
  ])('%s', (_rule, args, held, asked, said) => {
    const stage = scene(`n[] ${held ? '-!held' : ''}`.trim(), {
      specs: { held: spec(held) },
      nodes: { n: { allocatable: amounts('cpu=4 memory=8Gi pods=10 gpu=4') } },
    })
    expect(scored(nodeResourcesBalancedAllocation(args), pod({}, amounts(asked)), stage)).toBe(said)
  })

  it('knows no weights', () => {
    expect(() => nodeResourcesBalancedAllocation({ resources: [{ name: 'cpu', weight: 2 }] })).toThrow('must be 1')
  })
})

describe('ImageLocality', () => {
  const MEBI = 1024 * 1024
  const images = (...list: [string, number][]) => ({
    images: list.map(([name, mebi]) => ({ names: [name], sizeBytes: mebi * MEBI })),
  })
  const uses = (...names: string[]): Spec => ({ containers: names.map((image, i) => ({ name: `c${i}`, image })) })
  it.each<[rule: string, Spec, a: [string, number][], b: [string, number][], said: string]>([
    ['nobody has it', uses('web:1'), [], [], 'skip'],
    ['one has it, and half of its size counts', uses('web:1'), [['web:1', 1000]], [], 'a 48, b 0'],
    ['both have it: all of it counts', uses('web:1'), [['web:1', 1000]], [['web:1', 1000]], 'a 100, b 100'],
    ['a small one is not worth while', uses('web:1'), [['web:1', 40]], [], 'a 0, b 0'],
    ['a huge one counts no more than 1000 MiB', uses('web:1'), [['web:1', 9000]], [], 'a 100, b 0'],
    ['another tag is another image', uses('web:2'), [['web:1', 1000]], [], 'skip'],
    ['no tag is :latest', uses('web'), [['web:latest', 1000]], [], 'a 48, b 0'],
    ['a port in the name is no tag', uses('host:5000/web'), [['host:5000/web:latest', 1000]], [], 'a 48, b 0'],
    ['two containers: each may count', uses('web:1', 'db:1'), [['web:1', 1000]], [['db:1', 500]], 'a 24, b 11'],
    [
      'init containers count too',
      { ...uses('web:1'), initContainers: [{ name: 'i', image: 'init:1' }] },
      [['init:1', 1000]],
      [],
      'a 24, b 0',
    ],
  ])('%s', (_rule, given, a, b, said) => {
    const stage = scene('a[] | b[]', { nodes: { a: images(...a), b: images(...b) } })
    expect(scored(imageLocality, pod(given), stage)).toBe(said)
  })
})

describe('NodePorts: addresses', () => {
  const port = (text: string): Spec => {
    const [, hostIP, hostPort, protocol] = /^(?:([\d.]+):)?(\d+)(?:\/(\w+))?$/.exec(text)!
    const ports = [
      {
        containerPort: 80,
        hostPort: Number(hostPort),
        ...(hostIP && { hostIP }),
        ...(protocol && { protocol: protocol as 'UDP' }),
      },
    ]
    return { containers: [{ name: 'c', image: 'c', ports }] }
  }
  it.each<[held: string, asked: string, passing: string]>([
    ['80', '80', ''],
    ['80', '81', 'n'],
    ['80', '80/UDP', 'n'],
    ['80/UDP', '80/UDP', ''],
    ['80/SCTP', '80/UDP', 'n'],
    ['10.0.0.1:80', '10.0.0.1:80', ''],
    ['10.0.0.1:80', '10.0.0.2:80', 'n'],
    ['10.0.0.1:80', '80', ''],
    ['80', '10.0.0.1:80', ''],
    ['0.0.0.0:80', '10.0.0.1:80', ''],
    ['10.0.0.1:80', '0.0.0.0:80', ''],
    ['10.0.0.1:80', '10.0.0.1:80/UDP', 'n'],
  ])('%s is held, %s is asked for', (held, asked, passing) => {
    expect(filtered(nodePorts, pod(port(asked)), scene('n[] -!held', { specs: { held: port(held) } }))).toBe(passing)
  })
})

describe('NodeAffinity: added by the profile', () => {
  const match = (key: string, value: string) => ({
    matchExpressions: [{ key, operator: 'In' as const, values: [value] }],
  })
  const must = (key: string, value: string) => ({
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [match(key, value)] },
  })
  const may = (weight: number, key: string, value: string) => ({
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference: match(key, value) }],
  })
  const NODES = 'a[disk=ssd,room=1] | b[disk=ssd] | c[room=1] | d[]'
  it.each<[rule: string, addedAffinity: object, Spec, passing: string]>([
    ['none', {}, {}, 'skip'],
    ['for every Pod', must('disk', 'ssd'), {}, 'a b'],
    ['besides the Pod’s own', must('disk', 'ssd'), { nodeSelector: { room: '1' } }, 'a'],
    ['a preference refuses nobody', may(1, 'disk', 'ssd'), {}, 'skip'],
  ])('%s', (_rule, addedAffinity, given, passing) => {
    expect(filtered(nodeAffinity({ addedAffinity }), pod(given), scene(NODES))).toBe(passing)
  })

  it('says that it was not the Pod’s wish', () => {
    const plugin = nodeAffinity({ addedAffinity: must('disk', 'ssd') })
    expect(saidOf(plugin, pod(), scene(NODES), 'd')).toBe("!node(s) didn't match scheduler-enforced node affinity")
  })

  it('adds its preferences to the Pod’s', () => {
    const plugin = nodeAffinity({ addedAffinity: may(10, 'disk', 'ssd') })
    const wish = { affinity: { nodeAffinity: may(30, 'room', '1') } }
    expect(scored(plugin, pod(wish), scene(NODES))).toBe('a 100, b 25, c 75, d 0')
    expect(scored(plugin, pod(), scene(NODES))).toBe('a 100, b 100, c 0, d 0')
  })
})
