/**
 * Takes a picture of every page of the built site, at 390, 820 and 1440 px, light and dark, so that people look at them.
 *
 *   npm run screenshots                          into test-results/screens
 *   npm run screenshots -- out/pictures          into another folder
 *   npm run screenshots -- --only scheduler      pages whose path contains the word; `--only home` is the first page
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { WIDTHS, launchChromium, newContext, openPage } from '../test/e2e/chromium.ts'
import type { Theme } from '../test/e2e/chromium.ts'
import { pagePaths } from '../test/e2e/page-paths.ts'
import { plainSite } from './build-site.mjs'
import { serve } from './serve.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } })
const folder = resolve(positionals[0] ?? 'test-results/screens')
/** A whole lesson on a busy machine takes this long to draw. */
const SLOW_MACHINE_MS = 120_000

/** `course/scheduler/` → `course-scheduler`. */
const nameOf = (path: string): string =>
  path
    .replace(/\/$/, '')
    .replace(/\.html$/, '')
    .replaceAll('/', '-') || 'home'

const pages = pagePaths(plainSite.folder).filter((path) => nameOf(path).includes(values.only ?? ''))
if (pages.length === 0) throw new Error(`No page has "${values.only}" in its path: see dist/ for what there is.`)

mkdirSync(folder, { recursive: true })
const site = await serve({ folder: plainSite.folder })
const browser = await launchChromium()
for (const theme of ['light', 'dark'] satisfies Theme[]) {
  for (const [device, width] of Object.entries(WIDTHS)) {
    const context = await newContext(browser, { width, theme, reducedMotion: true })
    for (const path of pages) {
      const { page, problems } = await openPage(context, site.url + path)
      // What loads when it is reached must have been reached, or the picture shows an empty place.
      await page.evaluate(async () => {
        for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
          scrollTo(0, y)
          await new Promise((done) => setTimeout(done, 60))
        }
        scrollTo(0, 0)
      })
      await page.waitForLoadState('networkidle')
      const picture = join(folder, `${nameOf(path)}-${device}-${theme}.png`)
      await page.screenshot({ path: picture, fullPage: true, timeout: SLOW_MACHINE_MS })
      for (const problem of problems) console.log(`  ✗ /${path} ${device} ${theme}: ${problem}`)
      await page.close()
    }
    await context.close()
  }
}
await browser.close()
await site.close()
console.log(`${pages.length * 2 * Object.keys(WIDTHS).length} pictures of ${pages.length} pages in ${folder}`)
