/**
 * `npm run reporters [-- <id> <file>]`: sets up, then goes on in Node 24.
 */
import { ensureDependencies } from './set-up/dependencies.mjs'
import { goOnIn } from './set-up/node-24.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  await goOnIn('scripts/reporters.ts', process.argv.slice(2))
})
