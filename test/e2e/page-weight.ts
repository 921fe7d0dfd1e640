/**
 * What a page weighs when it opens, before anything is scrolled or clicked: scripts and everything, compressed as a web
 * host would (gzip). Measured in Chromium over the built site, so that what loads lazily counts only if it loads.
 */
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { goTo, newContext, untouched } from './chromium.ts'

/** What a lesson's scripts may weigh before a figure or an exercise comes into view, kB gzipped. */
export const SCRIPTS_KB_MAX = 120
/** What does not shrink. */
const COMPRESSED = /\.(?:woff2|png|wasm)$/

export interface Weight {
  scriptsKb: number
  allKb: number
  requests: number
}

export async function weigh(browser: Browser, url: string): Promise<Weight> {
  const context = await newContext(browser)
  const page = await context.newPage()
  const weight: Weight = { scriptsKb: 0, allKb: 0, requests: 0 }
  const answers: Promise<void>[] = []
  page.on('response', (response) => {
    const counted = response.body().then(
      (body) => {
        const kb = (COMPRESSED.test(response.url()) ? body.length : gzipSync(body).length) / 1000
        weight.requests += 1
        weight.allKb += kb
        if (response.url().endsWith('.js')) weight.scriptsKb += kb
      },
      // A redirect has no body.
      () => undefined,
    )
    answers.push(counted)
  })
  await goTo(page, url, untouched)
  await Promise.all(answers)
  await context.close()
  return weight
}
