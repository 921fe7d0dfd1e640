/** Hints below the task: those that were opened, and the way to the next. How many there are is not told. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Hint } from './hints.ts'
import { icon } from './icons.ts'
import { drawMarkdown } from './markdown.ts'
import { words } from './words.ts'

export interface HintsModel {
  /** Absent until they have been fetched. */
  hints: readonly Hint[] | undefined
  /** How many of the ladder are open. */
  opened: number
  /** A hint that the failed check named, by its index. */
  named: number | undefined
  mayOpenNext: boolean
  open(): void
}

export function drawHints({ hints, opened, named, mayOpenNext, open }: HintsModel): TemplateResult | typeof nothing {
  const shown = (hints ?? []).flatMap((hint, index) => (index < opened || index === named ? [{ hint, index }] : []))
  const isMore = hints === undefined || (hints.length > 0 && opened < hints.length)
  if (shown.length === 0 && !isMore) return nothing
  return html`<section class="cw-hints" aria-label=${words().hints}>
    ${shown.map(
      ({ hint, index }) =>
        html`<article class="cw-hint" id="cw-hint-${index}" tabindex="-1">
          <h2>${icon('lightbulb')} ${hint.title || words().hint}</h2>
          ${drawMarkdown(hint.text)}
        </article>`,
    )}
    ${
      isMore
        ? html`<button
              type="button"
              class="button cw-quiet"
              aria-disabled=${!mayOpenNext}
              @click=${mayOpenNext ? open : nothing}
            >
              ${opened === 0 ? words().firstHint : words().nextHint}
            </button>
            ${mayOpenNext ? nothing : html`<p class="cw-small">${words().hintLater}</p>`}`
        : nothing
    }
  </section>`
}
