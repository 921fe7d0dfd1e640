/**
 * The packages: installed exactly as package-lock.json says, and not touched when they already are.
 *
 * npm leaves a record of what it installed in node_modules/.package-lock.json, written last. Comparing it with the
 * lock file, package by package, tells a fresh clone, a half-finished install and a lock file that has moved on from
 * an install that is good, whatever the files' dates say.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'
import { Refusal, say, step } from './say.mjs'

/** @param {string} path @returns {Record<string, {version?: string, optional?: boolean, peer?: boolean, link?: boolean}> | undefined} */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

/**
 * Why the packages must be installed, or undefined when they need not be.
 * @param {string} [folder] the project's root
 * @returns {string | undefined}
 */
export function staleDependencies(folder = root) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'))
  if (!wanted)
    throw new Refusal('package-lock.json is missing or broken.', 'Restore it: git checkout package-lock.json')
  if (!existsSync(join(folder, 'node_modules'))) return 'nothing is installed yet'
  const installed = lockedPackages(join(folder, 'node_modules', '.package-lock.json'))
  if (!installed) return 'an earlier install did not finish'
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue
    const found = installed[path]?.version
    if (found === version) continue
    // A package for another platform is left out on purpose; Node itself is looked for in node-24.mjs.
    if (optional && found === undefined) continue
    return `${path.replace('node_modules/', '')} should be ${version}${found ? `, is ${found}` : ', is missing'}`
  }
  return undefined
}

/** Installs the packages if they are missing or differ from the lock file. */
export async function ensureDependencies() {
  const reason = staleDependencies()
  if (!reason) return
  await step(`Installing the packages (${reason})`, async () => {
    const { code, output } = await run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true })
    if (code === 0) return
    process.stderr.write(output)
    throw new Refusal(
      `npm ci failed (exit code ${code}).`,
      'It needs the network (registry.npmjs.org or your mirror) and about 1 GB of disk. Then run the command again.',
    )
  })
  const still = staleDependencies()
  if (still)
    throw new Refusal(`The packages are still not as locked: ${still}.`, 'Delete node_modules and run it again.')
  say('  packages are as package-lock.json says')
}
