/**
 * The message sequence: a lane per component, steps in their order. Wide: lanes from top to bottom, time to the right.
 * Narrow: lanes side by side, time downwards.
 */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import { arrow, fitted } from './shapes.ts'
import type { Step } from './steps.ts'
import { type View, isNarrow, subjectOf } from './view.ts'
import { say } from './words.ts'

export interface Lane {
  readonly id: string
  readonly label: string
  /** For narrow drawings. */
  readonly short: string
  readonly holds: (process: string) => boolean
}

const named = (name: string, short: string, label = name): Lane => ({
  id: name,
  label,
  short,
  holds: (process) => process.endsWith(`/${name}`),
})

/** The lanes of a cluster's journey, from who asks to who obeys. */
export const CLUSTER_LANES: readonly Lane[] = [
  named('kubectl', 'kubectl'),
  named('kube-apiserver', 'API'),
  named('etcd', 'etcd'),
  named('kube-controller-manager', 'ctrl', 'controller-manager'),
  named('kube-scheduler', 'sched', 'kube-scheduler'),
  named('kubelet', 'kubelet'),
  named('containerd', 'CRI'),
  {
    id: 'plugins',
    label: 'plugins, kernel',
    short: 'CNI',
    holds: (process) => /\/(?:linux|(?:bridge|host-local)-\d+)$/.test(process),
  },
  named('kube-proxy', 'proxy'),
]

const laneOf = (lanes: readonly Lane[], process: string | undefined): number =>
  process === undefined ? -1 : lanes.findIndex(({ holds }) => holds(process))

export function drawSequence(view: View, lanes: readonly Lane[] = CLUSTER_LANES): TemplateResult {
  return isNarrow(view) ? vertical(view, lanes) : horizontal(view, lanes)
}

/** The stretch of steps around the one at hand that there is room for. */
function stretch(view: View, count: number, ahead: number): { readonly step: Step; readonly index: number }[] {
  const { steps, index } = view
  const last = Math.min(steps.length - 1, Math.max(index + ahead, count - 1))
  const first = Math.max(0, last - count + 1)
  return steps.slice(first, last + 1).map((step, i) => ({ step, index: first + i }))
}

const NAMES = 138
const COLUMN = 104
const LANE = 34

function horizontal(view: View, lanes: readonly Lane[]): TemplateResult {
  const { width, index } = view
  const count = Math.max(3, Math.floor((width - NAMES) / COLUMN))
  const shown = stretch(view, count, 2)
  const top = 60
  const height = top + lanes.length * LANE + 22
  const laneY = (i: number): number => top + i * LANE + 10
  return html`<svg
    class="sequence"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${say('Message sequence; the transcript has it in words', 'Secuencia de mensajes; la transcripción la tiene en palabras')}
  >
    ${lanes.map(
      (lane, i) =>
        svg`<g class="lane"><text x="0" y=${laneY(i) + 4}>${lane.label}</text><path d="M${NAMES - 8} ${laneY(i)}H${width}" /></g>`,
    )}
    ${shown.map(({ step, index: at }, i) => {
      const x = NAMES + i * COLUMN + 22
      const { event } = step
      const time = i === 0 || shown[i - 1]!.step.event.at !== event.at ? formatMicros(event.at) : ''
      return svg`<g class="moment ${at === index ? 'now' : at > index ? 'to-come' : ''}" @click=${() => view.goTo(at)}>
        ${at === index ? svg`<rect x=${x - 18} y="1" width=${COLUMN - 4} height=${height - 2} rx="8" class="now-ground" />` : nothing}
        ${linesOf(event).map((line, row) => svg`<text x=${x - 11} y=${15 + row * 15} class=${row < 2 ? 'label' : 'subject'}>${fitted(line, COLUMN - 10, 11.5)}</text>`)}
        ${at <= index ? message(event, lanes, (lane) => ({ x, y: laneY(lane) }), 'down', at === index) : nothing}
        <text x=${x - 11} y=${height - 7} class="mono">${time}</text>
      </g>`
    })}
  </svg>`
}

