/** A learner's file, as a command is told its path. */
import { readFileSync } from 'node:fs'
import { UsageError } from './errors.ts'

export function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`there is no file "${file}"`)
    if (code === 'EISDIR') throw new UsageError(`"${file}" is a folder; name a file`)
    throw new UsageError(`"${file}" cannot be read (${code})`)
  }
}
