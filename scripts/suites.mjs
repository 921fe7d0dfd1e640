/**
 * What `npm test` runs, each suite with a time budget, and the whole with one of its own. A suite over its budget fails,
 * and so does the whole, because slow tests stop being run. Seconds are those of the yardstick (`scripts/yardstick.mjs`). A suite's
 * budget leaves room for a slow minute, so together they are more than the whole's.
 *
 * A suite is one row: the programs to run, how to count what they tested, and what it needs first. A suite that
 * counts nothing has failed: a test that did not run is not a test that passed.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureChromium } from './set-up/chromium.mjs'
import { ensureEtcd, ensureEtcdctl } from './set-up/etcd.mjs'
import { ensureHelm3, ensureKubectl120, ensureKubectl136 } from './set-up/kubectl.mjs'
import { nodeForSources } from './set-up/node-24.mjs'
import { root } from './set-up/run.mjs'

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} [failures] names of what failed
 * @typedef {object} Suite
 * @property {string} name as in `npm test -- <name>`
 * @property {string} what in the present participle
 * @property {number} budgetS seconds of wall time on two cores, by the yardstick
 * @property {() => string[]} line the program and its arguments
 * @property {(ended: import('./set-up/run.mjs').Ended) => Count} count
 * @property {() => Promise<Record<string, string>>} [needs] prepares; its result joins the environment
 */

/** A check of the whole tree is one test: its exit code. */
const byExitCode = (what) => (ended) =>
  ended.code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, failures: [what] }

/** Where vitest leaves its results. */
const report = (project) => join(root, 'test-results', `${project}.json`)

const vitest = (project) => [
  'vitest',
  'run',
  `--project=${project}`,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report(project)}`,
]

/**
 * Counts vitest's own report. Skipped and to-do tests are failures, and so is a file that could not be loaded.
 * @param {any} results @returns {Count}
 */
export function countVitest(results) {
  const failures = []
  for (const file of results.testResults) {
    const broken = file.assertionResults.filter(({ status }) => status !== 'passed')
    for (const { fullName, status } of broken)
      failures.push(`${fullName}${status === 'failed' ? '' : ` (${status}: what is missing is a failure)`}`)
    if (file.status === 'failed' && broken.length === 0) failures.push(`${file.name} (could not be run)`)
  }
  if (!results.success && failures.length === 0) failures.push('vitest itself (an error outside any test)')
  return { passed: results.numPassedTests, failed: failures.length, failures }
}

const byVitest = (project) => (ended) => {
  if (!existsSync(report(project))) return { passed: 0, failed: 1, failures: [`vitest left no report (${ended.code})`] }
  return countVitest(JSON.parse(readFileSync(report(project), 'utf8')))
}

/** Reads the last `N passed, N failed` that a program printed. @param {string} what @returns {Suite['count']} */
export const byClosingLine = (what) => (ended) => {
  const line = [...ended.output.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1)
  if (!line) return { passed: 0, failed: 1, failures: [`${what} printed no "N passed, N failed"`] }
  const [passed, failed] = [Number(line[1]), Number(line[2])]
  if (ended.code !== 0 && failed === 0) return { passed, failed: 1, failures: [`${what} (exit code ${ended.code})`] }
  return { passed, failed, failures: failed ? [`${failed} in ${what}`] : [] }
}

const clearReport = (project) => async () => {
  rmSync(report(project), { force: true })
  return {}
}

/** Seconds for everything on two cores: fifteen minutes. */
export const wholeBudgetS = 900

/**
 * In this order: one step after another, in a step its lanes side by side, in a lane one suite after another. Side by side stand
 * suites that keep one core busy each, and of which none reads what the other writes: the types that `astro check` makes are read by
 * those after it. What keeps both busy stands alone, and so do real clients, which keep neither busy, but whose patience is
 * measured by the clock.
 */
export const steps = [
  [
    ['pages', 'types', 'unused'],
    ['format', 'lint'],
  ],
  [['unit']],
  [['exercises']],
  [['clients']],
  [['package'], ['build']],
  [['e2e']],
]

/** @type {Suite[]} */
export const suites = [
  {
    name: 'format',
    what: 'Checking the format (Prettier)',
    budgetS: 50,
    line: () => ['prettier', '--check', '--log-level=warn', '.'],
    count: byExitCode('the format: mend it with npm run format'),
  },
  {
    name: 'lint',
    what: 'Checking for mistakes and bans (oxlint)',
    budgetS: 10,
    line: () => ['oxlint', '--deny-warnings'],
    count: byExitCode('lint'),
  },
  {
    name: 'pages',
    what: 'Checking the types of the pages (astro check)',
    budgetS: 70,
    line: () => ['astro', 'check', '--minimumFailingSeverity', 'error', '--minimumSeverity', 'warning'],
    count: byExitCode('types of the pages'),
  },
  {
    name: 'types',
    what: 'Checking the types (tsc)',
    budgetS: 35,
    line: () => ['tsc', '--noEmit'],
    count: byExitCode('types'),
  },
  {
    name: 'unused',
    what: 'Looking for what nothing uses (knip)',
    budgetS: 10,
    line: () => ['knip', '--no-progress'],
    count: byExitCode('something nothing uses'),
  },
  {
    name: 'unit',
    what: 'Running the unit tests and the house rules (vitest)',
    budgetS: 180,
    line: () => vitest('unit'),
    count: byVitest('unit'),
    needs: clearReport('unit'),
  },
  {
    name: 'exercises',
    what: 'Proving each exercise (clusterwright check)',
    budgetS: 160,
    line: () => [nodeForSources(), 'grader/cli/clusterwright.ts', 'check'],
    count: byClosingLine('clusterwright check'),
  },
  {
    name: 'clients',
    what: 'Comparing with real programs, and serving real clients (vitest)',
    budgetS: 160,
    line: () => vitest('clients'),
    count: byVitest('clients'),
    needs: async () => ({
      ...(await clearReport('clients')()),
      ETCD: await ensureEtcd(),
      ETCDCTL: await ensureEtcdctl(),
      KUBECTL_1_20: await ensureKubectl120(),
      ...(await ensureKubectl136().then(({ kubectl, helm }) => ({ KUBECTL_1_36: kubectl, HELM: helm }))),
      HELM_3: await ensureHelm3(),
    }),
  },
  {
    name: 'package',
    what: 'Packing the command, installing it in an empty folder offline, and making a course with it (vitest)',
    // Beside the build, with half of the machine.
    budgetS: 110,
    line: () => vitest('package'),
    count: byVitest('package'),
    needs: clearReport('package'),
  },
  {
    name: 'build',
    what: 'Building the site, under / and under a base path',
    // Beside the package, as that one is beside it.
    budgetS: 100,
    line: () => [nodeForSources(), 'scripts/build-for-tests.mjs'],
    count: byExitCode('the build of the site'),
  },
  {
    name: 'e2e',
    what: 'Reading, running, failing and passing in a real Chromium (vitest)',
    budgetS: 420,
    line: () => vitest('e2e'),
    count: byVitest('e2e'),
    needs: async () => ({ ...(await clearReport('e2e')()), CHROMIUM: await ensureChromium() }),
  },
]
