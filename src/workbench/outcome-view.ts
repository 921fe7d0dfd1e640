/** The right-hand pane: what happened, in one headline, and below it the checks, or what to do. */
import { type TemplateResult, html, nothing } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Feedback, Verdict } from '#grader/verdict/verdict.ts'
import { type ChecksActions, drawChecks, drawDigest, drawProblems } from './checks-view.ts'
import { failureWords } from './failure-words.ts'
import { icon } from './icons.ts'
import { drawLine } from './markdown.ts'
import { standingOf } from './standing/standing-element.ts'
import { type WorkbenchState, cannotRun, headline } from './workbench-state.ts'
import { words } from './words.ts'

export interface OutcomeModel {
  state: WorkbenchState
  /** What the verdict is about. */
  graded: { exercise: string; source: string }
  /** How wide a picture may be, in px. */
  width: number
  /** The page's own words about what passing means. */
  next: { href: string; title: string } | undefined
  /** The digest has just been copied. */
  isDigestCopied: boolean
  showSolution(): void
  actions: ChecksActions
}

function drawWorking({ progress, arrived }: WorkbenchState): TemplateResult {
  const parts = [arrived.length > 0 ? words().checksDone(arrived.length) : '']
  if (progress?.seed !== undefined && progress.total > 1) parts.push(words().seed(progress.seed))
  return html`<div class="cw-working">
    <progress max=${progress?.total ?? 1} value=${progress?.done ?? 0} aria-label=${words().casesTried}></progress>
    <span class="cw-small">${parts.filter((part) => part !== '').join(' · ')}</span>
  </div>`
}

/** What a pass rests on, from the verdict itself. */
function evidence(verdict: Verdict): string {
  const seeds = Math.max(0, ...verdict.checks.map((check) => check.seeds?.tried ?? 0))
  const faults = verdict.checks.some((check) => check.kind === 'faults')
  return `${words().held(seeds)}${faults ? words().withFaults : ''}.`
}

function drawPassed(verdict: Verdict, model: OutcomeModel): TemplateResult {
  return html`<section class="cw-passed" aria-label=${words().passed}>
    <p class="cw-passed-lead">
      <span class="cw-sign-of" data-status="pass">${icon('check')}</span> ${words().done} ${evidence(verdict)}
    </p>
    <div class="cw-story-buttons">
      ${
        model.next
          ? html`<a class="button primary" href=${model.next.href}>${model.next.title} ${icon('arrow-right')}</a>`
          : nothing
      }
      <button type="button" class="button" @click=${model.showSolution}>${words().compare}</button>
    </div>
  </section>`
}

function drawEmpty(hasPassed: boolean): TemplateResult {
  const say = words()
  return html`<div class="cw-empty">
    ${hasPassed ? html`<p><b>${say.hasPassed}</b> ${say.isOpen}</p>` : nothing}
    <p><b>${say.run}</b> ${say.runDoes}</p>
    <p><b>${say.submit}</b> ${say.submitDoes}</p>
    <p>${say.asOften}</p>
    <p>${say.tabKey}</p>
  </div>`
}

/** Above the checks: why there is no verdict, or what the whole of it says. */
function drawMessage(state: WorkbenchState): TemplateResult | typeof nothing {
  const { halt, verdict } = state
  // The list of problems says it already, with its lines.
  const message = halt?.message ?? (cannotRun(state) ? undefined : verdict?.message)
  if (!message) return nothing
  const tone = halt?.kind === 'stopped' ? 'plain' : 'bad'
  return html`<p class="cw-outcome-message" data-tone=${tone}>${drawLine(message)}</p>`
}

/** What the failures look like: it is read before them. */
const drawKnownMistakes = ({ feedback }: Verdict): TemplateResult[] =>
  feedback
    .filter(isKnownMistake)
    .map(({ message }) => html`<p class="cw-outcome-message" data-tone="plain">${drawLine(message)}</p>`)

const isKnownMistake = ({ type, check }: Feedback): boolean => type === 'blocking' && check === undefined

/** What is in no list yet: advice, praise. */
function drawFeedback({ feedback }: Verdict): TemplateResult | typeof nothing {
  const told = feedback.filter((one) => one.type === 'praise' || (one.check === undefined && !isKnownMistake(one)))
  if (told.length === 0) return nothing
  return html`<section class="cw-caught" aria-label=${words().feedback}>
    <ul>
      ${told.map(({ message }) => html`<li>${drawLine(message)}</li>`)}
    </ul>
  </section>`
}

function drawAfterRun(verdict: Verdict): TemplateResult | typeof nothing {
  if (verdict.mode !== 'run' || verdict.status !== 'pass') return nothing
  return html`<p class="cw-empty">${words().examplesPass} <b>${words().submit}</b> ${words().submitTries}</p>`
}

/** What was graded, and not what has been typed since; without a verdict, what was submitted before. */
function drawWhereItStands(verdict: Verdict | undefined, { graded, width }: OutcomeModel): TemplateResult {
  return html`<cw-standing
    .verdict=${verdict}
    .source=${graded.source}
    .exercise=${graded.exercise}
    .isShared=${false}
    .width=${width}
  ></cw-standing>`
}

export function drawOutcome(model: OutcomeModel): TemplateResult {
  const { state, width, actions } = model
  const { verdict, phase } = state
  const checks = verdict?.checks ?? state.arrived
  const isPassed = verdict?.mode === 'submit' && verdict.status === 'pass'
  const isEmpty = phase === 'ready' && !verdict && !state.halt && state.problems.length === 0
  return html`<header class="cw-outcome-head">
      <h2>${headline(state)}</h2>
      ${verdict ? drawDigest(verdict, model.isDigestCopied, actions) : nothing}
    </header>
    ${state.isStale && phase === 'ready' ? html`<p class="cw-stale">${words().stale}</p>` : nothing}
    ${phase === 'ready' ? nothing : drawWorking(state)} ${drawMessage(state)}
    ${drawProblems(state.problems, actions.goTo)} ${isPassed ? drawPassed(verdict, model) : nothing}
    ${standingOf(verdict) ? drawWhereItStands(verdict, model) : nothing}
    ${verdict ? drawKnownMistakes(verdict) : nothing}
    ${checks.length > 0 ? keyed(state.grading, drawChecks(checks, state.mode, width, actions)) : nothing}
    ${verdict ? [drawFeedback(verdict), drawAfterRun(verdict)] : nothing}
    ${isEmpty ? [drawEmpty(state.hasPassed), drawWhereItStands(undefined, model)] : nothing}
    <p class="cw-empty">
      <button type="button" class="cw-line-link" @click=${actions.pickReplay}>${failureWords().pick}</button>
    </p>`
}

/** What a screen reader is told: the headline, and the first failure's sentence when it has come. */
export function announcement(state: WorkbenchState): string {
  const text = headline(state)
  if (state.phase !== 'ready') return text
  const failed = state.verdict?.checks.find((check) => check.status === 'fail' || check.status === 'error')
  const message =
    state.halt?.message ??
    state.verdict?.message ??
    (failed ? `${failed.title ?? failed.name}. ${failed.message ?? ''}` : '')
  return `${text}. ${message}`.trim()
}
