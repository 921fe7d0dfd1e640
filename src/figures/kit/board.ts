/** The cluster board: machines, processes, Pods and the store's tape, with the message of the moment. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Described } from '#cluster/scenarios/described.ts'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { Frame, MachineView } from '../../simulation/protocol.ts'
import { type BoardLayout, type BoardOptions, type PlacedMachine, boxOf, isStore, layoutBoard } from './board-layout.ts'
import {
  type MachineLook,
  type ProcessLook,
  type Point,
  type Rect,
  arrow,
  centre,
  definitions,
  fitText,
  machine,
  pod,
  process,
  tag,
} from './shapes.ts'
import { type Spot, withSpots } from './spots.ts'
import { type View, isNarrow, stepOf, subjectOf } from './view.ts'
import { say } from './words.ts'

export function drawBoard(view: View, options: BoardOptions): TemplateResult {
  const { frame, width, index } = view
  const layout = layoutBoard(frame, width, options)
  const event = stepOf(view)?.event
  const active = new Set(event ? [event.to] : [])
  const picture = html`<svg
    class="board"
    width=${layout.width}
    height=${layout.height}
    viewBox="0 0 ${layout.width} ${layout.height}"
    role="img"
    aria-label=${summaryOf(frame, options)}
  >
    ${definitions()} ${layout.machines.map((placed) => drawMachine(placed, active))} ${drawTape(frame, layout)}
    ${drawWaiting(layout)} ${event ? keyed(index, drawEvent(event, layout, isNarrow(view))) : nothing}
  </svg>`
  return withSpots(picture, spotsOf(layout), view)
}

/** Every Pod, and every machine that is a Node. */
function spotsOf({ machines, waiting }: BoardLayout): Spot[] {
  const nodes = machines.flatMap(({ machine: { name, node }, rect }): Spot[] => {
    if (!node) return []
    const title = { x: rect.x + 5, y: rect.y + 5, width: 18 + name.length * 9, height: 28 }
    return [{ key: { resource: 'nodes', namespace: '', name }, label: `Node ${name}`, rect: title }]
  })
  const pods = [...machines.flatMap(({ pods }) => pods), ...waiting].map(({ pod: { namespace, name }, rect }): Spot => {
    return { key: { resource: 'pods', namespace, name }, label: `Pod ${name}`, rect }
  })
  return [...nodes, ...pods]
}

function lookOf(machine: MachineView): { look: MachineLook; words: string } {
  const { role, up, node } = machine
  if (!up)
    return {
      look: 'off',
      words: node && node.ready !== 'True' ? `NotReady${silence(node.leaseAge)}` : say('no power', 'sin corriente'),
    }
  if (role !== 'node') return { look: role, words: '' }
  if (!node) return { look: 'node', words: isStore(machine) ? '' : say('not registered', 'sin registrar') }
  if (node.ready === 'True') return { look: 'node', words: '' }
  return { look: 'not-ready', words: `NotReady${silence(node.leaseAge)}` }
}

const silence = (age: number | undefined): string =>
  age !== undefined && age > 15e6
    ? say(`, no lease for ${Math.floor(age / 1e6)} s`, `, sin Lease desde hace ${Math.floor(age / 1e6)} s`)
    : ''

const LOOKS: Readonly<Record<string, ProcessLook>> = { etcd: 'store', 'kube-apiserver': 'hub' }

function drawMachine(placed: PlacedMachine, active: ReadonlySet<string>): SVGTemplateResult {
  const { look, words } = lookOf(placed.machine)
  const silent = look === 'off' || look === 'not-ready'
  const last = placed.pods.at(-1)?.rect
  return svg`<g class="on-${look}">${machine(placed.rect, placed.machine.name, look, words, placed.processes.length === 0)}
    ${placed.processes.map((one) =>
      process(
        one.rect,
        one.label,
        one.process.state,
        active.has(one.process.id) ? 'active' : (LOOKS[one.process.name] ?? 'plain'),
      ),
    )}
    ${placed.pods.map((one) => pod(one.rect, one.pod, silent && one.pod.phase !== 'terminating'))}
    ${placed.more > 0 && last ? svg`<text x=${last.x + last.width + 12} y=${last.y + 28} class="quiet">+${placed.more}</text>` : nothing}</g>`
}

const CELL = 34

function drawTape({ store }: Frame, { tape }: BoardLayout): SVGTemplateResult {
  if (!store.isUp || tape.width < CELL) return svg``
  const count = Math.min(store.tape.length, Math.floor((tape.width - 4) / CELL))
  const cells = store.tape.slice(-count)
  const y = tape.y + (tape.height > 28 ? 4 : 0)
  return svg`<g class="tape">${cells.map((cell, i) => {
    const x = tape.x + i * CELL
    const folded = i > 0 && cell.revision > cells[i - 1]!.revision + 1
    const newest = i === cells.length - 1
    const middle = y + 13
    return svg`<g class="cell ${newest ? 'current' : ''}">
      <title>revision ${cell.revision}: ${cell.verb} ${cell.resource} ${cell.name}</title>
      <rect x=${x} y=${y} width=${CELL - 2} height="26" rx="3" />
      <text x=${x + CELL / 2 - 1} y=${middle + 4} text-anchor="middle">${cell.revision}</text>
      ${cell.verb === 'delete' ? svg`<path d="M${x + 4} ${middle}H${x + CELL - 6}" class="strike" />` : nothing}
      ${folded ? svg`<path d="M${x - 1} ${y + 4}v18" class="fold" />` : nothing}
    </g>`
  })}</g>`
}

