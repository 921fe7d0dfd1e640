/**
 * The page's door to the grader: a Web Worker that grades one submission after the other.
 *
 * It speaks `GradeRequest` and `GradeAnswer` of `verdict/verdict.ts`: it says `ready` once the engine is loaded, and answers a
 * request with progress, each check's result, and the verdict. Stopping is `worker.terminate()`. What breaks here is ours:
 * the verdict is then `internal` and says what to report.
 */
import { loadEngineInBrowser } from './engine-browser.ts'
import { loadExerciseInBrowser } from './exercises-browser.ts'
import { grade } from './verdict/grade.ts'
import { internalVerdict } from './verdict/internal.ts'
import type { GradeAnswer, GradeRequest } from './verdict/verdict.ts'

const answer = (message: GradeAnswer): void => self.postMessage(message)

/** Progress is news to people, who need no more than so many per check. */
const PROGRESS_STEPS = 20

async function handle({ id, exercise: name, compiled, mode, seeds }: GradeRequest): Promise<void> {
  const [exercise, engine] = await Promise.all([loadExerciseInBrowser(name), loadEngineInBrowser()])
  const verdict = grade({
    exercise,
    compiled,
    mode,
    engine,
    ...(seeds !== undefined && { seeds }),
    onProgress: ({ check, done, total, seed }) => {
      const step = Math.max(1, Math.floor(total / PROGRESS_STEPS))
      if (done % step === 0 || done === total) answer({ type: 'progress', id, check, done, total, seed })
    },
    onCheck: (result) => answer({ type: 'check', id, result }),
  })
  answer({ type: 'verdict', id, verdict })
}

const broken = ({ exercise, mode, compiled: { diagnostics } }: GradeRequest, error: unknown) =>
  internalVerdict({ exercise, mode, diagnostics }, error)

self.onmessage = ({ data }: MessageEvent<GradeRequest>) => {
  if (data?.type !== 'grade') return
  handle(data).catch((error: unknown) => answer({ type: 'verdict', id: data.id, verdict: broken(data, error) }))
}

loadEngineInBrowser().then(
  () => answer({ type: 'ready' }),
  // The next request tries again, and says what is wrong.
  () => {},
)
