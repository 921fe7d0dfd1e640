/** Members of etcd on a ring: who leads, in which term, who is cut off from whom, and the message of the moment. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Described } from '#cluster/scenarios/described.ts'
import type { EtcdMemberView, Frame } from '../../simulation/protocol.ts'
import { isCut } from './raft-odds.ts'
import { arrow, centre, definitions, fitted, fitText, type Point, type Rect, tag } from './shapes.ts'
import { type View, inFlight, isNarrow, stepOf } from './view.ts'
import { say } from './words.ts'

const BOX = { width: 98, height: 46 }
const CLIENT = { width: 84, height: 34 }

interface Ring {
  readonly width: number
  readonly height: number
  readonly centre: Point
  readonly boxes: ReadonlyMap<string, Rect>
  readonly client: Rect
}

export function layOutRing(machines: readonly string[], width: number): Ring {
  const height = width < 340 ? 318 : 340
  const middle = { x: width / 2, y: (height + CLIENT.height) / 2 }
  const radius = { x: Math.min(150, width / 2 - BOX.width / 2 - 2), y: (height - CLIENT.height - BOX.height) / 2 - 6 }
  const boxes = new Map(
    machines.map((machine, i): [string, Rect] => {
      // Clockwise from the upper right: the client stands at the upper left.
      const angle = (2 * Math.PI * (i + 0.5)) / machines.length
      const at = { x: middle.x + radius.x * Math.sin(angle), y: middle.y - radius.y * Math.cos(angle) }
      return [machine, { x: at.x - BOX.width / 2, y: at.y - BOX.height / 2, ...BOX }]
    }),
  )
  return { width, height, centre: middle, boxes, client: { x: 1, y: 1, ...CLIENT } }
}

export function drawRing(view: View, width: number): TemplateResult {
  const { frame } = view
  const ring = layOutRing(
    frame.etcd.map(({ machine }) => machine),
    width,
  )
  const event = stepOf(view)?.event
  const others = inFlight(view, (one) => isBetween(one, ring) && one.verb.startsWith('Msg'))
  const label = summaryOf(frame)
  return html`<svg
    class="raft"
    width=${ring.width}
    height=${ring.height}
    viewBox="0 0 ${ring.width} ${ring.height}"
    role="img"
    aria-label=${label}
  >
    ${definitions()} ${drawPairs(frame, ring)} ${drawTerm(frame, ring)} ${others.map((one) => drawLine(one, ring))}
    ${drawClient(ring, event)}
    ${frame.etcd.map((member) => drawMember(member, ring.boxes.get(member.machine)!, event?.to === member.process))}
    ${event ? keyed(view.index, drawMessage(event, ring, isNarrow(view))) : nothing}
  </svg>`
}

/** Every pair that talks: a faint line; red and crossed where it is cut. */
function drawPairs(frame: Frame, { boxes }: Ring): SVGTemplateResult[] {
  const here = frame.etcd.filter(({ role }) => role !== 'outside')
  return here.flatMap((one, i) =>
    here.slice(i + 1).map((other) => {
      const a = centre(boxes.get(one.machine)!)
      const b = centre(boxes.get(other.machine)!)
      const cut = isCut(frame, one.machine, other.machine)
      const x = (a.x + b.x) / 2
      const y = (a.y + b.y) / 2
      return svg`<g class="pair ${cut ? 'cut' : ''}"><path d="M${a.x} ${a.y}L${b.x} ${b.y}" />
        ${cut ? svg`<path d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8" class="cross" />` : nothing}</g>`
    }),
  )
}

function drawTerm({ etcd }: Frame, { centre: { x, y } }: Ring): SVGTemplateResult {
  const term = Math.max(0, ...etcd.map((member) => member.term))
  return svg`<g class="term"><rect x=${x - 40} y=${y - 27} width="80" height="54" rx="27" />
    <text x=${x} y=${y - 6} text-anchor="middle" class="quiet">${say('term', 'mandato')}</text>
    <text x=${x} y=${y + 16} text-anchor="middle" class="number">${term}</text></g>`
}

export function roleWord({ state, role, votes, voters }: EtcdMemberView): string {
  if (role === 'outside') return say('not a member', 'no es miembro')
  if (state === 'gone') return say('down', 'caído')
  if (state === 'paused') return say('stands still', 'detenido')
  switch (role) {
    case 'leader':
      return say('leader', 'líder')
    case 'candidate':
      return say(`candidate ${votes}/${voters.length}`, `candidato ${votes}/${voters.length}`)
    case 'pre-candidate':
      return say('asks around', 'sondea')
    case 'learner':
      return say('learner', 'aprendiz')
    default:
      return say('follower', 'seguidor')
  }
}

/** A disk that takes longer than this for a sync is drawn as slow. */
const SLOW_MICROS = 50_000

