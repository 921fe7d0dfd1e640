/**
 * The page's side of grading: one warm worker, one grading at a time.
 *
 * Stopping means ending the worker and starting a fresh one, which is also what the watchdog does. Budgets are counted in
 * fuel inside the worker and end a runaway there, with a verdict. The watchdog is the last line for the day that this
 * fails: it looks at the wall clock, so it never says pass or fail.
 */
import type { TestsAnswer, TestsRequest, TestsVerdict } from '#grader/verdict/tests-verdict.ts'
import type { GradeAnswer, GradeRequest, Verdict } from '#grader/verdict/verdict.ts'
import type { GradingProgress, Halt } from './workbench-state.ts'
import { words } from './words.ts'

/** What this needs of a Worker, so that tests can hand in their own. */
export interface WorkerLike {
  postMessage(message: unknown): void
  terminate(): void
  onmessage: ((event: MessageEvent) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
}

export interface GradingListener {
  progressed(progress: GradingProgress): void
  checked(result: Extract<GradeAnswer, { type: 'check' }>['result']): void
  finished(verdict: Verdict): void
  halted(halt: Halt): void
}

/** Who waits for a verdict on tests hears less. */
export interface TestingListener {
  progressed(progress: GradingProgress): void
  judged(verdict: TestsVerdict): void
  halted(halt: Halt): void
}

export interface GradingEnvironment {
  spawn(): WorkerLike
  /** Calls back after so many milliseconds unless cancelled by the function it returns. */
  after(milliseconds: number, run: () => void): () => void
}

/** A worker that has been silent for so long while grading is taken to be stuck. */
export const SILENCE_MAX_MS = 30_000

const stopped = (): Halt => ({ kind: 'stopped', message: words().youStopped })
const watchdog = (): Halt => ({ kind: 'watchdog', message: words().watchdog })

type Listener = Pick<GradingListener, 'progressed' | 'halted'> & Partial<GradingListener & TestingListener>

export function createGradingClient(environment: GradingEnvironment) {
  let worker: WorkerLike | undefined
  let current: { id: number; listener: Listener; calm(): void } | undefined

  function warm(): WorkerLike {
    if (worker) return worker
    const fresh = environment.spawn()
    fresh.onmessage = (event) => hear(event.data as GradeAnswer | TestsAnswer)
    fresh.onerror = (event) => {
      event.preventDefault?.()
      halt(broken(event.message))
    }
    worker = fresh
    return fresh
  }

  function hear(answer: GradeAnswer | TestsAnswer): void {
    if (answer.type === 'ready' || !current || answer.id !== current.id) return
    const { listener } = current
    watch()
    if (answer.type === 'progress') {
      const { check, done, total, seed } = answer
      return listener.progressed({ check, done, total, ...(seed === undefined ? {} : { seed }) })
    }
    if (answer.type === 'check') return listener.checked?.(answer.result)
    current.calm()
    current = undefined
    if (answer.type === 'tests') listener.judged?.(answer.verdict)
    else listener.finished?.(answer.verdict)
  }

  /** Every sign of life puts the watchdog off again. */
  function watch(): void {
    if (!current) return
    current.calm()
    current.calm = environment.after(SILENCE_MAX_MS, () => halt(watchdog()))
  }

  function halt(reason: Halt): void {
    worker?.terminate()
    worker = undefined
    const halted = current
    current = undefined
    halted?.calm()
    halted?.listener.halted(reason)
    // A worker that cannot even start would be started for ever; the next grading tries again instead.
    if (reason.kind !== 'broken') warm()
  }

  function ask(request: GradeRequest | TestsRequest, listener: Listener): void {
    if (current) halt(stopped())
    current = { id: request.id, listener, calm: () => {} }
    watch()
    try {
      warm().postMessage(request)
    } catch (error) {
      halt(broken(error instanceof Error ? error.message : String(error)))
    }
  }

  return {
    /** Loads the engine ahead of the first grading. Does nothing when a worker is there; a failure shows at the grading. */
    warm(): void {
      try {
        warm()
      } catch {
        worker = undefined
      }
    },

    grade: (request: Omit<GradeRequest, 'type'>, listener: GradingListener): void =>
      ask({ type: 'grade', ...request }, listener),

    /** Judges a learner's own tests. It is one work like a grading: one at a time. */
    test: (request: Omit<TestsRequest, 'type'>, listener: TestingListener): void =>
      ask({ type: 'tests', ...request }, listener),

    stop: () => {
      if (current) halt(stopped())
    },

    dispose(): void {
      current?.calm()
      current = undefined
      worker?.terminate()
      worker = undefined
    },
  }
}

function broken(detail: string | undefined): Halt {
  const reason = detail ? ` (${detail})` : ''
  return {
    kind: 'broken',
    message: words().graderBroke(reason),
  }
}
