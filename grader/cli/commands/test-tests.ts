/** `clusterwright test-tests`: a learner's own tests against right and wrong solutions, or against the learner's code. */
import { tellTests } from '../../reporters/tests-report.ts'
import { loadEngineNode } from '../../sandbox/engine-node.ts'
import { judgeTests } from '../../verdict/judge-tests.ts'
import { defineCommand, exitCodeOf } from '../command.ts'
import { exerciseOf } from '../course.ts'
import { ConfigurationError, UsageError } from '../errors.ts'
import { compileSubmission, hintsOf, loadExercise } from '../exercises-node.ts'
import { loadSolutions, loadTests } from '../solutions-node.ts'
import { readSource } from '../read-source.ts'

export const testTests = defineCommand({
  name: 'test-tests',
  summary: 'runs your own tests against right and wrong solutions',
  usage: ['test-tests <id> <file>', 'test-tests <id> <file> --against <file>'],
  options: {
    against: { type: 'string', value: 'FILE', help: 'runs them against this file of yours instead of wrong solutions' },
    json: { type: 'boolean', help: 'prints the verdict as JSON' },
  },
  details: `The file has a list of examples as its default export; begin with the exercise's tests-starter.ts. Every example must
hold for our solution and for every other right one. Then the examples are held against wrong solutions: what
each of those gets wrong is told once it is caught, and for the rest, which hint helps.

It passes when all examples are right and enough wrong solutions are caught.`,
  async run({ positionals: [id, file, ...more], values, out, paint, progress, course }) {
    if (id === undefined || file === undefined || more.length > 0)
      throw new UsageError('test-tests takes an exercise and a file')
    const folder = exerciseOf(course(), id)
    const source = readSource(file)
    const mine = values.against === undefined ? undefined : compileSubmission(readSource(values.against), false)
    progress.update('compiling the solutions')
    const tests = await loadTests(folder)
    if (!tests) throw new ConfigurationError(`"${id}" takes no tests: its folder has no tests.ts`)
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    const verdict = judgeTests({
      ...{ exercise, tests, engine, solutions: loadSolutions(folder), compiled: compileSubmission(source) },
      ...(mine && { mine }),
      onProgress: (done, total) => progress.update(`${done} of ${total} solutions tried`),
    })
    progress.clear()
    if (values.json) out.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
    else {
      const hint = hintsOf(folder)
      const hintTitle = (key: string) => hint(key)?.split('\n')[0]
      out.write(tellTests({ verdict, file, source, texts: tests.texts, hintTitle }, { locale: 'en', paint }))
    }
    return exitCodeOf(verdict.status)
  },
})
