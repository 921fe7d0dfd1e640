/** Where everything stands on the cluster board, wide or narrow. Pure: frame and width in, rectangles out. */
import type { Frame, MachineView, PodView, ProcessView } from '../../simulation/protocol.ts'
import { NARROW } from './view.ts'
import type { Rect } from './shapes.ts'

export interface PlacedProcess {
  readonly process: ProcessView
  readonly label: string
  readonly rect: Rect
}

export interface PlacedPod {
  readonly pod: PodView
  readonly rect: Rect
}

export interface PlacedMachine {
  readonly machine: MachineView
  readonly rect: Rect
  readonly processes: readonly PlacedProcess[]
  readonly pods: readonly PlacedPod[]
  /** Pods that found no room. */
  readonly more: number
}

export interface BoardLayout {
  readonly width: number
  readonly height: number
  readonly machines: readonly PlacedMachine[]
  /** Room for the store's tape. */
  readonly tape: Rect
  /** Pods that have no node. */
  readonly waiting: readonly PlacedPod[]
  readonly waitingRect: Rect | undefined
}

export interface BoardOptions {
  /** Which Pods are drawn. */
  readonly shows: (pod: PodView) => boolean
  /** Room is kept for this many Pods without a node, so that nothing jumps when they come. */
  readonly waitingRoom: number
  /** Rows of Pods on each machine for which room is kept. */
  readonly podRows?: number
  /** Where kubectl is typed is not shown. */
  readonly hidesOutside?: boolean
  /** Below this width machines are stacked. */
  readonly narrowBelow?: number
}

const CONTROL_PLANE = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const
const NODE = ['kubelet', 'containerd', 'kube-proxy'] as const
const SHORT: Readonly<Record<string, string>> = { 'kube-controller-manager': 'controller-manager' }

const GAP = 14
const POD = { width: 78, height: 46 }
const POD_WIDTH_MIN = 64
const ROW = 34
/** Nodes that would be narrower begin another line. */
const NODE_WIDTH_MIN = 150

const placed = (machine: MachineView, name: string, rect: Rect): PlacedProcess | undefined => {
  const process = machine.processes.find((candidate) => candidate.name === name)
  return process && { process, label: SHORT[name] ?? name, rect }
}

const present = <T>(item: T | undefined): item is T => item !== undefined

export function layoutBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  return width < (options.narrowBelow ?? NARROW) ? narrowBoard(frame, width, options) : wideBoard(frame, width, options)
}

/** A machine that etcd has for itself. */
export const isStore = ({ processes }: MachineView): boolean => {
  const has = (wanted: string): boolean => processes.some(({ name }) => name === wanted)
  return has('etcd') && !has('kubelet')
}

function groups(frame: Frame, { shows, hidesOutside }: BoardOptions) {
  return {
    outside: hidesOutside ? undefined : frame.machines.find(({ name }) => name === 'laptop'),
    balancer: hidesOutside
      ? undefined
      : frame.machines.find(({ role, name }) => role === 'outside' && name !== 'laptop'),
    controlPlane: frame.machines.filter(({ role }) => role === 'control-plane'),
    stores: frame.machines.filter((machine) => machine.role === 'node' && isStore(machine)),
    nodes: frame.machines.filter((machine) => machine.role === 'node' && !isStore(machine)),
    pods: frame.pods.filter(shows),
  }
}

function wideBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  const { outside, balancer, controlPlane, stores, nodes, pods } = groups(frame, options)
  const laptop = 108
  const waitingColumns = Math.min(2, options.waitingRoom)
  const waitingWidth = options.waitingRoom > 0 ? waitingColumns * (POD.width + 8) + 20 : 0
  const top = PLANE + roomFor(controlPlane, pods)
  const machines: PlacedMachine[] = []
  if (outside) {
    const height = balancer ? (top - GAP) / 2 : top
    const rect = { x: 1, y: 1, width: laptop, height }
    machines.push(placeOne(outside, 'kubectl', rect))
    if (balancer) machines.push(placeOne(balancer, 'haproxy', { ...rect, y: 1 + height + GAP }))
  }
  const left = outside ? laptop + GAP + 1 : 1
  const middle = width - left - 1 - (waitingWidth > 0 ? waitingWidth + GAP : 0)
  let tape: Rect = { x: left, y: 90, width: 0, height: 26 }
  const [alone, ...others] = controlPlane
  if (alone && others.length === 0) {
    const whole = placeControlPlane(alone, { x: left, y: 1, width: middle, height: PLANE })
    tape = whole.tape
    machines.push(withPods(whole.placed, pods, top))
  } else {
    const planes = placeControlPlanes(controlPlane, { x: left, y: 1, width: middle, height: PLANE })
    machines.push(...planes.map((plane) => withPods(plane, pods, top)))
  }
  machines.push(...placeStores(stores, { x: 1, y: top + GAP + 1, width: width - 2, height: STORE }))
  const y = top + GAP + 1 + (stores.length > 0 ? STORE + GAP : 0)
  const rows = options.podRows ?? 1
  const columns = Math.max(1, Math.min(nodes.length, Math.floor((width - 2 + GAP) / (NODE_WIDTH_MIN + GAP))))
  const nodeWidth = (width - 2 - GAP * (columns - 1)) / columns
  const height = 38 + ROW + 12 + rows * (POD.height + 8) + 8
  nodes.forEach((machine, i) => {
    const line = Math.floor(i / columns)
    const rect = { x: 1 + (i % columns) * (nodeWidth + GAP), y: y + line * (height + GAP), width: nodeWidth, height }
    machines.push(placeNode(machine, rect, pods, rows))
  })
  const lines = Math.max(1, Math.ceil(nodes.length / columns))
  const waitingRect =
    waitingWidth > 0 ? { x: width - 1 - waitingWidth, y: 1, width: waitingWidth, height: top } : undefined
  const waiting = waitingRect ? placeWaiting(pods, waitingRect, waitingColumns) : []
  const bottom = y + lines * (height + GAP) - GAP
  return { width, height: bottom + 1, machines, tape, waiting, waitingRect }
}

/** Height of a control plane without Pods. */
const PLANE = 166

/** Most control planes are kept free of Pods; where some are shown there, they get a row of their own below the rest. */
const roomFor = (controlPlane: readonly MachineView[], pods: readonly PodView[]): number =>
  controlPlane.some(({ name }) => pods.some(({ node }) => node === name)) ? POD.height + 8 : 0

function withPods(plane: PlacedMachine, pods: readonly PodView[], height: number): PlacedMachine {
  const { machine, rect } = plane
  const here = pods.filter(({ node }) => node === machine.name)
  const x = rect.x + 16
  const fits = Math.max(1, Math.floor((rect.width - 24) / (POD.width + 8)))
  const shown = here.slice(0, here.length > fits ? fits - 1 : fits)
  const top = rect.y + rect.height - 8
  return {
    ...plane,
    rect: { ...rect, height },
    pods: shown.map((pod, i) => ({ pod, rect: cell(x, top, i, fits) })),
    more: here.length - shown.length,
  }
}

/** A machine with one process that matters: its name above, the process below. */
function placeOne(machine: MachineView, name: string, rect: Rect): PlacedMachine {
  const { x, y, width, height } = rect
  const box = placed(machine, name, {
    x: x + 12,
    y: y + height - ROW - (height < 90 ? 8 : 14),
    width: width - 24,
    height: ROW,
  })
  return { machine, rect, processes: [box].filter(present), pods: [], more: 0 }
}

/** The only control plane: the API server is a bar along the bottom, because everybody speaks with it and with nobody else. */
function placeControlPlane(machine: MachineView, rect: Rect): { placed: PlacedMachine; tape: Rect } {
  const inner = { x: rect.x + 16, width: rect.width - 32 }
  // The longest name, controller-manager, is to be read whole.
  const box = Math.min(150, Math.max(122, inner.width * 0.24))
  const row = (x: number, width: number): Rect => ({ x, y: 36, width, height: ROW })
  const scheduler = inner.x + inner.width - box
  const manager = scheduler - box - 12
  const boxes = [
    placed(machine, 'etcd', row(inner.x, 66)),
    placed(machine, 'kube-controller-manager', row(manager, box)),
    placed(machine, 'kube-scheduler', row(scheduler, box)),
    placed(machine, 'kube-apiserver', { x: inner.x, y: rect.height - ROW - 15, width: inner.width, height: ROW }),
    ...secondScheduler(machine, { ...row(scheduler, box), y: 36 + ROW + 6 }),
  ]
  return {
    placed: { machine, rect, processes: boxes.filter(present), pods: [], more: 0 },
    tape: { x: inner.x + 76, y: 40, width: manager - inner.x - 76 - 14, height: 26 },
  }
}

/** One that Pods call by another name, below the usual one. */
function secondScheduler({ processes }: MachineView, rect: Rect): readonly PlacedProcess[] {
  const found = processes.find(({ component, name }) => component === 'kube-scheduler' && name !== 'kube-scheduler')
  return found ? [{ process: found, label: found.name, rect: { ...rect, height: ROW - 4 } }] : []
}

