/** Every node's verdict as a table: one row has the keyboard's focus, arrow keys go to the others, and it is the one that is looked at. */
import { type TemplateResult, html, nothing } from 'lit'
import { signOf, type Row, type Sort, type SortKey } from './verdicts.ts'
import type { ExplainWords } from './words.ts'

export interface TableView {
  readonly rows: readonly Row[]
  readonly all: number
  readonly selected: string | undefined
  readonly sort: Sort
  sortBy(key: SortKey): void
  select(node: string): void
  /** Plugins whose points tell the nodes apart. */
  readonly telling: readonly string[]
}

/** Rows that PageUp and PageDown go by. */
const PAGE = 10

const GOES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  PageDown: (at, last) => Math.min(at + PAGE, last),
  PageUp: (at) => Math.max(at - PAGE, 0),
  Home: () => 0,
  End: (_, last) => last,
}

export function drawTable(view: TableView, text: ExplainWords): TemplateResult {
  const { rows, all, selected, select } = view
  const at = rows.findIndex(({ node }) => node === selected)
  const onKey = (event: KeyboardEvent): void => {
    const go = GOES[event.key]
    if (!go || !(event.target as Element).closest('tbody')) return
    event.preventDefault()
    const next = rows[go(Math.max(0, at), rows.length - 1)]
    if (!next) return
    select(next.node)
    const body = event.currentTarget as HTMLElement
    body.querySelector<HTMLElement>(`[data-node="${next.node}"]`)?.focus()
  }
  return html`<div class="rows" style="--all: ${all}">
      <table role="grid" aria-label=${text.table} aria-rowcount=${rows.length + 1} @keydown=${onKey}>
        <thead>
          <tr>
            ${(['node', 'verdict', 'total'] as const).map((key) => head(key, view, text))}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row, i) => drawRow(row, i, Math.max(0, at) === i, view, text))}
        </tbody>
      </table>
      ${rows.length === 0 ? html`<p class="none">${text.none}</p>` : nothing}
    </div>
    <p class="count">${text.shown(rows.length, all)}</p>`
}

function head(key: SortKey, { sort, sortBy }: TableView, text: ExplainWords): TemplateResult {
  const isIt = sort.by === key
  return html`<th class=${key} scope="col" aria-sort=${isIt ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
    <button type="button" @click=${() => sortBy(key)}>
      ${text[key]}<i aria-hidden="true">${isIt ? (sort.descending ? '▾' : '▴') : ''}</i>
    </button>
  </th>`
}

function drawRow(
  row: Row,
  i: number,
  isHere: boolean,
  { selected, select, telling }: TableView,
  text: ExplainWords,
): TemplateResult {
  const { node, outcome, total, before, isOther, hasOtherSum, scores } = row
  const parts = scores.filter(({ plugin }) => telling.includes(plugin))
  return html`<tr
    class=${outcome}
    data-node=${node}
    tabindex=${isHere ? 0 : -1}
    aria-rowindex=${i + 2}
    aria-selected=${node === selected ? 'true' : 'false'}
    @click=${() => select(node)}
    @focus=${() => node === selected || select(node)}
  >
    <td class="node">${node}</td>
    <td class="verdict">
      ${verdictWords(row, text)}${parts.length > 0 ? html`<span class="parts">${parts.map(({ plugin, weighted }) => `${plugin} ${weighted}`).join(' + ')}</span>` : nothing}${isOther && before ? html`<small class="before">${text.before}: ${verdictWords(before, text)}</small>` : nothing}
    </td>
    <td class="total">
      ${total ?? ''}${hasOtherSum ? html`<small class="before"><span class="visually-hidden">${text.before}: </span>${before!.total}</small>` : nothing}
    </td>
  </tr>`
}

/** In a few words, with the scheduler's own reasons. */
export function verdictWords(
  { outcome, plugin, reasons }: Pick<Row, 'outcome' | 'plugin' | 'reasons'>,
  text: ExplainWords,
): TemplateResult {
  if (outcome === 'refused')
    return html`<i class="sign refused" aria-hidden="true">${signOf(plugin)}</i>
      <span><b class="no">${plugin}</b> ${reasons.join(', ')}</span>`
  if (outcome === 'unseen') return html`<i class="sign unseen" aria-hidden="true"></i> <span>${text.notSeen}</span>`
  return html`<i class="sign ${outcome}" aria-hidden="true">${outcome === 'chosen' ? '✓' : ''}</i>
    <span class="yes">${text[outcome]}</span>`
}
