/** Where a submission stands: the panel after a submit, by keys; what is kept; and a link from which anybody gets the same again. */
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { accessibilityViolations, open, useBrowser, WIDTHS } from './harness.ts'
import { gradeInNode } from './node-grader.ts'
import { submission } from './submissions.ts'
import { allowClipboard, replaceCode, workbenchOf } from './workbench.ts'

const browser = useBrowser()
const { source } = submission('packing', 'solution.ts')

it(
  'is the one that the terminal gives, can be looked at case by case, and goes out as a file and a link',
  { timeout: 180_000 },
  async () => {
    const { page, problems } = await open(browser(), 'exercises/packing/', { width: WIDTHS.phone })
    const workbench = await workbenchOf(page)
    await page.getByRole('tab', { name: 'Code', exact: true }).click()
    await replaceCode(workbench, source)
    await page.keyboard.press('ControlOrMeta+Shift+Enter')
    const panel = page.getByRole('region', { name: 'Standing' })
    await panel.waitFor({ timeout: 120_000 })
    expect(await panel.getByText(/^Place \d(–\d)? of 6$/).isVisible()).toBe(true)
    expect(await panel.locator('.cw-strip').count()).toBe(6)

    await panel.getByRole('slider').focus()
    await page.keyboard.press('End')
    expect(await panel.getByText(/case 20, seed \d+/).isVisible()).toBe(true)
    await panel.getByLabel('Measure').selectOption({ label: 'nodes in use' })
    await panel.getByText('All values as a table').click()
    expect(await panel.getByRole('row').count()).toBe(22)
    expect(await accessibilityViolations(page)).toEqual([])

    await allowClipboard(page.context())
    await panel.getByRole('button', { name: 'Copy link' }).click()
    await panel.getByText('Link copied').waitFor()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    const coming = page.waitForEvent('download')
    await panel.getByRole('button', { name: 'Download' }).click()
    const file = await readFile((await (await coming).path())!, 'utf8')
    const digest = (await page.locator('.cw-digest').getAttribute('title'))!.split(' ').at(-1)
    const handed = { exercise: 'packing', file: 'downloaded.ts', source: file }
    const [again] = await gradeInNode([handed], { mode: 'submit' })
    expect(again!.verdict.digest).toBe(digest)

    await page.goto(link)
    await page.reload()
    const shared = page.getByRole('region', { name: 'Replay' })
    await shared.getByRole('button', { name: 'Grade it here' }).click()
    await shared.getByRole('region', { name: 'Standing' }).waitFor({ timeout: 120_000 })
    expect(await shared.locator('.cw-digest').getAttribute('title')).toContain(digest)
    // What was submitted before is there again, in the reader's own pane.
    const before = page.getByRole('region', { name: 'Checks' }).getByRole('region', { name: 'Standing' })
    await shared.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('tab', { name: 'Checks', exact: true }).first().click()
    expect(await before.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/Place .* of LeastAllocated/s),
    ])
    expect(problems).toEqual([])
  },
)
