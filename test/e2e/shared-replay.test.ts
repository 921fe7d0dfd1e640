/**
 * A failing run that one learner shows another: the failure with its object, difference, case and the two events; a link, a
 * file, and what becomes of the other’s own draft.
 */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accessibilityViolations, open, useBrowser, WIDTHS } from './harness.ts'
import { submission } from './submissions.ts'
import { allowClipboard, openStory, replaceCode, storedDraft, type Workbench, workbenchOf } from './workbench.ts'

const browser = useBrowser()
const { source: wrong } = submission('replicaset', 'wrong/no-expectations.ts')
const LATE = 'never more Pods than wanted, however late the cache'

/** A submit of this exercise takes longer than those that the helper is made for. */
async function fail(workbench: Workbench): Promise<void> {
  const { page } = workbench
  await replaceCode(workbench, wrong)
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await page.locator('.cw-digest').waitFor({ timeout: 180_000 })
}

const panelOf = (page: Page) => page.getByRole('region', { name: 'Replay' })

async function linkFrom(page: Page): Promise<string> {
  await allowClipboard(page.context())
  await openStory(await workbenchOf(page))
    .getByRole('button', { name: 'Copy link' })
    .click()
  await page.getByText('Link copied').waitFor()
  return page.evaluate(() => navigator.clipboard.readText())
}

describe('a failing run that is shared', () => {
  it(
    'is told with what made the difference, goes out as a link and a file, and leaves the other’s draft alone',
    { timeout: 300_000 },
    async () => {
      const { page, problems } = await open(browser(), 'exercises/replicaset/')
      const workbench = await workbenchOf(page)
      await fail(workbench)
      const story = openStory(workbench)
      expect(await story.locator('summary').innerText()).toContain(LATE)
      await story.getByText(/^Pod default\/web-/).waitFor()
      expect(
        await story.getByRole('region', { name: 'What made the difference' }).getByRole('listitem').allInnerTexts(),
      ).toEqual([
        expect.stringMatching(
          /1\s*your controller:? lists Pod: 1 \(web-\w+\)\s*here 1\.\d+ s · without faults 1\.\d+ s/,
        ),
        expect.stringMatching(/2\s*its cache:? hears: Pod web-\w+ is there\s*here 1\.\d+ s · without faults 1\.\d+ s/),
      ])
      expect(await story.getByText('Its cache hears of each change 0.1 s late.').isVisible()).toBe(true)
      expect(await accessibilityViolations(page)).toEqual([])

      const link = await linkFrom(page)
      const coming = page.waitForEvent('download')
      await story.getByRole('button', { name: 'Download replay' }).click()
      const download = await coming
      expect(download.suggestedFilename()).toBe(
        'replicaset-never-more-pods-than-wanted-however-late-the-cache.replay.json',
      )
      const file = await download.path()

      // Somebody else, who has a draft of their own.
      const path = new URL(link).pathname.slice(1) + new URL(link).hash
      const other = await open(browser(), path)
      await workbenchOf(other.page)
      const panel = panelOf(other.page)
      await panel.getByText('This is another’s code. Your draft is untouched.').waitFor()
      await panel
        .getByRole('button', { name: /Play|Step/ })
        .first()
        .waitFor()
      expect(await panel.getByText(LATE).count()).toBeGreaterThan(0)
      expect(await storedDraft(other.page, 'replicaset')).not.toBe(wrong)
      expect(await accessibilityViolations(other.page)).toEqual([])
      await panel.getByRole('button', { name: 'Close' }).click()
      await panel.waitFor({ state: 'detached' })

      // The same as a file.
      const choosing = other.page.waitForEvent('filechooser')
      await other.page.getByRole('button', { name: 'Open a replay file' }).click()
      await (await choosing).setFiles(file)
      await panel.getByText('This is another’s code. Your draft is untouched.').waitFor()
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ exercise: 'replicaset' })
      expect([...problems, ...other.problems]).toEqual([])
    },
  )

  it.each([
    ['that is damaged', 'exercises/replicaset/#replay=AAAA', /The replay cannot be opened: the link is damaged/],
    ['with strange letters', 'exercises/replicaset/#replay=%20', /characters that do not belong there/],
  ])('a link %s says so', async (_, path, message) => {
    const { page } = await open(browser(), path, { width: WIDTHS.phone })
    await page.getByText(message).waitFor({ state: 'attached' })
  })
})
