/**
 * `npm run lessons [-- --translated <slug>]`: sets up, then goes on in Node 24.
 */
import { ensureDependencies } from './set-up/dependencies.mjs'
import { goOnIn } from './set-up/node-24.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  await goOnIn('scripts/lessons.ts', process.argv.slice(2))
})
