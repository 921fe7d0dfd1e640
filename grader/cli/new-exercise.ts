/**
 * Writes the folder of a new exercise: whole, small, and proven by `check` as it is, so that an author begins with something
 * that works and changes it piece by piece. The templates are exercises themselves, and are proven as such.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Course } from './course.ts'
import { exercisesOf } from './course.ts'
import { UsageError } from './errors.ts'

export const templatesFolder = fileURLToPath(new URL('templates', import.meta.url))

export const KINDS = ['scheduler', 'controller', 'cni'] as const
export type Kind = (typeof KINDS)[number]

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const ID_CHARACTERS_MAX = 40

export interface NewExercise {
  readonly id: string
  readonly kind: Kind
  /** Default: the last section there is. */
  readonly section: string | undefined
  readonly title: string | undefined
}

/** Returns the new folder, below the course's root: `exercises/01-basics/02-my-filter`. */
export function writeExercise(course: Course, { id, kind, section, title }: NewExercise): string {
  refuseBadName('the id', id)
  if (section !== undefined) refuseBadName('--section', section)
  const twin = exercisesOf(course).find((exercise) => exercise.id === id)
  if (twin) throw new UsageError(`there is an exercise "${id}" already, in exercises/${twin.name}: choose another id`)
  const sectionFolder = folderOfSection(join(course.root, 'exercises'), section)
  const below = join('exercises', sectionFolder)
  mkdirSync(join(course.root, below), { recursive: true })
  const folder = join(below, numbered(numbersIn(join(course.root, below)), id))
  const to = join(course.root, folder)
  if (existsSync(to)) throw new UsageError(`there is a folder ${folder} already: choose another id, or remove it`)
  const isSpoken = (file: string): boolean => course.languages.includes('es') || !file.endsWith('.es.mdx')
  cpSync(join(templatesFolder, kind), to, { recursive: true, filter: isSpoken })
  const filled = { id, title: title ?? titleFrom(id), section: nameOf(sectionFolder) }
  for (const file of readdirSync(to).filter((name) => name.startsWith('task.'))) {
    const text = readFileSync(join(to, file), 'utf8')
    writeFileSync(
      join(to, file),
      text.replace(/__([a-z]+)__/g, (_, name: string) => asYaml(filled[name as keyof typeof filled])),
    )
  }
  return folder.replaceAll('\\', '/')
}

function refuseBadName(what: string, name: string): void {
  if (ID.test(name) && name.length <= ID_CHARACTERS_MAX) return
  throw new UsageError(
    `${what} is "${name}": write small letters, digits and single hyphens, beginning with a letter, at most ${ID_CHARACTERS_MAX} characters, such as fit-filter`,
  )
}

/** Quoted where YAML would read something else into it. */
const asYaml = (text: string): string =>
  /^[A-Za-z][\w ,.'’?-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)

function titleFrom(id: string): string {
  const words = id.replaceAll('-', ' ')
  return `${words[0]!.toUpperCase()}${words.slice(1)}`
}

// ── numbers give the order and nothing else ─────────────────────────────────────────────────────────────────────────

const DEFAULT_SECTION = 'first-steps'

function folderOfSection(exercises: string, section: string | undefined): string {
  const there = foldersIn(exercises)
  if (section === undefined) return there.at(-1) ?? `01-${DEFAULT_SECTION}`
  return there.find((folder) => nameOf(folder) === section) ?? numbered(numbersIn(exercises), section)
}

const foldersIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []

const numbersIn = (path: string): number[] => foldersIn(path).map((name) => Number(/^(\d+)-/.exec(name)?.[1] ?? 0))
const numbered = (taken: readonly number[], name: string): string =>
  `${String(Math.max(0, ...taken) + 1).padStart(2, '0')}-${name}`
const nameOf = (folder: string): string => folder.replace(/^\d+-/, '')
