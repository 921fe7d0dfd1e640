/** An author's folder as it stands on disk: read for the lint, and written where `check --update` is asked for. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import type { CheckSet } from '../kit/checks.ts'
import type { Misconception } from '../verdict/exercise.ts'
import type { Locale } from '../verdict/said.ts'
import type { Authored } from './lint.ts'
import { listOf } from './lint.ts'
import { misconceptionsText } from './mistake.ts'
import type { Told } from './told.ts'
import { changedIn, toldFile, toldText } from './told.ts'

/** Where an exercise is, as the command finds it. */
export interface Folder {
  readonly id: string
  readonly name: string
  readonly path: string
}

export function readAuthored({ id, name, path }: Folder, checks: CheckSet): Authored {
  const files: Record<string, string> = {}
  for (const folder of ['', 'wrong', 'accepted']) {
    if (!existsSync(join(path, folder))) continue
    for (const entry of readdirSync(join(path, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isFile()) files[file] = readFileSync(join(path, file), 'utf8')
    }
  }
  return { id, name, matter: matterOf(files['task.mdx'] ?? ''), files, checks }
}

export function matterOf(task: string): Record<string, unknown> {
  const [, text = ''] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(task) ?? []
  return (parse(text) as Record<string, unknown> | null) ?? {}
}

/** Prerequisites of each exercise by its id. */
export const prerequisitesOf = (folders: readonly Folder[]): Map<string, string[]> =>
  new Map(
    folders.map(({ id, path }) => [
      id,
      listOf(matterOf(readFileSync(join(path, 'task.mdx'), 'utf8'))['prerequisites']),
    ]),
  )

const MISCONCEPTIONS = 'misconceptions.json'

/** What is kept beside the exercise, in the languages of its course, and must agree with what the proof has just seen; each file is optional. */
export function judgeKept(
  { id, path }: Folder,
  told: readonly Told[],
  known: readonly Misconception[] | undefined,
  seen: readonly Misconception[],
  languages: readonly Locale[],
): string[] {
  const remedy = `read the change, and take it over with: clusterwright check ${id} --update`
  const changed = languages.flatMap((locale) => {
    const file = toldFile(locale)
    if (!existsSync(join(path, file))) return []
    const names = changedIn(readFileSync(join(path, file), 'utf8'), toldText(told, locale))
    return names.length === 0 ? [] : [`${file}: something else is told now about ${shortList(names)}: ${remedy}`]
  })
  const stale = known === undefined ? [] : staleRows(known, seen)
  return [...changed, ...(stale.length === 0 ? [] : [`${MISCONCEPTIONS} is stale for ${shortList(stale)}: ${remedy}`])]
}

/** Rows that are missing, left over, said otherwise, or lack what a check has just found. */
function staleRows(known: readonly Misconception[], seen: readonly Misconception[]): string[] {
  const names = [...new Set([...known, ...seen].map(({ name }) => name))]
  return names.filter((name) => {
    const [before, now] = [known, seen].map((rows) => rows.find((row) => row.name === name))
    if (!before || !now) return true
    const isSame = isDeepStrictEqual([before.text, before.hint], [now.text, now.hint])
    return (
      !isSame || !now.failed.every((name) => before.failed.includes(name) && before.says?.[name] === now.says?.[name])
    )
  })
}

const shortList = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`

/** Writes what is kept. Returns the names of the files that changed. */
export function updateKept(
  { path }: Folder,
  told: readonly Told[],
  seen: readonly Misconception[],
  languages: readonly Locale[],
): string[] {
  const texts: [file: string, text: string][] = [
    ...languages.map((locale): [string, string] => [toldFile(locale), toldText(told, locale)]),
    [MISCONCEPTIONS, misconceptionsText(seen)],
  ]
  return texts.flatMap(([file, text]) => {
    const to = join(path, file)
    if (existsSync(to) && readFileSync(to, 'utf8') === text) return []
    writeFileSync(to, text)
    return [file]
  })
}
