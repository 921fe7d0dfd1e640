/** `clusterwright export`: what another platform needs to grade an exercise with this package. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { parse } from 'yaml'
import type { Course } from '../course.ts'
import { EXIT, defineCommand } from '../command.ts'
import { MARKER, exerciseOf } from '../course.ts'
import { UsageError, didYouMean } from '../errors.ts'
import type { ExerciseFolder } from '../exercises-node.ts'
import { loadExercise, read } from '../exercises-node.ts'
import { exercism } from '../export/exercism.ts'
import { gradescope } from '../export/gradescope.ts'
import type { Exported, Platform } from '../export/platform.ts'
import { packFolder } from '../export/pack.ts'
import { prairielearn } from '../export/prairielearn.ts'
import { zip } from '../export/zip.ts'

const PLATFORMS: readonly Platform[] = [gradescope, exercism, prairielearn, zip]

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'writes what another platform needs to grade an exercise',
  usage: ['export <id> --to PLATFORM --out DIR'],
  options: {
    to: { type: 'string', value: PLATFORMS.map(({ name }) => name).join('|'), help: 'for which platform' },
    out: { type: 'string', value: 'DIR', help: 'an empty or new folder for the files; for zip, a new FILE.zip' },
    package: {
      type: 'string',
      value: 'FILE',
      help: 'a tarball of this package to install (default: from the registry)',
    },
  },
  details: `Platforms
${PLATFORMS.map(({ name, what }) => `  ${name.padEnd(14)}${what}`).join('\n')}

Each grades with clusterwright grade --official: the fixed seeds, behind a second wall. An exercise of a course of your own
takes that course along.`,
  async run({ positionals: [id, ...more], values, out, course, version }) {
    if (id === undefined || more.length > 0) throw new UsageError('export takes one exercise')
    const platform = platformNamed(values.to)
    if (values.out === undefined) throw new UsageError('say where the files go: --out DIR')
    refuseWhatIsThere(platform, values.out)
    const tarball = values.package
    if (tarball !== undefined) tarballIsSound(tarball)
    const folder = exerciseOf(course(), id)
    const exported = await exportedOf(folder, course(), version, tarball)
    const writeTo = (target: string): void => {
      writeFiles(platform, exported, target)
      const assets = join(target, platform.assets)
      mkdirSync(assets, { recursive: true })
      if (tarball !== undefined) copyFileSync(tarball, join(assets, basename(tarball)))
      if (exported.hasCourse) copyCourse(folder, course(), join(assets, 'course'))
    }
    if (platform.isArchive) writeFileSync(values.out, packFolder(writeTo))
    else writeTo(values.out)
    out.write(
      `${values.out}: ${id} for ${platform.name}\n${platform.next(exported, values.out.replace(/(?<=.)\/+$/, ''))}\n`,
    )
    return EXIT.pass
  },
})

function refuseWhatIsThere({ isArchive }: Platform, out: string): void {
  if (isArchive && !out.endsWith('.zip')) throw new UsageError(`--out is "${out}": name a new file that ends in .zip`)
  if (!existsSync(out)) return
  if (isArchive) throw new UsageError(`--out: there is a file "${out}" already: name a new one`)
  if (readdirSync(out).length > 0) throw new UsageError(`--out: "${out}" is not empty: name a new folder`)
}

function tarballIsSound(tarball: string): void {
  if (!existsSync(tarball)) throw new UsageError(`--package: there is no file "${tarball}"`)
  // Its name will stand in scripts.
  if (!/^[\w.@+-]+\.tgz$/.test(basename(tarball)))
    throw new UsageError(`--package: "${basename(tarball)}" is no name such as clusterwright-1.0.0.tgz`)
}

function platformNamed(name: string | undefined): Platform {
  const known = PLATFORMS.map((platform) => platform.name)
  if (name === undefined) throw new UsageError(`say for which platform: --to ${known.join('|')}`)
  const found = PLATFORMS.find((platform) => platform.name === name)
  if (!found) throw new UsageError(didYouMean(`there is no platform "${name}"`, name, known))
  return found
}

async function exportedOf(
  folder: ExerciseFolder,
  course: Course,
  version: string,
  tarball?: string,
): Promise<Exported> {
  const { checks } = await loadExercise(folder)
  const [, matter = '', task = ''] =
    /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(read(folder.path, 'task.mdx')) ?? []
  const { summary, concepts } = parse(matter) as { summary?: unknown; concepts?: unknown }
  const headings = read(folder.path, 'hints.mdx').matchAll(/^## [\w-]+:[ \t]*(.+)$/gm)
  return {
    ...{ id: folder.id, title: folder.title, section: folder.section, task, version },
    summary: typeof summary === 'string' ? summary : folder.title,
    concepts: Array.isArray(concepts) ? concepts.map(String) : [],
    hints: [...headings].map(([, question]) => question!.trim()),
    checks: checks.checks.map(({ name }) => name),
    starter: read(folder.path, 'starter.ts'),
    solution: read(folder.path, 'solution.ts'),
    ...(tarball !== undefined && { tarball: basename(tarball) }),
    hasCourse: !course.isBuiltIn,
  }
}

function writeFiles(platform: Platform, exported: Exported, folder: string): void {
  for (const [name, { text, isExecutable }] of Object.entries(platform.files(exported))) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    if (isExecutable) chmodSync(path, 0o755)
  }
}

/** The exercise alone, where its course has it, and the course's marker. Its solution stays at home. */
function copyCourse(folder: ExerciseFolder, { root, name }: Course, target: string): void {
  const inside = relative(root, folder.path)
  cpSync(folder.path, join(target, inside), {
    recursive: true,
    filter: (path) => !/(?:^|[\\/])(?:solution\.ts|wrong|accepted)$/.test(relative(folder.path, path)),
  })
  const marker = join(root, MARKER)
  writeFileSync(
    join(target, MARKER),
    existsSync(marker) ? readFileSync(marker, 'utf8') : `name: ${JSON.stringify(name)}\n`,
  )
}
