/**
 * Somebody's submission, opened from a link: its code, and, when asked for, its verdict, worked out here and now. Nothing of another's
 * runs by itself, and none of it comes in the place of the learner's own.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { Compiled, GradeRequest, Verdict } from '#grader/verdict/verdict.ts'
import { drawDigest } from '../checks-view.ts'
import { failureWords } from '../failure-words.ts'
import type { GradingListener } from '../grading-client.ts'
import { icon } from '../icons.ts'
import { pageLocale } from '../page-locale.ts'
import type { GradingProgress, Halt } from '../workbench-state.ts'
import { words } from '../words.ts'
import { standingOf } from './standing-element.ts'
import { standingWords } from './standing-words.ts'

export interface SubmissionEnvironment {
  readonly exercise: string
  compile(source: string): Promise<Compiled>
  grade(request: Omit<GradeRequest, 'type'>, listener: GradingListener): void
  changed(): void
}

/** Gradings of one's own count up from 1. */
const ID = -1

export class SharedSubmission {
  readonly source: string
  verdict: Verdict | undefined
  readonly #environment: SubmissionEnvironment
  #working: 'reading' | GradingProgress | undefined
  #halt: Halt | undefined

  constructor(source: string, environment: SubmissionEnvironment) {
    this.source = source
    this.#environment = environment
  }

  async #grade(): Promise<void> {
    const { exercise, compile, grade } = this.#environment
    this.#set('reading')
    const compiled = await compile(this.source)
    grade(
      { id: ID, exercise, source: this.source, compiled, mode: 'submit', locale: pageLocale() },
      {
        progressed: (progress) => this.#set(progress),
        checked: () => undefined,
        finished: (verdict) => {
          this.verdict = verdict
          this.#set(undefined)
        },
        halted: (halt) => {
          this.#halt = halt
          this.#set(undefined)
        },
      },
    )
  }

  #set(working: 'reading' | GradingProgress | undefined): void {
    this.#working = working
    if (working) this.#halt = undefined
    this.#environment.changed()
  }

  draw(width: number): TemplateResult {
    const { verdict, source } = this
    return html`<div class="cw-shared">
      <div class="cw-notice" role="status">
        ${icon('info')}
        <p>${failureWords().othersCode}</p>
        ${
          verdict || this.#working
            ? nothing
            : html`<button type="button" class="button primary" @click=${() => void this.#grade()}>
                ${standingWords().grade}
              </button>`
        }
      </div>
      <p class="cw-small" role="status">${this.#told()}</p>
      ${verdict ? this.#drawVerdict(verdict, width) : nothing}
      <details class="cw-shared-code" ?open=${!verdict}>
        <summary>${failureWords().code}</summary>
        <pre tabindex="0"><code>${source}</code></pre>
      </details>
    </div>`
  }

  #told(): string {
    const say = standingWords()
    if (this.#halt) return this.#halt.message
    if (this.#working === 'reading') return say.reading
    if (this.#working) return say.grading(this.#working.check, this.#working.done, this.#working.total)
    return this.verdict ? `${words().statuses[this.verdict.status]}. ${this.verdict.message ?? ''}` : ''
  }

  #drawVerdict(verdict: Verdict, width: number): TemplateResult {
    const actions = { copyDigest: (digest: string) => void navigator.clipboard?.writeText(digest) }
    const standing = standingOf(verdict)
    return html`${drawDigest(verdict, false, actions)}
    ${
      standing
        ? html`<cw-standing
            .verdict=${verdict}
            .source=${this.source}
            .exercise=${this.#environment.exercise}
            .isShared=${true}
            .width=${width}
          ></cw-standing>`
        : nothing
    }`
  }
}
