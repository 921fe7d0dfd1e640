/** Exercises as they stand on disk: found by their `task.mdx`. Nothing here runs anything, so that a list is quick. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Locale } from '../verdict/said.ts'
import { ConfigurationError } from './errors.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface ExerciseFolder {
  readonly id: string
  readonly title: string
  readonly section: string
  readonly estimate: number | undefined
  /** Absolute path. */
  readonly path: string
  /** Below `exercises/`: `04-scheduler/01-fit-filter`. */
  readonly name: string
}

/** All exercises in the order of their folders. Throws when a task has no id or two have the same. */
export function findExercises(base = join(root, 'exercises')): ExerciseFolder[] {
  const found = foldersIn(base).flatMap((family) =>
    foldersIn(join(base, family))
      .map((name) => `${family}/${name}`)
      .filter((name) => existsSync(join(base, name, 'task.mdx')))
      .map((name) => readFolder(join(base, name), name)),
  )
  const twice = found.find(({ id }, index) => found.some((other, at) => at < index && other.id === id))
  if (twice)
    throw new ConfigurationError(`two exercises have the id "${twice.id}": an id is used once, rename the newer one`)
  return found
}

const foldersIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []

function readFolder(path: string, name: string): ExerciseFolder {
  const { id, title, section, estimate } = frontMatter(path, name)
  if (typeof id !== 'string' || typeof title !== 'string') {
    throw new ConfigurationError(`exercises/${name}/task.mdx needs "id" and "title" in its front matter`)
  }
  return {
    id,
    title,
    section: String(section ?? ''),
    estimate: typeof estimate === 'number' ? estimate : undefined,
    path,
    name,
  }
}

function frontMatter(path: string, name: string): Record<string, unknown> {
  const [, text = ''] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(read(path, 'task.mdx')) ?? []
  try {
    return (parse(text) as Record<string, unknown> | null) ?? {}
  } catch (error) {
    throw new ConfigurationError(
      `exercises/${name}/task.mdx: its front matter is not YAML: ${(error as Error).message}`,
    )
  }
}

export const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8')

/** Text of a hint as hints.mdx has it, by the key in front of its heading; in English where it is not translated. */
export function hintsOf({ path }: ExerciseFolder, locale: Locale = 'en'): (key: string) => string | undefined {
  const translated = `hints.${locale}.mdx`
  const file = existsSync(join(path, translated)) ? translated : 'hints.mdx'
  const sections = read(path, file).split(/^## /m).slice(1)
  return (key) => {
    const section = sections.find((text) => text.startsWith(`${key}:`))
    const [heading = '', ...body] = section?.split('\n') ?? []
    return section === undefined ? undefined : `${heading.slice(key.length + 1).trim()}\n${body.join('\n').trim()}`
  }
}
