/**
 * Code that never ends, or takes long: the page goes on answering while it is graded, Stop stops it, fuel ends it, and what
 * is graded next does not suffer for it.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { open, useBrowser } from './harness.ts'
import { submission } from './submissions.ts'
import { atRest, replaceCode, run, storedDraft, submit, workbenchOf } from './workbench.ts'
import type { Workbench } from './workbench.ts'

const browser = useBrowser()
const { source: starter } = submission('fit-filter', 'starter.ts')
const { source: solution } = submission('fit-filter', 'solution.ts')
const endless = starter.replace('return undefined\n  },\n}', 'for (;;) {}\n  },\n}')
/** Right, and within every budget, but at work for minutes: whoever wants to stop it is in time on any machine. */
const slow = solution.replace(
  'filter(state, pod, nodeInfo) {',
  'filter(state, pod, nodeInfo) {\n    for (let n = 0; n < 300_000; n++);',
)

async function openWith(code: string): Promise<{ page: Page; problems: string[]; workbench: Workbench }> {
  expect([starter, solution]).not.toContain(code)
  const { page, problems } = await open(browser(), 'exercises/fit-filter/')
  const workbench = await workbenchOf(page)
  await replaceCode(workbench, code)
  return { page, problems, workbench }
}

const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop' })

/** Notes of each click, when it is handled, whether a grading is at work: were the page locked, it would be over by then. */
const watchClicks = (page: Page) =>
  page.evaluate(() => {
    const seen: boolean[] = []
    Object.assign(window, { seen })
    document.addEventListener('click', () => seen.push(document.querySelector('[data-action=stop]') !== null), true)
  })

it('the page answers while code is at work; Stop ends that, records nothing, and the next grading works', async () => {
  const { page, problems, workbench } = await openWith(slow)
  await watchClicks(page)
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await stopButton(page).waitFor()
  await page.getByRole('tab', { name: 'Console' }).click()
  await page.getByRole('tab', { name: 'Checks' }).click()
  await workbench.code.focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('// typed meanwhile')
  await stopButton(page).click()
  await atRest(workbench)
  expect(await page.evaluate(() => (window as unknown as { seen: boolean[] }).seen)).toEqual([false, true, true, true])
  expect(await workbench.headline.innerText()).toBe('Stopped')
  await page.getByText('You stopped this run. Nothing was recorded.').first().waitFor()

  await replaceCode(workbench, solution)
  await submit(workbench)
  expect(await workbench.headline.innerText()).toBe('All 10 checks pass')
  expect(problems).toEqual([])
})

it('an endless loop ends with its fuel, check by check, and the next run works', async () => {
  const { page, problems, workbench } = await openWith(endless)
  await run(workbench)
  expect(await workbench.headline.innerText()).toBe('0 of 5 examples pass')
  expect(await workbench.checks.first().innerText()).toContain('one call used more than 50,000,000 units of fuel')
  expect(await workbench.checks.filter({ hasText: 'Broke down' }).count()).toBe(5)

  await replaceCode(workbench, solution)
  await run(workbench)
  expect(await workbench.headline.innerText()).toBe('All 5 examples pass')
  expect(await page.getByText('This is about the code before your last change.').count()).toBe(0)
  expect(problems).toEqual([])
})

it('a draft that was at work when the page went away is kept, and not run again by itself', async () => {
  const { page } = await openWith(slow)
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await stopButton(page).waitFor()
  await page.reload()
  const again = await workbenchOf(page)
  expect(await storedDraft(page, 'fit-filter')).toBe(slow)
  expect(await again.headline.innerText()).toBe('Not run yet')
  expect(await stopButton(page).count()).toBe(0)
})
