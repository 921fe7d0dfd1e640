/**
 * The workbench without its looks: one exercise being worked on. Ties the draft, the compiler, the grading worker and what
 * is remembered about attempts to one state, and says when there is something new to draw.
 *
 * Nothing here runs by itself: every grading is asked for by a person.
 */
import type { Compiled, Verdict } from '#grader/verdict/verdict.ts'
import type { ExerciseProgress, VerdictNote } from '../progress/progress.ts'
import {
  type Attempts,
  afterAsking,
  afterHint,
  afterVerdict,
  asksAbout,
  mayOpenHint,
  readAttempts,
} from './attempts.ts'
import { type DraftKeeper, type DraftStore, createDraftKeeper } from './draft-keeper.ts'
import type { createGradingClient } from './grading-client.ts'
import { pageLocale } from './page-locale.ts'
import { type Halt, type Happening, type Mode, initialState, reduce } from './workbench-state.ts'
import { words } from './words.ts'

/** What this needs of the learner's store. */
export interface DeskStore extends DraftStore {
  progressOf(exercise: string): ExerciseProgress
  recordVerdict(exercise: string, verdict: VerdictNote): void
  recordHint(exercise: string, hint: number): void
}

export interface DeskEnvironment {
  exercise: { id: string; starter: string; contentHash: string }
  store: DeskStore
  grading: Pick<ReturnType<typeof createGradingClient>, 'grade' | 'stop'>
  /** Compiles the learner's text with whatever editor is open. */
  compile(source: string): Promise<Compiled>
  after(milliseconds: number, run: () => void): () => void
  /** Where the attempts are kept: text in, text out. */
  attempts: { read(): string | null; write(text: string): void }
  changed(): void
}

/** What the page should tell beside the verdict. */
export type Notice = 'exercise-changed' | 'ran-away' | 'was-reset'

/** What the latest grading was about: the text as it was then, and what the compiler made of it. */
export interface Graded {
  source: string
  compiled?: Compiled
}

/** What is on the desk now. */
interface Place {
  text: string
  notice: Notice | undefined
}

/** What can be done with the text as a whole. Each returns the text to show; what it replaces is kept. */
function draftActions(at: Place, starter: string, drafts: DraftKeeper, happen: (happening: Happening) => void) {
  const put = (text: string, notice: Notice | undefined): string => {
    drafts.keep()
    drafts.typed(text)
    drafts.flush()
    at.text = text
    at.notice = notice
    happen({ type: 'typed' })
    return text
  }
  return {
    /** Back to the starter. */
    reset: () => put(starter, 'was-reset'),

    /** Brings an earlier draft back. */
    restore: (source: string) => put(source, undefined),

    /** Goes on with the draft although the exercise has changed. */
    adopt(): void {
      at.notice = undefined
      drafts.adopt()
    },

    /** Takes over what another tab has saved. */
    takeOver(): string {
      at.text = drafts.takeOver() ?? at.text
      happen({ type: 'typed' })
      return at.text
    },

    leaveElsewhere: () => drafts.forgetElsewhere(),
  }
}

const stoppedByHand = (): Halt => ({ kind: 'stopped', message: words().youStopped })

function brokenCompiler(error: unknown): Halt {
  const reason = error instanceof Error ? error.message : String(error)
  return { kind: 'broken', message: words().compilerBroke(reason) }
}

function record({ store, exercise }: DeskEnvironment, { status, digest }: Verdict): void {
  store.recordVerdict(exercise.id, { status, digest, contentHash: exercise.contentHash })
}

export type Desk = ReturnType<typeof createDesk>

