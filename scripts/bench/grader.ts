/** How fast the grader is in this Node, one file after the other on one core, as the command line grades. */
import { compileSubmission, findExercises, loadExercise, read } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { grade } from '#grader/verdict/grade.ts'
import { type Benchmark, elapsedMs, median } from '../bench.ts'

/** A page that answers within this time feels as if it answered at once. */
const RUN_AIM_MS = 300

export default {
  name: 'grader',
  async run(report) {
    const engine = await loadEngineNode()
    for (const folder of findExercises()) {
      const exercise = await loadExercise(folder)
      const source = read(folder.path, 'solution.ts')
      const compiled = compileSubmission(source)
      const compileMs = median(5, () => elapsedMs(() => compileSubmission(source)))
      const gradeMs = (mode: 'run' | 'submit', seeds = 200) =>
        elapsedMs(() => grade({ exercise, compiled, mode, engine, seeds }))

      gradeMs('submit', 20) // warm up
      const runMs = median(5, () => gradeMs('run'))
      const against = { what: 'the aim', value: RUN_AIM_MS }
      const note = `of which compiling ${compileMs.toFixed(0)} ms`
      report({ what: `${folder.id}: run of the solution`, value: compileMs + runMs, unit: 'ms', against, note })
      const submitMs = median(3, () => gradeMs('submit'))
      report({
        what: `${folder.id}: submits of the solution, 200 seeds`,
        value: 1000 / (compileMs + submitMs),
        unit: 'grades/s',
        against: { what: 'runs of the examples', value: 1000 / (compileMs + runMs) },
        note: `${submitMs.toFixed(0)} ms each`,
      })
    }
  },
} satisfies Benchmark
