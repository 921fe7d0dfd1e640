/**
 * The course as it stands on disk: which lessons are written, and which exercises belong to each section.
 *
 * Read at build time, in Node, by the site's configuration and its pages. A lesson exists when its file does; an exercise
 * when its `task.mdx` does. Nothing has to be registered anywhere.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { countsForVersion, exerciseVersion } from '#grader/verdict/digest.ts'
import { withImports } from '#grader/verdict/with-imports-node.ts'
import { parse } from 'yaml'
import { locate } from './links.ts'
import { lessonFile, type Locale, parts, type Section, sections } from './sections.ts'

export interface ExerciseEntry {
  id: string
  /** In each language; in English where the task is not translated. */
  title: Record<Locale, string>
  /** The section it belongs to, H1 to H19. */
  section: string
  /** Minutes that a first try takes. */
  estimate?: number
  /** One line for cards and lists; absent when the task gives none. */
  summary?: Record<Locale, string>
  /** Folder below `exercises/`, such as `06-scheduler/02-fit-filter`. */
  folder: string
  /** Hash over what its learner is given and graded by: drafts and passes remember the version they belong to. */
  version: string
  /** Steps of fuel that one check may take; absent when the task leaves it to the grader. */
  fuel?: number
}

export interface CourseSection extends Section {
  /** Locales whose file exists. A lesson written in English shows in every locale, marked as English. */
  writtenIn: Locale[]
  isWritten: boolean
  exercises: ExerciseEntry[]
}

/** The project's folder. The configuration names it, so that a build started from elsewhere finds it too. */
export function projectRoot(): string {
  return process.env.CLUSTERWRIGHT_ROOT ?? process.cwd()
}

/** A build reads the folders once; a development server reads them again for every page, so that new files show. */
const kept = new Map<string, CourseSection[]>()

/** All nineteen sections with their state. */
export function readCourse(root = projectRoot()): CourseSection[] {
  const isBuild = import.meta.env?.PROD === true
  const course = (isBuild ? kept.get(root) : undefined) ?? readFolders(root)
  if (isBuild) kept.set(root, course)
  return course
}

function readFolders(root: string): CourseSection[] {
  const exercises = readExercises(root)
  return sections.map((section) => {
    const writtenIn = (['en', 'es'] as const).filter((locale) =>
      existsSync(join(root, 'content', locale, lessonFile(section))),
    )
    return {
      ...section,
      writtenIn,
      isWritten: writtenIn.includes('en'),
      exercises: exercises.filter((exercise) => exercise.section === section.id),
    }
  })
}

/** The language in which a page's content is: a lesson that is not translated is English in every locale. */
export function contentLocale(pathname: string, course = readCourse()): Locale {
  const { path, locale } = locate(pathname)
  const slug = /^lessons\/(.+)$/.exec(path)?.[1]
  const section = slug === undefined ? undefined : course.find((candidate) => candidate.slug === slug)
  return section && !section.writtenIn.includes(locale) ? 'en' : locale
}

/** The task in Spanish: no part of an exercise's version. */
const TASK_ES = 'task.es.mdx'

/** Every exercise that has a `task.mdx`, in the order of the folders. Throws when two share an id. */
function readExercises(root: string): ExerciseEntry[] {
  const base = join(root, 'exercises')
  const entries: ExerciseEntry[] = []
  for (const family of folders(base)) {
    for (const name of folders(join(base, family))) {
      const folder = `${family}/${name}`
      const task = join(base, folder, 'task.mdx')
      if (existsSync(task))
        entries.push(readExercise(withImports(textsOf(join(base, folder)), join(base, folder)), folder))
    }
  }
  const ids = entries.map((entry) => entry.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice)
    throw new Error(`Two exercises have the id “${twice}”. An id never changes and is used once: rename the newer one.`)
  return entries
}

/** One exercise from the files of its folder: its front matter is that of `task.mdx`, what is read also that of its translation. */
export function readExercise(files: Record<string, string>, folder: string): ExerciseEntry {
  const { id, title, section, estimate, summary, description, limits } = frontMatter(files['task.mdx'] ?? '')
  if (typeof id !== 'string' || typeof title !== 'string') {
    throw new Error(`exercises/${folder}/task.mdx needs “id” and “title” in its front matter.`)
  }
  const minutes = typeof estimate === 'number' ? estimate : Number.parseInt(String(estimate ?? ''), 10)
  const line = summary ?? description
  const spanish = frontMatter(files[TASK_ES] ?? '')
  const inBoth = (english: string, other: unknown) => ({ en: english, es: typeof other === 'string' ? other : english })
  const fuel = (limits as { fuel?: unknown } | undefined)?.fuel
  return {
    id,
    title: inBoth(title, spanish.title),
    section: sectionIdOf(section, folder),
    folder,
    version: exerciseVersion(files),
    ...(typeof fuel === 'number' ? { fuel } : {}),
    ...(Number.isFinite(minutes) ? { estimate: minutes } : {}),
    ...(typeof line === 'string' ? { summary: inBoth(line, spanish.summary) } : {}),
  }
}

/** Front matter may name the section by its id (H6), its number (6) or its slug (scheduler). */
function sectionIdOf(value: unknown, folder: string): string {
  const text = String(value ?? '')
  const found = sections.find(
    ({ id, number, slug }) => text.toUpperCase() === id || text === String(number) || text === slug,
  )
  if (found) return found.id
  throw new Error(
    `exercises/${folder}/task.mdx says section: “${text}”, which is none of H1 to H19. See src/course/sections.ts.`,
  )
}

/** The YAML block at the top of an MDX file, as an object; empty when there is none. */
export function frontMatter(text: string): Record<string, unknown> {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text)
  const value: unknown = match?.[1] === undefined ? undefined : parse(match[1])
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The sections grouped by part, as the sidebar and the lists show them. */
export function byPart<Entry extends Section>(course: readonly Entry[]) {
  return parts.map((part) => ({ part, sections: course.filter((section) => section.part === part.id) }))
}

/** The next written lesson after one, in the course's order. */
export function nextWritten(course: readonly CourseSection[], slug: string): CourseSection | undefined {
  const index = course.findIndex((section) => section.slug === slug)
  return course.slice(index + 1).find((section) => section.isWritten)
}

/** The written lesson before one. */
export function previousWritten(course: readonly CourseSection[], slug: string): CourseSection | undefined {
  const index = course.findIndex((section) => section.slug === slug)
  return course.slice(0, Math.max(index, 0)).findLast((section) => section.isWritten)
}

function textsOf(path: string): Record<string, string> {
  const names = readdirSync(path).filter((name) => name === TASK_ES || countsForVersion(name))
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}

function folders(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
