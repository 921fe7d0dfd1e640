/** A standing as it is looked at: place, distribution by measure, pairs case by case, all values as a table. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Entrant, Pairing, Standing, StandingMeasure } from '#grader/verdict/standing.ts'
import { formatFuel } from '../units.ts'
import { drawAxis, drawStrip, type Scale, scaleOf } from './strip-plot.ts'
import { placeOf, standingWords } from './standing-words.ts'

export interface StandingView {
  readonly standing: Standing
  /** It is somebody else's. */
  readonly isShared: boolean
  readonly width: number
  /** Name of the measure that is looked at, and index of the case. */
  readonly measure: string
  readonly chosen: number | undefined
  choose(change: { measure?: string; chosen?: number | undefined }): void
}

export function drawStanding(view: StandingView): TemplateResult {
  const { standing } = view
  const { rank, seeds, drawnFrom, fuelPerDecision } = standing
  const say = standingWords()
  const cases = drawnFrom === 'submission' ? say.drawn(seeds.length) : say.given(seeds.length)
  const fuel = fuelPerDecision === undefined ? '' : `. ${say.fuel(formatFuel(fuelPerDecision))}`
  return html`<p class="cw-standing-place"><b>${say.place(placeOf(rank), rank.of)}</b></p>
    <p class="cw-standing-note">${cases}${fuel}.</p>
    ${drawChoices(view)} ${drawPlot(view)} ${drawPairs(view)} ${drawTable(view)}`
}

const measureOf = ({ standing, measure }: StandingView): StandingMeasure =>
  standing.measures.find(({ name }) => name === measure) ?? standing.measures[0]!

const nameOf = ({ isShared, standing }: StandingView, entrant: Entrant): string => {
  if (entrant !== standing.entrants[0]) return entrant.title
  return isShared ? standingWords().theirs : standingWords().you
}

function drawChoices(view: StandingView): TemplateResult {
  const { standing, chosen, choose } = view
  const say = standingWords()
  const { name } = measureOf(view)
  const seed = chosen === undefined ? undefined : standing.seeds[chosen]!
  const told = seed === undefined ? say.allCases : say.caseOf(chosen! + 1, seed)
  return html`<div class="cw-standing-choices">
    <label>
      <span>${say.measure}</span>
      <select @change=${(event: Event) => choose({ measure: (event.target as HTMLSelectElement).value })}>
        ${standing.measures.map(
          (measure) => html`<option value=${measure.name} ?selected=${measure.name === name}>${measure.title}</option>`,
        )}
      </select>
    </label>
    <label>
      <span>${say.oneCase}: <output>${told}</output></span>
      <input
        type="range"
        min="0"
        max=${standing.seeds.length}
        step="1"
        .value=${String(chosen === undefined ? 0 : chosen + 1)}
        aria-valuetext=${told}
        @input=${(event: Event) => {
          const number = Number((event.target as HTMLInputElement).value)
          choose({ chosen: number === 0 ? undefined : number - 1 })
        }}
      />
    </label>
  </div>`
}

function drawPlot(view: StandingView): TemplateResult {
  const { standing, width } = view
  const measure = measureOf(view)
  const say = standingWords()
  const scale = scaleOf(standing, measure.name)
  const better = measure.better === 'less' ? say.lessIsBetter : say.moreIsBetter
  return html`<figure class="cw-standing-plot">
    <ul>
      ${standing.entrants.map((entrant) => drawRow(view, entrant, measure, scale))}
    </ul>
    ${drawAxis(scale, width)}
    <figcaption>${measure.title} (${better}). ${say.explains}</figcaption>
  </figure>`
}

function drawRow(view: StandingView, entrant: Entrant, measure: StandingMeasure, scale: Scale): TemplateResult {
  const { standing, width, chosen } = view
  const isOwn = entrant === standing.entrants[0]
  const value = chosen === undefined ? entrant.quantiles[measure.name]!.median : entrant.values[measure.name]![chosen]!
  return html`<li data-own=${isOwn ? 'true' : nothing}>
    <span class="cw-standing-who">${nameOf(view, entrant)}</span>
    <span class="cw-standing-value">${value.toFixed(measure.digits)}</span>
    ${drawStrip({ entrant, measure, scale, width, isOwn, chosen })}
  </li>`
}

function drawPairs(view: StandingView): TemplateResult {
  const { standing } = view
  const say = standingWords()
  return html`<h4>${say.pairs(standing.measures[0]!.title)}</h4>
    <ul class="cw-standing-pairs">
      ${standing.pairings.map((pairing, index) => drawPair(pairing, standing.entrants[index + 1]!.title))}
    </ul>
    <p class="cw-standing-note">${say.certain}</p>`
}

function drawPair({ wins, ties, losses, ratio, verdict }: Pairing, title: string): TemplateResult {
  const say = standingWords()
  const part = (count: number, kind: string) =>
    count === 0 ? nothing : html`<span data-kind=${kind} style="flex-grow: ${count}">${count}</span>`
  const [median, low, high] = [ratio.median, ratio.low, ratio.high].map((value) => value.toFixed(2))
  return html`<li data-verdict=${verdict}>
    <span class="cw-standing-who">${title}</span>
    <span class="cw-standing-value">${say.verdicts[verdict]}</span>
    <span class="cw-pair-bar" aria-hidden="true">
      ${part(wins, 'won')}${part(ties, 'tied')}${part(losses, 'lost')}
    </span>
    <span class="cw-pair-text">${say.score(wins, ties, losses)} · ${say.ratio(median!, low!, high!)}</span>
  </li>`
}

function drawTable(view: StandingView): TemplateResult {
  const { standing } = view
  const measure = measureOf(view)
  const say = standingWords()
  const shown = (value: number): string => value.toFixed(measure.digits)
  return html`<details class="cw-standing-table">
    <summary>${say.table}</summary>
    <div tabindex="0" role="region" aria-label=${say.table}>
      <table>
        <caption>
          ${measure.title}
        </caption>
        <thead>
          <tr>
            <th scope="col">${say.caseHead}</th>
            ${standing.entrants.map((entrant) => html`<th scope="col">${nameOf(view, entrant)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${standing.seeds.map(
            (seed, index) =>
              html`<tr>
                <th scope="row" title=${String(seed)}>${index + 1}</th>
                ${standing.entrants.map(({ values }) => html`<td>${shown(values[measure.name]![index]!)}</td>`)}
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">${say.median}</th>
            ${standing.entrants.map(({ quantiles }) => html`<td>${shown(quantiles[measure.name]!.median)}</td>`)}
          </tr>
        </tfoot>
      </table>
    </div>
  </details>`
}
