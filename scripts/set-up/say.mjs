/**
 * How the commands speak: one line when something begins, one when it ends, and a refusal that names its remedy.
 * Plain JavaScript for Node 20, because it runs before anything is installed.
 */

/** A failure that a person can mend: what happened, and what to do about it. */
export class Refusal extends Error {
  /** @param {string} what one sentence @param {string} remedy a command or an action, never "try again" */
  constructor(what, remedy) {
    super(what)
    this.name = 'Refusal'
    this.remedy = remedy
  }
}

/** Says what is being done. To stderr, so that a command's own output stays clean. @param {string} line */
export const say = (line) => process.stderr.write(`${line}\n`)

/** @param {number} milliseconds @returns {string} `0.4 s`, `12.0 s` */
export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`

/**
 * Announces a piece of work, does it, and says how long it took.
 * @template T
 * @param {string} what in the present participle: "Installing the packages"
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  say(`• ${what} …`)
  const began = performance.now()
  const result = await work()
  say(`  done in ${seconds(performance.now() - began)}`)
  return result
}

/**
 * Runs a command's main function: a Refusal is printed with its remedy, anything else with its stack; both exit 1.
 * @param {() => Promise<void>} main
 */
export async function command(main) {
  try {
    await main()
  } catch (error) {
    if (error instanceof Refusal) process.stderr.write(`\n✗ ${error.message}\n  → ${error.remedy}\n`)
    else process.stderr.write(`\n✗ ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
}
