/**
 * What an end-to-end test needs. Write one like this, as `test/e2e/<what-a-learner-does>.test.ts`:
 *
 *   const browser = useBrowser()
 *
 *   it('keeps the draft after a reload', async () => {
 *     const { page, problems } = await open(browser(), 'exercises/fit-filter/', { width: WIDTHS.phone })
 *     await page.getByRole('button', { name: 'Run' }).click()
 *     …
 *     expect(problems).toEqual([])
 *     expect(await accessibilityViolations(page)).toEqual([])
 *   })
 *
 * `open` takes a path without a leading slash and opens it on the site under `/`; with `site: 'based'`, on the one under
 * a base path. Each call has a browser context of its own (`page.context()` for a second tab that shares storage); all
 * are closed after the test. Choose elements as a person does, by role and name. Run one file, with the site built
 * (`npm test -- build`): `npx vitest run --project=e2e test/e2e/<file>`.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import { launchChromium, newContext, openPage } from './chromium.ts'
import type { Problems, View } from './chromium.ts'

export { accessibilityViolations } from './axe.ts'
export { WIDTHS } from './chromium.ts'
export { pagePaths } from './page-paths.ts'

/** Starts a browser for a test file, and stops it afterwards. @returns a function that gives it inside a test */
export function useBrowser(...flags: string[]): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launchChromium(flags)
  })
  afterAll(async () => {
    await browser?.close()
  })
  return () => browser!
}

const contexts: BrowserContext[] = []
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** Which of the two built sites: under `/`, or under a base path. */
export type Site = 'plain' | 'based'

/** The address of a page. @param path without a leading slash; '' is the home page */
export function address(path: string, site: Site = 'plain'): string {
  return inject(site === 'based' ? 'basedUrl' : 'plainUrl') + path
}

/** Opens a page in a fresh context. @returns the page, and the list into which its problems go as they come */
export async function open(
  browser: Browser,
  path: string,
  { site = 'plain', ...view }: View & { site?: Site } = {},
): Promise<{ page: Page; problems: Problems }> {
  const context = await newContext(browser, view)
  contexts.push(context)
  return openPage(context, address(path, site))
}
