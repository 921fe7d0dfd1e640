/**
 * `npm test`: sets up what is missing, runs every suite, some side by side, says how long each took of its budget, and closes
 * with one line, `N passed, N failed`. Exit code 0 only if nothing failed, nothing was skipped and no budget broke.
 * A slow machine has more time, by as much as it is slower: `scripts/yardstick.mjs`.
 *
 *   npm test -- unit e2e      only these suites
 *   npm test -- --list        their names
 */
import { steps, suites, wholeBudgetS } from './suites.mjs'
import { SLOWEST, slowness } from './yardstick.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { endWithNpm, run } from './set-up/run.mjs'
import { Refusal, command, say, seconds } from './set-up/say.mjs'

/** A suite that runs on long after its budget, on a slow machine too, hangs: it is stopped at this multiple. */
const STOP_AT_BUDGETS = SLOWEST + 1

/** The steps with these suites alone; with all where none is named. @param {string[]} names */
function chosen(names) {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name))
  if (unknown !== undefined)
    throw new Refusal(
      `There is no suite "${unknown}".`,
      `Choose from: ${suites.map(({ name }) => name).join(', ')} (one test file: npx vitest run path/to/x.test.ts)`,
    )
  const suitesOf = (lane) =>
    lane
      .filter((name) => names.length === 0 || names.includes(name))
      .map((name) => suites.find((suite) => suite.name === name))
  return steps.map((lanes) => lanes.map(suitesOf).filter((lane) => lane.length > 0)).filter((lanes) => lanes.length > 0)
}

/** A suite that could not begin. */
const notBegun = (name, problem, budgetS = 0) => ({
  ...{ name, passed: 0, failed: 1, problems: [problem] },
  ...{ milliseconds: 0, measured: 0, budgetS },
})

/**
 * @typedef {{suite: import('./suites.mjs').Suite, env?: Record<string, string>, problem?: string}} Prepared
 * @typedef {Prepared & {ended?: import('./set-up/run.mjs').Ended}} Run
 * @param {import('./suites.mjs').Suite} suite
 * @returns {Promise<Prepared>}
 */
async function prepared(suite) {
  try {
    return { suite, env: (await suite.needs?.()) ?? {} }
  } catch (error) {
    // What one suite cannot have does not keep the others from running.
    return { suite, problem: wordsOf(error) }
  }
}

const wordsOf = (error) => `${error.message}${error instanceof Refusal ? ` → ${error.remedy}` : ''}`

/**
 * @param {Prepared} what
 * @param {boolean} isAlone what runs beside another is shown in one piece, at its end
 * @returns {Promise<Run>}
 */
async function runSuite({ suite, env, problem }, isAlone) {
  if (problem !== undefined) return { suite, problem }
  const heading = `\n━━ ${suite.name}: ${suite.what} (budget ${suite.budgetS} s)`
  say(isAlone ? heading : `• ${suite.name} begins, and is shown at its end`)
  try {
    const limitMs = suite.budgetS * 1000 * STOP_AT_BUDGETS
    const ended = await run(suite.line(), { env, limitMs, quiet: !isAlone })
    if (!isAlone) {
      say(heading)
      process.stdout.write(ended.output)
    }
    return { suite, ended }
  } catch (error) {
    return { suite, problem: wordsOf(error) }
  }
}

/** @param {Run} run @param {number} slow how slow the machine was */
function judged({ suite, ended, problem }, slow) {
  if (!ended) return notBegun(suite.name, problem, suite.budgetS)
  const { passed, failed, failures = [] } = suite.count(ended)
  const problems = [...failures]
  let broken = failed
  const fail = (what) => {
    problems.push(what)
    broken += 1
  }
  const { milliseconds, code } = ended
  const measured = milliseconds / slow
  if (code === 124) fail(`stopped after ${seconds(milliseconds)}, ${STOP_AT_BUDGETS} times its budget`)
  else if (measured > suite.budgetS * 1000)
    fail(
      `over its budget: ${time({ milliseconds, measured })} of ${suite.budgetS} s (make it faster, or argue in scripts/suites.mjs)`,
    )
  if (passed + broken === 0) fail('it tested nothing')
  if (code !== 0 && broken === 0) fail(`exit code ${code}`)
  return { name: suite.name, passed, failed: broken, problems, milliseconds, measured, budgetS: suite.budgetS }
}

