/** Several control-plane machines behind a load balancer: which copies of a process work, which wait, and for how long. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Described } from '#cluster/scenarios/described.ts'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { Frame, MachineView, ProcessView } from '../../simulation/protocol.ts'
import { placeNarrowNode } from './board-layout.ts'
import { type Layout, type Placed, layOut, ROLES, ROW, TOP } from './control-planes-layout.ts'
import { drawLeases } from './leases.ts'
import { type Point, type Rect, arrow, centre, definitions, fitText, machine, pod, process, tag } from './shapes.ts'
import { type View, stepOf, subjectOf } from './view.ts'
import { say } from './words.ts'

const SHORT: Readonly<Record<string, string>> = {
  'kube-scheduler': 'scheduler',
  'kube-controller-manager': 'controller-manager',
}

export function drawControlPlanes(view: View, answered: ReadonlyMap<string, number>): TemplateResult {
  const layout = layOut(view)
  const event = stepOf(view)?.event
  return html`<svg
      class="board control-planes"
      width=${layout.width}
      height=${layout.height}
      viewBox="0 0 ${layout.width} ${layout.height}"
      role="img"
      aria-label=${summaryOf(view.frame)}
    >
      ${definitions()} ${layout.laptop ? drawSimple(layout.laptop, event) : nothing}
      ${layout.balancer ? drawSimple(layout.balancer, event) : nothing}
      ${layout.controlPlanes.map((placed) => drawControlPlane(placed, view.frame, event, answered))}
      ${layout.nodes.map(({ machine: one, rect }) => drawNode(one, rect, view.frame))}
      ${event ? keyed(view.index, drawMessage(event, layout)) : nothing}
    </svg>
    <div class="below">${drawLeases(view)}</div>`
}

// ── machines ────────────────────────────────────────────────────────────────────────────────────────────────────────

const processOf = ({ processes }: MachineView, name: string): ProcessView | undefined =>
  processes.find((candidate) => candidate.name === name)

function drawSimple({ machine: one, rect, boxes }: Placed, event: Described | undefined): SVGTemplateResult {
  return svg`<g class="on-outside">${machine(rect, one.name, one.up ? 'outside' : 'off', '')}
    ${[...boxes].map(([name, box]) => {
      const found = processOf(one, name)
      return found && process(box, name, found.state, event?.to === found.id ? 'active' : 'plain')
    })}</g>`
}

function drawControlPlane(
  { machine: one, rect, boxes }: Placed,
  frame: Frame,
  event: Described | undefined,
  answered: ReadonlyMap<string, number>,
): SVGTemplateResult {
  const look = one.up ? 'control-plane' : 'off'
  const words = one.up ? '' : say('no power', 'sin corriente')
  return svg`<g class="on-control-plane">${machine(rect, one.name, look, words)}
    ${[...boxes].map(([name, box]) => {
      const found = processOf(one, name)
      if (!found) return nothing
      const active = event?.to === found.id
      if (name === 'etcd') return process(box, name, found.state, active ? 'active' : 'store')
      if (name !== 'kube-apiserver') return drawRole(box, found, leads(frame, one, found), active)
      const count = answered.get(found.id) ?? 0
      return svg`${process(box, name, found.state, active ? 'active' : 'hub')}
        ${found.state === 'up' ? svg`<text x=${rect.x + rect.width - 14} y=${rect.y + 25} text-anchor="end" class="machine-words">${say('answered', 'respondió')} ${count}</text>` : nothing}`
    })}</g>`
}

/** The holder of the Lease works; it has to be alive for that. */
const leads = ({ leaders }: Frame, one: MachineView, { name, state }: ProcessView): boolean =>
  state !== 'gone' && leaders.some((lease) => lease.name === name && lease.holder === one.name)

function drawRole(rect: Rect, { name, state }: ProcessView, works: boolean, active: boolean): SVGTemplateResult {
  const { x, y, width, height } = rect
  const middle = centre(rect).y
  const word =
    state === 'gone'
      ? say('gone', 'caído')
      : state === 'paused'
        ? say('stands still', 'detenido')
        : works
          ? say('works', 'trabaja')
          : say('waits', 'espera')
  const label = fitText(SHORT[name] ?? name, width - word.length * 6.6 - 18, 12)
  return svg`<g class="process role ${state} ${works ? 'leads' : ''} ${active ? 'active' : 'plain'}">
    <title>${name}: ${word}</title>
    <rect x=${x} y=${y} width=${width} height=${height} rx="8" class="process-box" />
    ${state === 'paused' ? svg`<rect x=${x} y=${y} width=${width} height=${height} rx="8" fill="url(#paused)" />` : nothing}
    <text x=${x + 10} y=${middle + 4.5}>${label}</text>
    <text x=${x + width - 9} y=${middle + 4.5} text-anchor="end" class="role-word">${word}</text>
    ${state === 'gone' ? svg`<path d="M${x + 6} ${middle}H${x + 12 + label.length * 6.8}" class="strike" />` : nothing}
  </g>`
}

function drawNode(one: MachineView, rect: Rect, frame: Frame): SVGTemplateResult {
  const placed = placeNarrowNode(
    one,
    rect,
    frame.pods.filter(({ namespace }) => namespace === 'default'),
  )
  const last = placed.pods.at(-1)?.rect
  return svg`<g class="on-node">${machine(rect, one.name, one.up ? 'node' : 'off', '', true)}
    ${placed.pods.map((item) => pod(item.rect, item.pod))}
    ${placed.more > 0 && last ? svg`<text x=${last.x + last.width + 8} y=${last.y + 28} class="quiet">+${placed.more}</text>` : nothing}</g>`
}

