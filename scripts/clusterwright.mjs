#!/usr/bin/env node
/**
 * The bin `clusterwright`: sets up what is missing and goes on in Node 24 with the real command, whose exit code
 * (0 pass, 1 fail or error, 2 usage, 3 internal error) and signals pass through.
 */
import { ensureDependencies } from './set-up/dependencies.mjs'
import { goOnIn } from './set-up/node-24.mjs'
import { command } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  await goOnIn('grader/cli/clusterwright.ts', process.argv.slice(2))
})
if (process.exitCode) process.exitCode = 3
