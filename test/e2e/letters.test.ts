/** A phone's first page waits for no letters of ours, and nothing moves when they come; the next page has them at once. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { goTo } from './chromium.ts'
import { address, open, useBrowser, WIDTHS } from './harness.ts'

const browser = useBrowser()

const letters = (page: Page) => page.evaluate(() => document.documentElement.dataset.letters)

/** What a page has moved by since it opened, as browsers count it. */
const shift = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0
        const add = (entries: PerformanceEntryList) => {
          for (const entry of entries) sum += (entry as PerformanceEntry & { value: number }).value
        }
        new PerformanceObserver((list) => add(list.getEntries())).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), 200)
      }),
  )

it('come after the first paint on a phone, and with it from the second page on', async () => {
  const { page, problems } = await open(browser(), '', { width: WIDTHS.phone })
  const [painted, fetched] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.woff2'))
      .map((font) => font.startTime),
  ])
  expect(fetched.length).toBe(4)
  expect(Math.min(...fetched)).toBeGreaterThan(painted)
  expect(await shift(page)).toBeLessThan(0.02)
  await goTo(page, address('exercises/replicaset/'))
  expect(await letters(page)).toBe('own')
  expect(await shift(page)).toBeLessThan(0.02)
  expect(problems).toEqual([])
})

it('come with the first paint on a wide screen', async () => {
  const { page } = await open(browser(), 'lessons/scheduler/')
  expect(await letters(page)).toBe('own')
  expect(await shift(page)).toBeLessThan(0.02)
})
