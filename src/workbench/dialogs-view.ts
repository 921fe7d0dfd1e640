/** The workbench's dialogs. One at a time, in one native `<dialog>`, which keeps the focus and gives it back. */
import { type TemplateResult, html, nothing } from 'lit'
import type { EarlierDraft } from '../progress/progress.ts'
import { formatAgo } from './units.ts'

export type DialogKind = 'reset' | 'guess' | 'solution' | 'new-starter'

const REASONS: Record<EarlierDraft['reason'], string> = {
  'other-tab': 'from another tab',
  reset: 'before a reset',
  'exercise-changed': 'for an earlier version of the exercise',
  import: 'before an import',
}

function head(title: string): TemplateResult {
  return html`<h2 id="cw-dialog-title">${title}</h2>`
}

export function drawResetDialog(options: {
  earlier: readonly EarlierDraft[]
  now: number
  isStarter: boolean
  reset(): void
  restore(source: string): void
  close(): void
}): TemplateResult {
  const { earlier, now, isStarter, reset, restore, close } = options
  return html`${head('Start again?')}
    <p>
      ${
        isStarter
          ? 'This is the starter, unchanged.'
          : 'The editor goes back to the starter. Your code is kept, and you can bring it back.'
      }
    </p>
    ${
      earlier.length > 0
        ? html`<h3>Earlier drafts</h3>
            <ul class="cw-earlier">
              ${earlier.map(
                (draft) =>
                  html`<li>
                    <span
                      >${draft.source.split('\n').length} lines, ${REASONS[draft.reason]}, saved
                      ${formatAgo(now - draft.savedAt).text}</span
                    >
                    <button type="button" class="button" @click=${() => restore(draft.source)}>Bring back</button>
                  </li>`,
              )}
            </ul>`
        : nothing
    }
    <div class="cw-dialog-buttons">
      <button type="button" class="button" @click=${close}>Keep my code</button>
      <button type="button" class="button primary" ?disabled=${isStarter} @click=${reset}>Reset to the starter</button>
    </div>`
}

/** Asked after two failures of the same check: thinking helps more now than another try. */
export function drawGuessDialog(options: {
  check: string
  /** Names of the checks that do not pass: what to suspect. */
  suspects: readonly string[]
  answer(guess: string | undefined): void
}): TemplateResult {
  const { check, suspects, answer } = options
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const text = [data.get('suspect'), data.get('guess')]
      .filter((part) => typeof part === 'string' && part !== '')
      .join(': ')
    answer(text)
  }
  return html`${head('What do you think is wrong?')}
    <p>
      “${check}” has failed twice in a row. Say in one line what your code does there, and what it should do; then grade
      again.
    </p>
    <form @submit=${submit}>
      <label class="cw-field"
        >Your guess <input name="guess" type="text" maxlength="200" autocomplete="off" autofocus
      /></label>
      ${
        suspects.length > 1
          ? html`<fieldset class="cw-suspects">
              <legend>Or: which rule do you suspect?</legend>
              ${suspects.map((name) => html`<label><input type="radio" name="suspect" value=${name} /> ${name}</label>`)}
            </fieldset>`
          : nothing
      }
      <div class="cw-dialog-buttons">
        <button type="button" class="button" @click=${() => answer(undefined)}>Skip and grade</button>
        <button type="submit" class="button primary">Grade</button>
      </div>
    </form>`
}

export function drawDifferenceDialog(options: {
  title: string
  lead: string
  difference: unknown
  close(): void
  /** One thing more to do with it. */
  action?: { label: string; run(): void }
}): TemplateResult {
  const { title, lead, difference, close, action } = options
  return html`${head(title)}
    <p>${lead}</p>
    <div class="cw-dialog-difference">${difference}</div>
    <div class="cw-dialog-buttons">
      ${action ? html`<button type="button" class="button" @click=${action.run}>${action.label}</button>` : nothing}
      <button type="button" class="button primary" @click=${close}>Close</button>
    </div>`
}
