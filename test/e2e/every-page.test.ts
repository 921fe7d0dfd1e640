/**
 * What holds for every page of the site, whatever it says: it opens without a complaint, fits a phone, is accessible in
 * both themes, and leads only to pages and parts of pages that exist, under a base path too.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basedSite, plainSite } from '../../scripts/build-site.mjs'
import { resolvePath } from '../../scripts/serve.mjs'
import { BRIEF_SCRIPTS, goTo, newContext, quiet } from './chromium.ts'
import type { Theme, View } from './chromium.ts'
import {
  WIDTHS,
  accessibilityViolations,
  address,
  contrastViolations,
  open,
  pagePaths,
  useBrowser,
  violationsButContrast,
} from './harness.ts'
import { Tabs } from './tabs.ts'

const pages = pagePaths(plainSite.folder)
const browser = useBrowser(BRIEF_SCRIPTS)

it('there are pages: the home page and the way a server says that there is none', () => {
  expect(pages).toContain('')
  expect(pages).toContain('404.html')
})

/** Where each page is looked at. A desktop shows all that a page has: there the device changes its theme, and the width shrinks. */
const VIEWS = [
  { name: 'on a phone', site: 'plain', width: WIDTHS.phone, height: 844, theme: 'dark' },
  { name: 'on a desktop', site: 'based', width: WIDTHS.desktop, height: 900, theme: 'light' },
] as const

/** One context for each view, so that scripts and fonts that pages share are fetched and compiled once. */
const contexts = new Map<View, BrowserContext>()
const tabs = new Map<View, Tabs>()
beforeAll(async () => {
  for (const view of VIEWS) {
    const context = await newContext(browser(), view)
    contexts.set(view, context)
    tabs.set(view, new Tabs(context))
  }
})
afterAll(async () => {
  for (const context of contexts.values()) await context.close()
})

/** Lessons are one frame around other words, and so are exercises: the first of them shows the frame's colours on a phone. */
const kindOf = (path: string): string => path.replace(/(lessons|exercises)\/[^/]+\/$/, '$1/*')
const firstOfKind = new Set(new Map(pages.toReversed().map((path) => [kindOf(path), path])).values())

/** Opens a page and returns all that is wrong with how it looks and what it says. */
const wrongWith = (path: string, view: (typeof VIEWS)[number]): Promise<string[]> =>
  tabs.get(view)!.use(async ({ page, problems }) => {
    // The tab is as its last page left it.
    await page.setViewportSize({ width: view.width, height: view.height })
    await page.emulateMedia({ colorScheme: view.theme })
    await goTo(page, address(path, view.site), quiet)
    const wrong = [...(await tooWide(page))]
    if ((await page.title()) === '') wrong.push('has no title')
    if (view.width === WIDTHS.desktop) {
      wrong.push(...(await accessibilityViolations(page)))
      await changeTheme(page, 'dark')
      for (const violation of await contrastViolations(page)) wrong.push(`in the dark: ${violation}`)
      await page.setViewportSize({ width: WIDTHS.tablet, height: 1180 })
      wrong.push(...(await tooWide(page)))
    } else wrong.push(...(await (firstOfKind.has(path) ? accessibilityViolations : violationsButContrast)(page)))
    return [...problems, ...wrong]
  })

async function tooWide(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return wide > 0 ? [`is ${wide} px wider than a window of ${page.viewportSize()!.width} px`] : []
}

/** The device goes over to the other theme, and so does the page; what was on its way from one colour to another is there. */
async function changeTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.waitForFunction((name) => document.documentElement.dataset.theme === name, theme)
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(drawn))
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish()
  })
}

// Side by side: while one page waits for its files, another is looked at.
describe.concurrent.each(pages)('/%s', (path) => {
  it.each(VIEWS)('opens $name, fits, and is accessible', { timeout: 120_000 }, async (view) => {
    expect(await wrongWith(path, view)).toEqual([])
  })
})

/** Attributes that name other files, and what they name. */
const REFERENCE = /<[a-z][^>]*?\s(?:href|src|data-[a-z-]*(?:url|src|href))=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g

const readPage = (folder: string, path: string): string =>
  readFileSync(join(folder, path.endsWith('.html') ? path : `${path}index.html`), 'utf8')

/** The references of a page that lead nowhere, by the same rules as the server's. */
async function deadReferences(folder: string, base: string, path: string): Promise<string[]> {
  const html = readPage(folder, path)
  const dead: string[] = []
  for (const [, inDouble, inSingle, bare] of html.matchAll(REFERENCE)) {
    const reference = inDouble ?? inSingle ?? bare ?? ''
    if (/^(?:https?:|mailto:|data:|\/\/)/.test(reference) || reference === '') continue
    const url = new URL(reference.replaceAll('&amp;', '&'), `http://localhost${base}${path}`)
    const { status, file: found, location } = await resolvePath(folder, base, url.pathname)
    if (status === 404 || status === 400) dead.push(`${reference} → ${status}`)
    else if (location && location !== base) dead.push(`${reference} → needs a slash at its end`)
    else if (url.hash.length > 1 && found?.endsWith('.html')) {
      const id = decodeURIComponent(url.hash.slice(1))
      if (!readFileSync(found, 'utf8').includes(`id="${id}"`)) dead.push(`${reference} → no such part of the page`)
    }
  }
  return [...new Set(dead)]
}

describe.each([
  ['/', plainSite],
  ['a base path', basedSite],
])('under %s', (_, { folder, base }) => {
  it('every reference of every page leads somewhere', async () => {
    const dead: string[] = []
    let references = 0
    for (const path of pagePaths(folder)) {
      references += [...readPage(folder, path).matchAll(REFERENCE)].length
      for (const reference of await deadReferences(folder, base, path)) dead.push(`${path || 'home'}: ${reference}`)
    }
    expect(dead).toEqual([])
    expect(references).toBeGreaterThan(50)
  })
})

it('the list of lessons opens where the reader is, also in a low window', async () => {
  const { page } = await open(browser(), 'lessons/pod-to-pod/')
  await page.setViewportSize({ width: 1440, height: 600 })
  await page.reload()
  const here = page.getByRole('navigation').locator('a[aria-current=page]', { hasText: 'Pod to Pod' })
  await expect.poll(async () => (await here.boundingBox())!.y, { timeout: 10_000 }).toBeLessThan(500)
})
