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
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import { launchChromium, newContext, openPage } from './chromium.ts'
import type { Problems, View } from './chromium.ts'

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

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 A and AA, by the names that axe-core gives its rules: a version's tag marks what that version added. */
const WCAG = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } as const
/** The rules about contrast, two thirds of the work of all. */
const CONTRAST = ['color-contrast', 'link-in-text-block']

/** What axe-core finds against WCAG 2.2 A and AA, one line per rule with the first elements that break it. */
export const accessibilityViolations = (page: Page): Promise<string[]> => violations(page, WCAG)

/** The same, but for contrast: for another width of a page whose colours `accessibilityViolations` has looked at. */
export const violationsButContrast = (page: Page): Promise<string[]> => violations(page, WCAG, CONTRAST)

/** The rules about contrast alone, on a page that `accessibilityViolations` has looked at in its other theme. */
export const contrastViolations = (page: Page): Promise<string[]> =>
  violations(page, { type: 'rule', values: CONTRAST })

/**
 * Gives a page axe-core, once. By the debugger, because a script that comes in this way is compiled once for all pages that a
 * tab goes to; by the page's own `eval` it takes longer than its work.
 */
async function provideAxe(page: Page): Promise<void> {
  if (await page.evaluate(() => 'axe' in window)) return
  const debuggers = await page.context().newCDPSession(page)
  await debuggers.send('Runtime.evaluate', { expression: axe })
  await debuggers.detach()
}

type RunOnly = { type: 'tag' | 'rule'; values: readonly string[] }

async function violations(page: Page, runOnly: RunOnly, without: readonly string[] = []): Promise<string[]> {
  await provideAxe(page)
  return page.evaluate(
    async ({ runOnly: { type, values }, without }) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') }
      const found = await axe.run(document, {
        runOnly: { type, values: [...values] },
        rules: Object.fromEntries(without.map((id) => [id, { enabled: false }])),
        resultTypes: ['violations'],
      })
      return found.violations.map(({ id, help, nodes }) => {
        const places = nodes
          .slice(0, 3)
          .map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary ?? ''})`)
        return `${id}: ${help}: ${places.join('; ')}`
      })
    },
    { runOnly, without },
  )
}
