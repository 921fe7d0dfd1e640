/** Where everything stands on the picture of several control planes, wide or narrow. Pure: a view in, rectangles out. */
import type { MachineView } from '../../simulation/protocol.ts'
import type { Rect } from './shapes.ts'
import { type View, isNarrow } from './view.ts'

export interface Placed {
  readonly machine: MachineView
  readonly rect: Rect
  readonly boxes: ReadonlyMap<string, Rect>
}

export interface Layout {
  readonly height: number
  readonly width: number
  readonly isNarrow: boolean
  readonly laptop: Placed | undefined
  readonly balancer: Placed | undefined
  readonly controlPlanes: readonly Placed[]
  readonly nodes: readonly { readonly machine: MachineView; readonly rect: Rect }[]
}

/** Processes of which one works and the others wait. */
export const ROLES = ['kube-scheduler', 'kube-controller-manager'] as const
const GAP = 14
export const ROW = 32
/** Height of the row of the laptop and the load balancer. */
export const TOP = 58
const NODE = 62

export function layOut({ frame, width }: View): Layout {
  const narrow = isNarrow({ width })
  const find = (name: string) => frame.machines.find((one) => one.name === name)
  const laptopWidth = narrow ? (width - 2 - GAP) / 2 : 178
  const rest = width - 2 - laptopWidth - GAP
  // On a narrow picture the lane for messages runs down the left edge: what sends them stands above it.
  const [laptopX, balancerX] = narrow ? [1 + rest + GAP, 1] : [1, 1 + laptopWidth + GAP]
  const laptop = simple(find('laptop'), 'kubectl', { x: laptopX, y: 1, width: laptopWidth, height: TOP })
  const balancer = simple(find('lb-1'), 'haproxy', { x: balancerX, y: 1, width: rest, height: TOP })
  const planes = frame.machines.filter(({ role }) => role === 'control-plane')
  const across = (width - 2 - GAP * (planes.length - 1)) / Math.max(1, planes.length)
  const first = TOP + 32
  const height = narrow ? 34 + 2 * (ROW + 6) + 8 : 34 + ROW + 28 + 2 * (ROW + 8) + ROW + 14
  const controlPlanes = planes.map((one, i) =>
    narrow
      ? narrowPlane(one, { x: 1, y: first + i * (height + 10), width: width - 2, height })
      : widePlane(one, { x: 1 + i * (across + GAP), y: first, width: across, height }),
  )
  const bottom = narrow ? first + planes.length * (height + 10) : first + height + GAP
  const workers = frame.machines.filter(({ role }) => role === 'node')
  const nodeWidth = narrow ? width - 2 : (width - 2 - GAP * (workers.length - 1)) / Math.max(1, workers.length)
  const nodes = workers.map((one, i) => ({
    machine: one,
    rect: narrow
      ? { x: 1, y: bottom + i * (NODE + 8), width: nodeWidth, height: NODE }
      : { x: 1 + i * (nodeWidth + GAP), y: bottom, width: nodeWidth, height: NODE },
  }))
  const end = nodes.at(-1)?.rect ?? { y: bottom, height: 0 }
  return { height: end.y + end.height + 1, width, isNarrow: narrow, laptop, balancer, controlPlanes, nodes }
}

/** A machine of one process: its name at the left, the process beside it. */
function simple(one: MachineView | undefined, name: string, rect: Rect): Placed | undefined {
  if (!one) return undefined
  const box = { x: rect.x + 70, y: rect.y + 13, width: rect.width - 82, height: ROW }
  return { machine: one, rect, boxes: new Map([[name, box]]) }
}

function widePlane(one: MachineView, rect: Rect): Placed {
  const inner = { x: rect.x + 14, width: rect.width - 38, height: ROW }
  let y = rect.y + 34
  const boxes = new Map([['kube-apiserver', { ...inner, y }]])
  y += ROW + 28
  for (const name of ROLES) {
    boxes.set(name, { ...inner, y })
    y += ROW + 8
  }
  boxes.set('etcd', { ...inner, y, width: 70 })
  return { machine: one, rect, boxes: boxes }
}

/** The API server and the store at the left, the roles at the right of them; a lane for messages at the edge. */
function narrowPlane(one: MachineView, rect: Rect): Placed {
  const y = rect.y + 34
  const left = { x: rect.x + 24, width: (rect.width - 70) * 0.39, height: ROW }
  const x = left.x + left.width + 14
  const right = { x, width: rect.x + rect.width - 14 - x, height: ROW }
  const boxes = new Map([
    ['kube-apiserver', { ...left, y }],
    ['etcd', { ...left, y: y + ROW + 6 }],
    ...ROLES.map((name, i): [string, Rect] => [name, { ...right, y: y + i * (ROW + 6) }]),
  ])
  return { machine: one, rect, boxes }
}
