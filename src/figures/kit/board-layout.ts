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
const ROW = 34

const placed = (machine: MachineView, name: string, rect: Rect): PlacedProcess | undefined => {
  const process = machine.processes.find((candidate) => candidate.name === name)
  return process && { process, label: SHORT[name] ?? name, rect }
}

const present = <T>(item: T | undefined): item is T => item !== undefined

export function layoutBoard(frame: Frame, width: number, options: BoardOptions): BoardLayout {
  return width < (options.narrowBelow ?? NARROW) ? narrowBoard(frame, width, options) : wideBoard(frame, width, options)
}

function groups(frame: Frame, { shows, hidesOutside }: BoardOptions) {
  return {
    outside: hidesOutside ? undefined : frame.machines.find(({ role }) => role === 'outside'),
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
  const top = 166
  const machines: PlacedMachine[] = []
  if (outside) {
    const rect = { x: 1, y: 1, width: laptop, height: top }
    const kubectl = placed(outside, 'kubectl', { x: 13, y: top - ROW - 14, width: laptop - 24, height: ROW })
    machines.push({ machine: outside, rect, processes: [kubectl].filter(present), pods: [], more: 0 })
  }
  const left = outside ? laptop + GAP + 1 : 1
  const middle = width - left - 1 - (waitingWidth > 0 ? waitingWidth + GAP : 0)
  let tape: Rect = { x: left, y: 90, width: 0, height: 26 }
  for (const machine of controlPlane) {
    const rect = { x: left, y: 1, width: middle, height: top }
    // The API server is a bar along the bottom: everybody speaks with it, and with nobody else.
    const inner = { x: left + 16, width: middle - 32 }
    const box = Math.min(150, inner.width * 0.24)
    const row = (x: number, width: number): Rect => ({ x, y: 36, width, height: ROW })
    const scheduler = inner.x + inner.width - box
    const manager = scheduler - box - 12
    const boxes = [
      placed(machine, 'etcd', row(inner.x, 66)),
      placed(machine, 'kube-controller-manager', row(manager, box)),
      placed(machine, 'kube-scheduler', row(scheduler, box)),
      placed(machine, 'kube-apiserver', { x: inner.x, y: top - ROW - 15, width: inner.width, height: ROW }),
    ]
    tape = { x: inner.x + 76, y: 40, width: manager - inner.x - 76 - 14, height: 26 }
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
    const wide = (width - 2 - 24 - 16) / 3
    const row = (i: number, at: number): Rect => ({ x: 13 + i * (wide + 8), y: at, width: wide, height: ROW })
    const boxes = [
      placed(machine, 'kube-apiserver', { x: 13, y: y + 136, width: width - 26, height: ROW }),
      placed(machine, 'etcd', row(0, y + 36)),
      placed(machine, 'kube-controller-manager', row(1, y + 36)),
      placed(machine, 'kube-scheduler', row(2, y + 36)),
    ]
    tape = { x: 13, y: y + 76, width: width - 26, height: 26 }
    const height = 184
    machines.push({
      machine,
      rect: { x: 1, y, width: width - 2, height },
      processes: boxes.filter(present),
      pods: [],
      more: 0,
    })
    y += height + 10
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
  const fits = Math.floor((rect.width - 92) / (POD.width + 8))
  const shown = here.slice(0, fits)
  return {
    machine,
    rect,
    processes: [],
    pods: shown.map((pod, i) => ({ pod, rect: cell(rect.x + 84, rect.y + 8, i, fits) })),
    more: here.length - shown.length,
  }
}

function placeNode(machine: MachineView, rect: Rect, pods: readonly PodView[], rows: number): PlacedMachine {
  const inner = { x: rect.x + 12, width: rect.width - 24 }
  const names = inner.width < 200 ? NODE.filter((name) => name !== 'containerd') : NODE
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