/** Several side by side: who leads above, the API server and its member of etcd below. */
function placeControlPlanes(machines: readonly MachineView[], rect: Rect): readonly PlacedMachine[] {
  const across = (rect.width - GAP * (machines.length - 1)) / Math.max(1, machines.length)
  return machines.map((machine, i) => {
    const own = { ...rect, x: rect.x + i * (across + GAP), width: across }
    const inner = { x: own.x + 14, width: own.width - 28 }
    const hasStore = machine.processes.some(({ name }) => name === 'etcd')
    const low = rect.y + rect.height - ROW - 15
    const etcd = hasStore ? Math.min(60, inner.width * 0.3) : -8
    const half = (inner.width - 8) / 2
    const row = (x: number, y: number, width: number): Rect => ({ x, y, width, height: ROW })
    const isTight = half < 110
    const boxes = isTight
      ? [
          placed(machine, 'kube-controller-manager', { ...row(inner.x, rect.y + 34, inner.width), height: 28 }),
          placed(machine, 'kube-scheduler', { ...row(inner.x, rect.y + 66, inner.width), height: 28 }),
        ]
      : [
          placed(machine, 'kube-controller-manager', row(inner.x, rect.y + 40, half)),
          placed(machine, 'kube-scheduler', row(inner.x + half + 8, rect.y + 40, half)),
        ]
    boxes.push(
      placed(machine, 'etcd', row(inner.x, low, etcd)),
      placed(machine, 'kube-apiserver', row(inner.x + etcd + 8, low, inner.width - etcd - 8)),
    )
    return { machine, rect: own, processes: boxes.filter(present), pods: [], more: 0 }
  })
}

const STORE = 46

/** Machines that etcd has for itself, in one row: the name, and the process beside it. */
function placeStores(machines: readonly MachineView[], rect: Rect): readonly PlacedMachine[] {
  const across = (rect.width - GAP * (machines.length - 1)) / Math.max(1, machines.length)
  return machines.map((machine, i) => {
    const own = { ...rect, x: rect.x + i * (across + GAP), width: across }
    const box = placed(machine, 'etcd', {
      x: own.x + 80,
      y: own.y + 7,
      width: Math.min(90, own.width - 92),
      height: 32,
    })
    return { machine, rect: own, processes: [box].filter(present), pods: [], more: 0 }
  })
}

function narrowBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  const { outside, balancer, controlPlane, stores, nodes, pods } = groups(frame, options)
  const machines: PlacedMachine[] = []
  let y = 1
  let tape: Rect = { x: 0, y: 0, width: 0, height: 0 }
  if (outside) {
    const rect = { x: 1, y, width: width - 2, height: 46 }
    const kubectl = placed(outside, 'kubectl', { x: width - 112, y: y + 7, width: 100, height: 32 })
    machines.push({ machine: outside, rect, processes: [kubectl].filter(present), pods: [], more: 0 })
    y += 46 + 10
  }
  if (balancer) {
    const rect = { x: 1, y, width: width - 2, height: 46 }
    const haproxy = placed(balancer, 'haproxy', { x: width - 112, y: y + 7, width: 100, height: 32 })
    machines.push({ machine: balancer, rect, processes: [haproxy].filter(present), pods: [], more: 0 })
    y += 46 + 10
  }
  for (const machine of controlPlane) {
    // As wide as their names need it.
    const [etcd, gap] = [48, 6]
    const rest = width - 26 - etcd - 2 * gap
    const manager = Math.round(rest * 0.555)
    const box = (x: number, wide: number): Rect => ({ x: 13 + x, y: y + 36, width: wide, height: ROW })
    const boxes = [
      placed(machine, 'kube-apiserver', { x: 13, y: y + 136, width: width - 26, height: ROW }),
      placed(machine, 'etcd', box(0, etcd)),
      placed(machine, 'kube-controller-manager', box(etcd + gap, manager)),
      placed(machine, 'kube-scheduler', box(etcd + 2 * gap + manager, rest - manager)),
      ...secondScheduler(machine, { ...box(etcd + 2 * gap + manager, rest - manager), y: y + 36 + ROW + 6 }),
    ]
    const second = boxes.length > 4 ? rest - manager + gap : 0
    // Of several, none has the only store.
    if (controlPlane.length === 1) tape = { x: 13, y: y + 76, width: width - 26 - second, height: 26 }
    const plane = {
      machine,
      rect: { x: 1, y, width: width - 2, height: 184 },
      processes: boxes.filter(present),
      pods: [],
      more: 0,
    }
    const height = 184 + roomFor([machine], pods)
    machines.push(withPods(plane, pods, height))
    y += height + 10
  }
  for (const machine of stores) {
    machines.push(...placeStores([machine], { x: 1, y, width: width - 2, height: STORE }))
    y += STORE + 8
  }
  for (const machine of nodes) {
    const rect = { x: 1, y, width: width - 2, height: POD.height + 16 }
    machines.push(placeNarrowNode(machine, rect, pods))
    y += rect.height + 8
  }
  let waitingRect: Rect | undefined
  let waiting: readonly PlacedPod[] = []
  if (options.waitingRoom > 0) {
    const columns = Math.floor((width - 24) / (POD.width + 8))
    waitingRect = { x: 1, y, width: width - 2, height: 30 + POD.height + 10 }
    waiting = placeWaiting(pods, waitingRect, columns)
    y += waitingRect.height + 8
  }
  return { width, height: y - 7, machines, tape, waiting, waitingRect }
}

