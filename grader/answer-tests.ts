/** The worker's answer to a learner's own tests. What breaks here is ours: the verdict is then `internal`. */
import { loadEngineInBrowser } from './engine-browser.ts'
import { loadExerciseInBrowser } from './exercises-browser.ts'
import { loadTestsInBrowser } from './tests-browser.ts'
import { testsInLanguage } from './verdict/in-language.ts'
import { brokenTestsVerdict, judgeTests } from './verdict/judge-tests.ts'
import type { TestsAnswer, TestsRequest } from './verdict/tests-verdict.ts'

export async function answerTests(
  { id, exercise: name, compiled, mine, locale = 'en' }: TestsRequest,
  onProgress: (done: number, total: number) => void,
): Promise<TestsAnswer> {
  try {
    const [exercise, engine, { tests, solutions }] = await Promise.all([
      loadExerciseInBrowser(name),
      loadEngineInBrowser(),
      loadTestsInBrowser(name),
    ])
    const given = { exercise, engine, tests, solutions, compiled, onProgress }
    const verdict = judgeTests({ ...given, ...(mine && { mine }) })
    return { type: 'tests', id, verdict: testsInLanguage(verdict, { locale, texts: tests.texts }) }
  } catch (error) {
    const verdict = brokenTestsVerdict(name, mine ? 'mine' : 'solutions', error)
    return { type: 'tests', id, verdict: testsInLanguage(verdict, { locale }) }
  }
}
