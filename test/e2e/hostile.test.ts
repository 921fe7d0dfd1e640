/**
 * Ten hostile submissions: each ends in a verdict within its budget, the same in Node and in Chromium, and whoever comes next
 * gets the verdict they would have got anyway.
 */
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { defaultLimits } from '#grader/sandbox/sandbox.ts'
import { gradeInNode } from './node-grader.ts'
import { HOSTILE_CODE } from './hostile-code.ts'
import { newContext, openPage } from './chromium.ts'
import { address, open, useBrowser } from './harness.ts'
import { gradeInPage } from './page-grader.ts'
import type { Graded } from './page-grader.ts'
import { submission } from './submissions.ts'
import type { Submission } from './submissions.ts'
import { digest, replaceCode, run, workbenchOf } from './workbench.ts'

const browser = useBrowser()
/**
 * An attack that never ends costs a check's whole budget, in each check and in both hosts. All checks meet it in the exercise
 * of a synchronous plugin; where calls wait, the examples show the same.
 */
const gradingOf = (id: string) =>
  id === 'fit-filter' ? ({ mode: 'submit', seeds: 1 } as const) : ({ mode: 'run' } as const)
/** One exercise meets all attacks; each other one of them, because the wall around them is the same. */
const SHARED_BY = 10
const attacksFor = (id: string, place: number): Submission[] =>
  Object.entries(HOSTILE_CODE)
    .filter((_, index) => id === 'fit-filter' || (index + place) % SHARED_BY === 0)
    .map(([name, source]) => ({ exercise: id, file: name, source }))
/** The meter looks at a budget between instructions: what one of them does at once may go over it by so much. */
const OVERRUN = 1.25

const handedIn = findExercises().map((folder, place) => ({
  id: folder.id,
  folder,
  attacks: attacksFor(folder.id, place),
}))

it('each attack is handed in for one exercise at least, and ten for one', () => {
  expect(handedIn.find(({ id }) => id === 'fit-filter')!.attacks).toHaveLength(10)
  const others = handedIn.filter(({ id }) => id !== 'fit-filter').flatMap(({ attacks }) => attacks)
  expect(new Set(others.map(({ file }) => file)).size).toBe(10)
})

/** One page for all exercises: its workers have read the compiler's libraries once, and the wall stands after each attack. */
let page: Page
beforeAll(async () => {
  const context = await newContext(browser())
  page = (await openPage(context, address('exercises/fit-filter/'))).page
})

describe.each(handedIn)('handed in for $id', ({ id, folder, attacks }) => {
  // Before the first attack and after every one somebody honest comes.
  const honest = submission(id, 'starter.ts')
  const submissions = [honest, ...attacks.flatMap((attack) => [attack, honest])]
  let here: Graded[]
  let there: Graded[]
  beforeAll(async () => {
    const grading = gradingOf(id)
    ;[there, here] = await Promise.all([gradeInPage(page, submissions, grading), gradeInNode(submissions, grading)])
  }, 180_000)
  const verdicts = (which: Graded[], areHonest: boolean) =>
    which.filter((_, index) => (index % 2 === 0) === areHonest).map(({ verdict }) => verdict)

  it('each ends as a failure or an error, never as a pass and never as our fault', () => {
    for (const [index, verdict] of verdicts(there, false).entries()) {
      expect(['fail', 'error'], attacks[index]!.file).toContain(verdict.status)
      expect(verdict.checks.filter(({ status }) => status === 'internal')).toEqual([])
    }
  })

  it('none goes beyond its budget in any check', async () => {
    const { limits } = await loadExercise(folder)
    const budget = (limits.fuel ?? defaultLimits.fuel) * OVERRUN
    for (const verdict of verdicts(there, false))
      for (const { name, fuel, seeds } of verdict.checks)
        expect(fuel, `${name} by one guest`).toBeLessThan(budget * (seeds?.tried ?? 1))
  })

  it('each has the same verdict and the same fuel in Node and in Chromium', () => {
    expect(there.map(({ verdict }) => verdict)).toEqual(here.map(({ verdict }) => verdict))
  })

  it('the honest one has the same verdict before and after every one', () => {
    expect(verdicts(there, true)).toHaveLength(attacks.length + 1)
    expect(new Set(verdicts(there, true).map(({ digest: one, fuel }) => `${one} ${fuel}`)).size).toBe(1)
    expect(verdicts(there, true)[0]!.status).toBe('fail')
  })
})

it(
  'pasted into the page one after the other, each shows the verdict of the terminal',
  { timeout: 120_000 },
  async () => {
    const attacks = Object.entries(HOSTILE_CODE).map(([file, source]): Submission => ({
      exercise: 'fit-filter',
      file,
      source,
    }))
    const expected = await gradeInNode(attacks, { mode: 'run' })
    const { page, problems } = await open(browser(), 'exercises/fit-filter/')
    const workbench = await workbenchOf(page)
    for (const [index, { file, source }] of attacks.entries()) {
      await replaceCode(workbench, source)
      await run(workbench)
      expect(await digest(workbench), file).toBe(expected[index]!.verdict.digest)
    }
    expect(problems).toEqual([])
  },
)
