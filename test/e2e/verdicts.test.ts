/**
 * One verdict, whoever gives it: every file of every exercise gets the same digest, and uses the same fuel, in this Node
 * and in the page's own workers in Chromium; and the command line prints that very digest.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { findExercises } from '#grader/cli/exercises-node.ts'
import type { Verdict } from '#grader/verdict/verdict.ts'
import { root } from '../../scripts/set-up/run.mjs'
import { open, useBrowser } from './harness.ts'
import { gradeInNode } from './node-grader.ts'
import { gradeInPage } from './page-grader.ts'
import type { Graded } from './page-grader.ts'
import { allSubmissions, submission } from './submissions.ts'
import type { Submission } from './submissions.ts'

/** Enough for every check to do its work; all seeds of all files would take longer than anybody waits for tests. */
const FEW_SEEDS = 4

const browser = useBrowser()

const named = <T>(submissions: readonly Submission[], graded: readonly Graded[], what: (one: Graded) => T) =>
  submissions.map(({ exercise, file }, index) => ({ file: `${exercise}/${file}`, is: what(graded[index]!) }))

const fuelOf = ({ verdict }: Graded) => [verdict.fuel, ...verdict.checks.map((check) => check.fuel)]

const all = allSubmissions()
const few = { mode: 'submit', seeds: FEW_SEEDS } as const
const whole = all.filter(({ file }) => file === 'solution.ts' || file === 'starter.ts')

describe('in Node and in Chromium', () => {
  let here: Graded[]
  let there: Graded[]
  let wholeHere: Graded[]
  let wholeThere: Graded[]
  beforeAll(async () => {
    const { page } = await open(browser(), 'exercises/fit-filter/')
    // At the same time: two cores, two hosts.
    ;[there, here] = await Promise.all([gradeInPage(page, all, few), gradeInNode(all, few)])
    ;[wholeThere, wholeHere] = await Promise.all([
      gradeInPage(page, whole, { mode: 'submit' }),
      gradeInNode(whole, { mode: 'submit' }),
    ])
    console.log(`${all.length} submissions on ${FEW_SEEDS} seeds, ${whole.length} of them on all, each in both hosts`)
    // Longer than any single test: this is where all of the work is done.
  }, 180_000)

  it('every exercise has its files here', () => {
    for (const { id } of findExercises()) {
      const files = all.filter(({ exercise }) => exercise === id)
      expect(files.length, id).toBeGreaterThan(10)
    }
    expect(here).toHaveLength(all.length)
  })

  it('every file is compiled to the same code with the same diagnostics', () => {
    expect(named(all, there, ({ compiled }) => compiled)).toEqual(named(all, here, ({ compiled }) => compiled))
  })

  it('every file has the same digest, and it is that of the same verdict', () => {
    const bare = ({ verdict: { fuel: _, ...verdict } }: Graded) => ({
      ...verdict,
      checks: verdict.checks.map(({ fuel: __, ...check }) => check),
    })
    expect(named(all, there, ({ verdict }) => verdict.digest)).toEqual(
      named(all, here, ({ verdict }) => verdict.digest),
    )
    expect(named(all, there, bare)).toEqual(named(all, here, bare))
  })

  it('every check of every file uses the same fuel', () => {
    expect(named(all, there, fuelOf)).toEqual(named(all, here, fuelOf))
  })

  it('on all seeds too, the solution passes and the starter fails with the same digest and fuel', () => {
    const what = (one: Graded) => [one.verdict.status, one.verdict.digest, ...fuelOf(one)]
    expect(named(whole, wholeThere, what)).toEqual(named(whole, wholeHere, what))
    expect(named(whole, wholeThere, ({ verdict }) => verdict.status)).toEqual(
      whole.map(({ exercise, file }) => ({
        file: `${exercise}/${file}`,
        is: file === 'solution.ts' ? 'pass' : 'fail',
      })),
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

describe.each(findExercises().map(({ id, path }) => ({ id, path })))('$id at the command line', ({ id, path }) => {
  it.each(['solution.ts', 'starter.ts'])('%s has the digest that the page gives', async (file) => {
    const { page } = await open(browser(), `exercises/${id}/`)
    const [verdict, [inPage]] = await Promise.all([
      clusterwright(['grade', id, join(path, file), '--json', '--mode', 'run']),
      gradeInPage(page, [submission(id, file)], { mode: 'run' }),
    ])
    expect(verdict.digest).toBe(inPage!.verdict.digest)
    expect(verdict).toEqual(inPage!.verdict)
  })
})
