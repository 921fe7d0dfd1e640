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
}

const CONTROL_PLANE = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const
const NODE = ['kubelet', 'containerd', 'kube-proxy'] as const
const SHORT: Readonly<Record<string, string>> = { 'kube-controller-manager': 'controller-manager' }

const GAP = 14
const POD = { width: 78, height: 46 }
const ROW = 34

const placed = (machine: MachineView, name: string, rect: Rect): PlacedProcess | undefined => {
  const process = machine.processes.find((candidate) => candidate.name === name)
  return process && { process, label: SHORT[name] ?? name, rect }
}

const present = <T>(item: T | undefined): item is T => item !== undefined

export function layoutBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  return width < NARROW ? narrowBoard(frame, width, options) : wideBoard(frame, width, options)
}

function groups(frame: Frame, { shows }: BoardOptions) {
  return {
    outside: frame.machines.find(({ role }) => role === 'outside'),
    controlPlane: frame.machines.filter(({ role }) => role === 'control-plane'),
    nodes: frame.machines.filter(({ role }) => role === 'node'),
    pods: frame.pods.filter(shows),
  }
}

function wideBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  const { outside, controlPlane, nodes, pods } = groups(frame, options)
  const laptop = 108
  const waitingColumns = Math.min(2, options.waitingRoom)
  const waitingWidth = options.waitingRoom > 0 ? waitingColumns * (POD.width + 8) + 20 : 0
  const top = 128
  const machines: PlacedMachine[] = []
  if (outside) {
    const rect = { x: 1, y: 1, width: laptop, height: top }
    const kubectl = placed(outside, 'kubectl', { x: 13, y: 46, width: laptop - 24, height: ROW })
    machines.push({ machine: outside, rect, processes: [kubectl].filter(present), pods: [], more: 0 })
  }
  const left = laptop + GAP + 1
  const middle = width - left - 1 - (waitingWidth > 0 ? waitingWidth + GAP : 0)
  let tape: Rect = { x: left, y: 90, width: middle, height: 26 }
  for (const machine of controlPlane) {
    const rect = { x: left, y: 1, width: middle, height: top }
    const inner = { x: left + 16, width: middle - 32 }
    const third = (inner.width - 2 * 12) / 3
    const at = (column: number, row: number): Rect => ({
      x: inner.x + column * (third + 12),
      y: 38 + row * (ROW + 8),
      width: third,
      height: ROW,
    })
    const boxes = [
      placed(machine, 'kube-apiserver', at(0, 0)),
      placed(machine, 'kube-controller-manager', at(1, 0)),
      placed(machine, 'kube-scheduler', at(2, 0)),
      placed(machine, 'etcd', { ...at(0, 1) }),
    ]
    tape = { ...at(1, 1), width: third * 2 + 12 }
    machines.push({ machine, rect, processes: boxes.filter(present), pods: [], more: 0 })
  }
  const y = top + GAP + 1
  const rows = options.podRows ?? 1
  const nodeWidth = (width - 2 - GAP * (nodes.length - 1)) / Math.max(1, nodes.length)
  const height = 38 + ROW + 12 + rows * (POD.height + 8) + 8
  nodes.forEach((machine, i) => {
    const rect = { x: 1 + i * (nodeWidth + GAP), y, width: nodeWidth, height }
    machines.push(placeNode(machine, rect, pods, rows))
  })
  const waitingRect =
    waitingWidth > 0 ? { x: width - 1 - waitingWidth, y: 1, width: waitingWidth, height: top } : undefined
  const waiting = waitingRect ? placeWaiting(pods, waitingRect, waitingColumns) : []
  return { width, height: y + height + 1, machines, tape, waiting, waitingRect }
}

function narrowBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  const { outside, controlPlane, nodes, pods } = groups(frame, options)
  const machines: PlacedMachine[] = []
  let y = 1
  let tape: Rect = { x: 0, y: 0, width: 0, height: 0 }
  if (outside) {
    const rect = { x: 1, y, width: width - 2, height: 46 }
    const kubectl = placed(outside, 'kubectl', { x: width - 112, y: y + 7, width: 100, height: 32 })
    machines.push({ machine: outside, rect, processes: [kubectl].filter(present), pods: [], more: 0 })
    y += 46 + 10
  }
  for (const machine of controlPlane) {
    const half = (width - 2 - 24 - 8) / 2
    const at = (column: number, row: number): Rect => ({
      x: 13 + column * (half + 8),
      y: y + 38 + row * (ROW + 8),
      width: half,
      height: ROW,
    })
    const boxes = [
      placed(machine, 'kube-apiserver', at(0, 0)),
      placed(machine, 'kube-scheduler', at(1, 0)),
      placed(machine, 'etcd', at(0, 1)),
      placed(machine, 'kube-controller-manager', at(1, 1)),
    ]
    tape = { x: 13, y: y + 38 + 2 * (ROW + 8), width: width - 26, height: 26 }
    const height = 38 + 2 * (ROW + 8) + 26 + 12
    machines.push({
      machine,
      rect: { x: 1, y, width: width - 2, height },
      processes: boxes.filter(present),
      pods: [],
      more: 0,
    })
    y += height + 10
  }
  let waitingRect: Rect | undefined
  let waiting: readonly PlacedPod[] = []
  if (options.waitingRoom > 0) {
    const columns = Math.floor((width - 24) / (POD.width + 8))
    waitingRect = { x: 1, y, width: width - 2, height: 30 + POD.height + 10 }
    waiting = placeWaiting(pods, waitingRect, columns)
    y += waitingRect.height + 10
  }
  const rows = options.podRows ?? 1
  for (const machine of nodes) {
    const height = 38 + ROW + 10 + rows * (POD.height + 8) + 4
    machines.push(placeNode(machine, { x: 1, y, width: width - 2, height }, pods, rows))
    y += height + 10
  }
  return { width, height: y - 9, machines, tape, waiting, waitingRect }
}

function placeNode(machine: MachineView, rect: Rect, pods: readonly PodView[], rows: number): PlacedMachine {
  const inner = { x: rect.x + 12, width: rect.width - 24 }
  const boxWidth = (inner.width - 8 * (NODE.length - 1)) / NODE.length
  const processes = NODE.map((name, i) =>
    placed(machine, name, { x: inner.x + i * (boxWidth + 8), y: rect.y + 36, width: boxWidth, height: ROW - 4 }),
  ).filter(present)
  const here = pods.filter(({ node }) => node === machine.name)
  const columns = Math.max(1, Math.floor((inner.width + 8) / (POD.width + 8)))
  const fits = columns * rows
  const shown = here.slice(0, here.length > fits ? fits - 1 : fits)
  const top = rect.y + 36 + ROW + 6
  return {
    machine,
    rect,
    processes,
    pods: shown.map((pod, i) => ({ pod, rect: cell(inner.x, top, i, columns) })),
    more: here.length - shown.length,
  }
}

function placeWaiting(pods: readonly PodView[], rect: Rect, columns: number): readonly PlacedPod[] {
  const waiting = pods.filter(({ node }) => !node).slice(0, columns * (rect.height > 110 ? 2 : 1))
  return waiting.map((pod, i) => ({ pod, rect: cell(rect.x + 12, rect.y + 30, i, columns, 40) }))
}

function cell(x: number, y: number, i: number, columns: number, height = POD.height): Rect {
  const row = Math.floor(i / columns)
  return { x: x + (i % columns) * (POD.width + 8), y: y + row * (height + 8), width: POD.width, height }
}

/** Where messages of a process begin and end: its box, or that of the process that stands for it, or its machine. */
export function boxOf(layout: BoardLayout, process: string | undefined): Rect | undefined {
  if (process === undefined) return undefined
  const slash = process.indexOf('/')
  const machineName = slash < 0 ? process : process.slice(0, slash)
  const name = process.slice(slash + 1)
  const machine = layout.machines.find((candidate) => candidate.machine.name === machineName)
  if (!machine) return undefined
  const own = machine.processes.find((candidate) => candidate.process.name === name)
  if (own) return own.rect
  // Plugins, containers and the kernel are the runtime's business on this picture.
  const standIn = CONTROL_PLANE.some((one) => one === name)
    ? undefined
    : machine.processes.find(({ process }) => process.name === 'containerd')
  return standIn?.rect ?? machine.rect
}
