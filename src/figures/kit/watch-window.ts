/**
 * A client's copy, and where it comes from: every change as a cell of etcd's tape, the stretch of it that the watch cache holds, and
 * the place from which the client's watch goes on. Below: what there is, beside what the client believes.
 */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { ReaderView } from '../../simulation/api-views.ts'
import { fitText } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

interface Column {
  readonly change: ReaderView['changes'][number]
  readonly x: number
  readonly width: number
}

const TOP = 40
const CELL = 34
const BAND = TOP + CELL + 8
const CLIENT = BAND + 34
const HEIGHT = CLIENT + 32
/** Its words have a line of their own. */
const HEIGHT_NARROW = HEIGHT + 18
/** Room is kept for so many cells from the start, so that they do not shrink while the story goes on. */
const COLUMNS_MIN = 23
const WIDE_MAX = 44

function columnsOf({ changes }: ReaderView, width: number): Column[] {
  const wide = Math.min(WIDE_MAX, width / Math.max(COLUMNS_MIN, changes.length))
  return changes.map((change, i) => ({ change, x: i * wide, width: wide }))
}

/** Where a revision lies: after the newest change that is not beyond it. */
const placeOf = (columns: readonly Column[], revision: number): number => {
  const last = columns.findLast(({ change }) => change.revision <= revision)
  return last ? last.x + last.width : 0
}

export function drawWatchWindow(view: View): TemplateResult {
  const { reader } = view.frame
  if (!reader) return html``
  const { width } = view
  const height = isNarrow(view) ? HEIGHT_NARROW : HEIGHT
  const columns = columnsOf(reader, width)
  const isCut = view.frame.cuts.length > 0
  return html`<svg
      class="window"
      width=${width}
      height=${height}
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label=${summaryOf(reader, isCut)}
    >
      <text x="0" y="14" class="row-name">
        ${say('etcd: every change of a ConfigMap', 'etcd: cada cambio de un ConfigMap')}
      </text>
      ${columns.map((column) => drawCell(column, reader, isNarrow(view)))} ${drawCache(reader, columns, width)}
      ${drawClient(reader, columns, width, isCut)}
    </svg>
    ${drawCopies(reader)}`
}

function drawCell({ change, x, width }: Column, { namespace, cache }: ReaderView, narrow: boolean): SVGTemplateResult {
  const own = change.namespace === namespace
  const isKept = cache !== undefined && change.revision > cache.oldest
  const middle = x + (width - 3) / 2
  const gone = change.verb === 'delete'
  return svg`<g class="change ${own ? 'own' : 'other'} ${isKept ? '' : 'old'}">
    ${!narrow ? svg`<text x=${middle} y=${TOP - 6} text-anchor="middle" class="revision">${change.revision}</text>` : nothing}
    <rect x=${x} y=${TOP} width=${width - 3} height=${CELL} rx=${narrow ? 3 : 5} />
    <text x=${middle} y=${TOP + CELL / 2 + 5} text-anchor="middle" class="name">${change.name}</text>
    ${gone ? svg`<path d="M${x + Math.min(6, width * 0.15)} ${TOP + CELL / 2}H${x + width - 3 - Math.min(6, width * 0.15)}" class="strike" />` : nothing}</g>`
}

function drawCache({ cache }: ReaderView, columns: readonly Column[], width: number): SVGTemplateResult {
  if (!cache)
    return svg`<text x="0" y=${BAND + 15} class="row-name">${say('the API server is down: no watch cache', 'el servidor de API no está: no hay caché')}</text>`
  const from = placeOf(columns, cache.oldest)
  const until = Math.max(from + 6, placeOf(columns, cache.revision) - 3)
  const words = isNarrow({ width }) ? say(`cache: after ${cache.oldest}`, `caché: tras la ${cache.oldest}`) : say(`watch cache: what came after ${cache.oldest}`, `caché: lo posterior a la ${cache.oldest}`) // prettier-ignore
  const room = words.length * 6.6
  const start = Math.max(0, Math.min(from + 8, width - room))
  return svg`<g class="cache"><rect x=${from} y=${BAND} width=${until - from} height="24" rx="5" />
    <text x=${start} y=${BAND + 16.5}>${words}</text></g>`
}