/** A node in one row: its name, then its Pods; messages to it end at its edge. */
export function placeNarrowNode(machine: MachineView, rect: Rect, pods: readonly PodView[]): PlacedMachine {
  const here = pods.filter(({ node }) => node === machine.name)
  const room = rect.width - 84
  // One that nobody sees may be the one that matters: they become a little narrower first.
  const across = Math.max(Math.min(POD.width, room / Math.max(1, here.length) - 8), POD_WIDTH_MIN)
  const fits = Math.floor((room + 0.01) / (across + 8))
  const shown = here.slice(0, fits)
  return {
    machine,
    rect,
    processes: [],
    pods: shown.map((pod, i) => ({
      pod,
      rect: { x: rect.x + 84 + i * (across + 8), y: rect.y + 8, width: across, height: POD.height },
    })),
    more: here.length - shown.length,
  }
}

function placeNode(machine: MachineView, rect: Rect, pods: readonly PodView[], rows: number): PlacedMachine {
  const inner = { x: rect.x + 12, width: rect.width - 24 }
  // As many as have room for their names.
  const names = inner.width < 250 ? NODE.filter((name) => name !== 'containerd') : NODE
  const boxWidth = (inner.width - 8 * (names.length - 1)) / names.length
  const processes = names
    .map((name, i) =>
      placed(machine, name, { x: inner.x + i * (boxWidth + 8), y: rect.y + 36, width: boxWidth, height: ROW - 4 }),
    )
    .filter(present)
  const here = pods.filter(({ node }) => node === machine.name)
  const podWidth = inner.width < 2 * POD.width + 8 ? (inner.width - 8) / 2 : POD.width
  const columns = Math.max(1, Math.floor((inner.width + 8) / (podWidth + 8)))
  const fits = columns * rows
  const shown = here.slice(0, here.length > fits ? fits - 1 : fits)
  const top = rect.y + 36 + ROW + 6
  return {
    machine,
    rect,
    processes,
    pods: shown.map((pod, i) => ({ pod, rect: cell(inner.x, top, i, columns, POD.height, podWidth) })),
    more: here.length - shown.length,
  }
}

function placeWaiting(pods: readonly PodView[], rect: Rect, columns: number): readonly PlacedPod[] {
  const waiting = pods.filter(({ node }) => !node).slice(0, columns * (rect.height > 110 ? 2 : 1))
  return waiting.map((pod, i) => ({ pod, rect: cell(rect.x + 12, rect.y + 30, i, columns, 40) }))
}

function cell(x: number, y: number, i: number, columns: number, height = POD.height, width = POD.width): Rect {
  const row = Math.floor(i / columns)
  return { x: x + (i % columns) * (width + 8), y: y + row * (height + 8), width, height }
}

/** `web_web-1_default_ab12` → `web-1`: a container is where its Pod is. */
const podOf = (process: string): string | undefined => process.split('_')[1]

/** Where messages of a process begin and end: its box, or that of the process that stands for it, or its machine. */
export function boxOf(layout: BoardLayout, process: string | undefined): Rect | undefined {
  if (process === undefined) return undefined
  const slash = process.indexOf('/')
  const machineName = slash < 0 ? process : process.slice(0, slash)
  const name = process.slice(slash + 1)
  const machine = layout.machines.find((candidate) => candidate.machine.name === machineName)
  if (!machine) return undefined
  if (slash < 0) return machine.rect
  const own = machine.processes.find((candidate) => candidate.process.name === name)
  if (own) return own.rect
  const pod = podOf(name)
  const home = pod && machine.pods.find((candidate) => candidate.pod.name === pod)
  if (home) return home.rect
  // Plugins, containers of Pods that are not drawn, and the kernel are the runtime's business on this picture.
  const standIn = CONTROL_PLANE.some((one) => one === name)
    ? undefined
    : machine.processes.find(({ process }) => process.name === 'containerd')
  return standIn?.rect ?? machine.rect
}
