/**
 * How slow this machine is now. Budgets are in seconds, and the same tests have taken twice as many on another day: not the
 * processor, but memory that was new to a virtual machine was dear. So a piece of work that never changes, with as many processes
 * and as much fresh memory as tests have, is done before and after each suite, and what a suite took is measured by it.
 *
 *   node scripts/yardstick.mjs    says how slow it is
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nodeForSources } from './set-up/node-24.mjs'
import { root, run } from './set-up/run.mjs'

/** What the work takes on the machine in whose seconds budgets are, two cores with nothing else to do. */
const REFERENCE_MS = 1600
/** A machine slower than this has no more time for it: who waits for tests that long runs none. */
export const SLOWEST = 3

/** @returns {Promise<number>} 1: as quick as the reference, or quicker; 2: takes twice as long. Asking takes a second or more */
export async function slowness() {
  const line = [nodeForSources(), join(root, 'scripts/yardstick-work.mjs')]
  const began = performance.now()
  const ended = await Promise.all([run(line, { quiet: true }), run(line, { quiet: true })])
  const broken = ended.find(({ code }) => code !== 0)
  if (broken) throw new Error(`the yardstick broke: ${broken.output}`)
  return clamp((performance.now() - began) / REFERENCE_MS)
}

const clamp = (value) => Math.min(SLOWEST, Math.max(1, value))

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.stdout.write(`${(await slowness()).toFixed(2)} times as slow as the machine of the budgets\n`)
