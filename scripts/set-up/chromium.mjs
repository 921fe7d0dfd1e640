/**
 * A Chromium for the end-to-end tests. Debian's `chromium-headless-shell` first: the whole browser starts a toolbar of its own,
 * a page in a process, for every window that nobody sees, which takes half of two cores.
 */
import { existsSync } from 'node:fs'
import { ensureByApt, findInPath, namedBy } from './apt.mjs'

const SHELL = 'chromium-headless-shell'
const NAMES = [SHELL, 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** @returns {string | undefined} the path of a Chromium; `CHROMIUM` in the environment wins */
export const findChromium = () => namedBy('CHROMIUM') ?? findInPath(NAMES) ?? (existsSync(MAC) ? MAC : undefined)

/** @returns {Promise<string>} the path of a Chromium: the shell, installed first if it is not there, else whichever there is */
export async function ensureChromium() {
  try {
    return await ensureByApt({
      find: () => namedBy('CHROMIUM') ?? findInPath([SHELL]),
      what: 'The end-to-end tests need a Chromium',
      packages: [SHELL],
      remedy: `Install it (on Debian: sudo apt-get install ${SHELL}), or set CHROMIUM to the path of one.`,
    })
  } catch (error) {
    const other = findChromium()
    if (other) return other
    throw error
  }
}
