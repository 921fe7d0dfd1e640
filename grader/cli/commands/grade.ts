/** `clusterwright grade`: one file, with the verdict that the page gives. */
import { readFileSync } from 'node:fs'
import { pretty } from '../../reporters/pretty.ts'
import { loadEngineNode } from '../../sandbox/engine-node.ts'
import { grade as gradeSubmission } from '../../verdict/grade.ts'
import { defineCommand, exitCodeOf } from '../command.ts'
import { exerciseOf } from '../course.ts'
import { UsageError, oneOf, wholeNumber } from '../errors.ts'
import { compileSubmission, hintsOf, loadExercise } from '../exercises-node.ts'
import { writeReplays } from '../replays-node.ts'

export const grade = defineCommand({
  name: 'grade',
  summary: 'grades a file, with the verdict that the page gives',
  usage: ['grade <id> <file>'],
  options: {
    mode: { type: 'string', value: 'run|submit', help: 'the examples only, or everything (default submit)' },
    seeds: { type: 'string', value: 'N', help: 'how many seeds (default 200)' },
    seed: { type: 'string', value: 'N', help: 'the first of them (default 1)' },
    json: { type: 'boolean', help: 'prints the verdict as JSON' },
    'replay-dir': { type: 'string', value: 'DIR', help: 'writes a replay file for each failed check there' },
  },
  async run({ positionals: [id, file, ...more], values, out, err, paint, progress, course }) {
    if (id === undefined || file === undefined || more.length > 0)
      throw new UsageError('grade takes an exercise and a file')
    const folder = exerciseOf(course(), id)
    const mode = oneOf('--mode', values.mode ?? 'submit', ['run', 'submit'])
    const source = readSource(file)
    const seeds = wholeNumber('--seeds', values.seeds)
    const seed = wholeNumber('--seed', values.seed)
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    const compiled = compileSubmission(source)
    const verdict = gradeSubmission({
      exercise,
      compiled,
      mode,
      engine,
      ...(seeds && { seeds }),
      ...(seed && { seed }),
      onProgress: ({ check, done, total }) => progress.update(`${check} · ${done} of ${total}`),
    })
    progress.clear()
    if (values.json) out.write(`${JSON.stringify(verdict, undefined, 2)}\n`)
    else {
      const report = pretty.start({ locale: 'en', paint })
      const { texts } = exercise.checks
      out.write(report.add({ verdict, file, source, hint: hintsOf(folder), ...(texts && { texts }) }))
    }
    const folderForReplays = values['replay-dir']
    if (folderForReplays !== undefined) {
      for (const path of writeReplays(folderForReplays, verdict, { file, source, code: compiled.code }))
        err.write(`replay: ${path}\n`)
    }
    return exitCodeOf(verdict.status)
  },
})

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`there is no file "${file}"`)
    if (code === 'EISDIR') throw new UsageError(`"${file}" is a folder; name the file to grade`)
    throw new UsageError(`"${file}" cannot be read (${code})`)
  }
}
