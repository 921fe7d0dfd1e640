import { describe, expect, it } from 'vitest'
import type { Frame, MachineView, PodView } from '../../simulation/protocol.ts'
import { boxOf, layoutBoard } from './board-layout.ts'
import { route } from './board.ts'
import { momentLink, parseMoment } from './deep-link.ts'
import { shortReason } from './funnel.ts'
import { type Ends, stationOf } from './packet-path.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import { actor, sentenceOf } from './sentences.ts'
import { fitText, type Rect, shortPodName } from './shapes.ts'
import { indexOfTick, type Step } from './steps.ts'

const NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'containerd',
  'kube-proxy',
  'kubectl',
]
const machine = (name: string, role: MachineView['role']): MachineView => ({
  name,
  role,
  up: true,
  processes: NAMES.filter((process) => process !== 'etcd' || role === 'control-plane').map((process) => ({
    id: `${name}/${process}`,
    name: process,
    component: process,
    state: 'up',
    isChild: false,
  })),
  node: undefined,
  netns: [],
  allocated: [],
})
const pod = (i: number, node: string | undefined): PodView =>
  ({
    namespace: 'default',
    name: `web-${i}`,
    uid: String(i),
    labels: {},
    node,
    phase: node ? 'ready' : 'pending',
    message: '',
    ip: '',
    containers: [],
    restarts: 0,
    cpuMilli: 0,
  }) as PodView
const frame = (nodes: number, pods: number): Frame =>
  ({
    machines: [
      machine('cp-1', 'control-plane'),
      ...Array.from({ length: nodes }, (_, i) => machine(`node-${i + 1}`, 'node')),
      machine('laptop', 'outside'),
    ],
    pods: Array.from({ length: pods }, (_, i) => pod(i, i % (nodes + 1) === 0 ? undefined : `node-${i % (nodes + 1)}`)),
  }) as unknown as Frame

const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
const inside = (a: Rect, b: Rect): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height

describe('the board', () => {
  const options = { shows: () => true, waitingRoom: 3 }
  it.each([346, 500, 700, 960, 1280].flatMap((width) => [1, 3, 5].map((nodes) => [width, nodes] as const)))(
    '%i px wide with %i nodes: nothing overlaps, and everything is inside',
    (width, nodes) => {
      const layout = layoutBoard(frame(nodes, 12), width, options)
      const whole = { x: 0, y: 0, width: layout.width, height: layout.height }
      for (const { rect, processes, pods } of layout.machines) {
        expect(inside(rect, whole)).toBe(true)
        const boxes = [...processes.map((one) => one.rect), ...pods.map((one) => one.rect)]
        for (const [i, box] of boxes.entries()) {
          expect(inside(box, rect), `${JSON.stringify(box)} in ${JSON.stringify(rect)}`).toBe(true)
          for (const other of boxes.slice(i + 1)) expect(apart(box, other)).toBe(true)
        }
      }
      const rects = [...layout.machines.map(({ rect }) => rect), ...(layout.waitingRect ? [layout.waitingRect] : [])]
      for (const [i, rect] of rects.entries())
        for (const other of rects.slice(i + 1)) expect(apart(rect, other)).toBe(true)
    },
  )

  it('counts the Pods that find no room', () => {
    const placed = layoutBoard(frame(1, 60), 960, options).machines.find((one) => one.machine.name === 'node-1')!
    expect(placed.pods.length + placed.more).toBe(30)
    expect(placed.more).toBeGreaterThan(0)
  })

  it('gives Pods of a control plane a row of their own', () => {
    const shown = frame(1, 2)
    const plane = shown.machines.find(({ role }) => role === 'control-plane')!.name
    const moved = { ...shown, pods: shown.pods.map((pod) => ({ ...pod, node: plane })) }
    for (const width of [960, 346]) {
      const [before, after] = [layoutBoard(shown, width, options), layoutBoard(moved, width, options)]
      const placed = after.machines.find(({ machine }) => machine.name === plane)!
      expect(placed.pods.length).toBe(2)
      for (const { rect } of placed.pods)
        expect(rect.y + rect.height).toBeLessThanOrEqual(placed.rect.y + placed.rect.height)
      expect(after.height).toBeGreaterThan(before.height)
    }
  })

  it('lets the runtime stand for what runs below it, and the machine for what is not drawn', () => {
    const layout = layoutBoard(frame(1, 0), 960, options)
    expect(boxOf(layout, 'node-1/bridge-7')).toEqual(boxOf(layout, 'node-1/containerd'))
    expect(boxOf(layout, 'nowhere/kubelet')).toBeUndefined()
    const phone = layoutBoard(frame(1, 0), 346, options)
    expect(boxOf(phone, 'node-1/kubelet')).toEqual(phone.machines.find((one) => one.machine.name === 'node-1')!.rect)
  })

  it('draws an arrow from edge to edge', () => {
    const bar = { x: 0, y: 0, width: 400, height: 30 }
    const box = { x: 300, y: 100, width: 60, height: 30 }
    expect(route(bar, box)).toMatchObject({ end: { x: 330, y: 100 }, angle: 90 })
    expect(route(box, bar)).toMatchObject({ end: { x: 330, y: 30 }, angle: -90 })
    expect(route({ ...bar, width: 50 }, { ...box, y: 5 })).toMatchObject({ end: { x: 300 }, angle: 0 })
  })
})

