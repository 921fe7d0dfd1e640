/**
 * `npm run set-up`: everything that `npm start` and `npm test` would prepare, and nothing else.
 */
import { ensureChromium } from './set-up/chromium.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { ensureEtcd, ensureEtcdctl } from './set-up/etcd.mjs'
import { nodeForSources } from './set-up/node-24.mjs'
import { command, say } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  say(`Node for the sources: ${nodeForSources()}`)
  say(`Chromium for the end-to-end tests: ${await ensureChromium()}`)
  say(`etcd and its client for the tests with real clients: ${await ensureEtcd()}, ${await ensureEtcdctl()}`)
})
