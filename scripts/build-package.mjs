/**
 * `npm run package`: builds the npm package of the command, and prints where the tarball is.
 */
import { relative } from 'node:path'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { command, step } from './set-up/say.mjs'

await command(async () => {
  await ensureDependencies()
  const { buildPackage } = await import('./package/build.mjs')
  const tarball = await step('Building the package', buildPackage)
  process.stdout.write(`${relative(process.cwd(), tarball)}\n`)
})
