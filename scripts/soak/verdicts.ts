/**
 * Everything that could be handed in, one file per seed, graded in full in Node and by the built site's own workers in
 * Chromium: the same verdict to the last digit. As many seeds as there are files try each of them once.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'playwright-core'
import { launchChromium, newContext } from '../../test/e2e/chromium.ts'
import { gradeInNode } from '../../test/e2e/node-grader.ts'
import { gradeInPage } from '../../test/e2e/page-grader.ts'
import { allSubmissions } from '../../test/e2e/submissions.ts'
import { buildSite, plainSite } from '../build-site.mjs'
import { serve } from '../serve.mjs'
import type { Soak } from '../soak.ts'

const submissions = allSubmissions()
const whole = { mode: 'submit' } as const

interface Opened {
  readonly page: Page
  end(): Promise<void>
}
let opened: Opened | undefined

async function openPage(): Promise<Opened> {
  await buildSite()
  const site = await serve({ folder: plainSite.folder })
  const browser = await launchChromium()
  const page = await (await newContext(browser)).newPage()
  await page.goto(`${site.url}exercises/${submissions[0]!.exercise}/`)
  return {
    page,
    async end() {
      await browser.close()
      await site.close()
    },
  }
}

export default {
  name: 'verdicts',
  seeds: submissions.length,
  async run(seed) {
    const one = submissions[(seed - 1) % submissions.length]!
    opened ??= await openPage()
    const [[there], [here]] = await Promise.all([gradeInPage(opened.page, [one], whole), gradeInNode([one], whole)])
    if (isDeepStrictEqual(there, here)) return undefined
    const name = `${one.exercise}/${one.file}`
    return `${name}: ${there!.verdict.digest} in Chromium, ${here!.verdict.digest} in Node (fuel ${there!.verdict.fuel} and ${here!.verdict.fuel})`
  },
  async close() {
    await opened?.end()
    return undefined
  },
} satisfies Soak