const shortLabel = ({ kind, label }: Described): string => (kind === 'decision' ? say('decides', 'decide') : label)

/** Label and subject of an event, over three short lines. */
function linesOf(event: Described): string[] {
  const label = shortLabel(event)
  const cut = label.length > 14 ? label.lastIndexOf(' ', 14) : -1
  const [first, second] = cut > 0 ? [label.slice(0, cut), label.slice(cut + 1)] : [label, '']
  return [first, second, event.kind === 'decision' ? '' : subjectOf(event)]
}

function message(
  event: Described,
  lanes: readonly Lane[],
  place: (lane: number) => { x: number; y: number },
  direction: 'down' | 'across',
  moving: boolean,
): SVGTemplateResult {
  const to = laneOf(lanes, event.to)
  const from = laneOf(lanes, event.from)
  if (to < 0) return svg``
  const end = place(to)
  if (from < 0 || from === to)
    return svg`<circle cx=${end.x} cy=${end.y} r="6" class="point ${event.kind} ${moving ? 'moving' : ''}" />`
  const start = place(from)
  const angle = direction === 'down' ? (end.y > start.y ? 90 : -90) : end.x > start.x ? 0 : 180
  const path = `M${start.x} ${start.y}L${end.x} ${end.y}`
  return svg`<circle cx=${start.x} cy=${start.y} r="2.5" class="origin" />${arrow(event, path, end, angle, moving)}`
}

const ROW = 48
const ROWS = 8

function vertical(view: View, lanes: readonly Lane[]): TemplateResult {
  const { width, index } = view
  const shown = stretch(view, ROWS, 1)
  const column = (width - 12) / lanes.length
  const laneX = (i: number): number => 6 + column * (i + 0.5)
  const top = 30
  const height = top + ROWS * ROW + 8
  return html`<svg
    class="sequence vertical"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${say('Message sequence; the transcript has it in words', 'Secuencia de mensajes; la transcripción la tiene en palabras')}
  >
    ${lanes.map(
      (lane, i) =>
        svg`<g class="lane"><text x=${laneX(i)} y=${i % 2 === 0 ? 10 : 23} text-anchor="middle">${lane.short}</text><path d="M${laneX(i)} ${i % 2 === 0 ? 15 : 28}V${height}" /></g>`,
    )}
    ${shown.map(({ step, index: at }, i) => {
      const y = top + i * ROW + 32
      return svg`<g class="moment ${at === index ? 'now' : at > index ? 'to-come' : ''}" @click=${() => view.goTo(at)}>
        ${at === index ? svg`<rect x="1" y=${y - 28} width=${width - 2} height=${ROW - 4} rx="8" class="now-ground" />` : nothing}
        <text x=${width / 2} y=${y - 12} text-anchor="middle" class="label">${fitted(linesOf(step.event).filter(Boolean).join(' '), width - 12, 12)}</text>
        ${at <= index ? message(step.event, lanes, (lane) => ({ x: laneX(lane), y }), 'across', at === index) : nothing}
      </g>`
    })}
  </svg>`
}

/** Lanes beyond this many would not be told apart. */
const LANES_MAX = 10

/** A lane per program that takes part, in the order of their first appearance, whatever machine it runs on. */
export function lanesOf(steps: readonly Step[]): readonly Lane[] {
  const programs = new Set<string>()
  for (const { event } of steps) {
    for (const process of [event.from, event.to]) if (process?.includes('/')) programs.add(programOf(process))
    if (programs.size >= LANES_MAX) break
  }
  return [...programs].map((program) => ({
    id: program,
    label: program,
    short: program.replace(/^kube-/, '').slice(0, 7),
    holds: (process) => programOf(process) === program,
  }))
}

/** `node-1/host-local-12` → `host-local`, `node-1/web_web-1_default_ab12` → `web`. */
const programOf = (process: string): string =>
  process
    .slice(process.indexOf('/') + 1)
    .replace(/-\d+$/, '')
    .replace(/_.*$/, '')
