/** A failing run that somebody has shared: whose it is, what was violated, its code, and the run itself where it has a world. */
import { type TemplateResult, html, nothing } from 'lit'
import { drawFinding } from './failure-view.ts'
import { failureWords } from './failure-words.ts'
import { icon } from './icons.ts'
import { drawLine } from './markdown.ts'
import type { SharedRun } from './shared-replay.ts'

export function drawShared({ file, result, doubt }: SharedRun, width: number, world: Node | undefined): TemplateResult {
  const words = failureWords()
  return html`<div class="cw-shared">
    <div class="cw-notice" role="status">
      ${icon('info')}
      <p>${words.othersCode}</p>
    </div>
    ${
      doubt === undefined
        ? nothing
        : html`<div class="cw-notice is-warning">
            ${icon('triangle-alert')}
            <p>${doubt}</p>
          </div>`
    }
    <div class="cw-tale">
      <p class="cw-message"><b>${drawLine(result.title ?? result.name)}</b></p>
    </div>
    ${world ?? nothing}
    <div class="cw-tale">
      ${drawFinding(result, width)} ${world ? nothing : html`<p class="cw-part cw-note">${words.worldless}</p>`}
    </div>
    <details class="cw-shared-code">
      <summary>${words.code}</summary>
      <pre tabindex="0"><code>${file.submission.source}</code></pre>
    </details>
  </div>`
}