export function createDesk(environment: DeskEnvironment) {
  const { exercise, store, grading, changed } = environment
  let state = initialState
  let attempts = readAttempts(environment.attempts.read())
  const at: Place = { text: exercise.starter, notice: undefined }
  let isAsking = false
  let graded: Graded | undefined
  let judged: string | undefined
  const drafts = createDraftKeeper({
    exercise: exercise.id,
    contentHash: exercise.contentHash,
    store,
    after: environment.after,
    changed,
  })

  function happen(happening: Happening): void {
    state = reduce(state, happening)
    changed()
  }

  function remember(next: Attempts): void {
    attempts = next
    environment.attempts.write(JSON.stringify(attempts))
  }

  /** No attempt is what did not compile, what was our fault, and the same text once more: nothing new has been tried. */
  function conclude(verdict: Verdict, id: number, isRunnable: boolean): void {
    if (isRunnable && verdict.status !== 'internal') {
      if (graded?.source !== judged) remember(afterVerdict(attempts, verdict.checks))
      judged = graded?.source
      if (verdict.mode === 'submit') record(environment, verdict)
    }
    happen({ type: 'finished', grading: id, verdict })
  }

  function hand(id: number, mode: Mode, source: string, compiled: Compiled): void {
    grading.grade(
      { id, exercise: exercise.id, source, compiled, mode, locale: pageLocale() },
      {
        progressed: (progress) => happen({ type: 'progressed', grading: id, progress }),
        checked: (result) => happen({ type: 'checked', grading: id, result }),
        finished: (verdict) => conclude(verdict, id, compiled.runnable),
        halted(halt) {
          if (halt.kind === 'watchdog') {
            drafts.markRanAway()
            at.notice = 'ran-away'
          }
          happen({ type: 'halted', grading: id, halt })
        },
      },
    )
  }

  async function start(mode: Mode): Promise<void> {
    const id = state.grading + 1
    const source = at.text
    graded = { source }
    drafts.flush()
    if (at.notice === 'ran-away') at.notice = undefined
    happen({ type: 'started', grading: id, mode })
    try {
      const compiled = await environment.compile(source)
      if (state.grading === id) graded = { source, compiled }
      happen({ type: 'compiled', grading: id, problems: compiled.diagnostics })
      if (state.grading === id && state.phase === 'grading') hand(id, mode, source, compiled)
    } catch (error) {
      happen({ type: 'halted', grading: id, halt: brokenCompiler(error) })
    }
  }

  return {
    state: () => state,
    attempts: () => attempts,
    text: () => at.text,
    notice: () => at.notice,
    graded: () => graded,
    /** The check about which a guess is being asked for. */
    asking: () => (isAsking ? asksAbout(attempts) : undefined),
    saving: () => drafts.status(),
    earlierDrafts: () => drafts.earlier(),
    isStarter: () => at.text === exercise.starter,
    mayOpenHint: () => mayOpenHint(attempts),

    /** Reads the kept draft; returns the text to show. */
    open(): string {
      const draft = drafts.open()
      at.text = draft?.source ?? exercise.starter
      if (draft && draft.contentHash !== exercise.contentHash) at.notice = 'exercise-changed'
      else if (draft?.ranAway) at.notice = 'ran-away'
      if (store.progressOf(exercise.id).passed?.contentHash === exercise.contentHash) happen({ type: 'passed-before' })
      return at.text
    },

    typed(now: string): void {
      if (now === at.text) return
      at.text = now
      if (at.notice !== 'exercise-changed') at.notice = undefined
      drafts.typed(now)
      happen({ type: 'typed' })
    },

    /** Runs the visible examples. */
    run: () => start('run'),

    /** Grades everything and records it; after repeated failure asks for a guess first. */
    async submit(): Promise<void> {
      if (asksAbout(attempts) !== undefined) {
        isAsking = true
        return changed()
      }
      return start('submit')
    },

    /** Answers the question, or skips it (no text), and goes on to grade. */
    async answer(guess: string | undefined): Promise<void> {
      isAsking = false
      remember(afterAsking(attempts, guess))
      return start('submit')
    },

    /** Closes the question without grading. */
    dismiss(): void {
      isAsking = false
      changed()
    },

    stop(): void {
      const { grading: id, phase } = state
      grading.stop()
      if (phase === 'compiling') {
        happen({ type: 'halted', grading: id, halt: stoppedByHand() })
      }
    },

    ...draftActions(at, exercise.starter, drafts, happen),

    /** Opens the next hint of the ladder. */
    openHint(): void {
      if (!mayOpenHint(attempts)) return
      remember(afterHint(attempts))
      store.recordHint(exercise.id, attempts.hintsOpenedAt.length)
      changed()
    },

    /** Writes what is not yet written: the page may be going away. */
    flush: () => drafts.flush(),
    dispose: () => drafts.dispose(),
  }
}
