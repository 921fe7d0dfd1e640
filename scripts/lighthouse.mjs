/**
 * `npm run lighthouse [-- path …]`: builds the site, then asks Lighthouse, on its mobile preset (a slow phone on a slow
 * network, both simulated), about three pages: the first, a lesson with a figure, an exercise. Prints what it measured, with
 * every audit that cost points, and fails below the scores and above the times that the course has promised itself.
 *
 * Lighthouse is no dependency of the project: npx fetches this one version when the command is run. What is measured is time,
 * so the machine should have nothing else to do.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSite, plainSite } from './build-site.mjs'
import { serve } from './serve.mjs'
import { ensureChromium } from './set-up/chromium.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { mustRun, root } from './set-up/run.mjs'
import { Refusal, command, say } from './set-up/say.mjs'

const LIGHTHOUSE = 'lighthouse@13.5.0'
const PAGES = ['', 'lessons/scheduler/', 'exercises/fit-filter/']

/** Points of 100 that each category must have. */
const POINTS_MIN = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 }
/** What each of these audits may measure, and how it is written. */
const MOST = {
  'largest-contentful-paint': { most: 1500, short: 'LCP', unit: ' ms', digits: 0 },
  'cumulative-layout-shift': { most: 0.02, short: 'CLS', unit: '', digits: 3 },
}

/** Lighthouse measures how fast the machine is; below this its picture of a slow phone is too dark. */
const BENCHMARK_MIN = 1500

const folder = join(root, 'test-results', 'lighthouse')

/** Lets Lighthouse look at a page; its whole report stays in `test-results/lighthouse`. */
async function lookAt(url, name) {
  const file = join(folder, `${name}.json`)
  const line = ['npx', '--yes', LIGHTHOUSE, url, '--quiet', '--output=json', `--output-path=${file}`]
  const flags = '--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage'
  await mustRun('Lighthouse', [...line, flags, `--only-categories=${Object.keys(POINTS_MIN)}`], {
    env: { CHROME_PATH: await ensureChromium() },
  })
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** What falls short, one line each. */
function shortcomings({ categories, audits }) {
  const short = []
  for (const [id, least] of Object.entries(POINTS_MIN)) {
    const points = Math.round(categories[id].score * 100)
    if (points < least) short.push(`${categories[id].title}: ${points} of at least ${least}`)
  }
  for (const [id, { most, short: name, unit }] of Object.entries(MOST)) {
    const { numericValue } = audits[id]
    if (!(numericValue <= most)) short.push(`${name}: ${numericValue}${unit}, at most ${most}${unit}`)
  }
  return short
}

/** The audits that count for something and are not whole. */
function lost({ categories, audits }) {
  const refs = Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0))
  return refs
    .map(({ id }) => audits[id])
    .filter(({ score }) => score !== null && score < 1)
    .map(({ id, title, score, displayValue = '' }) => `${id} ${score} ${displayValue} (${title})`)
}

await command(async () => {
  await ensureDependencies()
  await buildSite()
  mkdirSync(folder, { recursive: true })
  const asked = process.argv.slice(2)
  const site = await serve({ folder: plainSite.folder })
  const failed = []
  let slow = false
  try {
    for (const path of asked.length > 0 ? asked : PAGES) {
      const report = await lookAt(site.url + path, path.replaceAll('/', '-') || 'home')
      const scores = Object.keys(POINTS_MIN).map((id) => `${id} ${Math.round(report.categories[id].score * 100)}`)
      const measures = Object.entries(MOST).map(
        ([id, { short, unit, digits }]) => `${short} ${report.audits[id].numericValue.toFixed(digits)}${unit}`,
      )
      say(`• /${path}: ${[...scores, ...measures].join(' · ')}`)
      slow ||= report.environment.benchmarkIndex < BENCHMARK_MIN
      for (const audit of lost(report)) say(`    ${audit}`)
      failed.push(...shortcomings(report).map((what) => `/${path}: ${what}`))
    }
  } finally {
    await site.close()
  }
  if (slow)
    say(`! This machine was slow or busy (Lighthouse's index below ${BENCHMARK_MIN}): its times count for little.`)
  if (failed.length > 0) throw new Refusal(failed.join('\n'), `The whole reports are in ${folder}.`)
})
