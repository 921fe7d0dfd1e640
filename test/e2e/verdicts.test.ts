/**
 * One verdict, whoever gives it: files of every exercise get the same digest, and use the same fuel, in this Node
 * and in the page's own workers in Chromium; and the command line prints that very digest.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { findExercises } from '#grader/cli/exercises-node.ts'
import type { Verdict } from '#grader/verdict/verdict.ts'
import { root } from '../../scripts/set-up/run.mjs'
import { openPage, newContext } from './chromium.ts'
import { address, useBrowser } from './harness.ts'
import { gradeInNode } from './node-grader.ts'
import { gradeInPage } from './page-grader.ts'
import type { Graded, Grading } from './page-grader.ts'
import { allSubmissions } from './submissions.ts'
import type { Submission } from './submissions.ts'

/**
 * Every so many files, with solutions and starters, run the examples; fewer of them, with the solutions, are submitted on a few
 * seeds. All files on all seeds take longer than anybody waits for tests: `npm run soak -- verdicts` does that.
 */
const RUN_EVERY = 90
const SUBMITTED_EVERY = 360
const FEW_SEEDS = 2

const browser = useBrowser()

const named = <T>(submissions: readonly Submission[], graded: readonly Graded[], what: (one: Graded) => T) =>
  submissions.map(({ exercise, file }, index) => ({ file: `${exercise}/${file}`, is: what(graded[index]!) }))

const fuelOf = ({ verdict }: Graded) => [verdict.fuel, ...verdict.checks.map((check) => check.fuel)]

const all = allSubmissions()
const isSolution = ({ file }: Submission) => file === 'solution.ts'
const isOurs = (one: Submission) => isSolution(one) || one.file === 'starter.ts'
const everyNth = (nth: number, always: (one: Submission) => boolean) =>
  all.filter((one, index) => always(one) || index % nth === 0)

const rounds: { what: string; submissions: Submission[]; grading: Grading }[] = [
  { what: 'the examples', submissions: everyNth(RUN_EVERY, isOurs), grading: { mode: 'run' } },
  {
    what: `everything, on ${FEW_SEEDS} seeds`,
    submissions: everyNth(SUBMITTED_EVERY, isSolution),
    grading: { mode: 'submit', seeds: FEW_SEEDS },
  },
]

/** What the page says of our own files' examples, by exercise and file. */
const onPage = new Map<string, Verdict>()

/** One page for all rounds: its workers have read the compiler's libraries once. */
let page: Page
beforeAll(async () => {
  const context = await newContext(browser())
  page = (await openPage(context, address('exercises/fit-filter/'))).page
})

it('every exercise has its files here', () => {
  for (const { id } of findExercises())
    expect(all.filter(({ exercise }) => exercise === id).length, id).toBeGreaterThan(10)
})

describe.each(rounds)('in Node and in Chromium: $what', ({ what, submissions, grading }) => {
  let here: Graded[]
  let there: Graded[]
  beforeAll(async () => {
    // At the same time: two cores, two hosts.
    ;[there, here] = await Promise.all([gradeInPage(page, submissions, grading), gradeInNode(submissions, grading)])
    console.log(`${submissions.length} submissions graded in both hosts: ${what}`)
    if (grading.mode === 'run')
      for (const [index, { exercise, file }] of submissions.entries())
        onPage.set(`${exercise}/${file}`, there[index]!.verdict)
    // Longer than any single test: this is where all of the work is done.
  }, 240_000)

  it('every file is compiled to the same code with the same diagnostics', () => {
    expect(there).toHaveLength(submissions.length)
    expect(named(submissions, there, ({ compiled }) => compiled)).toEqual(
      named(submissions, here, ({ compiled }) => compiled),
    )
  })

  it('every file has the same digest, and it is that of the same verdict', () => {
    const bare = ({ verdict: { fuel: _, ...verdict } }: Graded) => ({
      ...verdict,
      checks: verdict.checks.map(({ fuel: __, ...check }) => check),
    })
    const digests = (graded: Graded[]) => named(submissions, graded, ({ verdict }) => verdict.digest)
    expect(digests(there)).toEqual(digests(here))
    expect(named(submissions, there, bare)).toEqual(named(submissions, here, bare))
  })

  it('every check of every file uses the same fuel', () => {
    expect(named(submissions, there, fuelOf)).toEqual(named(submissions, here, fuelOf))
  })

  it('solutions pass and starters fail', () => {
    const ours = submissions.flatMap((one, index) => (isOurs(one) ? [{ one, graded: there[index]! }] : []))
    expect(ours.map(({ one, graded }) => `${one.exercise}/${one.file}: ${graded.verdict.status}`)).toEqual(
      ours.map(({ one }) => `${one.exercise}/${one.file}: ${one.file === 'solution.ts' ? 'pass' : 'fail'}`),
    )
  })
})

/** What the command prints as JSON, whatever its exit code. */
function clusterwright(args: readonly string[]): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const command = [join(root, 'scripts/clusterwright.mjs'), ...args]
    execFile(process.execPath, command, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, printed) => {
      if (printed.trimStart().startsWith('{')) resolve(JSON.parse(printed) as Verdict)
      else reject(error ?? new Error(`clusterwright ${args.join(' ')} printed no JSON: ${printed}`))
    })
  })
}

/** A failing verdict says the most; one that passes is enough for all. */
const atTheCommandLine = all.filter(
  ({ exercise, file }) => file === 'starter.ts' || (exercise === 'fit-filter' && file === 'solution.ts'),
)

describe('at the command line', () => {
  it.each(atTheCommandLine)('$exercise/$file has the verdict that the page gives', async ({ exercise, file }) => {
    const { path } = findExercises().find(({ id }) => id === exercise)!
    const verdict = await clusterwright(['grade', exercise, join(path, file), '--json', '--mode', 'run'])
    expect(verdict).toEqual(onPage.get(`${exercise}/${file}`))
  })
})
