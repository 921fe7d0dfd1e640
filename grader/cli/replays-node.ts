/** Ways to a failing run: replay files on disk, one per failed check of a verdict; commands to type; links to the workbench. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Again } from '../reporters/reporter.ts'
import { BadReplay, type ReplayFile, replayFileName, replayFileOf, type Submitted } from '../verdict/replay-file.ts'
import { hashOf } from '../verdict/replay-link.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { ConfigurationError, UsageError } from './errors.ts'

const SITE_DEFAULT = 'http://localhost:4321'

export const SITE_OPTION = {
  site: {
    type: 'string',
    value: 'URL',
    help: `of links to the workbench: where the course is served (default ${SITE_DEFAULT})`,
  },
} as const

/** Throws a UsageError for an address that is none. */
export async function linkTo(file: ReplayFile, site = SITE_DEFAULT): Promise<string> {
  if (!URL.canParse(site))
    throw new UsageError(`--site is "${site}": write where the course is served, as in https://example.org/course/`)
  const page = new URL(`exercises/${file.exercise}/`, site.endsWith('/') ? site : `${site}/`)
  try {
    return `${page.href}${await hashOf(file)}`
  } catch (error) {
    if (error instanceof BadReplay) throw new ConfigurationError(error.message)
    throw error
  }
}

/** Longer links fill a screen, and are cut by some terminals: `replay --link` prints them. */
const LINK_SHOWN_MAX = 8000

interface Ways {
  readonly site: string | undefined
  /** Where replay files are written. */
  readonly folder: string | undefined
}

/** For each failed check, by its name. */
export async function waysAgain(
  verdict: Verdict,
  submitted: Submitted,
  { site, folder }: Ways,
): Promise<Map<string, Again>> {
  const ways = new Map<string, Again>()
  for (const result of verdict.checks) {
    const file = replayFileOf(verdict, result, submitted)
    if (!file || result.budget) continue
    const path = join(folder ?? 'replays', replayFileName(verdict.exercise, result.name))
    const words = folder === undefined ? ['grade', verdict.exercise, submitted.file, '--replay-dir', 'replays'] : []
    const before = words.length === 0 ? '' : `clusterwright ${words.map(quoted).join(' ')}; `
    const link = await linkTo(file, site).catch((error: unknown) => {
      if (error instanceof ConfigurationError) return undefined
      throw error
    })
    ways.set(result.name, {
      command: `${before}clusterwright replay ${quoted(path)}`,
      ...(link !== undefined && link.length <= LINK_SHOWN_MAX && { link }),
    })
  }
  return ways
}

/** As a shell takes it. */
const quoted = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

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
