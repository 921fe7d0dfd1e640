/**
 * The verdict as a plain list: checks in source order, the first failure open and telling its story, the others folded.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { CheckResult, Diagnostic, Verdict } from '#grader/verdict/verdict.ts'
import { isRefusal } from '../editor/compile-request.ts'
import { drawTale, type FailureActions } from './failure-view.ts'
import { type IconName, icon } from './icons.ts'
import { drawLine } from './markdown.ts'
import { formatFuel, shortDigest } from './units.ts'
import { isFailure } from './workbench-state.ts'
import { words } from './words.ts'

/** What a learner can do from the list. */
export interface ChecksActions extends FailureActions {
  copyDigest(digest: string): void
  /** Lets somebody choose a replay file. */
  pickReplay(): void
}

const SIGNS: Record<CheckResult['status'], IconName> = {
  ...{ pass: 'check', fail: 'x', error: 'x', inconclusive: 'circle-dashed', internal: 'triangle-alert' },
  skipped: 'minus',
}

function sign({ status }: CheckResult): TemplateResult {
  return html`<span class="cw-sign-of" data-status=${status}
    >${icon(SIGNS[status])}<span class="visually-hidden">${words().statuses[status]}: </span></span
  >`
}

/** Quiet facts below a check's name. */
function facts({ seeds }: CheckResult): string {
  if (!seeds) return ''
  if (seeds.failing === undefined) return seeds.tried > 1 ? words().seeds(seeds.tried) : ''
  return seeds.tried > 1 ? words().seedAfter(seeds.failing, seeds.tried - 1) : words().seedFirst(seeds.failing)
}

/** A check that is opened comes into view as a whole; its tale would begin below the fold otherwise. */
function showWhole({ currentTarget }: Event): void {
  const details = (currentTarget as HTMLElement).closest('details')!
  // The click opens it only after all have heard of it.
  requestAnimationFrame(() => details.open && details.scrollIntoView({ block: 'nearest' }))
}

function drawCheck(result: CheckResult, isOpen: boolean, width: number, actions: ChecksActions): TemplateResult {
  const quiet = facts(result)
  const name = html`<span class="cw-check-name">${drawLine(result.title ?? result.name)}</span>${
      quiet ? html`<span class="cw-check-facts">${quiet}</span>` : nothing
    }`
  const hasTale = result.message ?? result.expected ?? result.actual ?? result.story
  if (!hasTale)
    return html`<li class="cw-check" data-status=${result.status}>
      <div class="cw-check-line">${sign(result)}${name}</div>
    </li>`
  return html`<li class="cw-check" data-status=${result.status}>
    <details ?open=${isOpen}>
      <summary class="cw-check-line" @click=${showWhole}>
        ${sign(result)}${name}<span class="cw-chevron">${icon('chevron-right')}</span>
      </summary>
      ${drawTale(result, width, actions)}
    </details>
  </li>`
}

/** What was left out, in few words: by name where it is what submitting would add, else only how many. */
function drawSkipped(
  skipped: readonly CheckResult[],
  isAll: boolean,
  mode: Verdict['mode'],
): TemplateResult | typeof nothing {
  if (skipped.length === 0) return nothing
  if (isAll || mode === 'submit') return html`<p class="cw-empty">${words().notRun(skipped.length)}</p>`
  return html`<section class="cw-later" aria-label=${words().onSubmit}>
    <h3>${words().onSubmit}</h3>
    <ul>
      ${skipped.map((result) => html`<li>${drawLine(result.title ?? result.name)}</li>`)}
    </ul>
  </section>`
}

/** `width`: how wide a picture may be, in px. */
export function drawChecks(
  checks: readonly CheckResult[],
  mode: Verdict['mode'],
  width: number,
  actions: ChecksActions,
): TemplateResult {
  const first = checks.find(isFailure)
  const run = checks.filter((result) => result.status !== 'skipped')
  const skipped = checks.filter((result) => result.status === 'skipped')
  const list = html`<ol class="cw-check-list">
    ${run.map((result) => drawCheck(result, result === first, width, actions))}
  </ol>`
  return html`${run.length > 0 ? list : nothing} ${drawSkipped(skipped, run.length === 0, mode)}`
}

function drawProblem(problem: Diagnostic, goTo: ChecksActions['goTo']): TemplateResult {
  const text = isRefusal(problem)
    ? drawLine(problem.message)
    : html`${problem.message} <span class="cw-code">TS${problem.code}</span>`
  return html`<li data-severity=${problem.severity}>
    <button type="button" class="cw-line-link" @click=${() => goTo(problem)}>
      <span class="visually-hidden">${words().goTo}</span>${words().line(problem.line)}
    </button>
    <span>${text}</span>
  </li>`
}

function drawProblemList(lead: string, problems: readonly Diagnostic[], goTo: ChecksActions['goTo']) {
  if (problems.length === 0) return nothing
  return html`<p class="cw-problems-lead">${lead}</p>
    <ul>
      ${problems.map((problem) => drawProblem(problem, goTo))}
    </ul>`
}

/** What the compiler found: first, because a type error is often the whole story. */
export function drawProblems(
  problems: readonly Diagnostic[],
  goTo: ChecksActions['goTo'],
): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing
  const blocking = problems.filter((problem) => problem.severity === 'syntax')
  const others = problems.filter((problem) => problem.severity === 'type')
  const lead = blocking.length > 0 ? words().objectsToo : words().objects
  return html`<section class="cw-problems" aria-label=${words().problems}>
    ${drawProblemList(words().blocking, blocking, goTo)} ${drawProblemList(lead, others, goTo)}
  </section>`
}

/** Short to look at, whole when copied: two people compare it to know that they got the same verdict. */
export function drawDigest(
  { digest }: Verdict,
  isCopied: boolean,
  actions: Pick<ChecksActions, 'copyDigest'>,
): TemplateResult {
  return html`<button
    type="button"
    class="cw-digest"
    title="${words().copyDigest}: ${digest}"
    @click=${() => actions.copyDigest(digest)}
  >
    <span role="status">${isCopied ? words().digestCopied : nothing}</span>${
      isCopied
        ? nothing
        : html`<span class="visually-hidden">${words().copyThe}</span>${words().digest(shortDigest(digest))}`
    }
  </button>`
}

/** All that was spent. The budget is one of each single call, so it is told beside the sum and not set against it. */
export function drawFuel(verdict: Verdict, limitPerCall: number | undefined): TemplateResult {
  const budget = limitPerCall === undefined ? '' : words().fuelPerCall(formatFuel(limitPerCall))
  return html`<span title="${words().fuelMeans}${budget}"> ${words().fuel(formatFuel(verdict.fuel))} </span>`
}