function drawMember(member: EtcdMemberView, rect: Rect, active: boolean): SVGTemplateResult {
  const { x, y, width, height } = rect
  const look = member.role === 'outside' ? 'outside' : member.state === 'gone' ? 'gone' : member.role
  const slow = member.fsyncMicros > SLOW_MICROS ? say(' · slow disk', ' · disco lento') : ''
  return svg`<g class="member ${look} ${active ? 'active' : ''}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="11" class="member-box" />
    ${member.state === 'paused' ? svg`<rect x=${x} y=${y} width=${width} height=${height} rx="11" fill="url(#paused)" />` : nothing}
    <text x=${x + width / 2} y=${y + 19} text-anchor="middle" class="member-name">${member.machine}</text>
    <text x=${x + width / 2} y=${y + 35} text-anchor="middle" class="member-role">${fitted(roleWord(member) + slow, width - 4, 11)}</text>
    ${look === 'gone' ? svg`<path d="M${x + 24} ${y + 14.5}H${x + width - 24}" class="strike" />` : nothing}
  </g>`
}

function drawClient({ client: { x, y, width, height } }: Ring, event: Described | undefined): SVGTemplateResult {
  const active = event?.to.startsWith('laptop/') ? 'active' : ''
  return svg`<g class="client ${active}"><rect x=${x} y=${y} width=${width} height=${height} rx="8" class="process-box" />
    <text x=${x + width / 2} y=${y + 21.5} text-anchor="middle">etcdctl</text></g>`
}

// ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

const machineIn = (process: string | undefined): string => (process ?? '').split('/')[0]!

function boxOf(ring: Ring, process: string | undefined): Rect | undefined {
  const machine = machineIn(process)
  return machine === 'laptop' ? ring.client : ring.boxes.get(machine)
}

const isBetween = (event: Described, ring: Ring): boolean =>
  boxOf(ring, event.from) !== undefined && boxOf(ring, event.to) !== undefined

/** From edge to edge, straight. */
function lineBetween(from: Rect, to: Rect): { start: Point; end: Point } {
  return { start: edge(from, centre(to)), end: edge(to, centre(from)) }
}

/** Where a line from the middle of the box towards a point leaves it, and a little beyond. */
function edge(box: Rect, towards: Point): Point {
  const middle = centre(box)
  const dx = towards.x - middle.x
  const dy = towards.y - middle.y
  const scale = Math.min(
    (box.width / 2 + 4) / Math.max(1e-6, Math.abs(dx)),
    (box.height / 2 + 4) / Math.max(1e-6, Math.abs(dy)),
  )
  return { x: middle.x + dx * scale, y: middle.y + dy * scale }
}

const round = (value: number): number => Math.round(value * 10) / 10

function drawLine(event: Described, ring: Ring): SVGTemplateResult {
  const { start, end } = lineBetween(boxOf(ring, event.from)!, boxOf(ring, event.to)!)
  return svg`<path d="M${round(start.x)} ${round(start.y)}L${round(end.x)} ${round(end.y)}" class="on-its-way" />`
}

function drawMessage(event: Described, ring: Ring, narrow: boolean): SVGTemplateResult {
  const from = boxOf(ring, event.from)
  const to = boxOf(ring, event.to)
  if (!to) return svg``
  if (!from || from === to) {
    const { x, y, width, height } = to
    return svg`<rect x=${x - 4} y=${y - 4} width=${width + 8} height=${height + 8} rx="13" class="ring ${event.failed ? 'failed' : ''}" />`
  }
  const { start, end } = lineBetween(from, to)
  const path = `M${round(start.x)} ${round(start.y)}L${round(end.x)} ${round(end.y)}`
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI
  const words = fitText(
    [event.label, event.verb.startsWith('MsgApp') ? '' : event.name].filter(Boolean).join(' '),
    narrow ? 150 : 170,
    12.5,
  )
  return svg`${arrow(event, path, { x: round(end.x), y: round(end.y) }, round(angle), true)}${tag(labelAt(start, end, words, ring), words, 'middle', event.failed ? 'failed' : '')}`
}

/** Beside the middle of the line, towards the outside, within the picture. */
function labelAt(start: Point, end: Point, words: string, { width, centre: middle }: Ring): Point {
  const half = words.length * 3.4 + 4
  const x = (start.x + end.x) / 2
  const y = (start.y + end.y) / 2
  const isFlat = Math.abs(end.x - start.x) > 2 * Math.abs(end.y - start.y)
  // The term stands in the middle: a label does not cover it.
  const isMiddle = Math.abs(x - middle.x) < 40 + half && Math.abs(y - middle.y) < 34
  const lifted = isFlat ? y - BOX.height / 2 - 7 : isMiddle ? middle.y - 38 : y + 4
  return { x: Math.max(half, Math.min(width - half, x)), y: lifted }
}

/** The ring in a sentence, for those who do not see it. */
function summaryOf(frame: Frame): string {
  const parts = frame.etcd.map((member) => {
    const keys = member.keys.map(({ key, value }) => `${key} is ${value}`).join(', ')
    return `${member.machine}: ${roleWord(member)}, ${say('term', 'mandato')} ${member.term}${keys ? `, ${keys}` : ''}`
  })
  const cut = frame.cuts.length > 0 ? ` ${say('The network is cut.', 'La red está cortada.')}` : ''
  return `${parts.join('. ')}.${cut}`
}
