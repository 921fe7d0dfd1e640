/** Replay files on disk: one per failed check of a verdict. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replayFileName, replayFileOf, type Submitted } from '../verdict/replay-file.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { ConfigurationError } from './errors.ts'

/** Writes them and returns their paths. What is there by that name is replaced. */
export function writeReplays(folder: string, verdict: Verdict, submitted: Submitted): string[] {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new ConfigurationError(`--replay-dir: "${folder}" cannot be made (${(error as NodeJS.ErrnoException).code})`)
  }
  return verdict.checks.flatMap((result) => {
    const file = replayFileOf(verdict, result, submitted)
    if (!file) return []
    const path = join(folder, replayFileName(verdict.exercise, result.name))
    writeFileSync(path, `${JSON.stringify(file, undefined, 2)}\n`)
    return [path]
  })
}
