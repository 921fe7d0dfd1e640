/** The tab for a learner's own tests: what holds, what is caught, and which hint helps with the rest. */
import { type TemplateResult, html, nothing } from 'lit'
import { mistakeIn } from '#grader/verdict/in-language.ts'
import type { ExampleResult, TestsVerdict } from '#grader/verdict/tests-verdict.ts'
import type { Position } from '#grader/verdict/verdict.ts'
import { drawProblems } from './checks-view.ts'
import type { DraftKeeper } from './draft-keeper.ts'
import type { EditorController } from './editor-controller.ts'
import { icon } from './icons.ts'
import { drawLine } from './markdown.ts'
import { pageLocale } from './page-locale.ts'
import type { Against, TestsState } from './tests-desk.ts'
import { testsHeadline, testsWords, type TestsWords } from './tests-words.ts'

export interface TestsModel {
  readonly isShown: boolean
  readonly state: TestsState
  readonly saving: ReturnType<DraftKeeper['status']>
  readonly isStarter: boolean
  readonly files: readonly string[]
  readonly shownFile: string
  readonly editorHost: HTMLElement
  readonly editorKind: EditorController['kind']
  hintTitle(key: string): string | undefined
  run(against: Against): void
  stop(): void
  undoReset(): void
  goTo(position: Position): void
  showHint(key: string): void
  showCode(): void
}

function drawFinding(result: ExampleResult, words: TestsWords): TemplateResult | typeof nothing {
  const { mine } = result
  const finding = mine && mine.status !== 'pass' ? mine : result
  const { message, expected, actual } = finding
  if (message === undefined && expected === undefined) return nothing
  return html`<div class="cw-tale">
    ${message === undefined ? nothing : html`<p class="cw-message">${drawLine(message)}</p>`}
    ${
      expected === undefined && actual === undefined
        ? nothing
        : html`<dl class="cw-comparison">
            <dt>${words.yourExample}</dt>
            <dd>${expected}</dd>
            <dt>${finding === mine ? words.yourCode : words.solution}</dt>
            <dd>${actual}</dd>
          </dl>`
    }
  </div>`
}

function drawExample(result: ExampleResult, words: TestsWords): TemplateResult {
  const { name, status, mine, catches } = result
  const isGood = status === 'accepted' && (mine === undefined || mine.status === 'pass')
  const word = status === 'accepted' && mine ? words.mine[mine.status] : words.statuses[status]
  const facts = isGood && !mine ? (catches > 0 ? words.catches(catches) : '') : word
  return html`<li class="cw-check" data-status=${isGood ? 'pass' : 'fail'}>
    <div class="cw-check-line">
      <span class="cw-sign-of" data-status=${isGood ? 'pass' : 'fail'}
        >${icon(isGood ? 'check' : 'x')}<span class="visually-hidden">${word}: </span></span
      >
      <span class="cw-check-name">${name}</span>
      ${facts === '' ? nothing : html`<span class="cw-check-facts">${facts}</span>`}
    </div>
    ${drawFinding(result, words)}
  </li>`
}

function drawCaught({ caught, possible, threshold }: TestsVerdict, words: TestsWords): TemplateResult {
  const title = words.caught(caught.length, possible)
  return html`<section class="cw-caught" aria-label=${title}>
    <h3>${title}</h3>
    <meter
      min="0"
      max=${possible}
      low=${threshold}
      optimum=${possible}
      value=${caught.length}
      aria-hidden="true"
    ></meter>
    ${caught.length < threshold ? html`<p class="cw-small">${words.threshold(threshold)}</p>` : nothing}
    <ul>
      ${caught.map((one) => html`<li>${drawLine(mistakeIn(one, pageLocale()))}</li>`)}
    </ul>
  </section>`
}

