/**
 * What goes from one person to another, as a link to this very page or as a file: failing runs, and whole submissions. What comes
 * from elsewhere is another's code: it is shown beside the learner's own work and never in its place.
 */
import type { LitElement } from 'lit'
import type { CheckResult, Compiled, Verdict } from '#grader/verdict/verdict.ts'
import type { ReplayFile } from '#grader/verdict/replay-file.ts'
import { failureWords } from './failure-words.ts'
import type { ReplayRequest } from './replay-panel.ts'
import { soundResult } from './sound-result.ts'
import { SharedSubmission, type SubmissionEnvironment } from './standing/shared-submission.ts'
import { standingWords } from './standing/standing-words.ts'

export interface SharedEnvironment {
  exercise(): string
  /** Version of the exercise on this page. */
  version(): string
  fileName(): string
  compile(source: string): Promise<Compiled>
  grade: SubmissionEnvironment['grade']
  open(request: ReplayRequest): Promise<void>
  close(): void
}

export type Shared = SharedRun | SharedSubmission

/** A run that was shared, as far as it can be shown. */
export interface SharedRun {
  readonly file: ReplayFile
  readonly result: CheckResult
  /** Why it may go otherwise here. */
  readonly doubt: string | undefined
}

const SAYING_MS = 2_000

export class SharedReplay {
  shown: Shared | undefined
  /** What is wrong with the link or the file. */
  problem: string | undefined
  /** Name of the check whose link has just been copied. */
  copied: string | undefined
  readonly #host: LitElement
  readonly #environment: SharedEnvironment

  constructor(host: LitElement, environment: SharedEnvironment) {
    this.#host = host
    this.#environment = environment
  }

  // ── from elsewhere ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Opens what the page's address holds, if that is a replay or a submission. */
  async readHash(hash: string): Promise<void> {
    if (hash.startsWith('#submission=')) return this.#takeSubmission(hash)
    if (!hash.startsWith('#replay=')) return
    const { replayIn } = await import('#grader/verdict/replay-link.ts')
    await this.#take(() => replayIn(hash))
  }

  /** Lets somebody choose a file. */
  pick(): void {
    const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.json,application/json' })
    input.addEventListener('change', () => {
      const [file] = input.files ?? []
      if (file)
        void this.#take(async () => (await import('#grader/verdict/replay-file.ts')).readReplayFile(await file.text()))
    })
    input.click()
  }

  async #take(read: () => Promise<ReplayFile | undefined>): Promise<void> {
    this.close()
    const words = failureWords()
    try {
      const file = await read()
      if (file) await this.#show(file)
    } catch (error) {
      this.problem = words.badReplay(error instanceof Error ? error.message : String(error))
    }
    this.#host.requestUpdate()
  }

  async #takeSubmission(hash: string): Promise<void> {
    this.close()
    const { submissionIn } = await import('#grader/verdict/submission-link.ts')
    const { exercise, compile, grade } = this.#environment
    const changed = (): void => this.#host.requestUpdate()
    try {
      this.shown = new SharedSubmission(await submissionIn(hash), { exercise: exercise(), compile, grade, changed })
    } catch (error) {
      this.problem = standingWords().badLink(error instanceof Error ? error.message : String(error))
    }
    await this.#reveal()
  }

  async #reveal(): Promise<void> {
    this.#host.requestUpdate()
    await this.#host.updateComplete
    this.#host.querySelector<HTMLElement>('.cw-replay-panel')?.focus()
  }

  async #show(file: ReplayFile): Promise<void> {
    const { exercise, version, compile, open } = this.#environment
    const words = failureWords()
    if (file.exercise !== exercise()) return void (this.problem = words.otherExercise(file.exercise))
    const { mismatch } = await import('#grader/verdict/replay-file.ts')
    const { source } = file.submission
    const compiled = await compile(source)
    if (!compiled.runnable) throw new Error(words.refused)
    const doubt = mismatch(file, { version: version(), code: compiled.code })
    this.shown = { file, result: soundResult(file), doubt }
    const { replay } = file
    if (!replay.isWorldless) await open({ exercise: file.exercise, replay, source, compiled })
    await this.#reveal()
  }

  close(): void {
    if (this.shown) this.#environment.close()
    this.shown = undefined
    this.problem = undefined
    this.#host.requestUpdate()
  }

  // ── to others ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The link of a failure, in the clipboard. */
  async copyLink(...[verdict, result, graded]: Parameters<SharedReplay['save']>): Promise<void> {
    if (!navigator.clipboard) return
    const file = await this.#fileOf(verdict, result, graded)
    if (!file) return
    try {
      const { hashOf } = await import('#grader/verdict/replay-link.ts')
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}${await hashOf(file)}`)
      this.#say(result.name)
    } catch (error) {
      this.problem = failureWords().badReplay(error instanceof Error ? error.message : String(error))
      this.#host.requestUpdate()
    }
  }

  /** The replay file of a failure, as a download. */
  async save(
    verdict: Verdict,
    result: CheckResult,
    graded: { readonly source: string; readonly compiled?: Compiled },
  ): Promise<void> {
    const file = await this.#fileOf(verdict, result, graded)
    if (!file) return
    const { replayFileName } = await import('#grader/verdict/replay-file.ts')
    const text = `${JSON.stringify(file, undefined, 2)}\n`
    const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    Object.assign(document.createElement('a'), { href, download: replayFileName(file.exercise, result.name) }).click()
    setTimeout(() => URL.revokeObjectURL(href))
  }

  async #fileOf(...[verdict, result, { source, compiled }]: Parameters<SharedReplay['save']>) {
    if (!compiled) return undefined
    const { replayFileOf } = await import('#grader/verdict/replay-file.ts')
    return replayFileOf(verdict, result, { file: this.#environment.fileName(), source, code: compiled.code })
  }

  #say(name: string): void {
    this.copied = name
    this.#host.requestUpdate()
    setTimeout(() => {
      this.copied = undefined
      this.#host.requestUpdate()
    }, SAYING_MS)
  }
}
