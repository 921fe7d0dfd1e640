/**
 * Whether a playing figure keeps 60 frames per second: in Chromium over the built site, frames are counted by
 * `requestAnimationFrame` while the figure plays at its fastest, and those that were left out between them are dropped ones.
 */
import type { Browser, Page } from 'playwright-core'
import { launchChromium, newContext } from '../../test/e2e/chromium.ts'
import type { Benchmark, Row } from '../bench.ts'
import { buildSite, plainSite } from '../build-site.mjs'
import { serve } from '../serve.mjs'

const FIGURES = [
  ['F17', 'lessons/key-value-store/'],
  ['F16', 'lessons/key-value-store/'],
  ['F18', 'lessons/key-value-store/'],
  ['F05', 'lessons/control-plane-overview/'],
  ['F04', 'lessons/control-plane-overview/'],
  ['F02', 'lessons/scheduler/'],
  ['F09', 'lessons/scheduler/'],
] as const

const RATE = { what: 'the aim', value: 60 }
const FRAME_MS = 1000 / 60
const SAMPLE_MS = 8_000

/** Times between frames, in ms, while nobody touches anything. */
const deltas = (page: Page, forMs: number): Promise<number[]> =>
  page.evaluate(
    (length) =>
      new Promise<number[]>((resolve) => {
        const found: number[] = []
        let began: number | undefined
        let last = 0
        const frame = (now: number): void => {
          began ??= now
          if (now > began) found.push(now - last)
          last = now
          if (now - began < length) requestAnimationFrame(frame)
          else resolve(found)
        }
        requestAnimationFrame(frame)
      }),
    forMs,
  )

const droppedIn = (times: readonly number[]): number =>
  times.reduce((sum, time) => sum + Math.max(0, Math.round(time / FRAME_MS) - 1), 0)

async function measure(browser: Browser, site: string, id: string, path: string): Promise<Row> {
  const context = await newContext(browser)
  const page = await context.newPage()
  await page.goto(site + path)
  const figure = page.locator(`cw-figure[figure="${id}"]`)
  await figure.scrollIntoViewIfNeeded()
  await figure.locator('button.chip').first().click()
  await figure.getByRole('button', { name: 'Step', exact: true }).and(figure.locator(':enabled')).waitFor()
  const speed = figure.getByRole('combobox', { name: 'Speed' })
  await speed.selectOption({ index: (await speed.locator('option').count()) - 1 })
  await figure.getByRole('button', { name: 'Play' }).click()
  const times = await deltas(page, SAMPLE_MS)
  const position = figure.getByRole('slider', { name: 'Position in the run' })
  const note = `${droppedIn(times)} of ${Math.round(SAMPLE_MS / FRAME_MS)} frames dropped, the longest took ${Math.max(...times).toFixed(0)} ms; ${await position.inputValue()} steps`
  await context.close()
  const value = (times.length * 1000) / times.reduce((sum, time) => sum + time, 0)
  return { what: `${id} while it plays`, value, unit: 'frames/s', against: RATE, note }
}

/** What this machine gives a page that does nothing. */
async function idle(browser: Browser): Promise<Row> {
  const page = await browser.newPage()
  const times = await deltas(page, SAMPLE_MS / 2)
  await page.close()
  const value = (times.length * 1000) / times.reduce((sum, time) => sum + time, 0)
  return { what: 'an empty page', value, unit: 'frames/s', note: `${droppedIn(times)} frames dropped` }
}

export default {
  name: 'figures',
  async run(report) {
    await buildSite()
    const site = await serve({ folder: plainSite.folder })
    const browser = await launchChromium()
    try {
      report(await idle(browser))
      for (const [id, path] of FIGURES) report(await measure(browser, site.url, id, path))
    } finally {
      await browser.close()
      await site.close()
    }
  },
} satisfies Benchmark