// ── the message of the moment ───────────────────────────────────────────────────────────────────────────────────────

function placeOf(layout: Layout, id: string | undefined): { placed: Placed; box: Rect } | undefined {
  const [machineName, name = ''] = (id ?? '').split('/')
  const all = [layout.laptop, layout.balancer, ...layout.controlPlanes]
  const placed = all.find((one) => one?.machine.name === machineName)
  return placed && { placed, box: placed.boxes.get(name) ?? placed.rect }
}

function drawMessage(event: Described, layout: Layout): SVGTemplateResult {
  const from = placeOf(layout, event.from)
  const to = placeOf(layout, event.to)
  if (!to) return svg``
  if (!from || from.box === to.box) {
    const { x, y, width, height } = to.box
    return svg`<rect x=${x - 3} y=${y - 3} width=${width + 6} height=${height + 6} rx="11" class="ring" />`
  }
  // Drawn from the one further up or left; a message the other way runs the same line backwards.
  const forward = rankOf(from.placed, layout) < rankOf(to.placed, layout) || from.placed === to.placed
  const line = forward ? lineBetween(from, to, layout) : lineBetween(to, from, layout)
  const points = forward ? line.points : [...line.points].reverse()
  const [before, end] = points.slice(-2) as [Point, Point]
  const angle = before.x === end.x ? (end.y > before.y ? 90 : -90) : end.x > before.x ? 0 : 180
  const path = `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`
  const name = subjectOf(event)
  const words = fitText(name ? `${event.label} ${name}` : event.label, line.room, 12.5)
  return svg`${arrow(event, path, end, angle, true)}${tag(line.label, words, line.anchor, event.failed ? 'failed' : '')}`
}

const rankOf = (placed: Placed, { laptop, balancer }: Layout): number =>
  placed === laptop ? 0 : placed === balancer ? 1 : 2

interface Line {
  readonly points: readonly Point[]
  readonly label: Point
  readonly anchor: 'start' | 'end'
  readonly room: number
}

type End = { readonly placed: Placed; readonly box: Rect }

function lineBetween(from: End, to: End, layout: Layout): Line {
  const a = centre(from.box)
  const b = centre(to.box)
  if (from.placed === to.placed) return withinMachine(from.box, to.box, from.placed, layout)
  if (from.placed === layout.laptop && to.placed === layout.balancer) {
    const right = b.x > a.x
    const points = [
      { x: right ? from.box.x + from.box.width : from.box.x, y: a.y },
      { x: right ? to.box.x : to.box.x + to.box.width, y: a.y },
    ]
    return { points, label: { x: 5, y: TOP + 20 }, anchor: 'start', room: layout.width - 8 }
  }
  if (!layout.isNarrow) {
    const top = from.placed.rect.y + from.placed.rect.height
    const points = [
      { x: b.x, y: top },
      { x: b.x, y: to.box.y },
    ]
    const isRight = b.x > layout.width * 0.6
    const label = { x: isRight ? b.x - 10 : b.x + 10, y: top + 20 }
    return { points, label, anchor: isRight ? 'end' : 'start', room: layout.width * 0.4 }
  }
  const lane = to.placed.rect.x + 12
  const points = [
    { x: lane, y: TOP + 1 },
    { x: lane, y: b.y },
    { x: to.box.x, y: b.y },
  ]
  const { rect } = to.placed
  const label = { x: rect.x + 62, y: rect.y + 25 }
  return { points, label, anchor: 'start', room: rect.width - 160 }
}

/** A role and the API server beside it: along the right edge, or straight across. */
function withinMachine(from: Rect, to: Rect, { rect }: Placed, { isNarrow: narrow }: Layout): Line {
  const a = centre(from)
  const b = centre(to)
  if (narrow) {
    const forth = from.x < to.x ? 1 : -1
    const start = { x: forth > 0 ? from.x + from.width : from.x, y: a.y }
    const end = { x: forth > 0 ? to.x : to.x + to.width, y: b.y }
    const middle = (start.x + end.x) / 2
    const points = [start, { x: middle, y: a.y }, { x: middle, y: b.y }, end]
    return { points, label: { x: rect.x + 62, y: rect.y + 25 }, anchor: 'start', room: rect.width - 160 }
  }
  const lane = rect.x + rect.width - 13
  const points = [
    { x: from.x + from.width, y: a.y },
    { x: lane, y: a.y },
    { x: lane, y: b.y },
    { x: to.x + to.width, y: b.y },
  ]
  const top = Math.min(from.y, to.y) + ROW
  return { points, label: { x: rect.x + rect.width - 24, y: top + 19 }, anchor: 'end', room: rect.width - 30 }
}

/** The picture in a sentence, for those who do not see it. */
function summaryOf(frame: Frame): string {
  const parts = frame.machines
    .filter(({ role }) => role === 'control-plane')
    .map((one) => {
      const roles = one.processes
        .filter(({ isChild, name }) => !isChild && (name === 'kube-apiserver' || ROLES.some((role) => role === name)))
        .map((item) => {
          if (item.state === 'gone') return `${item.name} ${say('is gone', 'ha caído')}`
          if (item.name === 'kube-apiserver') return `${item.name} ${say('answers', 'responde')}`
          return `${item.name} ${leads(frame, one, item) ? say('works', 'trabaja') : say('waits', 'espera')}`
        })
      return `${one.name}: ${roles.join(', ')}`
    })
  const opening = say('The control plane at', 'El plano de control en')
  return `${opening} ${formatMicros(frame.at)}. ${parts.join('. ')}.`
}
