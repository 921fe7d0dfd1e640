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
import type { Theme } from './chromium.ts'
import { Colours } from './axe.ts'
import { WIDTHS, address, open, pagePaths, useBrowser } from './harness.ts'
import { Tabs } from './tabs.ts'

const pages = pagePaths(plainSite.folder)
const browser = useBrowser(BRIEF_SCRIPTS)

it('there are pages: the home page and the way a server says that there is none', () => {
  expect(pages).toContain('')
  expect(pages).toContain('404.html')
})

/**
 * Where a page is looked at. A desktop shows all that a page has, in the middle of the other widths: there it shrinks to them.
 * A phone has its own ways (fingers, the plain editor), in which pages of a kind do not differ.
 */
const VIEWS = {
  phone: { site: 'plain', width: WIDTHS.phone, height: 844, theme: 'dark', shrinksTo: [] },
  desktop: {
    site: 'based',
    width: WIDTHS.desktop,
    height: 900,
    theme: 'light',
    shrinksTo: [WIDTHS.tablet, WIDTHS.phone],
  },
} as const
type Where = keyof typeof VIEWS

/** One context for each view, so that scripts and fonts that pages share are fetched and compiled once. */
const contexts: BrowserContext[] = []
const tabs = new Map<Where, Tabs>()
beforeAll(async () => {
  for (const [where, view] of Object.entries(VIEWS)) {
    const context = await newContext(browser(), view)
    contexts.push(context)
    tabs.set(where as Where, new Tabs(context))
  }
})
afterAll(async () => {
  for (const context of contexts) await context.close()
})

/** Lessons are one frame around other words, and so are exercises. */
const kindOf = (path: string): string => path.replace(/(lessons|exercises)\/[^/]+\/$/, '$1/*')
const firstOfKind = new Set(new Map(pages.toReversed().map((path) => [kindOf(path), path])).values())

/** The first of a kind everywhere; others where they show their words with the least work: exercises without the big editor. */
const viewsOf = (path: string): Where[] => {
  if (firstOfKind.has(path)) return ['phone', 'desktop']
  return kindOf(path).endsWith('exercises/*') ? ['phone'] : ['desktop']
}
const looks = pages.flatMap((path) => viewsOf(path).map((where) => ({ path, where })))

const colours = new Colours()

/** Opens a page and returns all that is wrong with how it looks and what it says. */
const wrongWith = (path: string, where: Where): Promise<string[]> =>
  tabs.get(where)!.use(async ({ page, problems }) => {
    const { site, width, height, theme, shrinksTo } = VIEWS[where]
    // The tab is as its last page left it.
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: theme })
    await goTo(page, address(path, site), quiet)
    const wrong = [...(await tooWide(page)), ...(await colours.violations(page))]
    if ((await page.title()) === '') wrong.push('has no title')
    await changeTheme(page, theme === 'dark' ? 'light' : 'dark')
    for (const violation of await colours.inThisTheme(page)) wrong.push(`in the other theme: ${violation}`)
    for (const narrow of shrinksTo) {
      await page.setViewportSize({ width: narrow, height })
      wrong.push(...(await tooWide(page)))
    }
    return [...problems, ...wrong]
  })

async function tooWide(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return wide > 0 ? [`is ${wide} px wider than a window of ${page.viewportSize()!.width} px`] : []
}

/** The device goes over to the other theme, and so does the page. */
async function changeTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.waitForFunction((name) => document.documentElement.dataset.theme === name, theme)
}

// Side by side: while one page waits for its files, another is looked at.
describe.concurrent('a page', () => {
  it.each(looks)('/$path opens on a $where, fits, and is accessible', { timeout: 120_000 }, async ({ path, where }) => {
    expect(await wrongWith(path, where)).toEqual([])
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

it('no page shows a value that was meant to be words', () => {
  const shown = pages.filter((path) => />[^<]*\[object \w+\]/.test(readPage(plainSite.folder, path)))
  expect(shown).toEqual([])
})

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
