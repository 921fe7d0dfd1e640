/**
 * `npm run api-schemas`: writes the types of the API from the models of @kubernetes/client-node. Sets up, then goes on in Node 24.
 */
import { ensureDependencies } from './set-up/dependencies.mjs'
import { goOnIn } from './set-up/node-24.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  await goOnIn('scripts/api-schemas.ts', [])
})
