/**
 * What a learner waits for, in Chromium over the built site: from the click to the verdict, cold and warm; from a click to
 * the next frame while code runs away; and what a lesson has loaded when its exercise comes into view.
 */
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { findExercises } from '#grader/cli/exercises-node.ts'
import { launchChromium, newContext } from '../../test/e2e/chromium.ts'
import { submission } from '../../test/e2e/submissions.ts'
import { replaceCode, workbenchOf } from '../../test/e2e/workbench.ts'
import type { Benchmark, Row } from '../bench.ts'
import { buildSite, plainSite } from '../build-site.mjs'
import { serve } from '../serve.mjs'

const FRAME = { what: 'one frame', value: 16 }
const VERDICT = { what: 'the aim', value: 300 }
const SCRIPTS = { what: 'the most for a lesson', value: 120 }

type Button = 'run' | 'submit'

/** Clicks, and waits until the verdict has been drawn. @returns milliseconds in the page's own clock */
function clickToVerdict(page: Page, button: Button): Promise<number> {
  return page.evaluate(
    (action) =>
      new Promise<number>((resolve) => {
        const find = (name: string) => document.querySelector<HTMLButtonElement>(`button[data-action=${name}]`)
        let isAtWork = false
        const seen = new MutationObserver(() => {
          isAtWork ||= find('stop') !== null
          if (!isAtWork || !find('run')) return
          seen.disconnect()
          requestAnimationFrame(() => resolve(performance.now() - began))
        })
        seen.observe(document.querySelector('cw-workbench')!, { childList: true, subtree: true })
        const began = performance.now()
        find(action)!.click()
      }),
    button,
  )
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

async function several(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let time = 0; time < times; time += 1) values.push(await measure())
  return middle(values)
}

async function openExercise(browser: Browser, url: string): Promise<Page> {
  const page = await (await newContext(browser)).newPage()
  await page.goto(url)
  await workbenchOf(page)
  return page
}

async function verdicts(browser: Browser, site: string, id: string, report: (row: Row) => void): Promise<void> {
  const url = `${site}exercises/${id}/`
  const cold = await several(3, async () => {
    const page = await openExercise(browser, url)
    const time = await clickToVerdict(page, 'run')
    await page.context().close()
    return time
  })
  report({ what: `${id}: first run, as soon as the editor stands`, value: cold, unit: 'ms' })

  const page = await openExercise(browser, url)
  await replaceCode(await workbenchOf(page), submission(id, 'solution.ts').source)
  await clickToVerdict(page, 'run')
  const warm = await several(5, () => clickToVerdict(page, 'run'))
  report({ what: `${id}: run of the solution, warm`, value: warm, unit: 'ms', against: VERDICT })
  await clickToVerdict(page, 'submit')
  const submit = await several(3, () => clickToVerdict(page, 'submit'))
  const against = { what: 'a warm run', value: warm }
  report({ what: `${id}: submit of the solution, warm`, value: submit, unit: 'ms', against, note: '200 seeds' })
  await page.context().close()
}

/** Clicks for as long as an endless loop is graded. @returns from each click to the frame that follows it, in ms */
function clicksWhileAtWork(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const find = (selector: string) => document.querySelector<HTMLButtonElement>(selector)
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    find('button[data-action=submit]')!.click()
    while (!find('button[data-action=stop]')) await frame()
    const times: number[] = []
    while (find('button[data-action=stop]')) {
      const began = performance.now()
      find(`.cw-side-tabs button[aria-selected=false]`)!.click()
      await frame()
      times.push(performance.now() - began)
    }
    return times
  })
}

async function responsiveness(browser: Browser, site: string, report: (row: Row) => void): Promise<void> {
  const page = await openExercise(browser, `${site}exercises/fit-filter/`)
  const { source } = submission('fit-filter', 'starter.ts')
  await replaceCode(await workbenchOf(page), source.replace('return undefined\n  },\n}', 'for (;;) {}\n  },\n}'))
  const times = await clicksWhileAtWork(page)
  const slowest = Math.max(...times)
  const note = `${times.length} clicks, the slowest ${slowest.toFixed(0)} ms`
  report({ what: 'click to frame while a loop runs away', value: middle(times), unit: 'ms', against: FRAME, note })
  await page.context().close()
}

/** Collects the weight of every script that a page asks for, its workers' too, gzipped, in kB. */
function weighScripts(page: Page): () => Promise<{ kb: number; files: number }> {
  const bodies = new Map<string, Promise<number>>()
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.endsWith('.js')) return
    const weight = response.body().then((body) => gzipSync(body).length / 1000)
    // A redirect has no body.
    bodies.set(
      response.url(),
      weight.catch(() => 0),
    )
  })
  return async () => {
    const weights = await Promise.all(bodies.values())
    return { kb: weights.reduce((sum, weight) => sum + weight, 0), files: weights.length }
  }
}

/** Reads a page from top to bottom until its exercise is in sight. @returns whether there is one */
async function readToExercise(page: Page): Promise<boolean> {
  const card = page.locator('main .exercise-card').first()
  if ((await card.count()) === 0) return false
  while (!(await card.evaluate((element) => element.getBoundingClientRect().top < innerHeight))) {
    await page.mouse.wheel(0, 600)
    await page.waitForLoadState('networkidle')
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  await page.waitForLoadState('networkidle')
  return true
}

/** Says what one thinks will happen in the first figure, which starts its simulation. */
async function startFigure(page: Page): Promise<void> {
  const answer = page.locator('cw-figure').first().getByRole('group').getByRole('button').first()
  const arrives = page.waitForResponse((response) => response.url().includes('simulation-worker'))
  await answer.click()
  await (await arrives).finished()
}

async function weighLesson(browser: Browser, url: string, name: string, report: (row: Row) => void): Promise<void> {
  const context = await newContext(browser)
  const page = await context.newPage()
  const weigh = weighScripts(page)
  await page.goto(url, { waitUntil: 'networkidle' })
  if (await readToExercise(page)) {
    const read = await weigh()
    const note = `${read.files} files, figures among them`
    report({
      what: `${name}, read down to its exercise`,
      value: read.kb,
      unit: 'kB of scripts',
      against: SCRIPTS,
      note,
    })
    await startFigure(page)
    const played = await weigh()
    const against = { what: 'unplayed', value: read.kb }
    report({ what: `${name}, a figure played`, value: played.kb, unit: 'kB of scripts', against })
  }
  await context.close()
}

export default {
  name: 'browser',
  async run(report) {
    await buildSite()
    const site = await serve({ folder: plainSite.folder })
    const browser = await launchChromium()
    try {
      for (const { id } of findExercises()) await verdicts(browser, site.url, id, report)
      await responsiveness(browser, site.url, report)
      for (const section of new Set(findExercises().map((folder) => folder.section)))
        await weighLesson(browser, `${site.url}lessons/${section}/`, `lessons/${section}/`, report)
    } finally {
      await browser.close()
      await site.close()
    }
  },
} satisfies Benchmark
