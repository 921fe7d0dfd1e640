/**
 * A learner's own tests being worked on, without their looks: the draft, the compiler, the worker that judges, one state. As in
 * `desk.ts`, nothing runs by itself.
 */
import type { Locale } from '#grader/verdict/said.ts'
import type { TestsVerdict } from '#grader/verdict/tests-verdict.ts'
import type { Compiled, Diagnostic } from '#grader/verdict/verdict.ts'
import { testsDraftOf } from '../progress/progress.ts'
import { createDraftKeeper, type DraftStore } from './draft-keeper.ts'
import type { createGradingClient } from './grading-client.ts'
import type { GradingProgress, Halt } from './workbench-state.ts'

export type Against = TestsVerdict['against']

export interface TestsState {
  /** Number of the latest run: what comes late from an earlier one is dropped. */
  readonly run: number
  readonly phase: 'ready' | 'compiling' | 'judging'
  readonly progress?: GradingProgress | undefined
  readonly verdict?: TestsVerdict | undefined
  /** The text has changed since the verdict. */
  readonly isStale: boolean
  readonly problems: readonly Diagnostic[]
  readonly halt?: Halt | undefined
  /** The text was put back to the starter, and can be brought back. */
  readonly wasReset: boolean
}

export interface TestsEnvironment {
  readonly exercise: { readonly id: string; readonly starter: string; readonly contentHash: string }
  readonly store: DraftStore
  readonly client: Pick<ReturnType<typeof createGradingClient>, 'test' | 'stop'>
  readonly locale: Locale
  compile(source: string): Promise<Compiled>
  /** The learner's code as it stands now. */
  compileMine(): Promise<Compiled>
  after(milliseconds: number, run: () => void): () => void
  changed(): void
}

const AT_REST = { phase: 'ready', progress: undefined } as const

export type TestsDesk = ReturnType<typeof createTestsDesk>

export function createTestsDesk({ exercise, store, client, locale, ...environment }: TestsEnvironment) {
  let state: TestsState = { run: 0, ...AT_REST, isStale: false, problems: [], wasReset: false }
  let text = exercise.starter
  const drafts = createDraftKeeper({
    exercise: testsDraftOf(exercise.id),
    contentHash: exercise.contentHash,
    store,
    after: environment.after,
    changed: environment.changed,
  })

  function become(change: Partial<TestsState>): void {
    state = { ...state, ...change }
    environment.changed()
  }

  /** What comes of a run that is not the latest, or is over, changes nothing. */
  const ofRun = (run: number, change: Partial<TestsState>): void => {
    if (state.run === run && state.phase !== 'ready') become(change)
  }

  function put(next: string, wasReset: boolean): string {
    drafts.keep()
    text = next
    drafts.typed(next)
    drafts.flush()
    become({ isStale: state.verdict !== undefined, wasReset })
    return next
  }

  return {
    state: (): TestsState => state,
    text: (): string => text,
    saving: () => drafts.status(),
    isStarter: (): boolean => text === exercise.starter,

    /** Reads the kept draft; returns the text to show. */
    open(): string {
      text = drafts.open()?.source ?? exercise.starter
      return text
    },

    typed(now: string): void {
      if (now === text) return
      text = now
      drafts.typed(now)
      const hasOutcome = state.verdict !== undefined || state.halt !== undefined
      if (state.wasReset || (hasOutcome && !state.isStale)) become({ isStale: hasOutcome, wasReset: false })
    },

    async run(against: Against): Promise<void> {
      const run = state.run + 1
      const source = text
      drafts.flush()
      become({ run, phase: 'compiling', verdict: undefined, halt: undefined, problems: [], isStale: false })
      try {
        const compiled = await environment.compile(source)
        const mine = against === 'mine' ? await environment.compileMine() : undefined
        ofRun(run, { phase: 'judging', problems: compiled.diagnostics })
        if (state.run !== run || state.phase !== 'judging') return
        client.test(
          { id: run, exercise: exercise.id, compiled, locale, ...(mine && { mine }) },
          {
            progressed: (progress) => ofRun(run, { progress }),
            judged: (verdict) => ofRun(run, { ...AT_REST, verdict }),
            halted: (halt) => ofRun(run, { ...AT_REST, halt }),
          },
        )
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        ofRun(run, { ...AT_REST, halt: { kind: 'broken', message } })
      }
    },

    stop(): void {
      client.stop()
      ofRun(state.run, { ...AT_REST, halt: { kind: 'stopped', message: '' } })
    },

    /** Back to the starter; what stood there is kept. */
    reset: (): string => put(exercise.starter, true),

    /** Brings back what stood there before the reset. */
    undoReset(): string {
      const kept = drafts.earlier()[0]
      return kept ? put(kept.source, false) : text
    },

    flush: (): void => drafts.flush(),
  }
}
