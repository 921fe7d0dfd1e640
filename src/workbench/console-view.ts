/** What the learner's code wrote, stamped with virtual time. */
import { type TemplateResult, html, nothing } from 'lit'
import type { ConsoleEntry, Verdict } from '#grader/verdict/verdict.ts'
import { formatMicros } from './units.ts'
import { words } from './words.ts'

interface Stretch {
  check: string
  entries: ConsoleEntry[]
}

/** Lines of one check that follow each other belong together. */
export function groupByCheck(entries: readonly ConsoleEntry[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const entry of entries) {
    const last = stretches.at(-1)
    if (last?.check === entry.check) last.entries.push(entry)
    else stretches.push({ check: entry.check, entries: [entry] })
  }
  return stretches
}

function drawEntry({ atMicros, level, text }: ConsoleEntry): TemplateResult {
  const word = level === 'log' ? nothing : html`<span class="cw-level">${level}</span>`
  return html`<li data-level=${level}>
    <time>${atMicros === undefined ? '' : formatMicros(atMicros)}</time>
    <pre>${word}${text}</pre>
  </li>`
}

export function drawConsole(verdict: Verdict | undefined): TemplateResult {
  if (!verdict)
    return html`<p class="cw-empty">${words().consoleEmpty[0]}<code>console.log</code>${words().consoleEmpty[1]}</p>`
  const { console: entries, consoleTruncated } = verdict
  if (entries.length === 0) return html`<p class="cw-empty">${words().wroteNothing}</p>`
  return html`<div class="cw-console" role="region" tabindex="0" aria-label=${words().console}>
    ${groupByCheck(entries).map(
      ({ check, entries: lines }) =>
        html`<section>
          <h3>${check}</h3>
          <ol>
            ${lines.map(drawEntry)}
          </ol>
        </section>`,
    )}
    ${consoleTruncated ? html`<p class="cw-empty">${words().cutOff}</p>` : nothing}
  </div>`
}