describe('words', () => {
  it.each([
    ['#f09@1234', 'F09', 1234],
    ['#F09@7', 'F09', 7],
    ['#f02@1234', 'F09', undefined],
    ['#f09', 'F09', undefined],
    ['#f09@', 'F09', undefined],
  ])('the link %s, for %s: %s', (hash, figure, tick) => {
    expect(parseMoment(hash, figure)).toBe(tick)
  })

  it('make a link that is understood', () => {
    expect(parseMoment(momentLink('F14', 99), 'F14')).toBe(99)
  })

  it.each([
    ['node(s) had untolerated taint(s)', 'untolerated taint'],
    ['Insufficient cpu', 'Insufficient cpu'],
    ["node(s) didn't match Pod's node affinity/selector", 'node affinity: no match'],
    ['something of your own', 'something of your own'],
  ])('the reason "%s" in short: %s', (reason, short) => {
    expect(shortReason(reason)).toBe(short)
  })

  it.each([
    ['cp-1/kube-apiserver', 'the API server'],
    ['node-2/kubelet', 'the kubelet on node-2'],
    ['node-2/host-local-31', 'the host-local on node-2'],
    ['laptop/hand', 'the exercise'],
    ['node-2/web_web-1_default_ab12', 'the web on node-2'],
    ['node-2/containerd', 'containerd on node-2'],
    ['node-2/linux', 'the kernel of node-2'],
    [undefined, 'somebody outside'],
  ])('%s is called %s', (process, name) => {
    expect(actor(process)).toBe(name)
  })

  it.each([
    ['LIST', 'nodes', '', 'cp-1/kube-apiserver', 'The scheduler asks the API server for all nodes'],
    ['LIST', 'pods', '', 'cp-1/kube-apiserver', 'The scheduler asks the API server for all Pods'],
    ['GET', 'pods', 'web-1', 'cp-1/kube-apiserver', 'The scheduler asks the API server for the Pod web-1'],
    ['POST', 'pods', '', 'cp-1/kube-apiserver', 'The scheduler asks the API server to create the Pod (no name yet)'],
    ['range', 'configmaps', '', 'cp-1/etcd', 'The scheduler reads ConfigMaps in etcd'],
    ['txn put', 'namespaces', 'default', 'cp-1/etcd', 'The scheduler writes the namespace default to etcd'],
  ])('tell of %s %s %s at %s', (verb, resource, name, to, sentence) => {
    const event = { kind: 'request', verb, resource, name, from: 'cp-1/kube-scheduler', to, label: '', remark: '' }
    expect(sentenceOf(event as Described)).toBe(sentence)
  })

  it('are cut where they would not fit', () => {
    expect(fitText('kube-apiserver', 200)).toBe('kube-apiserver')
    expect(fitText('kube-apiserver', 50)).toMatch(/^kube.*…$/)
    expect(shortPodName({ name: 'web-75d9dc5769-4sbj8' })).toBe('web-4sbj8')
    expect(shortPodName({ name: 'web-3' })).toBe('web-3')
  })
})

describe('a step', () => {
  const steps = [5, 5, 9, 14].map((tick, part) => ({ event: { tick }, part })) as unknown as Step[]
  it.each([
    [0, 0],
    [5, 1],
    [8, 1],
    [9, 2],
    [99, 3],
  ])('at tick %i is number %i', (tick, index) => {
    expect(indexOfTick(steps, tick)).toBe(index)
  })
})

describe('a hop is at the station', () => {
  const ends: Ends = { from: { pod: 'default/a', machine: 'n1' }, to: { pod: 'default/b', machine: 'n2' } }
  it.each([
    ['default/a', 'OUTPUT', undefined, 0],
    ['n1', 'bridge', 'cni0', 1],
    ['n1', 'out', 'eth0', 2],
    ['n2', 'PREROUTING', 'eth0', 3],
    ['n2', 'port', 'veth1', 4],
    ['default/b', 'INPUT', undefined, 5],
    ['n3', 'out', 'eth0', undefined],
  ])('%s %s %s: %s', (netns, at, link, station) => {
    expect(
      stationOf({ netns, at, packet: 1, what: 'SYN', source: '', destination: '', ...(link && { link }) }, ends),
    ).toBe(station)
  })
})
