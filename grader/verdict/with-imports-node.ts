/** An exercise's files and all that they import from other folders, read from the disk: what its version is made of. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lackingImports } from './digest.ts'

/** `path` is the exercise's folder. What is not there fails where it is imported. */
export function withImports(files: Readonly<Record<string, string>>, path: string): Record<string, string> {
  const all = { ...files }
  for (let lacking = lackingImports(all); lacking.length > 0; lacking = lackingImports(all))
    for (const file of lacking) all[file] = existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : ''
  return all
}
