/** A map of all nodes by what was said of them: each outcome has a sign and a pattern, and a colour besides. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { signOf, type Group, type Row } from './verdicts.ts'
import type { ExplainWords } from './words.ts'

export interface MapView {
  readonly rows: readonly Row[]
  /** Those that the filter lets through; the others are pale. */
  readonly shown: ReadonlySet<string>
  readonly selected: string | undefined
  readonly width: number
  readonly groups: readonly Group[]
  select(node: string): void
}

const GAP = 3
const HEIGHT = 26

/** Cells in a row: a divisor of a hundred, so that a hundred nodes make a whole picture. */
export const columnsFor = (width: number): number => (width >= 860 ? 25 : width >= 560 ? 20 : 10)

export function drawMap(view: MapView, text: ExplainWords): TemplateResult {
  const { rows, width, groups, select } = view
  const columns = columnsFor(width)
  const cell = (width - GAP * (columns - 1)) / columns
  const height = Math.ceil(rows.length / columns) * (HEIGHT + GAP) - GAP
  const sums = rows.flatMap(({ total }) => (total === undefined ? [] : [total]))
  const [low, high] = [Math.min(...sums), Math.max(...sums)]
  const parts = groups.filter(({ filter }) => filter !== 'all').map(({ filter, count }) => `${groupLabel(filter, text)}: ${count}`) // prettier-ignore
  return html`<svg
    class="map"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${text.mapSummary(parts.join('; '))}
    @click=${(event: Event) => {
      const node = (event.target as Element).closest('[data-node]')?.getAttribute('data-node')
      if (node) select(node)
    }}
  >
    <defs>
      <pattern id="refused" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" class="hatch-paper" />
        <line x1="0" y1="0" x2="0" y2="6" class="hatch" />
      </pattern>
    </defs>
    ${rows.map((row, i) => {
      const x = (i % columns) * (cell + GAP)
      const y = Math.floor(i / columns) * (HEIGHT + GAP)
      const share = row.total === undefined || high === low ? 1 : (row.total - low) / (high - low)
      return drawCell(row, { x, y, width: cell, share }, view)
    })}
  </svg>`
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  /** Its sum, between the lowest and the highest. */
  readonly share: number
}

function drawCell(row: Row, { x, y, width, share }: Place, { shown, selected }: MapView): SVGTemplateResult {
  const { node, outcome, plugin } = row
  const classes = `cell ${outcome} ${shown.has(node) ? '' : 'pale'} ${node === selected ? 'selected' : ''}`
  const bar = 3 + share * (HEIGHT - 6)
  const sign = outcome === 'chosen' ? '✓' : outcome === 'refused' ? signOf(plugin) : ''
  return svg`<g class=${classes} data-node=${node}><title>${node}${row.total === undefined ? '' : `: ${row.total}`}${plugin ? `: ${plugin}` : ''}</title>
    <rect x=${x + 0.75} y=${y + 0.75} width=${width - 1.5} height=${HEIGHT - 1.5} rx="4" class="box" />
    ${outcome === 'fits' ? svg`<rect x=${x + 1.5} y=${y + HEIGHT - 1.5 - bar} width=${width - 3} height=${bar} rx="3" class="bar" />` : nothing}
    ${sign ? svg`<text x=${x + width / 2} y=${y + HEIGHT / 2 + 4.5} text-anchor="middle">${sign}</text>` : nothing}
    ${row.isOther ? svg`<path d="M${x + width - 10} ${y + 1.5}h8.5v8.5z" class="changed" />` : nothing}
  </g>`
}

export function groupLabel(filter: string, text: ExplainWords): string {
  if (filter.startsWith('plugin:')) return filter.slice('plugin:'.length)
  const labels: Readonly<Record<string, string>> = { all: text.all, chosen: text.chosen, fits: text.fits, unseen: text.notSeen, changed: text.changed } // prettier-ignore
  return labels[filter] ?? filter
}

/** The signs of the map, how many of each, and a way to see one kind alone. */
export function drawLegend(
  groups: readonly Group[],
  now: string,
  choose: (filter: string) => void,
  text: ExplainWords,
): TemplateResult {
  return html`<div class="legend" role="group" aria-label=${text.filter}>
    ${groups.map(({ filter, count }) => {
      const kind = filter.startsWith('plugin:') ? 'refused' : filter
      const sign = kind === 'refused' ? signOf(filter.slice('plugin:'.length)) : kind === 'chosen' ? '✓' : ''
      return html`<button
        type="button"
        aria-pressed=${filter === now ? 'true' : 'false'}
        @click=${() => choose(filter)}
      >
        ${filter === 'all' ? nothing : html`<i class="sign ${kind}" aria-hidden="true">${sign}</i>`}
        <span>${groupLabel(filter, text)}</span> <b>${count}</b>
      </button>`
    })}
  </div>`
}
