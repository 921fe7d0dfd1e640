/** Which exercises have changed since a revision, by git: what is committed, what is not yet, and what git has never seen. */
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import type { Course } from './course.ts'
import { ConfigurationError, UsageError } from './errors.ts'
import type { ExerciseFolder } from './exercise-folders.ts'

/** Where work usually branches off, the likeliest first. */
const MAIN_BRANCHES = ['origin/HEAD', 'origin/main', 'main', 'origin/master', 'master']
/** Of our own course, every exercise depends on what runs it. */
const BENEATH_ALL = ['cluster/', 'grader/']

export interface Changed {
  readonly folders: readonly ExerciseFolder[]
  /** What was compared with, as people read it. */
  readonly since: string
}

export function changedSince(base: string | undefined, course: Course, folders: readonly ExerciseFolder[]): Changed {
  if (git(course.root, 'rev-parse', '--is-inside-work-tree') === undefined)
    throw new ConfigurationError(
      `--changed asks git, but ${course.root} is in no git repository: run "git init" there, or name the exercises`,
    )
  const { revision, since } = startOf(base, course.root)
  const names = [
    ...list(course.root, 'diff', '--name-only', '--relative', '-z', revision),
    ...list(course.root, 'ls-files', '--others', '--exclude-standard', '-z'),
  ]
  const isBeneath = course.isBuiltIn && names.some((name) => BENEATH_ALL.some((folder) => name.startsWith(folder)))
  return { folders: isBeneath ? folders : touchedBy(names, folders), since }
}

/** Exercises to which one of these files matters: paths below the course's root. */
export function touchedBy(names: readonly string[], folders: readonly ExerciseFolder[]): ExerciseFolder[] {
  const homeOf = (file: string) => folders.find(({ name }) => file.startsWith(`exercises/${name}/`))
  const isTouched = ({ name }: ExerciseFolder, file: string): boolean => {
    const home = homeOf(file)
    if (home) return home.name === name
    // What lies beside exercises is shared by those below the same folder.
    return file.startsWith('exercises/') && `exercises/${name}/`.startsWith(`${dirname(file)}/`)
  }
  return folders.filter((folder) => names.some((file) => isTouched(folder, file)))
}

function startOf(base: string | undefined, root: string): { revision: string; since: string } {
  if (base !== undefined) {
    const revision = git(root, 'rev-parse', '--verify', '--quiet', `${base}^{commit}`)?.trim()
    if (revision) return { revision, since: base }
    throw new UsageError(`--base is "${base}", which git does not know: name a commit, a branch or a tag`)
  }
  for (const branch of MAIN_BRANCHES) {
    const revision = git(root, 'merge-base', 'HEAD', branch)?.trim()
    if (revision) return { revision, since: `${branch} (${revision.slice(0, 10)})` }
  }
  throw new UsageError(`git knows neither ${MAIN_BRANCHES.join(', ')} here: say what to compare with, --base REV`)
}

const list = (root: string, ...args: string[]): string[] =>
  (git(root, ...args) ?? '').split('\0').filter((name) => name !== '')

function git(root: string, ...args: string[]): string | undefined {
  const { status, stdout, error } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (error)
    throw new ConfigurationError(`--changed asks git, which could not be started (${error.message}): install git`)
  return status === 0 ? stdout : undefined
}
