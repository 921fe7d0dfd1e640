/** What opens below a figure: the transcript, an object with its last change, a chain of causes. */
import { type TemplateResult, html, nothing } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import { drawInspector } from './inspector-panel.ts'
import type { FigureActions, FigureModel } from './model.ts'
import { sentenceOf } from './sentences.ts'
import { words } from './words.ts'

export function drawPanel(model: FigureModel, actions: FigureActions): TemplateResult | typeof nothing {
  switch (model.panel) {
    case 'transcript':
      return transcript(model, actions)
    case 'objects':
      return drawInspector(model, actions)
    case 'why':
      return causes(model, actions)
    default:
      return nothing
  }
}

/** A long run is listed around the moment at hand. */
const ENTRIES_MAX = 300

function transcript({ state, predicted, linkCopied }: FigureModel, actions: FigureActions): TemplateResult {
  const { steps, index, timeline } = state
  // What the prediction is about is not told before it is made.
  const told = predicted === undefined ? steps.slice(0, index + 1) : steps
  const first = Math.max(0, Math.min(index - ENTRIES_MAX / 2, told.length - ENTRIES_MAX))
  const shown = told.slice(first, first + ENTRIES_MAX)
  const text = words()
  return html`<section class="panel" aria-label=${text.transcript} tabindex="0">
    <h3>
      ${text.transcript}
      ${timeline.forked || linkCopied === undefined ? nothing : html`<button type="button" class="quiet" @click=${() => actions.copyLink()}>${linkCopied ? text.copied : text.link}</button>`}
    </h3>
    <ol>
      ${shown.map(
        (step, i) =>
          html`<li>
            <button
              type="button"
              aria-current=${first + i === index ? 'step' : nothing}
              @click=${() => actions.goTo(first + i)}
            >
              <time>${formatMicros(step.event.at)}</time><span>${step.sentence}</span>
            </button>
          </li>`,
      )}
    </ol>
  </section>`
}

function causes({ why }: FigureModel, actions: FigureActions): TemplateResult {
  const text = words()
  return html`<section class="panel" aria-label=${text.whyTitle} tabindex="-1">
    <h3>
      ${text.whyTitle} <button type="button" class="quiet" @click=${() => actions.show('why')}>${text.close}</button>
    </h3>
    ${why.length <= 1 ? html`<p>${text.whyNone}</p>` : nothing}
    <ol>
      ${why.map(
        (event, i) =>
          html`<li>
            <button
              type="button"
              aria-current=${i === why.length - 1 ? 'step' : nothing}
              @click=${() => actions.goToTick(event.tick)}
            >
              <time>${formatMicros(event.at)}</time><span>${sentenceOf(event)}</span>
            </button>
          </li>`,
      )}
    </ol>
  </section>`
}
