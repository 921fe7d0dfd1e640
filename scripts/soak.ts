/**
 * `npm run soak [-- name … --seeds N --first-seed N]`: long runs over many seeds, too long for `npm test`.
 *
 * A soak is a file of scripts/soak/ whose default export is a `Soak`. It runs one seed at a time and returns what went
 * wrong, or nothing. Each failure is printed with the command that runs that very seed again.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discover } from './discover.ts'

export interface Soak {
  /** As in `npm run soak -- <name>`. */
  name: string
  /** How many seeds without --seeds. */
  seeds: number
  /** Runs one seed. @returns what went wrong, in one line, or undefined */
  run(seed: number): string | undefined | Promise<string | undefined>
  /** After the last seed: ends what it has open, prints what can be said of all. @returns what is wrong with them together */
  close?(): string | undefined | Promise<string | undefined>
}

/** Seeds in a row that fail before a soak is given up: the rest would say the same. */
const FAILURES_MAX = 20
const PROGRESS_MS = 30_000

/** A whole number from a flag, or an error that names it. */
export function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new Error(`${flag} ${text}: give a whole number from 1 on.`)
  return Number(text)
}

/** Small, and apart from the kernel's own: chance that decides what goes wrong must not lean on what is tested. @returns a whole number below the one given */
export function chance(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

/** What was thrown, and the innermost place: the whole stack comes with the run of that one seed in a debugger. */
const whereThrown = (error: Error): string => (error.stack ?? error.message).split('\n').slice(0, 2).join('')

/**
 * Runs a soak's seeds in order.
 * @param told hears of each seed before it runs, and how many failed so far
 * @returns one line per failed seed, each with its replay command
 */
export async function runSoak(
  soak: Soak,
  first: number,
  seeds: number,
  told: (seed: number, failed: number) => void = () => {},
): Promise<string[]> {
  const failures: string[] = []
  for (let seed = first; seed < first + seeds && failures.length < FAILURES_MAX; seed += 1) {
    told(seed, failures.length)
    let problem: string | undefined
    try {
      problem = await soak.run(seed)
    } catch (error) {
      problem = error instanceof Error ? whereThrown(error) : String(error)
    }
    if (problem === undefined) continue
    failures.push(`seed ${seed}: ${problem}\n    again: npm run soak -- ${soak.name} --first-seed ${seed} --seeds 1`)
  }
  return failures
}

/** @returns tells on stderr, twice a minute at most, how far it has come */
function progress(first: number, seeds: number): (seed: number, failed: number) => void {
  let last = performance.now()
  return (seed, failed) => {
    if (performance.now() - last < PROGRESS_MS) return
    last = performance.now()
    console.error(`  ${seed - first} of ${seeds} seeds, ${failed} failed so far …`)
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seeds: { type: 'string' }, 'first-seed': { type: 'string' } },
  })
  const seeds = wholeNumber('--seeds', values.seeds)
  const first = wholeNumber('--first-seed', values['first-seed']) ?? 1
  let failed = 0
  for (const soak of await discover<Soak>(join(import.meta.dirname, 'soak'), positionals)) {
    const count = seeds ?? soak.seeds
    console.log(`• ${soak.name}: ${count} seeds from ${first} …`)
    const began = performance.now()
    const failures = await runSoak(soak, first, count, progress(first, count))
    const together = await soak.close?.()
    if (together !== undefined) failures.push(together)
    for (const failure of failures) console.log(`  ✗ ${failure}`)
    const time = ((performance.now() - began) / 1000).toFixed(1)
    const pace = Math.round((count * 60) / Number(time))
    console.log(
      `  ${failures.length === 0 ? '✓ all held' : `✗ ${failures.length} failed`} (${time} s, ${pace} seeds per minute)`,
    )
    failed += failures.length
  }
  process.exitCode = failed === 0 ? 0 : 1
}

if (import.meta.main) {
  // Not awaited here: the files it loads import this one, which would then wait for itself.
  main().catch((error: Error) => {
    console.error(`✗ ${error.message}`)
    process.exitCode = 1
  })
}
