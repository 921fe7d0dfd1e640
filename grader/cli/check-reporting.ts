/**
 * `check --reporter NAME[=FILE]`: the text for people is on stdout unless another report is, and then on stderr. In GitHub
 * Actions annotations come by themselves.
 */
import { relative, resolve, sep } from 'node:path'
import type { CheckReporter, ProvenExercise } from './check-reports.ts'
import { CHECK_REPORTERS } from './check-reports.ts'
import type { Context } from './command.ts'
import { didYouMean, UsageError } from './errors.ts'
import type { Stream } from './paint.ts'
import { fileSink } from './report-file.ts'

/** The text for people, which is no document. */
const PRETTY = 'pretty'
const GITHUB = 'github'

export const CHECK_REPORT_OPTIONS = {
  reporter: {
    type: 'string',
    multiple: true,
    value: 'NAME[=FILE]',
    help: `reports in this format, to FILE or to stdout: ${[PRETTY, ...CHECK_REPORTERS.map(({ name }) => name)].join(', ')}; may be given often`,
  },
} as const

interface Spec {
  readonly reporter: CheckReporter
  /** Absent for stdout. */
  readonly file?: string
}

/** Where the text for people goes, and how the rest is written. */
export interface CheckReporting {
  readonly text: Stream
  write(exercises: readonly ProvenExercise[]): void
}

type Place = Pick<Context, 'out' | 'err' | 'env' | 'workingFolder'> & {
  /** The course's folder. */
  readonly root: string
}

/** Throws a UsageError for what nobody can write. */
export function checkReporting(asked: readonly string[] | undefined, place: Place): CheckReporting {
  const { out, err, env, workingFolder, root } = place
  const specs = (asked ?? []).filter((text) => text !== PRETTY).map(specOf)
  const loud = specs.filter(({ file }) => file === undefined)
  const data = loud.filter(({ reporter }) => reporter.name !== GITHUB)
  if (data.length > 1 || (data.length === 1 && loud.length > 1)) {
    const [first, second] = loud.map(({ reporter }) => reporter.name)
    throw new UsageError(`${first} and ${second} would both be on stdout: write --reporter ${second}=FILE`)
  }
  const isAnnotated = env['GITHUB_ACTIONS'] === 'true' && loud.length === 0
  const added = isAnnotated ? [specOf(GITHUB)] : []
  const located = (file: string): string => relative(workingFolder, resolve(root, file)).split(sep).join('/')
  return {
    text: data.length === 0 ? out : err,
    write(exercises) {
      for (const { reporter, file } of [...specs, ...added]) {
        const text = reporter.report(exercises, located)
        if (file === undefined) out.write(text)
        else {
          const sink = fileSink(resolve(workingFolder, file))
          sink.write(text)
          sink.finish()
        }
      }
    },
  }
}

function specOf(text: string): Spec {
  const [, name = '', file] = /^([^=]*)(?:=([^]*))?$/.exec(text) ?? []
  const reporter = CHECK_REPORTERS.find((one) => one.name === name)
  const known = [PRETTY, ...CHECK_REPORTERS.map((one) => one.name)]
  if (name === PRETTY) throw new UsageError(`--reporter ${text}: the text for people is on stdout; leave out the file`)
  if (!reporter) throw new UsageError(didYouMean(`check has no reporter "${name}"`, name, known))
  if (file === '') throw new UsageError(`--reporter ${text} names no file: write ${name}=FILE, or ${name} for stdout`)
  return { reporter, ...(file !== undefined && { file }) }
}
