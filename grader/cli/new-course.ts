/** Writes the folder of a new course: the marker, what an editor and npm need, a workflow, and places for what comes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from './errors.ts'
import { templatesFolder } from './new-exercise.ts'

/** npm leaves out what begins with a dot. */
const WRITTEN_AS: Readonly<Record<string, string>> = { github: '.github' }
const GITIGNORE = 'node_modules/\ntest-results/\n'
/** Kept when it is there: an author installs the package first, which makes one. */
const MAY_BE_THERE = new Set(['package.json'])

/** Returns what was written, relative to the new course. `version` is the package's. */
export function writeCourse(
  directory: string,
  { workingFolder, version, languages }: { workingFolder: string; version: string; languages: readonly string[] },
) {
  const root = resolve(workingFolder, directory)
  if (existsSync(root) && !statSync(root).isDirectory())
    throw new UsageError(`"${directory}" is a file: name a folder for the course, new or empty`)
  const template = join(templatesFolder, 'course')
  const files = filesBelow(template).map((file) => ({
    to: nameWritten(file),
    text: () => readFileSync(join(template, file), 'utf8'),
  }))
  files.push({ to: '.gitignore', text: () => GITIGNORE })
  const inTheWay = files.find(({ to }) => !MAY_BE_THERE.has(to) && existsSync(join(root, to)))
  if (inTheWay)
    throw new UsageError(`"${directory}" has a ${inTheWay.to} already: name another folder, or remove that file`)
  const written = files.filter(({ to }) => !existsSync(join(root, to)))
  const filled: Record<string, string> = {
    name: slugOf(basename(root)),
    version: installedFrom(root) ?? version,
    languages: languages.join(', '),
  }
  for (const { to, text } of written) {
    mkdirSync(dirname(join(root, to)), { recursive: true })
    const whole = text().replace(/__([a-z]+)__/g, (placeholder, key: string) => filled[key] ?? placeholder)
    writeFileSync(join(root, to), whole)
  }
  for (const folder of ['exercises', ...languages.map((language) => `content/${language}`)])
    mkdirSync(join(root, folder), { recursive: true })
  return { root, written: written.map(({ to }) => to) }
}

const nameWritten = (file: string): string =>
  file
    .split('/')
    .map((part) => WRITTEN_AS[part] ?? part)
    .join('/')

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)
        : [`${prefix}${entry.name}`],
    )
}

/** A name that npm takes. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'course'

/** Where npm has this package from, if from a file: the new course then asks for the same one, not for one of a registry. */
function installedFrom(root: string): string | undefined {
  const here = fileURLToPath(new URL('../..', import.meta.url))
  const lock = join(here, '..', '.package-lock.json')
  if (basename(dirname(here)) !== 'node_modules' || !existsSync(lock)) return undefined
  const { packages = {} } = JSON.parse(readFileSync(lock, 'utf8')) as {
    packages?: Record<string, { resolved?: string }>
  }
  const { resolved = '' } = packages['node_modules/clusterwright'] ?? {}
  if (!resolved.startsWith('file:')) return undefined
  const tarball = resolve(here, '../..', resolved.slice('file:'.length))
  return `file:${relative(root, tarball).replaceAll('\\', '/')}`
}
