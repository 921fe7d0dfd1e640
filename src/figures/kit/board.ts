/** The cluster board: machines, processes, Pods and the store's tape, with the message of the moment. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Described } from '#cluster/scenarios/described.ts'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { Frame, MachineView } from '../../simulation/protocol.ts'
import { type BoardLayout, type BoardOptions, type PlacedMachine, boxOf, layoutBoard } from './board-layout.ts'
import {
  type MachineLook,
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
import { type View, isNarrow, stepOf } from './view.ts'

export function drawBoard(view: View, options: BoardOptions): TemplateResult {
  const { frame, width, index } = view
  const layout = layoutBoard(frame, width, options)
  const event = stepOf(view)?.event
  const active = new Set(event ? [event.to] : [])
  return html`<svg
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
}

function lookOf({ role, up, node }: MachineView): { look: MachineLook; words: string } {
  if (!up)
    return { look: 'off', words: node && node.ready !== 'True' ? `NotReady${silence(node.leaseAge)}` : 'no power' }
  if (role !== 'node') return { look: role, words: '' }
  if (!node) return { look: 'node', words: 'not registered' }
  if (node.ready === 'True') return { look: 'node', words: '' }
  return { look: 'not-ready', words: `NotReady${silence(node.leaseAge)}` }
}

const silence = (age: number | undefined): string =>
  age !== undefined && age > 15e6 ? `, no lease for ${Math.floor(age / 1e6)} s` : ''

function drawMachine(placed: PlacedMachine, active: ReadonlySet<string>): SVGTemplateResult {
  const { look, words } = lookOf(placed.machine)
  const silent = look === 'off' || look === 'not-ready'
  const last = placed.pods.at(-1)?.rect
  return svg`${machine(placed.rect, placed.machine.name, look, words)}
    ${placed.processes.map((one) =>
      process(
        one.rect,
        one.label,
        one.process.state,
        active.has(one.process.id) ? 'active' : one.process.name === 'etcd' ? 'store' : 'plain',
      ),
    )}
    ${placed.pods.map((one) => pod(one.rect, one.pod, silent && one.pod.phase !== 'terminating'))}
    ${placed.more > 0 && last ? svg`<text x=${last.x + last.width + 12} y=${last.y + 28} class="quiet">+${placed.more}</text>` : nothing}`
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
  return svg`<g class="waiting">
    <rect x=${x} y=${y} width=${width} height=${height} rx="14" />
    <text x=${x + 13} y=${y + 20}>${fitText('Pods without a node', width - 20, 12)}</text>
    ${waiting.map((one) => pod(one.rect, one.pod))}
  </g>`
}

// ── the message of the moment ───────────────────────────────────────────────────────────────────────────────────────

function drawEvent(event: Described, layout: BoardLayout, narrow: boolean): SVGTemplateResult {
  const from = boxOf(layout, event.from)
  const to = boxOf(layout, event.to)
  if (!to) return svg``
  if (!from || from === to) return from ? ring(to) : svg`${ring(to)}`
  const { path, end, angle, middle } = route(from, to)
  const words = event.name ? `${event.label} ${event.name}` : event.label
  const limit = narrow ? 30 : 44
  const label = words.length > limit ? event.label : words
  const room = label.length * 3.4 + 6
  const at = { x: Math.min(Math.max(middle.x, room), layout.width - room), y: middle.y }
  return svg`${arrow(event, path, end, angle, true)}${tag(at, fitText(label, layout.width - 12, 12.5), 'middle', event.failed ? 'failed' : '')}`
}

const ring = ({ x, y, width, height }: Rect): SVGTemplateResult =>
  svg`<rect x=${x - 3} y=${y - 3} width=${width + 6} height=${height + 6} rx="11" class="ring" />`

interface Route {
  readonly path: string
  readonly end: Point
  readonly angle: number
  readonly middle: Point
}

/** From edge to edge: straight where the boxes stand side by side or above each other, else in a curve. */
export function route(from: Rect, to: Rect): Route {
  const a = centre(from)
  const b = centre(to)
  const beside = Math.abs(a.y - b.y) < (from.height + to.height) / 2
  if (beside) {
    const direction = b.x > a.x ? 1 : -1
    const start = { x: a.x + (direction * from.width) / 2, y: a.y }
    const end = { x: b.x - (direction * to.width) / 2, y: b.y }
    const far = Math.abs(end.x - start.x) > 60
    const lift = far ? Math.min(26, Math.abs(end.x - start.x) / 6) : 0
    const middle = { x: (start.x + end.x) / 2, y: Math.min(start.y, end.y) - lift / 2 - 6 }
    const path = `M${start.x} ${start.y}Q${middle.x} ${start.y - lift * 1.5} ${end.x} ${end.y}`
    const slope = Math.atan2(end.y - (start.y - lift * 1.5), end.x - middle.x)
    return { path, end, angle: (slope * 180) / Math.PI, middle }
  }
  const down = b.y > a.y ? 1 : -1
  const start = {
    x: a.x + Math.max(-from.width / 4, Math.min(from.width / 4, (b.x - a.x) / 8)),
    y: a.y + (down * from.height) / 2,
  }
  const end = {
    x: b.x + Math.max(-to.width / 4, Math.min(to.width / 4, (a.x - b.x) / 8)),
    y: b.y - (down * to.height) / 2,
  }
  const bend = (end.y - start.y) / 2
  const path = `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`
  return { path, end, angle: down * 90, middle: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 + 4 } }
}

/** The board in a sentence, for those who do not see it. */
export function summaryOf(frame: Frame, { shows }: Pick<BoardOptions, 'shows'>): string {
  const parts = frame.machines
    .filter(({ role }) => role === 'node')
    .map((one) => {
      const { words } = lookOf(one)
      const pods = frame.pods.filter((candidate) => candidate.node === one.name && shows(candidate))
      const list = pods.map(({ name, phase }) => `${name} ${phase}`).join(', ')
      return `${one.name}${words ? ` (${words})` : ''}: ${list || 'no Pods'}`
    })
  const waiting = frame.pods.filter((candidate) => !candidate.node && shows(candidate)).map(({ name }) => name)
  const without = waiting.length > 0 ? ` Without a node: ${waiting.join(', ')}.` : ''
  return `The cluster at ${formatMicros(frame.at)}. ${parts.join('. ')}.${without} The store is at revision ${frame.store.revision}.`
}
