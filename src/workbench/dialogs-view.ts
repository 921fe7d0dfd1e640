/** The workbench's dialogs. One at a time, in one native `<dialog>`, which keeps the focus and gives it back. */
import { type TemplateResult, html, nothing } from 'lit'
import type { EarlierDraft } from '../progress/progress.ts'
import { formatAgo } from './units.ts'
import { words } from './words.ts'

export type DialogKind = 'reset' | 'guess' | 'solution' | 'new-starter'

function head(title: string): TemplateResult {
  return html`<h2 id="cw-dialog-title">${title}</h2>`
}

const drawEarlier = ({ source, reason, savedAt }: EarlierDraft, now: number): string =>
  words().earlierDraft(source.split('\n').length, reason, formatAgo(now - savedAt).text)

export function drawResetDialog(options: {
  earlier: readonly EarlierDraft[]
  now: number
  isStarter: boolean
  reset(): void
  restore(source: string): void
  close(): void
}): TemplateResult {
  const { earlier, now, isStarter, reset, restore, close } = options
  return html`${head(words().startAgain)}
    <p>${isStarter ? words().isStarter : words().willReset}</p>
    ${
      earlier.length > 0
        ? html`<h3>${words().earlier}</h3>
            <ul class="cw-earlier">
              ${earlier.map(
                (draft) =>
                  html`<li>
                    <span>${drawEarlier(draft, now)}</span>
                    <button type="button" class="button" @click=${() => restore(draft.source)}>
                      ${words().bringBack}
                    </button>
                  </li>`,
              )}
            </ul>`
        : nothing
    }
    <div class="cw-dialog-buttons">
      <button type="button" class="button" @click=${close}>${words().keepCode}</button>
      <button type="button" class="button primary" ?disabled=${isStarter} @click=${reset}>${words().resetNow}</button>
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
  return html`${head(words().whatIsWrong)}
    <p>${words().failedTwice(check)}</p>
    <form @submit=${submit}>
      <label class="cw-field"
        >${words().guess} <input name="guess" type="text" maxlength="200" autocomplete="off" autofocus
      /></label>
      ${
        suspects.length > 1
          ? html`<fieldset class="cw-suspects">
              <legend>${words().suspect}</legend>
              ${suspects.map((name) => html`<label><input type="radio" name="suspect" value=${name} /> ${name}</label>`)}
            </fieldset>`
          : nothing
      }
      <div class="cw-dialog-buttons">
        <button type="button" class="button" @click=${() => answer(undefined)}>${words().skip}</button>
        <button type="submit" class="button primary">${words().grade}</button>
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
      <button type="button" class="button primary" @click=${close}>${words().close}</button>
    </div>`
}
