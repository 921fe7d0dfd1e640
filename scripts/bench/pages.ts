/** What each English page weighs when it opens (`test/e2e/page-weight.ts`); the end-to-end tests hold lessons to the same limit. */
import { launchChromium } from '../../test/e2e/chromium.ts'
import { pagePaths } from '../../test/e2e/page-paths.ts'
import { SCRIPTS_KB_MAX, weigh } from '../../test/e2e/page-weight.ts'
import type { Benchmark } from '../bench.ts'
import { buildSite, plainSite } from '../build-site.mjs'
import { serve } from '../serve.mjs'

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
