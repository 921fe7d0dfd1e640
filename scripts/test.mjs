/**
 * `npm test`: sets up what is missing, runs every suite in order, says how long each took of its budget, and closes
 * with one line, `N passed, N failed`. Exit code 0 only if nothing failed, nothing was skipped and no budget broke.
 * A slow machine has more time, by as much as it is slower: `scripts/yardstick.mjs`.
 *
 *   npm test -- unit e2e      only these suites
 *   npm test -- --list        their names
 */
import { suites, wholeBudgetS } from './suites.mjs'
import { SLOWEST, slowness } from './yardstick.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { endWithNpm, run } from './set-up/run.mjs'
import { Refusal, command, say, seconds } from './set-up/say.mjs'

/** A suite that runs on long after its budget, on a slow machine too, hangs: it is stopped at this multiple. */
const STOP_AT_BUDGETS = SLOWEST + 1

/** @param {string[]} names @returns {import('./suites.mjs').Suite[]} */
function chosen(names) {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name))
  if (unknown !== undefined)
    throw new Refusal(
      `There is no suite "${unknown}".`,
      `Choose from: ${suites.map(({ name }) => name).join(', ')} (one test file: npx vitest run path/to/x.test.ts)`,
    )
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name))
}

/** A suite that could not begin. */
const notBegun = (name, problem, budgetS = 0) => ({
  ...{ name, passed: 0, failed: 1, problems: [problem] },
  ...{ milliseconds: 0, measured: 0, budgetS },
})

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {() => Promise<number>} slownessNow asked once it has ended: how slow the machine was, from its beginning to its end
 */
async function runSuite(suite, slownessNow) {
  say(`\n━━ ${suite.name}: ${suite.what} (budget ${suite.budgetS} s)`)
  const env = (await suite.needs?.()) ?? {}
  const ended = await run(suite.line(), { env, limitMs: suite.budgetS * 1000 * STOP_AT_BUDGETS })
  const { passed, failed, failures = [] } = suite.count(ended)
  const problems = [...failures]
  let broken = failed
  const fail = (problem) => {
    problems.push(problem)
    broken += 1
  }
  const { milliseconds, code } = ended
  const slow = await slownessNow()
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

/** What it took by the clock, and by the yardstick where that is another. */
const time = ({ milliseconds, measured }) =>
  seconds(milliseconds) + (measured < milliseconds ? `, by the yardstick ${seconds(measured)}` : '')

/** @param {Awaited<ReturnType<typeof runSuite>>[]} results */
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
  try {
    await ensureDependencies()
    const slownessNow = await slownessBetween()
    for (const suite of running) {
      // What one suite cannot have does not keep the others from running.
      results.push(
        await runSuite(suite, slownessNow).catch((error) => {
          const remedy = error instanceof Refusal ? ` → ${error.remedy}` : ''
          return notBegun(suite.name, `${error.message}${remedy}`, suite.budgetS)
        }),
      )
    }
  } catch (error) {
    const problem = error instanceof Refusal ? `${error.message} → ${error.remedy}` : String(error.stack ?? error)
    results.push(notBegun('set-up', problem))
  }
  const total = (of) => results.reduce((sum, result) => sum + result[of], 0)
  const all = { milliseconds: total('milliseconds'), measured: total('measured'), budgetS: wholeBudgetS }
  if (all.measured > wholeBudgetS * 1000) {
    const problems = [`all suites together took ${time(all)} of ${wholeBudgetS} s: make the dearest faster`]
    results.push({ name: 'the whole', passed: 0, failed: 1, problems, ...all })
  }
  summary(results)
  say(`  all of it ${time(all)}, of ${wholeBudgetS} s`)
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`)
  process.exitCode = total('failed') === 0 ? 0 : 1
})
