/**
 * Code that never ends: the page goes on answering while it is graded, Stop stops it, fuel ends it, and what is graded next
 * does not suffer for it.
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

async function openWith(code: string): Promise<{ page: Page; problems: string[]; workbench: Workbench }> {
  expect(code).not.toBe(starter)
  const { page, problems } = await open(browser(), 'exercises/fit-filter/')
  const workbench = await workbenchOf(page)
  await replaceCode(workbench, code)
  return { page, problems, workbench }
}

const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop' })

it('clicks and keys are answered while an endless loop is graded', async () => {
  const { page, problems, workbench } = await openWith(endless)
  // What a handler sees when the click arrives: were the page locked, all clicks would arrive after the end.
  await page.evaluate(() => {
    const seen: boolean[] = []
    Object.assign(window, { seen })
    document.addEventListener('click', () => seen.push(document.querySelector('[data-action=stop]') !== null), true)
  })
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await stopButton(page).waitFor()
  await page.getByRole('tab', { name: 'Console' }).click()
  await page.getByRole('tab', { name: 'Checks' }).click()
  expect(await page.evaluate(() => (window as unknown as { seen: boolean[] }).seen)).toEqual([false, true, true])
  expect(await stopButton(page).isVisible()).toBe(true)

  await atRest(workbench)
  const first = workbench.checks.first()
  expect(await first.innerText()).toMatch(/fuel/i)
  expect(await workbench.checks.filter({ hasText: 'Broke down' }).count()).toBeGreaterThan(5)

  await replaceCode(workbench, solution)
  await run(workbench)
  expect(await workbench.headline.innerText()).toBe('All 5 examples pass')
  expect(problems).toEqual([])
})

it('Stop ends a run at once, records nothing, and the next run works', async () => {
  const { page, problems, workbench } = await openWith(endless)
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await stopButton(page).click()
  await atRest(workbench)
  expect(await workbench.headline.innerText()).toBe('Stopped')
  await page.getByText('You stopped this run. Nothing was recorded.').first().waitFor()
  expect(await storedDraft(page, 'fit-filter')).toBe(endless)

  await replaceCode(workbench, solution)
  await submit(workbench)
  expect(await workbench.headline.innerText()).toBe('All 10 checks pass')
  expect(problems).toEqual([])
})

it('a draft that runs away is not run again by itself after a reload', async () => {
  const { page } = await openWith(endless)
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await stopButton(page).waitFor()
  await page.reload()
  const again = await workbenchOf(page)
  expect(await storedDraft(page, 'fit-filter')).toBe(endless)
  expect(await again.headline.innerText()).toBe('Not run yet')
  expect(await stopButton(page).count()).toBe(0)
})