/** @template One, Done @param {One[]} all @param {(one: One) => Promise<Done>} act one after the other */
async function inTurn(all, act) {
  const done = []
  for (const one of all) done.push(await act(one))
  return done
}

/**
 * Runs one step, its lanes side by side.
 * @param {import('./suites.mjs').Suite[][]} lanes
 * @param {() => Promise<number>} slownessNow how slow the machine was since it was last asked
 */
async function runStep(lanes, slownessNow) {
  // What a suite needs is fetched once and for all, and no suite's time.
  const ready = []
  for (const lane of lanes) ready.push(await inTurn(lane, prepared))
  const began = performance.now()
  const runs = await Promise.all(ready.map((lane) => inTurn(lane, (one) => runSuite(one, lanes.length === 1))))
  const milliseconds = performance.now() - began
  const slow = await slownessNow()
  return { results: runs.flat().map((one) => judged(one, slow)), milliseconds, measured: milliseconds / slow }
}

/** What it took by the clock, and by the yardstick where that is another. */
const time = ({ milliseconds, measured }) =>
  seconds(milliseconds) + (measured < milliseconds ? `, by the yardstick ${seconds(measured)}` : '')

/** @param {ReturnType<typeof judged>[]} results */
function summary(results) {
  say('\n━━ What ran: seconds by the clock, by the yardstick, and of the budget')
  for (const { name, passed, failed, milliseconds, measured, budgetS } of results) {
    const took = `${seconds(milliseconds).padStart(8)} ${seconds(measured).padStart(8)} of ${String(budgetS).padStart(3)} s`
    say(`  ${failed ? '✗' : '✓'} ${name.padEnd(10)} ${took}   ${passed} passed, ${failed} failed`)
  }
  const bad = results.filter(({ failed }) => failed > 0)
  if (bad.length > 0) say('\n━━ What failed')
  for (const { name, problems } of bad) {
    say(`  ${name}   run it alone: npm test -- ${name}`)
    for (const problem of problems.slice(0, 20)) say(`    ✗ ${problem}`)
    if (problems.length > 20) say(`    … and ${problems.length - 20} more`)
  }
  say('')
}

/** How slow the machine was since it was last asked: between then and now. */
async function slownessBetween() {
  let before = await slowness()
  return async () => {
    const now = await slowness()
    const mean = (before + now) / 2
    before = now
    return mean
  }
}

await command(async () => {
  endWithNpm()
  const args = process.argv.slice(2)
  if (args.includes('--list')) {
    for (const { name, what } of suites) process.stdout.write(`${name.padEnd(10)} ${what}\n`)
    return
  }
  const running = chosen(args)
  const results = []
  const took = { milliseconds: 0, measured: 0 }
  try {
    await ensureDependencies()
    const slownessNow = await slownessBetween()
    for (const lanes of running) {
      const step = await runStep(lanes, slownessNow)
      results.push(...step.results)
      took.milliseconds += step.milliseconds
      took.measured += step.measured
    }
  } catch (error) {
    const problem = error instanceof Refusal ? `${error.message} → ${error.remedy}` : String(error.stack ?? error)
    results.push(notBegun('set-up', problem))
  }
  const all = { ...took, budgetS: wholeBudgetS }
  if (all.measured > wholeBudgetS * 1000) {
    const problems = [`all suites together took ${time(all)} of ${wholeBudgetS} s: make the dearest faster`]
    results.push({ name: 'the whole', passed: 0, failed: 1, problems, ...all })
  }
  summary(results)
  const total = (of) => results.reduce((sum, result) => sum + result[of], 0)
  say(`  all of it ${time(all)}, of ${wholeBudgetS} s`)
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`)
  process.exitCode = total('failed') === 0 ? 0 : 1
})