function drawClient(
  { revision, phase, cache }: ReaderView,
  columns: readonly Column[],
  width: number,
  isCut: boolean,
): SVGTemplateResult {
  const x = Math.max(6, placeOf(columns, revision) - 1.5)
  const isOut = cache !== undefined && revision > 0 && revision < cache.oldest
  const state = revision === 0 ? 'lost' : isOut ? 'out' : isCut || phase === 'waiting' ? 'away' : 'on'
  const words = clientWords(revision, state, phase, isNarrow({ width }))
  const sign = state === 'out' || state === 'lost' ? '✕ ' : ''
  const room = (words.length + 2) * 6.9
  const narrow = isNarrow({ width })
  const start = narrow || x + 12 + room <= width
  const left = narrow ? Math.max(0, Math.min(x - 6, width - room)) : start ? x + 12 : x - 12
  return svg`<g class="client ${state}">
    ${state === 'lost' ? nothing : svg`<path d="M${x} ${CLIENT + 14}V${BAND - 4}" class="line" />`}
    <path d="M${x - 6} ${CLIENT + 20}L${x} ${CLIENT + 8}L${x + 6} ${CLIENT + 20}z" class="head" />
    <text x=${left} y=${CLIENT + (narrow ? 38 : 19)} text-anchor=${start ? 'start' : 'end'}>${sign}${narrow ? fitText(words, width - 16, 12.5) : words}</text></g>`
}

function clientWords(revision: number, state: string, phase: ReaderView['phase'], narrow: boolean): string {
  if (state === 'lost')
    return say('the client knows no revision: it lists', 'el cliente no conoce ninguna revisión: lista')
  const known = narrow ? say(`client: ${revision}`, `cliente: ${revision}`) : say(`the client knows up to ${revision}`, `el cliente conoce hasta la ${revision}`) // prettier-ignore
  if (state === 'out') return `${known}${say(', no longer in the cache', ', ya no está en la caché')}`
  if (state === 'away') return `${known}${phase === 'watching' ? say(', cut off', ', incomunicado') : say(', and tries again', ', y lo reintenta')}` // prettier-ignore
  return known
}

// ── the copies ──────────────────────────────────────────────────────────────────────────────────────────────────────

function drawCopies({ namespace, stored, copy }: ReaderView): TemplateResult {
  const names = [...new Set([...stored, ...copy].map(({ name }) => name))].sort()
  const of = (list: ReaderView['copy'], name: string) => list.find((one) => one.name === name)
  const isSame = (name: string): boolean => of(stored, name)?.revision === of(copy, name)?.revision
  const equal = names.every(isSame)
  const chip = (list: ReaderView['copy'], name: string) => {
    const object = of(list, name)
    return html`<span class="copied ${object ? '' : 'missing'} ${isSame(name) ? '' : 'differs'}"
      ><b>${name}</b>
      ${object ? html`<small>${object.revision}</small>` : html`<small>${say('not here', 'no está')}</small>`}</span
    >`
  }
  const none = html`<span class="copied none">${say('nothing', 'nada')}</span>`
  return html`<dl class="copies">
    <dt>${say(`in etcd, namespace ${namespace}`, `en etcd, espacio ${namespace}`)}</dt>
    <dd>${names.length > 0 ? names.map((name) => chip(stored, name)) : none}</dd>
    <dt>${say('the client’s copy', 'la copia del cliente')}</dt>
    <dd>
      ${names.length > 0 ? names.map((name) => chip(copy, name)) : none}
      <span class="verdict ${equal ? 'good' : 'bad'}"
        >${equal ? say('✓ equal', '✓ igual') : say('✕ differs', '✕ difiere')}</span
      >
    </dd>
  </dl>`
}

function summaryOf(reader: ReaderView, isCut: boolean): string {
  const { revision, cache, changes, copy, stored } = reader
  const list = (of: ReaderView['copy']): string => of.map(({ name }) => name).join(', ') || say('nothing', 'nada')
  const parts = [
    say(`${changes.length} changes of ConfigMaps`, `${changes.length} cambios de ConfigMaps`),
    cache ? say(`the watch cache holds what came after ${cache.oldest}`, `la caché tiene lo posterior a la ${cache.oldest}`) : say('there is no watch cache', 'no hay caché'), // prettier-ignore
    revision > 0 ? say(`the client knows up to ${revision}`, `el cliente conoce hasta la ${revision}`) : say('the client has to list', 'el cliente tiene que listar'), // prettier-ignore
    ...(isCut ? [say('its cable is cut', 'su cable está cortado')] : []),
    say(`in etcd: ${list(stored)}`, `en etcd: ${list(stored)}`),
    say(`the copy: ${list(copy)}`, `la copia: ${list(copy)}`),
  ]
  return parts.join('; ')
}
