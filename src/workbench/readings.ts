/** Where a lesson explains what a hint is about: the page brings the links along, in its own language (`course/readings.ts`). */
import { type TemplateResult, html, nothing } from 'lit'
import { icon } from './icons.ts'
import { words } from './words.ts'

/** A link to the place, in a tab of its own so that code and verdict stay as they are; nothing when there is none. */
export function drawReading(hint: string): TemplateResult | typeof nothing {
  const links = document.querySelectorAll<HTMLAnchorElement>('.readings a[data-hint]')
  const link = [...links].find((candidate) => candidate.dataset.hint === hint)
  if (!link) return nothing
  return html`<a class="button" href=${link.href} target="_blank"
    >${icon('book-open')} ${words().readIn(link.textContent.trim())}</a
  >`
}
