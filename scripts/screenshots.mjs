/**
 * `npm run screenshots [-- folder --only text]`: builds the site, then goes on in Node 24.
 */
import { buildSite } from './build-site.mjs'
import { ensureChromium } from './set-up/chromium.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { goOnIn } from './set-up/node-24.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  await ensureChromium()
  await buildSite()
  await goOnIn('scripts/screenshots.ts', process.argv.slice(2))
})
