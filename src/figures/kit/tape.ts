/** The store as a tape of revisions, its index of keys below it, and the file that holds both. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { HistoryCell, KeyspaceView } from '../../simulation/protocol.ts'
import { fitted } from './shapes.ts'
import { type Spot, withSpots } from './spots.ts'
import { type View, isNarrow, stepOf } from './view.ts'
import { say } from './words.ts'

/** A read under way, or just answered. */
export interface Reading {
  readonly key: string
  /** 0: the newest. */
  readonly revision: number
  /** Whether it is known what it finds. */
  readonly isAnswered: boolean
  readonly failed: boolean
}

interface Column {
  readonly revision: number
  readonly x: number
  readonly width: number
  /** Undefined: compaction has taken it. */
  readonly cell: HistoryCell | undefined
}

const CELL_HEIGHT = 54
const TOP = 24
const KEY_ROW = 30
/** What is left of a revision that is gone. */
const SLAT = 9

function columnsOf({ cells, revision }: KeyspaceView, first: number, width: number): Column[] {
  const kept = new Map(cells.map((cell) => [cell.revision, cell]))
  const revisions = Array.from({ length: Math.max(0, revision - 1) }, (_, i) => i + 2)
  const gone = revisions.filter((one) => !kept.has(one)).length
  const room = (width - first - gone * SLAT) / Math.max(6, revisions.length - gone)
  const wide = Math.min(104, room)
  let x = first
  return revisions.map((one) => {
    const cell = kept.get(one)
    const column = { revision: one, x, width: cell ? wide : SLAT, cell }
    x += column.width
    return column
  })
}

export function drawTape(view: View, reading: Reading | undefined): TemplateResult {
  const keyspace = view.frame.keyspace
  if (!keyspace)
    return html`<p class="quiet">
      ${say('Nobody can look into the store now.', 'Ahora nadie puede mirar en el almacén.')}
    </p>`
  const { width } = view
  const keys = [...new Set(keyspace.cells.map(({ key }) => key))].sort()
  const longest = Math.max(0, ...keys.map(({ length }) => length))
  const first = Math.max(isNarrow(view) ? 34 : 58, longest * 7.6 + 14)
  const columns = columnsOf(keyspace, first, width)
  const bottom = TOP + CELL_HEIGHT + 18
  const height = bottom + Math.max(3, keys.length) * KEY_ROW
  const found = reading?.isAnswered && !reading.failed ? findFor(columns, reading) : undefined
  const picture = html`<svg
    class="history"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${summaryOf(keyspace)}
  >
    <text x="1" y="14" class="quiet">${isNarrow(view) ? say('rev', 'rev') : say('revision', 'revisión')}</text>
    ${columns.map((column) => drawColumn(column, column.revision === keyspace.revision, column === found))}
    ${keys.map((key, i) => drawKey(key, bottom + i * KEY_ROW, columns, first))}
    ${reading ? keyed(view.index, drawReading(columns, reading, found)) : nothing}
  </svg>`
  return html`${withSpots(picture, spotsOf(columns), view)} ${drawFile(keyspace, width, isNarrow(view))}`
}

/** The newest write of the key up to the revision that is asked for. */
function findFor(columns: readonly Column[], { key, revision }: Reading): Column | undefined {
  return columns.findLast((column) => column.cell?.key === key && (revision === 0 || column.revision <= revision))
}

function drawColumn({ revision, x, width, cell }: Column, newest: boolean, isFound: boolean): SVGTemplateResult {
  if (!cell)
    return svg`<g class="slat"><title>${say(`revision ${revision}: compacted`, `revisión ${revision}: compactada`)}</title>
      <rect x=${x} y=${TOP} width=${width - 3} height=${CELL_HEIGHT} rx="2" /></g>`
  const middle = x + (width - 4) / 2
  const words = cell.value ?? (width < 60 ? say('gone', 'fuera') : say('deleted', 'borrada'))
  return svg`<g class="cell ${newest ? 'current' : ''} ${isFound ? 'found' : ''} ${cell.value === undefined ? 'tombstone' : ''}">
    <text x=${middle} y="14" text-anchor="middle" class="mono">${revision}</text>
    <rect x=${x} y=${TOP} width=${width - 4} height=${CELL_HEIGHT} rx="5" />
    <text x=${middle} y=${TOP + 22} text-anchor="middle" class="cell-key">${cell.key}</text>
    <text x=${middle} y=${TOP + 41} text-anchor="middle" class="cell-value">${fitted(words, width - 6, 11.5)}</text>
    ${cell.value === undefined ? svg`<path d="M${x + 7} ${TOP + 17.5}H${x + width - 11}" class="strike" />` : nothing}
  </g>`
}

