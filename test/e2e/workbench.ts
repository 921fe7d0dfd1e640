/**
 * An exercise's page, worked as a learner works it: by keys and by the names of its buttons. For the end-to-end tests
 * and the benchmarks alike.
 *
 * Code goes in by the clipboard: typed letter by letter, an editor helps along (closes brackets, indents), and what was
 * meant would not be what stands there. `typeLine` types for the places where that is the point.
 */
import type { BrowserContext, Locator, Page } from 'playwright-core'

export interface Workbench {
  readonly page: Page
  /** The writable file in whichever editor is open. */
  readonly code: Locator
  /** Headline above the checks. */
  readonly headline: Locator
  /** One per check that was run, in source order. */
  readonly checks: Locator
}

/** The workbench of a page that shows an exercise, once its editor is open. */
export async function workbenchOf(page: Page): Promise<Workbench> {
  // On a phone it stands behind a tab at first.
  const code = page.getByRole('textbox', {
    name: /Press Escape and then Tab to leave the editor/,
    includeHidden: true,
  })
  await code.first().waitFor({ state: 'attached' })
  // The editor draws before it can be typed into: the switch is dead until it can.
  await page.locator('.cw-action-bar button:not([disabled])', { hasText: /Plain editor|Full editor/ }).waitFor({
    state: 'attached',
  })
  const pane = page.getByRole('region', { name: 'Checks' })
  return {
    page,
    code: code.first(),
    headline: pane.getByRole('heading', { level: 2 }),
    checks: pane.locator('.cw-check'),
  }
}

/** Lets pages of this context use the clipboard, as Ctrl+C and Ctrl+V of a person do without asking. */
export async function allowClipboard(context: BrowserContext): Promise<void> {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
}

/** Replaces all code by pasting over it. */
export async function replaceCode({ page, code }: Workbench, text: string): Promise<void> {
  await allowClipboard(page.context())
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await code.focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('ControlOrMeta+V')
  await draftHolds(page, text)
}

/** The draft that the page has stored, whatever is on the screen. */
export function storedDraft(page: Page, exercise: string): Promise<string | undefined> {
  return page.evaluate((id) => {
    const kept = localStorage.getItem(`clusterwright/draft/${id}`)
    return kept === null ? undefined : (JSON.parse(kept) as { draft: { source: string } }).draft.source
  }, exercise)
}

/** Waits until the page has stored this very text as the draft of its exercise. */
export async function draftHolds(page: Page, text: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const id = document.querySelector<HTMLElement>('cw-workbench')?.dataset.exercise
    const kept = localStorage.getItem(`clusterwright/draft/${id}`)
    return kept !== null && (JSON.parse(kept) as { draft: { source: string } }).draft.source === expected
  }, text)
}

/** Waits until nothing is being graded. */
export async function atRest({ page }: Workbench): Promise<void> {
  await page.locator('button[data-action=run]').waitFor({ state: 'attached' })
}

export async function run(workbench: Workbench): Promise<void> {
  await workbench.code.focus()
  await grading(workbench, () => workbench.page.keyboard.press('Control+Enter'))
}

/** Submits. A question asked first is skipped. */
export async function submit(workbench: Workbench): Promise<void> {
  const { page } = workbench
  await grading(workbench, async () => {
    await page.getByRole('button', { name: 'Submit', exact: true }).click()
    const skip = page.getByRole('button', { name: 'Skip and grade' })
    if (await skip.isVisible()) await skip.click()
  })
}

/** Does what begins a grading, and waits for its end: the page counts gradings in the list that it draws anew. */
async function grading(workbench: Workbench, begin: () => Promise<void>): Promise<void> {
  const { page } = workbench
  await page.evaluate(() => {
    const seen = new MutationObserver(() => {
      if (document.querySelector('button[data-action=stop]')) document.body.dataset.graded = 'working'
      else if (document.body.dataset.graded === 'working') document.body.dataset.graded = 'done'
    })
    document.body.dataset.graded = 'no'
    seen.observe(document.querySelector('cw-workbench')!, { childList: true, subtree: true })
  })
  await begin()
  await page.waitForFunction(() => document.body.dataset.graded === 'done')
}

/** The whole digest that the page shows in short. */
export async function digest({ page }: Workbench): Promise<string> {
  const title = await page.locator('.cw-digest').getAttribute('title')
  return /[0-9a-f]{64}/.exec(title ?? '')?.[0] ?? ''
}

/** The failing check whose story is open. */
export function openStory({ page }: Workbench): Locator {
  return page.locator('.cw-check details[open]').first()
}
