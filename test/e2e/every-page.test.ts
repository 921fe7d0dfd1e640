/**
 * What holds for every page of the site, whatever it says: it opens without a complaint, fits a phone, is accessible in
 * both themes, and leads only to pages and parts of pages that exist, under a base path too.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { basedSite, plainSite } from '../../scripts/build-site.mjs'
import { resolvePath } from '../../scripts/serve.mjs'
import { newContext, openPage } from './chromium.ts'
import type { View } from './chromium.ts'
import { WIDTHS, accessibilityViolations, address, open, pagePaths, useBrowser } from './harness.ts'
import type { Site } from './harness.ts'

const pages = pagePaths(plainSite.folder)
const browser = useBrowser()

it('there are pages: the home page and the way a server says that there is none', () => {
  expect(pages).toContain('')
  expect(pages).toContain('404.html')
})

/** Opens a page in a context of its own and returns all that is wrong with how it looks and what it says. */
async function wrongWith(path: string, site: Site, view: View): Promise<string[]> {
  const context = await newContext(browser(), view)
  try {
    const { page, problems } = await openPage(context, address(path, site))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wide > 0) problems.push(`is ${wide} px wider than the window`)
    if ((await page.title()) === '') problems.push('has no title')
    return [...problems, ...(await accessibilityViolations(page))]
  } finally {
    await context.close()
  }
}

// Side by side: most of a page's time is waiting until it has gone quiet.
describe.concurrent.each(pages)('/%s', (path) => {
  it('opens on a phone in the dark, fits, and is accessible', async () => {
    expect(await wrongWith(path, 'plain', { width: WIDTHS.phone, theme: 'dark' })).toEqual([])
  })

  it('opens on a desktop in the light under a base path, fits, and is accessible', async () => {
    expect(await wrongWith(path, 'based', { width: WIDTHS.desktop, theme: 'light' })).toEqual([])
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
