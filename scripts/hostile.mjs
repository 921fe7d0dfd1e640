/**
 * `npm run grader:hostile [-- class …]`: sets up, then goes on in Node 24.
 */
import { ensureChromium } from './set-up/chromium.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { goOnIn } from './set-up/node-24.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  process.env.CHROMIUM = await ensureChromium()
  await goOnIn('scripts/hostile.ts', process.argv.slice(2))
})
