/** `clusterwright verify`: grades bundles again, and says whether their verdicts hold. */
import { readFileSync } from 'node:fs'
import { firstDifference, readBundle } from '../../court/bundle.ts'
import type { Bundle } from '../../court/bundle.ts'
import { engineId } from '../../verdict/engine-id.ts'
import type { Context } from '../command.ts'
import { EXIT, defineCommand } from '../command.ts'
import { exerciseOf } from '../course.ts'
import { ConfigurationError, UsageError } from '../errors.ts'
import { factsOf } from '../exercises-node.ts'
import { defaultSize, openCourt } from '../grade-many.ts'

export const verify = defineCommand({
  name: 'verify',
  summary: 'grades the bundles of official verdicts again, and compares',
  usage: ['verify <bundle …>'],
  options: {},
  details: `A bundle is what grade --official writes for each submission. The same verdict ends with 0, another with 1 and the place
where they differ. A bundle of another version of the exercise cannot be compared, and ends with 2.`,
  async run(context) {
    const { positionals: files, out, progress } = context
    if (files.length === 0) throw new UsageError('verify takes bundles: files that grade --official has written')
    let code: number = EXIT.pass
    for (const [index, file] of files.entries()) {
      progress.update(`${index} of ${files.length}`)
      const outcome = await verifyOne(bundleIn(file), file, context)
      progress.clear()
      out.write(`${file}: ${outcome.words}\n`)
      code = Math.max(code, outcome.code)
    }
    return code
  },
})

function bundleIn(file: string): Bundle {
  try {
    return readBundle(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`there is no file "${file}"`)
    throw new ConfigurationError(`${file} cannot be verified: ${message}`)
  }
}

async function verifyOne(bundle: Bundle, file: string, { course, err }: Pick<Context, 'course' | 'err'>) {
  const { exercise, exerciseVersion, settings, source, refusal, verdict: claimed } = bundle
  const folder = exerciseOf(course(), exercise)
  const facts = factsOf(folder)
  if (facts.version !== exerciseVersion)
    throw new ConfigurationError(
      `${file} is of version ${exerciseVersion} of ${exercise}, and here is ${facts.version}: verify it with the package it was graded with (${bundle.engine})`,
    )
  if (bundle.engine !== engineId) err.write(`${file} was graded by ${bundle.engine}; this is ${engineId}\n`)
  const brief = { type: 'brief', facts, folder: { path: folder.path, name: folder.name }, settings } as const
  const court = openCourt(brief, { ...defaultSize(), workers: 1 }, err)
  try {
    const { verdict, losses } = await court.judge({ source, ...(refusal !== undefined && { refusal }) })
    if (verdict.status === 'internal' && claimed.status !== 'internal')
      return { code: EXIT.internal, words: `could not be graded: ${losses.join('; then ')}` }
    if (verdict.digest === claimed.digest)
      return { code: EXIT.pass, words: `holds: ${verdict.status}, ${verdict.digest}` }
    return { code: EXIT.fail, words: `does not hold: ${firstDifference(claimed, verdict) ?? 'the digests differ'}` }
  } finally {
    court.close()
  }
}
