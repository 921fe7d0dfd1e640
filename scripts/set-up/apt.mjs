/** Programs that only tests need, found or installed by Debian's apt. Never a silent skip. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'
import { Refusal, step } from './say.mjs'

/** @param {string[]} names @returns {string | undefined} the first of these programs in PATH */
export function findInPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin')
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path))
}

/** @param {string} variable @returns {string | undefined} what it names in the environment, which must be there */
export function namedBy(variable) {
  const path = process.env[variable]
  if (!path || existsSync(path)) return path || undefined
  throw new Refusal(`${variable} names ${path}, which does not exist.`, 'Correct it, or unset it.')
}

/** @returns {string[] | undefined} what must stand before apt-get to install: nothing for root, or sudo */
function aptPrefix() {
  const works = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0
  if (!works('apt-get', '--version')) return undefined
  if (process.getuid?.() === 0) return []
  return works('sudo', '-n', 'true') ? ['sudo', '-n'] : undefined
}

/**
 * A package's file, not installed; where apt does not know the package yet, its lists are fetched first.
 * @param {string} name of the package @param {string} folder where its .deb is put @param {string} remedy for a person
 */
export async function downloadByApt(name, folder, remedy) {
  const download = () => run(['sh', '-c', `cd '${folder}' && apt-get download ${name}`], { quiet: true })
  if ((await download()).code === 0) return
  const prefix = aptPrefix()
  if (prefix) await run([...prefix, 'apt-get', 'update'], { quiet: true })
  const { code, output } = await download()
  if (code === 0) return
  process.stderr.write(output)
  throw new Refusal(`apt-get download ${name} failed (exit code ${code}).`, remedy)
}

/**
 * Finds a program, or installs it first.
 * @param {object} wanted
 * @param {() => string | undefined} wanted.find
 * @param {string} wanted.what as in `The end-to-end tests need a Chromium`
 * @param {string[]} wanted.packages of Debian
 * @param {string} wanted.remedy for a person
 * @returns {Promise<string>} its path
 */
export async function ensureByApt({ find, what, packages, remedy }) {
  const found = find()
  if (found) return found
  const prefix = aptPrefix()
  if (!prefix) throw new Refusal(`${what}, and apt cannot be used here to install one.`, remedy)
  await step(`Installing ${packages.join(', ')} by apt`, async () => {
    const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const { code, output } = await run([...apt, ...args], { quiet: true })
      if (code === 0) continue
      process.stderr.write(output)
      throw new Refusal(`apt-get ${args[0]} failed (exit code ${code}).`, remedy)
    }
  })
  const installed = find()
  if (!installed) throw new Refusal(`apt installed ${packages.join(', ')}, yet the program is not in PATH.`, remedy)
  return installed
}
