/**
 * The course's main journey, as one who knows nothing of its insides makes it: read, open the exercise, run it, fail, go to
 * the line, look at the failing run, mend it, pass, and find everything again after a reload.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { accessibilityViolations, open, useBrowser } from './harness.ts'
import { submission } from './submissions.ts'
import { draftHolds, openStory, replaceCode, run, storedDraft, submit, workbenchOf } from './workbench.ts'

const browser = useBrowser()
const { source: starter } = submission('fit-filter', 'starter.ts')
const { source: solution } = submission('fit-filter', 'solution.ts')

/** Follows a link by its name, and waits for the page behind it. */
async function follow(page: Page, name: string | RegExp, within = 'main'): Promise<void> {
  const before = page.url()
  await page.locator(within).getByRole('link', { name }).first().click()
  await page.waitForURL((url) => url.href !== before)
}

/** Types one statement below the line that holds `mark`, key by key. */
async function typeBelow(page: Page, text: string, mark: string, statement: string): Promise<void> {
  const line = text.split('\n').findIndex((candidate) => candidate.includes(mark))
  await page.keyboard.press('ControlOrMeta+Home')
  for (let at = 0; at < line; at += 1) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.keyboard.type(statement)
}

/** From the home page to the exercise, by links alone. */
async function readUpToTheExercise(page: Page): Promise<void> {
  await follow(page, 'Course', 'header')
  await follow(page, 'The scheduler')
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The scheduler')
  await follow(page, 'Open: Does the Pod fit?')
}

it('the way to a first pass is the same under a base path', { timeout: 120_000 }, async () => {
  const { page, problems } = await open(browser(), '', { site: 'based' })
  await readUpToTheExercise(page)
  const workbench = await workbenchOf(page)
  await run(workbench)
  const read = openStory(workbench).getByRole('link', { name: 'Read: The funnel' })
  expect(await read.getAttribute('href')).toContain('/some/base/lessons/scheduler/#the-funnel')
  await replaceCode(workbench, submission('fit-filter', 'wrong/cached-by-name.ts').source)
  await submit(workbench)
  const live = workbench.checks.filter({ hasText: 'in a live cluster' })
  await live.locator('summary').click()
  await live.getByRole('button', { name: /^Open at / }).click()
  await page.getByRole('region', { name: 'Replay' }).getByRole('button', { name: 'Step back' }).waitFor()
  expect(problems).toEqual([])
})

it('a learner reads, runs, fails, looks, mends, passes and comes back', { timeout: 120_000 }, async () => {
  const { page, problems } = await open(browser(), '')
  await readUpToTheExercise(page)
  const workbench = await workbenchOf(page)

  // The starter as it came: it runs, and a failing check says what was expected.
  await run(workbench)
  expect(await workbench.headline.innerText()).toBe('1 of 5 examples passes')
  // Not to be had yet, and whoever asks is told so.
  await page.getByRole('button', { name: 'Solution' }).click({ force: true })
  await page.getByText('Our solution opens once your code has passed').waitFor()
  const story = openStory(workbench)
  expect(await story.locator('summary').innerText()).toContain('a Pod fits down to the last thousandth of a CPU')
  expect(await story.getByRole('definition').allInnerTexts()).toEqual(['Unschedulable: Insufficient cpu', 'Success'])
  const read = story.getByRole('link', { name: 'Read: The funnel' })
  expect(await read.getAttribute('href')).toContain('lessons/scheduler/#the-funnel')

  // A slip of the pen, typed by hand: TypeScript objects at once, and the run names the line.
  await workbench.code.focus()
  await typeBelow(page, starter, '// TODO', 'return nodeInfo.spare.status')
  await run(workbench)
  const slip = starter.split('\n').findIndex((line) => line.includes('// TODO')) + 2
  expect(await page.getByRole('region', { name: 'Problems in the code' }).innerText()).toContain(
    "Property 'spare' does not exist",
  )
  await story.getByRole('button', { name: `Go to line ${slip}` }).click()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+End')
  await page.keyboard.type('return undefined')
  const mended = starter.split('\n').toSpliced(slip - 1, 0, '    return undefined')
  await draftHolds(page, mended.join('\n'))
  expect(await page.getByText('This is about the code before your last change.').isVisible()).toBe(true)

  // A subtler mistake: the examples pass, a whole cluster does not.
  await replaceCode(workbench, submission('fit-filter', 'wrong/cached-by-name.ts').source)
  await run(workbench)
  expect(await workbench.headline.innerText()).toBe('All 5 examples pass')
  await submit(workbench)
  const live = workbench.checks.filter({ hasText: 'in a live cluster' })
  await live.locator('summary').click()
  await live.getByRole('list', { name: 'What happened, in order of time' }).waitFor({ state: 'attached' })
  expect(await accessibilityViolations(page)).toEqual([])
  // Each pane scrolls for itself; the window never does.
  expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0)
  await live.getByRole('button', { name: /^Open at / }).click()
  const replay = page.getByRole('region', { name: 'Replay' })
  await replay.locator('cw-replay').waitFor()
  await replay.getByRole('button', { name: 'Step back' }).waitFor()
  // Closed by a key, it gives the focus back to what opened it.
  await replay.getByRole('button', { name: 'Close' }).press('Enter')
  await replay.waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await replay.getByRole('button', { name: 'Step back' }).waitFor()

  // Mended: the failing run goes with its failure.
  await replaceCode(workbench, solution)
  await submit(workbench)
  expect(await replay.count()).toBe(0)
  expect(await workbench.headline.innerText()).toBe('All 10 checks pass')
  expect(await page.getByRole('region', { name: 'Passed' }).innerText()).toContain('It held on 200 random cases')

  // Another day.
  await page.reload()
  expect(await (await workbenchOf(page)).headline.innerText()).toBe('Passed before')
  expect(await storedDraft(page, 'fit-filter')).toBe(solution)
  await page.getByRole('button', { name: 'Solution' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Your answer beside ours').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.goto(page.url().replace(/exercises\/.*$/, 'progress/'))
  const row = page.getByRole('row', { name: 'Does the Pod fit?' })
  expect(await row.innerText()).toMatch(/passed, draft kept/)
  expect(problems).toEqual([])
})
