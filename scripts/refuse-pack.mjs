/**
 * `npm pack` in this folder: refused, because what would be packed is sources that Node does not run below node_modules.
 */
import { Refusal, command } from './set-up/say.mjs'

await command(() => {
  throw new Refusal(
    'The package is not made of the sources as they are.',
    'Run `npm run package`: it lays the package out, and packs that with npm pack.',
  )
})
