/** Draws a failure's story as a space-time picture, in the grammar that all figures share. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import type { Story } from '#grader/verdict/verdict.ts'
import { failureWords } from './failure-words.ts'
import { type Lane, type Mark, layOutStory, tellStory } from './story-layout.ts'
import { formatMicros } from './units.ts'

const HALF = 9

function drawSpan(mark: Mark, y: number): SVGTemplateResult {
  const width = (mark.untilX ?? mark.x) - mark.x
  return svg`<rect class="cw-span" data-tone=${mark.entry.tone} x=${mark.x} y=${y - HALF} width=${width} height=${2 * HALF} rx="5"/>
    <text class="cw-label" data-inside=${mark.labelInside} data-tone=${mark.entry.tone} x=${mark.labelX} y=${y + 4} text-anchor=${mark.labelAnchor}>${mark.label}</text>`
}

/** Never colour alone: good is a tick, bad a cross in a disc, anything else a plain disc. */
function drawPoint(mark: Mark, y: number): SVGTemplateResult {
  const { x } = mark
  const sign =
    mark.entry.tone === 'bad'
      ? svg`<path class="cw-sign" d="M${x - 2.6} ${y - 2.6}l5.2 5.2m0-5.2l-5.2 5.2"/>`
      : mark.entry.tone === 'good'
        ? svg`<path class="cw-sign" d="M${x - 3} ${y}l2.2 2.4 4-4.8"/>`
        : nothing
  return svg`<circle class="cw-point" data-tone=${mark.entry.tone} cx=${x} cy=${y} r=${sign === nothing ? 4.5 : 6.5}/>${sign}
    <text class="cw-label" data-tone=${mark.entry.tone} x=${mark.labelX} y=${y + 4} text-anchor=${mark.labelAnchor}>${mark.label}</text>`
}

function drawLane(lane: Lane, laneX: number, width: number): SVGTemplateResult {
  return svg`<text class="cw-lane-name" x="0" y=${lane.y + 4}>${lane.name}</text>
    <path class="cw-lane" d="M${laneX} ${lane.y}H${width - 4}"/>
    ${lane.marks.map((mark) => (mark.untilX === undefined ? drawPoint(mark, lane.y) : drawSpan(mark, lane.y)))}`
}

/** The picture, `width` px wide, and the same story in words for whoever does not see it. */
export function drawStory(story: Story, width: number): TemplateResult {
  const layout = layOutStory(story, width)
  const bottom = layout.height - 8
  return html`<figure class="cw-story-picture">
    <svg viewBox="0 0 ${layout.width} ${layout.height}" width="100%" aria-hidden="true" focusable="false">
      ${layout.threads.map(({ x, fromY, toY }) => svg`<path class="cw-thread" d="M${x} ${fromY}V${toY}"/>`)}
      ${layout.lanes.map((lane) => drawLane(lane, layout.laneX, layout.width))}
      ${layout.axis.map(
        ({ x, atMicros, isAtEnd }) =>
          svg`<text class="cw-axis" x=${x} y=${bottom} text-anchor=${isAtEnd ? 'end' : 'start'}>${formatMicros(atMicros)}</text>`,
      )}
    </svg>
    <ol class="visually-hidden" aria-label=${failureWords().story}>
      ${tellStory(story, formatMicros).map((line) => html`<li>${line}</li>`)}
    </ol>
  </figure>`
}
