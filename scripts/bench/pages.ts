/**
 * What a page weighs when it opens, before anything is scrolled or clicked: scripts and everything, compressed as a web
 * host would (gzip). Measured in Chromium over the built site, so that what loads lazily counts only if it loads.
 */
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { launchChromium, newContext } from '../../test/e2e/chromium.ts'
import { pagePaths } from '../../test/e2e/page-paths.ts'
import type { Benchmark } from '../bench.ts'
import { buildSite, plainSite } from '../build-site.mjs'
import { serve } from '../serve.mjs'

/** What a lesson's scripts may weigh before an exercise comes into view, kB gzipped. */
const SCRIPTS_KB_MAX = 120
/** What does not shrink. */
const COMPRESSED = /\.(?:woff2|png|wasm)$/

interface Weight {
  scriptsKb: number
  allKb: number
  requests: number
}

async function weigh(browser: Browser, url: string): Promise<Weight> {
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
  await page.goto(url, { waitUntil: 'networkidle' })
  await Promise.all(answers)
  await context.close()
  return weight
}

export default {
  name: 'pages',
  async run(report) {
    await buildSite()
    const site = await serve({ folder: plainSite.folder })
    const browser = await launchChromium()
    try {
      for (const path of pagePaths(plainSite.folder).filter((page) => !page.startsWith('es/'))) {
        const { scriptsKb, allKb, requests } = await weigh(browser, site.url + path)
        report({
          what: `/${path}`,
          value: scriptsKb,
          unit: 'kB of scripts',
          against: { what: 'the most for a lesson', value: SCRIPTS_KB_MAX },
          note: `${allKb.toFixed(0)} kB in all, ${requests} requests`,
        })
      }
    } finally {
      await browser.close()
      await site.close()
    }
  },
} satisfies Benchmark