function drawWaiting({ waiting, waitingRect }: BoardLayout): SVGTemplateResult {
  if (!waitingRect) return svg``
  const { x, y, width, height } = waitingRect
  const title = width < 145 ? say('no node yet', 'sin nodo') : say('Pods without a node', 'Pods sin nodo')
  return svg`<g class="waiting">
    <rect x=${x} y=${y} width=${width} height=${height} rx="14" />
    <text x=${x + 13} y=${y + 20}>${title}</text>
    ${waiting.map((one) => pod(one.rect, one.pod))}
  </g>`
}

// ── the message of the moment ───────────────────────────────────────────────────────────────────────────────────────

function drawEvent(event: Described, layout: BoardLayout, narrow: boolean): SVGTemplateResult {
  const from = boxOf(layout, event.from)
  // The kernel has no box: what is asked of it stays with the one who asks.
  const to = event.kind === 'syscall' ? from : boxOf(layout, event.to)
  if (!to) return svg``
  if (!from || holds(from, to)) return ring(to, event.failed)
  if (holds(to, from)) return ring(from, event.failed)
  const { path, end, angle, middle, anchor } = route(from, to)
  const name = subjectOf(event)
  const words = name ? `${event.label} ${name}` : event.label
  const label = words.length > (narrow ? 34 : 48) ? event.label : words
  // Words stand where they have the most room.
  const isRight = anchor === 'start' && middle.x > layout.width * 0.55
  const place = { x: isRight ? middle.x - 18 : middle.x, y: middle.y }
  const side = isRight ? 'end' : anchor
  return svg`${arrow(event, path, end, angle, true)}${tag(place, fitText(label, layout.width - 12, 12.5), side, event.failed ? 'failed' : '')}`
}

/** Whether the inner box lies within the outer one: no arrow leads there. */
const holds = (outer: Rect, inner: Rect): boolean =>
  outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height // prettier-ignore

const ring = ({ x, y, width, height }: Rect, failed: boolean): SVGTemplateResult =>
  svg`<rect x=${x - 3} y=${y - 3} width=${width + 6} height=${height + 6} rx="11" class="ring ${failed ? 'failed' : ''}" />`

interface Route {
  readonly path: string
  readonly end: Point
  readonly angle: number
  /** Where words about it stand. */
  readonly middle: Point
  readonly anchor: 'start' | 'middle'
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

/** Where a box is left for, or entered from, a point that far along: right across from it, where it is wide enough. */
const facing = ({ x, width }: Rect, other: number): number =>
  clamp(other, x + Math.min(18, width / 2), x + width - Math.min(18, width / 2))

/** From edge to edge: across where the boxes stand side by side, else up or down. */
export function route(from: Rect, to: Rect): Route {
  const a = centre(from)
  const b = centre(to)
  if (Math.abs(a.y - b.y) < (from.height + to.height) / 2) return across(from, to)
  const down = b.y > a.y ? 1 : -1
  // The smaller box says where; the larger one is met right across from it.
  const startX = from.width <= to.width ? a.x : facing(from, b.x)
  const endX = from.width <= to.width ? facing(to, a.x) : b.x
  const start = { x: startX, y: a.y + (down * from.height) / 2 }
  const end = { x: endX, y: b.y - (down * to.height) / 2 }
  const bend = (end.y - start.y) / 2
  const path = `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`
  const middle = { x: (start.x + end.x) / 2 + 9, y: (start.y + end.y) / 2 + 4.5 }
  return { path, end, angle: down * 90, middle, anchor: 'start' }
}

function across(from: Rect, to: Rect): Route {
  const right = centre(to).x > centre(from).x ? 1 : -1
  const y = (Math.max(from.y, to.y) + Math.min(from.y + from.height, to.y + to.height)) / 2
  const start = { x: right > 0 ? from.x + from.width : from.x, y }
  const end = { x: right > 0 ? to.x : to.x + to.width, y }
  const middle = { x: (start.x + end.x) / 2, y: Math.min(from.y, to.y) - 7 }
  return { path: `M${start.x} ${y}L${end.x} ${y}`, end, angle: right > 0 ? 0 : 180, middle, anchor: 'middle' }
}

/** The board in a sentence, for those who do not see it. */
export function summaryOf(frame: Frame, { shows }: Pick<BoardOptions, 'shows'>): string {
  const parts = frame.machines
    .filter(({ role }) => role === 'node')
    .map((one) => {
      const { words } = lookOf(one)
      const pods = frame.pods.filter((candidate) => candidate.node === one.name && shows(candidate))
      const list = pods
        .map(
          ({ name, phase, restarts }) =>
            `${name} ${phase}${restarts > 0 ? say(`, ${restarts} restarts`, `, ${restarts} reinicios`) : ''}`,
        )
        .join(', ')
      return `${one.name}${words ? ` (${words})` : ''}: ${list || say('no Pods', 'ningún Pod')}`
    })
  const waiting = frame.pods.filter((candidate) => !candidate.node && shows(candidate)).map(({ name }) => name)
  const without = waiting.length > 0 ? ` ${say('Without a node', 'Sin nodo')}: ${waiting.join(', ')}.` : ''
  const { revision } = frame.store
  const head = say(`The cluster at ${formatMicros(frame.at)}`, `El clúster a los ${formatMicros(frame.at)}`)
  const tail = say(`The store is at revision ${revision}`, `El almacén está en la revisión ${revision}`)
  return `${head}. ${parts.join('. ')}.${without} ${tail}.`
}
