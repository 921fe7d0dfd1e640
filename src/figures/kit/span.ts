/** A span of virtual time to scale, with the events of interest on it and where we are. */
import { type TemplateResult, html, svg } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

export interface SpanMark {
  readonly at: Micros
  readonly label: string
  readonly tone: 'plain' | 'good' | 'bad'
}

const SIGNS = { plain: '', good: '✓ ', bad: '✕ ' } as const

/** @param all what happens in the run; what is still to come is not told */
export function drawSpan(view: View, all: readonly SpanMark[]): TemplateResult {
  const { width, frame } = view
  const start = all[0]?.at ?? frame.at
  const end = Math.max(view.timeline.end.at, start + 1)
  const left = 8
  const right = width - 8
  const x = (at: Micros): number => left + (Math.max(0, Math.min(at, end) - start) / (end - start)) * (right - left)
  // Places are those of the whole run, so that no label moves when the next one comes.
  const rows = rowsFor(
    all.map((mark) => ({ x: x(mark.at), room: (SIGNS[mark.tone] + mark.label).length * 6.9 + 10 })),
    right,
  )
  const marks = all.flatMap((mark, i) => (mark.at <= frame.at ? [{ ...mark, ...rows[i]! }] : []))
  const lines = Math.max(2, ...rows.map(({ row }) => row + 1))
  const base = 8 + lines * 18
  const now = x(frame.at)
  const since = `${isNarrow(view) ? '' : say('after ', 'tras ')}${formatMicros(Math.max(0, frame.at - start))}`
  const half = since.length * 4
  return html`<svg
    class="span"
    width=${width}
    height=${base + 34}
    viewBox="0 0 ${width} ${base + 34}"
    role="img"
    aria-label=${marks.map(({ label, at }) => say(`${label} after ${formatMicros(at - start)}`, `${label} tras ${formatMicros(at - start)}`)).join(', ') || say('Nothing has happened yet', 'Aún no ha pasado nada')}
  >
    <path d="M${left} ${base}H${right}" class="axis" />
    <path d="M${left} ${base}H${now}" class="axis done" />
    ${marks.map(({ label, tone, x: at, row, anchor }) => {
      const y = 14 + row * 18
      return svg`<g class="mark ${tone}"><path d="M${at} ${y + 4}V${base + 5}" />
        <text x=${anchor === 'end' ? at - 4 : at + 4} y=${y} text-anchor=${anchor}>${SIGNS[tone]}${label}</text></g>`
    })}
    <g class="here"><circle cx=${now} cy=${base} r="6" /></g>
    <text x=${Math.max(half, Math.min(now, width - half))} y=${base + 26} text-anchor="middle" class="mono">
      ${since}
    </text>
  </svg>`
}

/** Rows in which labels do not run into each other. */
function rowsFor(
  marks: readonly { x: number; room: number }[],
  right: number,
): { x: number; row: number; anchor: 'start' | 'end' }[] {
  const ends: number[] = []
  return marks.map(({ x, room }, i) => {
    // From each row a line goes down to the axis: a label below it must not stand in its way.
    const next = marks[i + 1]?.x ?? Infinity
    const before = marks[i - 1]?.x ?? -Infinity
    const fits = (end: number, row: number): 'start' | 'end' | undefined => {
      if (end < x && x + room <= Math.min(right, row > 0 ? next : Infinity)) return 'start'
      return Math.max(end, row > 0 ? before : -Infinity, 0) <= x - room ? 'end' : undefined
    }
    let row = 0
    while (row < ends.length && !fits(ends[row]!, row)) row++
    const anchor = fits(ends[row] ?? 0, row) ?? (x + room <= right ? 'start' : 'end')
    ends[row] = anchor === 'start' ? x + room : x + 6
    return { x, row, anchor }
  })
}
