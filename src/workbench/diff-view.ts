/** The difference of two texts, in plain HTML: for the plain editor, and for whoever reads by ear. */
import { type TemplateResult, html } from 'lit'
import { type DiffLine, diffLines, foldSame } from './line-diff.ts'
import { words } from './words.ts'

const CONTEXT = 3
const SIGNS: Record<DiffLine['kind'], { sign: string; word: string }> = {
  same: { sign: ' ', word: '' },
  out: { sign: '−', word: 'only in the first: ' },
  in: { sign: '+', word: 'only in the second: ' },
}

/** `−` stands before lines of the first text only, `+` before lines of the second only. */
export function drawDifference(before: string, after: string): TemplateResult {
  const lines = foldSame(diffLines(before, after), CONTEXT)
  if (lines.every((line) => line.kind === 'folded')) return html`<p class="cw-empty">${words().equalTexts}</p>`
  return html`<div class="cw-difference" role="region" tabindex="0" aria-label="Differences">
    ${lines.map((line) =>
      line.kind === 'folded'
        ? html`<div class="cw-folded">${line.lines} equal ${line.lines === 1 ? 'line' : 'lines'}</div>`
        : html`<div class="cw-diff-line" data-kind=${line.kind}>
            <span class="cw-diff-number" aria-hidden="true">${line.before ?? ''}</span>
            <span class="cw-diff-number" aria-hidden="true">${line.after ?? ''}</span>
            <span class="cw-diff-sign" aria-hidden="true">${SIGNS[line.kind].sign}</span
            ><code><span class="visually-hidden">${SIGNS[line.kind].word}</span>${line.text}</code>
          </div>`,
    )}
  </div>`
}
