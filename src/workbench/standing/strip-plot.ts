/**
 * One row of the plot: a dot for each case, the middle half as a bar, the median as a line, all rows on one scale. The learner's dots
 * are full, the references' hollow, so that they are told apart without colour.
 */
import { type TemplateResult, html, nothing, svg } from 'lit'
import type { Entrant, Quantiles, Standing, StandingMeasure } from '#grader/verdict/standing.ts'

export interface Scale {
  readonly from: number
  readonly to: number
}

export const HEIGHT = 34
const EDGE = 6

/** Over all entrants, so that rows can be compared. */
export function scaleOf({ entrants }: Standing, measure: string): Scale {
  const all = entrants.map(({ quantiles }) => quantiles[measure]!)
  const [from, to] = [Math.min(...all.map(({ least }) => least)), Math.max(...all.map(({ greatest }) => greatest))]
  if (from < to) return { from, to }
  const room = Math.abs(from) / 2 || 1
  return { from: from - room, to: to + room }
}

/** In px from the left. */
export const placeAt = (value: number, { from, to }: Scale, width: number): number =>
  EDGE + ((value - from) / (to - from)) * (width - 2 * EDGE)

/** Dots of like values lie beside each other; the same case lies at the same height in each row. */
const heightOf = (index: number): number => 7 + ((index * 7) % 10) * 2.2

export interface Strip {
  readonly entrant: Entrant
  readonly measure: StandingMeasure
  readonly scale: Scale
  readonly width: number
  readonly isOwn: boolean
  /** Index of the case that is looked at. */
  readonly chosen: number | undefined
}

export function drawStrip({ entrant, measure, scale, width, isOwn, chosen }: Strip): TemplateResult {
  const values = entrant.values[measure.name]!
  const quantiles = entrant.quantiles[measure.name]!
  const dot = (value: number, index: number) =>
    svg`<circle
      class="cw-strip-dot"
      data-state=${chosen === undefined ? 'plain' : chosen === index ? 'chosen' : 'faded'}
      cx=${placeAt(value, scale, width)} cy=${heightOf(index)} r=${chosen === index ? 5 : 3.2}
    />`
  const order = values.map((_, index) => index).sort((a, b) => Number(a === chosen) - Number(b === chosen))
  return html`<svg
    class="cw-strip"
    data-own=${isOwn ? 'true' : nothing}
    width=${width}
    height=${HEIGHT}
    viewBox="0 0 ${width} ${HEIGHT}"
    aria-hidden="true"
  >
    ${drawBar(quantiles, scale, width)} ${order.map((index) => dot(values[index]!, index))}
  </svg>`
}

function drawBar({ least, p25, median, p75, greatest }: Quantiles, scale: Scale, width: number) {
  const at = (value: number): number => placeAt(value, scale, width)
  const middle = HEIGHT / 2
  return svg`<line class="cw-strip-span" x1=${at(least)} x2=${at(greatest)} y1=${middle} y2=${middle} />
    <rect class="cw-strip-half" x=${at(p25)} y=${middle - 11} width=${Math.max(1, at(p75) - at(p25))} height="22" rx="3" />
    <line class="cw-strip-median" x1=${at(median)} x2=${at(median)} y1="2" y2=${HEIGHT - 2} />`
}

/** Few round numbers below all rows. */
export function drawAxis(scale: Scale, width: number): TemplateResult {
  const step = niceStep((scale.to - scale.from) / 4)
  const ticks: number[] = []
  for (let tick = Math.ceil(scale.from / step) * step; tick <= scale.to + step * 1e-6; tick += step) ticks.push(tick)
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return html`<svg class="cw-strip-axis" width=${width} height="20" viewBox="0 0 ${width} 20" aria-hidden="true">
    ${ticks.map((tick) => {
      const x = placeAt(tick, scale, width)
      return svg`<line x1=${x} x2=${x} y1="0" y2="5" /><text x=${Math.min(width - 12, Math.max(12, x))} y="17">${tick.toFixed(digits)}</text>`
    })}
  </svg>`
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough)!
}
