/**
 * What a learner writes is theirs: it outlives a reload, a second tab, a reset and a change of browser.
 */
import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { BRIEF_SCRIPTS } from './chromium.ts'
import { address, open, useBrowser } from './harness.ts'
import { submission } from './submissions.ts'
import { draftHolds, replaceCode, storedDraft, submit, workbenchOf } from './workbench.ts'

const EXERCISE = 'exercises/fit-filter/'
const browser = useBrowser(BRIEF_SCRIPTS)
const { source: starter } = submission('fit-filter', 'starter.ts')
const { source: solution } = submission('fit-filter', 'solution.ts')
const [mine, theirs] = [`// mine\n${starter}`, `// theirs\n${starter}`]

async function anotherTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address(EXERCISE))
  return page
}

const elsewhere = (page: Page) => page.getByText('Another tab has saved this draft')

it('what was typed a moment before a reload is there after it; a reset asks, and can be undone', async () => {
  const { page, problems } = await open(browser(), EXERCISE)
  const workbench = await workbenchOf(page)
  await workbench.code.focus()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.type('// kept ')
  await page.keyboard.press('Enter')
  await page.reload()
  await workbenchOf(page)
  const kept = `// kept \n${starter}`
  expect(await storedDraft(page, 'fit-filter')).toBe(kept)

  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await dialog.getByRole('button', { name: 'Keep my code' }).click()
  expect(await storedDraft(page, 'fit-filter')).toBe(kept)
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await dialog.getByRole('button', { name: 'Reset to the starter' }).click()
  await draftHolds(page, starter)
  await page.getByRole('button', { name: 'Undo' }).click()
  await draftHolds(page, kept)
  expect(problems).toEqual([])
})

it('a second tab is told of what the first has saved: it takes it over, or goes on with its own', async () => {
  const { page: first, problems } = await open(browser(), EXERCISE)
  const second = await anotherTab(first.context())
  const [here, there] = [await workbenchOf(first), await workbenchOf(second)]
  await replaceCode(here, mine)
  await elsewhere(second).waitFor()
  await second.getByRole('button', { name: 'Take it over' }).click()
  await elsewhere(second).waitFor({ state: 'detached' })
  await there.code.focus()
  await second.keyboard.press('ControlOrMeta+End')
  await second.keyboard.type('// and on')
  const both = `${mine}// and on`
  await draftHolds(second, both)

  // The other way about: the first keeps its own, and what the second had saved is among its earlier drafts.
  await elsewhere(first).waitFor()
  await first.getByRole('button', { name: 'Go on with mine' }).click()
  await replaceCode(here, theirs)
  await elsewhere(second).waitFor()
  await first.getByRole('button', { name: 'Reset', exact: true }).click()
  const dialog = first.getByRole('dialog')
  await dialog.getByText('from another tab').waitFor()
  await dialog.getByRole('button', { name: 'Bring back' }).first().click()
  await draftHolds(first, both)
  expect(problems).toEqual([])
})

it(
  'progress and drafts move to another browser by a file, and nothing that was there is lost',
  { timeout: 120_000 },
  async () => {
    const { page: old } = await open(browser(), EXERCISE)
    const workbench = await workbenchOf(old)
    await replaceCode(workbench, solution)
    await submit(workbench)
    await old.goto(address('progress/'))
    const [download] = await Promise.all([
      old.waitForEvent('download'),
      old.getByRole('button', { name: 'Export' }).click(),
    ])
    const file = readFileSync(await download.path(), 'utf8')

    const { page, problems } = await open(browser(), EXERCISE)
    await replaceCode(await workbenchOf(page), mine)
    await page.goto(address('progress/'))
    const row = page.getByRole('row', { name: 'Does the Pod fit?' })
    expect(await row.innerText()).not.toContain('passed')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'progress.json', mimeType: 'application/json', buffer: Buffer.from(file) })
    await row.getByText('passed, draft kept').waitFor()
    // The later draft stays in front; the other is an earlier one.
    await page.goto(address(EXERCISE))
    await workbenchOf(page)
    expect(await storedDraft(page, 'fit-filter')).toBe(mine)
    await page.getByRole('button', { name: 'Reset', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Bring back' }).click()
    await draftHolds(page, solution)
    expect(problems).toEqual([])
  },
)