function drawUncaught({ uncaught }: TestsVerdict, model: TestsModel, words: TestsWords) {
  if (uncaught.length === 0) return nothing
  return html`<section class="cw-caught" aria-label=${words.uncaught}>
    <h3>${words.uncaught}</h3>
    <ul>
      ${uncaught.map(
        ({ hint, count }) =>
          html`<li>
            ${words.uncaughtOf(count)}
            <button type="button" class="cw-line-link" @click=${() => model.showHint(hint)}>
              ${icon('lightbulb')} ${model.hintTitle(hint) ?? hint}
            </button>
          </li>`,
      )}
    </ul>
  </section>`
}

function drawVerdict(verdict: TestsVerdict, model: TestsModel, words: TestsWords): TemplateResult {
  const hasCaught = verdict.against === 'solutions' && verdict.examples.some(({ status }) => status === 'accepted')
  return html`<ol class="cw-check-list" aria-label=${words.examples}>
      ${verdict.examples.map((one) => drawExample(one, words))}
    </ol>
    ${hasCaught ? [drawCaught(verdict, words), drawUncaught(verdict, model, words)] : nothing}`
}

function drawMessage({ halt, verdict, problems }: TestsState): TemplateResult | typeof nothing {
  const cannotRun = problems.some(({ severity }) => severity === 'syntax')
  const message = halt?.message ?? (cannotRun ? undefined : verdict?.message)
  if (!message) return nothing
  const tone = halt?.kind === 'stopped' || verdict?.status === 'fail' ? 'plain' : 'bad'
  return html`<p class="cw-outcome-message" data-tone=${tone}>${drawLine(message)}</p>`
}

/** The pane beside the tests. */
export function drawTests(model: TestsModel): TemplateResult {
  const words = testsWords()
  const { state } = model
  const { phase, verdict, progress, problems, isStale, halt } = state
  const isEmpty = phase === 'ready' && !verdict && !halt && problems.length === 0
  return html`<header class="cw-outcome-head"><h2>${testsHeadline(state, words)}</h2></header>
    ${isStale && phase === 'ready' ? html`<p class="cw-stale">${words.stale}</p>` : nothing}
    ${
      phase === 'ready'
        ? nothing
        : html`<div class="cw-working">
            <progress max=${progress?.total ?? 1} value=${progress?.done ?? 0} aria-label=${words.tried}></progress>
          </div>`
    }
    ${drawMessage(state)} ${drawProblems(problems, model.goTo)}
    ${verdict ? drawVerdict(verdict, model, words) : nothing}
    ${
      isEmpty
        ? html`<div class="cw-empty">
            ${words.empty.map((text) => html`<p>${text}</p>`)}
            <p class="cw-to-tests">
              <button type="button" class="button" @click=${model.showCode}>${words.write}</button>
            </p>
          </div>`
        : nothing
    }`
}

/** The buttons below the tests. */
export function drawTestsButtons({ state, run, stop }: TestsModel, runKey: string): TemplateResult {
  const words = testsWords()
  if (state.phase !== 'ready')
    return html`<button type="button" class="button primary" data-action="stop" @click=${stop}>
      ${icon('square')} ${words.stop}
    </button>`
  return html`<button
      type="button"
      class="button primary"
      data-action="run"
      aria-keyshortcuts="Control+Enter Meta+Enter"
      @click=${() => run('solutions')}
    >
      ${words.run} <kbd>${runKey}</kbd>
    </button>
    <button type="button" class="button" data-action="run-mine" @click=${() => run('mine')}>${words.runMine}</button>`
}

/** After a reset: it can be undone. */
export function drawTestsNotice({ state, undoReset }: TestsModel): TemplateResult | typeof nothing {
  if (!state.wasReset) return nothing
  const words = testsWords()
  return html`<div class="cw-notice" role="status">
    ${icon('info')}
    <p>${words.reset}</p>
    <button type="button" class="button" @click=${undoReset}>${words.undo}</button>
  </div>`
}

/** What a screen reader is told of a run. */
export function testsAnnouncement({ state }: TestsModel): string {
  const text = testsHeadline(state, testsWords())
  if (state.phase !== 'ready') return state.phase === 'compiling' ? text : ''
  return `${text}. ${state.halt?.message ?? state.verdict?.message ?? ''}`.trim()
}
