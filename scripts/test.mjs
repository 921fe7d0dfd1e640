/**
 * `npm test`: sets up what is missing, runs every suite in order, says how long each took of its budget, and closes
 * with one line, `N passed, N failed`. Exit code 0 only if nothing failed, nothing was skipped and no budget broke.
 *
 *   npm test -- unit e2e      only these suites
 *   npm test -- --list        their names
 */
import { suites, wholeBudgetS } from './suites.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { endWithNpm, run } from './set-up/run.mjs'
import { Refusal, command, say, seconds } from './set-up/say.mjs'

/** A suite that runs on long after its budget hangs: it is stopped at this multiple. */
const STOP_AT_BUDGETS = 2

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

/** @param {import('./suites.mjs').Suite} suite */
async function runSuite(suite) {
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
  if (ended.code === 124) fail(`stopped after ${seconds(ended.milliseconds)}, ${STOP_AT_BUDGETS} times its budget`)
  else if (ended.milliseconds > suite.budgetS * 1000)
    fail(
      `over its budget: ${seconds(ended.milliseconds)} of ${suite.budgetS} s (make it faster, or argue in scripts/suites.mjs)`,
    )
  if (passed + broken === 0) fail('it tested nothing')
  if (ended.code !== 0 && broken === 0) fail(`exit code ${ended.code}`)
  return {
    name: suite.name,
    passed,
    failed: broken,
    problems,
    milliseconds: ended.milliseconds,
    budgetS: suite.budgetS,
  }
}

/** @param {Awaited<ReturnType<typeof runSuite>>[]} results */
function summary(results) {
  say('\n━━ What ran')
  for (const { name, passed, failed, milliseconds, budgetS } of results) {
    const time = `${seconds(milliseconds).padStart(8)} of ${String(budgetS).padStart(3)} s`
    say(`  ${failed ? '✗' : '✓'} ${name.padEnd(10)} ${time}   ${passed} passed, ${failed} failed`)
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
    for (const suite of running) {
      // What one suite cannot have does not keep the others from running.
      results.push(
        await runSuite(suite).catch((error) => {
          const remedy = error instanceof Refusal ? ` → ${error.remedy}` : ''
          const problems = [`${error.message}${remedy}`]
          return { name: suite.name, passed: 0, failed: 1, problems, milliseconds: 0, budgetS: suite.budgetS }
        }),
      )
    }
  } catch (error) {
    const problems = [error instanceof Refusal ? `${error.message} → ${error.remedy}` : String(error.stack ?? error)]
    results.push({ name: 'set-up', passed: 0, failed: 1, problems, milliseconds: 0, budgetS: 0 })
  }
  const spentMs = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  if (spentMs > wholeBudgetS * 1000) {
    const problems = [`all suites together took ${seconds(spentMs)} of ${wholeBudgetS} s: make the dearest faster`]
    results.push({ name: 'the whole', passed: 0, failed: 1, problems, milliseconds: spentMs, budgetS: wholeBudgetS })
  }
  summary(results)
  say(`  all of it ${seconds(spentMs)} of ${wholeBudgetS} s`)
  const total = (of) => results.reduce((sum, result) => sum + result[of], 0)
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`)
  process.exitCode = total('failed') === 0 ? 0 : 1
})