/** One key's revisions: a line for as long as it lives, a cross where it ends. */
function drawKey(key: string, y: number, columns: readonly Column[], first: number): SVGTemplateResult {
  const own = columns.filter(({ cell }) => cell?.key === key)
  const middle = ({ x, width }: Column): number => x + (width - 4) / 2
  const last = columns.at(-1)
  const parts = own.map((column, i) => {
    const next = own[i + 1]
    const end = next ? middle(next) : last ? last.x + last.width - 4 : middle(column)
    const x = middle(column)
    return column.cell!.value === undefined
      ? svg`<path d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10" class="end" />`
      : svg`<path d="M${x} ${y}H${end}" class="life" /><circle cx=${x} cy=${y} r="5" />`
  })
  return svg`<g class="key-row"><text x=${first - 12} y=${y + 4.5} text-anchor="end" class="cell-key">${key}</text>${parts}</g>`
}

/** From the revision that is asked for back to the write that it finds. */
function drawReading(
  columns: readonly Column[],
  { revision, failed }: Reading,
  found: Column | undefined,
): SVGTemplateResult {
  const at = revision === 0 ? columns.at(-1) : columns.find((column) => column.revision === revision)
  if (!at) return svg``
  const x = at.x + (at.width - 4) / 2
  const y = TOP + CELL_HEIGHT + 5
  const mark = svg`<path d="M${x - 6} ${y + 9}L${x} ${y}L${x + 6} ${y + 9}" class="reader ${failed ? 'failed' : ''}" />`
  if (!found || found === at) return mark
  return svg`${mark}<path d="M${x - 8} ${y + 9}H${found.x + (found.width - 4) / 2}V${y}" class="reader back" />`
}

function spotsOf(columns: readonly Column[]): Spot[] {
  return columns.flatMap(({ cell, x, width }): Spot[] =>
    cell
      ? [{ key: { resource: 'keys', namespace: '', name: cell.key }, label: `${say('key', 'clave')} ${cell.key}, ${say('revision', 'revisión')} ${cell.revision}`, rect: { x, y: TOP, width: width - 4, height: CELL_HEIGHT } }] // prettier-ignore
      : [],
  )
}

// ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The bar of a file that has this size is as long as there is room. */
const FULL_BYTES = 110_000
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`

function drawFile({ fileBytes, inUseBytes }: KeyspaceView, width: number, narrow: boolean): TemplateResult {
  const scale = (width - 2) / Math.max(FULL_BYTES, fileBytes)
  const sum = say(
    `${kilobytes(fileBytes)}, of which ${kilobytes(inUseBytes)} in use`,
    `${kilobytes(fileBytes)}, de los cuales ${kilobytes(inUseBytes)} en uso`,
  )
  const name = say('the file on the disk', 'el archivo en el disco')
  return html`<svg
    class="file"
    width=${width}
    height="58"
    viewBox="0 0 ${width} 58"
    role="img"
    aria-label="${name}: ${sum}"
  >
    <text x="1" y="15" class="quiet">${narrow ? say('file', 'archivo') : name}</text>
    <text x=${width - 1} y="15" text-anchor="end" class="sum">${sum}</text>
    <rect x="1" y="26" width=${fileBytes * scale} height="24" rx="5" class="file-whole" />
    ${fileBytes > inUseBytes ? svg`<rect x="1" y="26" width=${fileBytes * scale} height="24" rx="5" fill="url(#free-pages)" />` : nothing}
    <rect x="1" y="26" width=${inUseBytes * scale} height="24" rx="5" class="file-used" />
    <defs>
      <pattern id="free-pages" width="7" height="7" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
        <line x1="0" y1="0" x2="0" y2="7" stroke="var(--store)" stroke-width="1" opacity="0.35" />
      </pattern>
    </defs>
  </svg>`
}

/** The tape in a sentence, for those who do not see it. */
function summaryOf({ cells, revision, compactRevision }: KeyspaceView): string {
  const parts = cells.map(({ key, value, revision: at }) => `${at}: ${key} ${value ?? say('deleted', 'borrada')}`)
  const gone = compactRevision > 0 ? say(`, compacted up to ${compactRevision}`, `, compactada hasta la ${compactRevision}`) : '' // prettier-ignore
  return `${say('The store is at revision', 'El almacén está en la revisión')} ${revision}${gone}. ${parts.join(', ')}`
}

/** Whether the step at hand is about reading. */
export const isReadStep = (view: View): boolean => {
  const event = stepOf(view)?.event
  return event !== undefined && (event.kind === 'command' ? event.label.startsWith('etcdctl get ') : event.to.startsWith('laptop/')) // prettier-ignore
}
