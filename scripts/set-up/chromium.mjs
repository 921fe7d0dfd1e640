/**
 * A Chromium for the end-to-end tests: the one that is there, or Debian's, installed by apt. Never a silent skip.
 *
 * The other programs that only tests need (kubectl, etcd, the CNI plugins) will be siblings of this file: one file per
 * program, exporting one `ensure…` that finds or installs it and refuses with the remedy; the suite that needs it says
 * so in `needs` of scripts/suites.mjs.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'
import { Refusal, step } from './say.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** @returns {string | undefined} the path of a Chromium; `CHROMIUM` in the environment wins */
export function findChromium() {
  if (process.env.CHROMIUM) {
    if (existsSync(process.env.CHROMIUM)) return process.env.CHROMIUM
    throw new Refusal(`CHROMIUM names ${process.env.CHROMIUM}, which does not exist.`, 'Correct it, or unset it.')
  }
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin')
  const inPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path))
  return inPath ?? (existsSync(MAC) ? MAC : undefined)
}

/** @returns {string[] | undefined} what must stand before apt-get to install: nothing for root, or sudo */
function aptPrefix() {
  const works = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0
  if (!works('apt-get', '--version')) return undefined
  if (process.getuid?.() === 0) return []
  return works('sudo', '-n', 'true') ? ['sudo', '-n'] : undefined
}

/** @returns {Promise<string>} the path of a Chromium, which is installed first if there is none */
export async function ensureChromium() {
  const found = findChromium()
  if (found) return found
  const remedy = 'Install it (on Debian: sudo apt-get install chromium), or set CHROMIUM to the path of one.'
  const prefix = aptPrefix()
  if (!prefix)
    throw new Refusal('The end-to-end tests need a Chromium, and apt cannot be used here to install one.', remedy)
  await step('Installing Chromium by apt', async () => {
    const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      const { code, output } = await run([...apt, ...args], { quiet: true })
      if (code === 0) continue
      process.stderr.write(output)
      throw new Refusal(`apt-get ${args[0]} failed (exit code ${code}).`, remedy)
    }
  })
  const installed = findChromium()
  if (!installed) throw new Refusal('apt installed chromium, yet no Chromium is in PATH.', remedy)
  return installed
}
