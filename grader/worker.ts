/**
 * The page's door to the grader: a Web Worker that grades one submission after the other.
 *
 * It speaks `GradeRequest` and `GradeAnswer` of `verdict/verdict.ts`, and for a learner's own tests `TestsRequest` and
 * `TestsAnswer` of `verdict/tests-verdict.ts`: it says `ready` once the engine is loaded, and answers a
 * request with progress, each check's result, and the verdict. Stopping is `worker.terminate()`. What breaks here is ours:
 * the verdict is then `internal` and says what to report.
 */
import { loadEngineInBrowser } from './engine-browser.ts'
import { loadExerciseInBrowser } from './exercises-browser.ts'
import { textsOf } from './verdict/exercise.ts'
import { grade } from './verdict/grade.ts'
import { checkInLanguage, inLanguage } from './verdict/in-language.ts'
import { internalVerdict } from './verdict/internal.ts'
import type { TestsAnswer, TestsRequest } from './verdict/tests-verdict.ts'
import type { GradeAnswer, GradeRequest } from './verdict/verdict.ts'

const answer = (message: GradeAnswer | TestsAnswer): void => self.postMessage(message)

/** Progress is news to people, who need no more than so many per check. */
const PROGRESS_STEPS = 20

async function handle({ id, exercise: name, compiled, mode, seeds, locale = 'en' }: GradeRequest): Promise<void> {
  const [exercise, engine] = await Promise.all([loadExerciseInBrowser(name), loadEngineInBrowser()])
  const speech = { locale, texts: textsOf(exercise) }
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
    onCheck: (result) => answer({ type: 'check', id, result: checkInLanguage(result, speech) }),
  })
  answer({ type: 'verdict', id, verdict: inLanguage(verdict, speech) })
}

/** A learner's own tests: what that takes is fetched when somebody writes some. */
async function handleTests(request: TestsRequest): Promise<void> {
  const { answerTests } = await import('./answer-tests.ts')
  answer(
    await answerTests(request, (done, total) => {
      answer({ type: 'progress', id: request.id, check: 'tests', done, total })
    }),
  )
}

const broken = ({ exercise, mode, compiled: { diagnostics }, locale = 'en' }: GradeRequest, error: unknown) =>
  inLanguage(internalVerdict({ exercise, mode, diagnostics }, error), { locale })

self.onmessage = ({ data }: MessageEvent<GradeRequest | TestsRequest>) => {
  if (data?.type === 'grade')
    handle(data).catch((error: unknown) => answer({ type: 'verdict', id: data.id, verdict: broken(data, error) }))
  if (data?.type === 'tests')
    // It did not arrive: the page hears of it as an error of the worker's.
    handleTests(data).catch((error: unknown) => reportError(error))
}

loadEngineInBrowser().then(
  () => answer({ type: 'ready' }),
  // The next request tries again, and says what is wrong.
  () => {},
)
