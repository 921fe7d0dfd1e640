/** A Chromium for the end-to-end tests: the one that is there, or Debian's. */
import { existsSync } from 'node:fs'
import { ensureByApt, findInPath, namedBy } from './apt.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** @returns {string | undefined} the path of a Chromium; `CHROMIUM` in the environment wins */
export const findChromium = () => namedBy('CHROMIUM') ?? findInPath(NAMES) ?? (existsSync(MAC) ? MAC : undefined)

/** @returns {Promise<string>} the path of a Chromium, which is installed first if there is none */
export const ensureChromium = () =>
  ensureByApt({
    find: findChromium,
    what: 'The end-to-end tests need a Chromium',
    packages: ['chromium'],
    remedy: 'Install it (on Debian: sudo apt-get install chromium), or set CHROMIUM to the path of one.',
  })
