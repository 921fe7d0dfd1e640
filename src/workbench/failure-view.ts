/**
 * What is told of one failure: the sentence, the object and the time, expected and got as a difference, the case, what made
 * the difference to calm weather, the story, and where to go from there.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type {
  CheckResult,
  Difference,
  Divergence,
  DivergingEvent,
  Position,
  Replay,
  Told,
} from '#grader/verdict/verdict.ts'
import { failureWords } from './failure-words.ts'
import { words as workbenchWords } from './words.ts'
import { icon } from './icons.ts'
import { drawLine } from './markdown.ts'
import { drawReading } from './readings.ts'
import { drawStory } from './story-picture.ts'
import { drawStoryRows, ROWS_FROM } from './story-rows.ts'
import { formatMoment } from './units.ts'

/** What a learner can do from a failure. */
export interface FailureActions {
  openReplay(replay: Replay): void
  goTo(position: Position): void
  showHint(name: string): void
  copyLink(result: CheckResult): void
  saveReplay(result: CheckResult): void
  /** Name of the check whose link has just been copied. */
  copied(): string | undefined
}

type Part = TemplateResult | typeof nothing

export function drawTale(result: CheckResult, width: number, actions: FailureActions): TemplateResult {
  return html`<div class="cw-tale">${drawFinding(result, width)} ${drawButtons(result, actions)}</div>`
}

/** All but the buttons: for a failure of which nothing more is at hand. */
export function drawFinding(result: CheckResult, width: number): TemplateResult {
  const { message, difference, faults, divergence, story } = result
  const entries = story?.lanes.flatMap((lane) => lane.entries).length ?? 0
  return html`${message ? html`<p class="cw-message">${drawLine(message)}</p>` : nothing} ${drawWhere(result)}
  ${difference ? drawDifference(difference) : drawComparison(result)} ${faults ? drawCase(faults) : nothing}
  ${divergence ? drawDivergence(divergence) : nothing}
  ${story && entries > 0 ? (entries < ROWS_FROM ? drawStory(story, width) : drawStoryRows(story)) : nothing}`
}

function drawWhere({ object, at }: CheckResult): Part {
  if (!object) return nothing
  const { kind, namespace, name } = object
  return html`<p class="cw-where">
    <span class="cw-object">${kind} ${namespace === undefined ? name : `${namespace}/${name}`}</span>
    ${at ? html`<span>${formatMoment(at.atMicros)}</span>` : nothing}
  </p>`
}

function drawComparison({ expected, actual }: CheckResult): Part {
  if (expected === undefined && actual === undefined) return nothing
  const words = failureWords()
  return html`<dl class="cw-comparison">
    ${
      expected === undefined
        ? nothing
        : html`<dt class="is-expected">${words.expected}</dt>
            <dd>${expected}</dd>`
    }
    ${
      actual === undefined
        ? nothing
        : html`<dt class="is-got">${words.got}</dt>
            <dd>${actual}</dd>`
    }
  </dl>`
}

const valueOf = (value: unknown): string =>
  value === undefined ? failureWords().nothing : typeof value === 'string' ? value : JSON.stringify(value)

/** Path by path: what was expected goes out, what came goes in, and never by colour alone. */
function drawDifference(difference: readonly Difference[]): TemplateResult {
  const words = failureWords()
  return html`<ul class="cw-comparison cw-paths" aria-label=${words.difference}>
    ${difference.map(
      ({ path, expected, actual }) =>
        html`<li>
          <span class="cw-path">${path}</span>
          <del class="is-expected"
            ><span class="visually-hidden">${words.expected} </span><span aria-hidden="true">− </span>${valueOf(
              expected,
            )}</del
          >
          <ins class="is-got"
            ><span class="visually-hidden">${words.got} </span><span aria-hidden="true">+ </span>${valueOf(actual)}</ins
          >
        </li>`,
    )}
  </ul>`
}

function drawCase(told: readonly Told[]): Part {
  if (told.length === 0) return nothing
  const words = failureWords()
  const rows = [
    { kind: 'fault' as const, label: words.faults },
    { kind: 'step' as const, label: words.steps },
  ].flatMap(({ kind, label }) => {
    const lines = told.filter((line) => line.kind === kind)
    return lines.length === 0 ? [] : [{ label, lines }]
  })
  return html`<section class="cw-part" aria-label=${words.case}>
    <dl class="cw-case">
      ${rows.map(
        ({ label, lines }) =>
          html`<dt>${label}</dt>
            ${lines.map(
              ({ text, atMicros }) =>
                html`<dd>
                  ${atMicros === undefined ? nothing : html`<span class="cw-time">${formatMoment(atMicros)}</span> `}${text}
                </dd>`,
            )}`,
      )}
    </dl>
  </section>`
}

function drawDivergence({ kind, message, events }: Divergence): TemplateResult {
  const words = failureWords()
  if (events.length === 0) return html`<p class="cw-part cw-note">${message}</p>`
  const isOpen = events[0]?.calmAtMicros === undefined
  const note =
    kind === 'order' ? (isOpen ? words.orderOpen : words.order) : kind === 'missing' ? words.missing : words.extra
  return html`<section class="cw-part cw-divergence" aria-label=${words.divergence}>
    <h3>${words.divergence}</h3>
    <ol>
      ${events.map(drawEvent)}
    </ol>
    <p class="cw-note">${note}</p>
  </section>`
}

function drawEvent({ lane, label, atMicros, calmAtMicros }: DivergingEvent, index: number): TemplateResult {
  const words = failureWords()
  const here = atMicros === undefined ? words.notHere : words.here(formatMoment(atMicros))
  const calm = calmAtMicros === undefined ? undefined : words.calm(formatMoment(calmAtMicros))
  return html`<li>
    <span class="cw-mark" aria-hidden="true">${index + 1}</span>
    <span><span class="cw-who">${lane}</span> ${label}</span>
    <span class="cw-note">${[here, calm].filter((part) => part !== undefined).join(' · ')}</span>
  </li>`
}

function drawButtons(result: CheckResult, actions: FailureActions): Part {
  const { replay, position, hint } = result
  if (!replay && !position && !hint) return nothing
  const words = failureWords()
  const own = workbenchWords()
  const button = (run: () => void, label: unknown) =>
    html`<button type="button" class="button" @click=${run}>${label}</button>`
  return html`<div class="cw-story-buttons">
    ${
      replay && !replay.isWorldless
        ? button(() => actions.openReplay(replay), own.openAt(formatMoment(replay.atMicros)))
        : nothing
    }
    ${position ? button(() => actions.goTo(position), own.goToLine(position.line)) : nothing}
    ${hint ? button(() => actions.showHint(hint), html`${icon('lightbulb')} ${own.readHint}`) : nothing}
    ${hint ? drawReading(hint) : nothing}
    ${
      replay
        ? html`${button(() => actions.copyLink(result), html`${icon('copy')} ${words.copyLink}`)}
            ${button(() => actions.saveReplay(result), words.save)}
            <span class="cw-note" role="status">${actions.copied() === result.name ? words.linkCopied : nothing}</span>`
        : nothing
    }
  </div>`
}
