/**
 * Builds the site twice for the end-to-end tests: as `npm start` serves it, and under a base path.
 */
import { basedSite, buildSite, plainSite } from './build-site.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await buildSite(plainSite)
  await buildSite(basedSite)
})
