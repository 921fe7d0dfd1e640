/**
 * A long story, one event a row and time downwards: lanes stand as life lines at the left, as in the terminal's transcript. A
 * row is read as a sentence, so the same list serves eye and ear, on a phone too.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { Story, StoryEntry } from '#grader/verdict/verdict.ts'
import { failureWords } from './failure-words.ts'
import { formatMoment } from './units.ts'

/** Fewer events fit into a picture; see `story-layout.ts`. */
export const ROWS_FROM = 15

interface Row {
  entry: StoryEntry
  lane: number
  /** As the row before, as far as it is written. */
  isSameTime: boolean
  isSameLane: boolean
}

/** Events in order of time; those of one moment in the order of the lanes, which is that of cause and effect. */
export function rowsOf({ lanes }: Story): Row[] {
  const all = lanes.flatMap(({ entries }, lane) => entries.map((entry) => ({ entry, lane })))
  const sorted = all.sort((a, b) => a.entry.atMicros - b.entry.atMicros || a.lane - b.lane)
  return sorted.map(({ entry, lane }, index) => {
    const before = sorted[index - 1]
    return {
      entry,
      lane,
      isSameTime: before !== undefined && formatMoment(before.entry.atMicros) === formatMoment(entry.atMicros),
      isSameLane: before?.lane === lane,
    }
  })
}

export function drawStoryRows(story: Story): TemplateResult {
  const words = failureWords()
  return html`<ol class="cw-rows" aria-label=${words.story}>
    ${rowsOf(story).map((row) => drawRow(row, story.lanes))}
  </ol>`
}

function drawRow({ entry, lane, isSameTime, isSameLane }: Row, lanes: Story['lanes']): TemplateResult {
  const { atMicros, label, tone, mark } = entry
  const who = lanes[lane]!.name
  return html`<li data-tone=${tone} data-mark=${mark ?? nothing}>
    <span class=${isSameTime ? 'cw-time visually-hidden' : 'cw-time'}>${formatMoment(atMicros)}</span>
    <span class="cw-lifelines" aria-hidden="true"
      >${lanes.map((_, index) => html`<span class="cw-lifeline" ?data-here=${index === lane}></span>`)}</span
    >
    <span class="cw-row-text"><span class=${isSameLane ? 'visually-hidden' : 'cw-who'}>${who}</span> ${label}</span>
    ${
      mark
        ? html`<span class="cw-mark"
            ><span class="visually-hidden">${failureWords().mark(mark)}</span
            ><span aria-hidden="true">${mark}</span></span
          >`
        : nothing
    }
  </li>`
}
