/** The grammar of figures: how each thing is drawn. Shape and pattern say what it is; colour only says it again. */
import { type SVGTemplateResult, nothing, svg } from 'lit'
import type { Described, Kind } from '#cluster/scenarios/described.ts'
import type { PodView, ProcessView } from '../../simulation/protocol.ts'
import { say } from './words.ts'

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export const centre = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 })

/** Patterns and arrow heads; once per drawing. */
export const definitions = (): SVGTemplateResult => svg`<defs>
  <pattern id="refused" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
    <rect width="6" height="6" fill="var(--bad-soft)" />
    <line x1="0" y1="0" x2="0" y2="6" stroke="var(--bad)" stroke-width="1.2" opacity="0.45" />
  </pattern>
  <pattern id="fading" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
    <line x1="0" y1="0" x2="0" y2="6" stroke="var(--pod)" stroke-width="1.4" opacity="0.5" />
  </pattern>
  <pattern id="paused" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
    <line x1="0" y1="0" x2="0" y2="6" stroke="var(--soft)" stroke-width="1.2" opacity="0.5" />
  </pattern>
</defs>`

/** Cuts a text that would not fit, at about this many pixels. */
export function fitText(text: string, width: number, size = 13): string {
  const most = Math.max(2, Math.floor(width / (size * 0.54)))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** The same for the inside of a `<text>`, where what was cut is shown whole under the pointer and read whole aloud. */
export function fitted(text: string, width: number, size = 13): SVGTemplateResult | string {
  const cut = fitText(text, width, size)
  return cut === text ? text : svg`<title>${text}</title>${cut}`
}

// ── machines and processes ──────────────────────────────────────────────────────────────────────────────────────────

export type MachineLook = 'control-plane' | 'node' | 'outside' | 'not-ready' | 'off'

/** @param low the name stands at the left, with the first of the words below it: for machines in one row */
export function machine(rect: Rect, name: string, look: MachineLook, words: string, low = false): SVGTemplateResult {
  const { x, y, width, height } = rect
  const twice =
    look === 'control-plane'
      ? svg`<rect x=${x + 4} y=${y + 4} width=${width - 8} height=${height - 8} rx="11" class="machine-inner" />`
      : nothing
  const narrow = width - 16 - name.length * 8.2
  return svg`<g class="machine ${look}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="14" class="machine-box" />
    ${twice}
    <text x=${x + 14} y=${y + 25} class="machine-name">${name}</text>
    ${words ? (low ? svg`<text x=${x + 14} y=${y + 43} class="machine-words">${words.split(',')[0]}</text>` : svg`<text x=${x + width - 14} y=${y + 25} text-anchor="end" class="machine-words">${words.length * 6.6 > narrow ? words.split(',')[0] : words}</text>`) : nothing}
  </g>`
}

export type ProcessLook = 'plain' | 'active' | 'store' | 'hub'

/** A container that has not been started yet is `waiting`. */
export type ProcessState = ProcessView['state'] | 'waiting'

/** Sizes of a process's name, the largest that leaves it whole. */
const NAME_SIZES = [12.5, 11.5, 10.75]

export function process(rect: Rect, label: string, state: ProcessState, look: ProcessLook): SVGTemplateResult {
  const { x, y, width, height } = rect
  const middle = centre(rect)
  const size = NAME_SIZES.find((one) => fitText(label, width - 6, one) === label) ?? 12.5
  return svg`<g class="process ${look} ${state}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="8" class="process-box" />
    ${state === 'paused' ? svg`<rect x=${x} y=${y} width=${width} height=${height} rx="8" fill="url(#paused)" />` : nothing}
    <text x=${middle.x} y=${middle.y + 4.5} text-anchor="middle" style="font-size: ${size}px">${fitted(label, width - 6, size)}</text>
    ${state === 'gone' ? svg`<path d="M${x + 5} ${middle.y}H${x + width - 5}" class="strike" />` : nothing}
  </g>`
}

// ── Pods ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The part of a name that tells Pods of one Deployment apart. */
export function shortPodName(pod: Pick<PodView, 'name'>): string {
  const match = /^(.+)-[a-z0-9]{8,10}-([a-z0-9]{5})$/.exec(pod.name)
  return match ? `${match[1]}-${match[2]}` : pod.name
}

export const PHASE_WORDS: Readonly<Record<PodView['phase'], string>> = {
  pending: 'Pending',
  creating: 'creating',
  running: 'Running',
  ready: 'Ready',
  succeeded: 'Succeeded',
  failed: 'Failed',
  terminating: 'Terminating',
}

export function pod(rect: Rect, view: PodView, unreachable = false): SVGTemplateResult {
  const { x, y, width, height } = rect
  const { phase } = view
  const name = shortPodName(view)
  const tick = phase === 'ready' && !unreachable
  return svg`<g class="pod ${phase} ${unreachable ? 'unreachable' : ''}">
    <title>${view.name}: ${PHASE_WORDS[phase]}${unreachable ? say(', its machine is silent', ', su máquina calla') : ''}${view.restarts > 0 ? `, ${say('restarts', 'reinicios')}: ${view.restarts}` : ''}</title>
    <rect x=${x} y=${y} width=${width} height=${height} rx="10" class="pod-box" />
    ${phase === 'creating' ? svg`<rect x=${x + 1} y=${y + height / 2} width=${width - 2} height=${height / 2 - 1} rx="9" class="pod-fill" />` : nothing}
    ${phase === 'terminating' ? svg`<rect x=${x} y=${y} width=${width} height=${height} rx="10" fill="url(#fading)" />` : nothing}
    <text x=${x + width / 2} y=${y + height / 2 - 1.5} text-anchor="middle" class="pod-name">${fitted(name, width - 6, 12)}</text>
    <text x=${x + width / 2} y=${y + height / 2 + 13} text-anchor="middle" class="pod-words">${tick ? '✓ ' : ''}${unreachable ? '?' : PHASE_WORDS[phase]}${view.restarts > 0 ? ` ↻${view.restarts}` : ''}</text>
    ${phase === 'failed' ? svg`<path d="M${x + 6} ${y + 6}L${x + width - 6} ${y + height - 6}" class="pod-cross" />` : nothing}
    ${phase === 'succeeded' ? svg`<path d="M${x + width - 5} ${y + 8}V${y + height - 8}" class="pod-bar" />` : nothing}
  </g>`
}

// ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What kind of line an event is. */
export function lineOf(kind: Kind): 'solid' | 'thin' | 'dotted' | 'packet' | 'lost' {
  if (kind === 'watch') return 'dotted'
  if (kind === 'packet') return 'packet'
  if (kind === 'lost') return 'lost'
  if (
    kind === 'response' ||
    kind === 'criReply' ||
    kind === 'cniResult' ||
    kind === 'syscallReply' ||
    kind === 'exit'
  ) {
    return 'thin'
  }
  return 'solid'
}

/**
 * An arrow along a path, with its head where the path ends.
 * @param angle in degrees, the direction of its end
 * @param moving a dot runs along it (traveller.ts)
 */
export function arrow(event: Described, path: string, end: Point, angle: number, moving: boolean): SVGTemplateResult {
  const line = lineOf(event.kind)
  const failed = event.failed ? 'failed' : ''
  const turn = `translate(${end.x} ${end.y}) rotate(${angle})`
  const head =
    line === 'lost'
      ? svg`<path d="M-5 -5L5 5M-5 5L5 -5" transform=${turn} class="arrow-head" />`
      : line === 'packet'
        ? svg`<path d="M0 0l-7 -5 -7 5 7 5z" transform=${turn} class="diamond" />`
        : svg`<path d="M-8 -5L0 0L-8 5" transform=${turn} class="arrow-head" />`
  return svg`<g class="arrow ${line} ${failed} ${moving ? 'moving' : ''}">
    <path d=${path} class="arrow-line" />
    ${head}
  </g>`
}

/** A short text on a strip of its own ground, so that lines do not run through it. */
export function tag(
  at: Point,
  text: string,
  anchor: 'start' | 'middle' | 'end' = 'middle',
  className = '',
): SVGTemplateResult {
  return svg`<text x=${at.x} y=${at.y} text-anchor=${anchor} class="tag ${className}">${text}</text>`
}
