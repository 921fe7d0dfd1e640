/** One node: what the plugins read of it, which of them said no, and how its sum came about. */
import { type TemplateResult, html, nothing } from 'lit'
import { quantity } from './demands.ts'
import type { Explained, Room } from './protocol.ts'
import { verdictWords } from './table-view.ts'
import { byPoints, filterWords, type Row } from './verdicts.ts'
import type { ExplainWords } from './words.ts'

export function drawNode(row: Row, explained: Explained, text: ExplainWords): TemplateResult {
  const { node, facts } = row
  const labels = Object.entries(facts.labels).filter(([key]) => key !== 'kubernetes.io/hostname')
  return html`<section class="one card" aria-label=${node}>
    <header>
      <h2>${node}</h2>
      <p>${verdictWords(row, text)}</p>
    </header>
    <dl class="facts">
      <div>
        <dt>${text.labels}</dt>
        <dd>${labels.map(([key, value]) => html`<code>${key}=${value}</code> `)}</dd>
      </div>
      <div>
        <dt>${text.taints}</dt>
        <dd>
          ${facts.taints.length === 0 ? text.noTaints : facts.taints.map((taint) => html`<code>${taint}</code> `)}
          ${facts.unschedulable ? html`<b class="no">${text.cordoned}</b>` : nothing}
        </dd>
      </div>
      <div>
        <dt>${text.room}</dt>
        <dd class="room">${facts.room.map((room) => drawRoom(room, text))}</dd>
      </div>
    </dl>
    ${drawFilters(row, explained, text)} ${drawScores(row, explained, text)}
  </section>`
}

function drawRoom({ resource, requested, allocatable }: Room, text: ExplainWords): TemplateResult {
  const share = allocatable > 0 ? Math.min(1, requested / allocatable) : 0
  const short = (amount: number): string => quantity(resource, resource === 'memory' ? roundMebi(amount) : amount)
  return html`<span class="meter-row"
    ><span>${resource}</span
    ><span class="meter" aria-hidden="true"><i style="inline-size:${Math.round(share * 100)}%"></i></span
    ><span class="mono">${text.roomOf(short(requested), short(allocatable))}</span></span
  >`
}

const MEBI = 1_048_576_000

const roundMebi = (thousandths: number): number => Math.round(thousandths / MEBI) * MEBI

function drawFilters(row: Row, explained: Explained, text: ExplainWords): TemplateResult | typeof nothing {
  if (row.outcome === 'unseen') return html`<p class="aside">${text.notLookedAt}</p>`
  const filters = filterWords(explained, row)
  return html`<h3>${text.filters}</h3>
    <ol class="filters">
      ${filters.map(
        ({ name, said }) =>
          html`<li class=${said}>
            <i aria-hidden="true">${said === 'passed' ? '✓' : said === 'refused' ? '✕' : '·'}</i> ${name}
            <span class="visually-hidden">: ${text.said[said]}</span>
          </li>`,
      )}
    </ol>
    ${row.reasons.map((reason) => html`<p class="reason">${reason}</p>`)}`
}

/** A long name ends its line before a capital. */
const breakable = (name: string): TemplateResult[] => name.split(/(?=[A-Z])/).map((part) => html`<wbr />${part}`)

function drawScores(row: Row, explained: Explained, text: ExplainWords): TemplateResult | typeof nothing {
  const { scores, total, outcome, before } = row
  if (outcome !== 'chosen' && outcome !== 'fits') return nothing
  if (total === undefined) return html`<p class="aside">${text.unscored}</p>`
  const best = explained.nodes.find(({ node }) => node === explained.chosen)
  const earlier = new Map(before?.scores.map(({ plugin, weighted }) => [plugin, weighted]))
  return html`<h3>${text.scores}</h3>
    <table class="scores">
      <thead>
        <tr>
          <th scope="col">${text.plugin}</th>
          <th scope="col">${text.normalized}</th>
          <th scope="col">× ${text.weight}</th>
          <th scope="col">${text.points}</th>
        </tr>
      </thead>
      <tbody>
        ${byPoints(scores).map(({ plugin, raw, normalized, weight, weighted }) => {
          const was = earlier.get(plugin)
          return html`<tr>
            <th scope="row">${breakable(plugin)}</th>
            <td title="${text.raw}: ${raw}">
              <span class="meter" aria-hidden="true"><i style="inline-size:${normalized}%"></i></span> ${normalized}
            </td>
            <td>× ${weight}</td>
            <td>
              ${weighted}${was !== undefined && was !== weighted ? html` <small class="before">${was}</small>` : nothing}
            </td>
          </tr>`
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="3">${text.sum}</th>
          <td>${total}${row.hasOtherSum ? html` <small class="before">${before!.total}</small>` : nothing}</td>
        </tr>
      </tfoot>
    </table>
    ${
      best?.total !== undefined && best.node !== row.node
        ? html`<p class="aside">
            ${best.total === total ? text.level(best.node) : text.behind(best.total - total, best.node)}
          </p>`
        : nothing
    }`
}
