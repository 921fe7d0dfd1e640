/**
 * One way to start Chromium, for the end-to-end tests and the screenshots alike: Debian's own build (`npm test` installs
 * it), headless, and quiet on the network, so that what a page loads is what the page asked for.
 */
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { findChromium } from '../../scripts/set-up/chromium.mjs'
import { Refusal } from '../../scripts/set-up/say.mjs'

export type Theme = 'light' | 'dark'

/** The widths that every page is looked at. */
export const WIDTHS = { phone: 390, tablet: 820, desktop: 1440 }

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Containers give 64 MB of shared memory; a page with Monaco wants more.
  '--disable-dev-shm-usage',
]

/** For pages whose scripts run for a moment only: compiling them well takes longer, and keeps the second core busy. */
export const BRIEF_SCRIPTS = '--js-flags=--no-turbofan --no-maglev'

/** @param more flags beyond those that are always given @throws when no Chromium is installed */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath)
    throw new Refusal('There is no Chromium here.', 'Run npm run set-up, or set CHROMIUM to the path of one.')
  return chromium.launch({ executablePath, args: [...FLAGS, ...more], headless: true })
}

export interface View {
  width?: number
  height?: number
  theme?: Theme
  reducedMotion?: boolean
  /** False shows the page as it is without scripts. */
  scripts?: boolean
  /** True lets the page keep the whole course on the device, which takes longer than most tests. */
  keepsOffline?: boolean
}

/** What a page complained of: errors on its console, thrown errors, requests that failed or were answered 4xx or 5xx. */
export type Problems = string[]

/** A context of its own for a page: storage, theme and size are shared with no other test. */
export async function newContext(browser: Browser, view: View = {}): Promise<BrowserContext> {
  const { width = WIDTHS.desktop, height = width < 600 ? 844 : 900 } = view
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: view.theme ?? 'light',
    reducedMotion: view.reducedMotion ? 'reduce' : 'no-preference',
    hasTouch: width < 600,
    isMobile: width < 600,
    javaScriptEnabled: view.scripts ?? true,
    locale: 'en-GB',
    serviceWorkers: view.keepsOffline ? 'allow' : 'block',
  })
  // A busy machine is not a broken page.
  context.setDefaultTimeout(45_000)
  return context
}

/** Waits until a page that is being opened is as its reader will find it. */
type Settled = (page: Page, going: Promise<unknown>) => Promise<void>

/** Half a second without a request: what the browser calls idle. */
const idle: Settled = async (page, going) => {
  await going
  await page.waitForLoadState('networkidle')
}

/** As long as nothing has been asked for, in ms, before a page counts as quiet. */
const QUIET_MS = 120

/** How long a busy machine may take to bring all that a page asks for, in ms. */
const PATIENCE_MS = 60_000

/**
 * The page has loaded, all that it asked for has come, it asks for nothing more, and a frame was drawn since.
 * @param first is done once the page has loaded
 */
const settledAfter =
  (first: (page: Page) => Promise<unknown>): Settled =>
  async (page, going) => {
    const open = new Set<Request>()
    let last = performance.now()
    const begin = (request: Request) => open.add(request)
    const end = (request: Request) => {
      open.delete(request)
      last = performance.now()
    }
    page.on('request', begin).on('requestfinished', end).on('requestfailed', end)
    try {
      await going
      await first(page)
      const giveUp = performance.now() + PATIENCE_MS
      while (open.size > 0 || performance.now() - last < QUIET_MS) {
        if (performance.now() > giveUp)
          throw new Error(`The page still waits for ${[...open].map((request) => request.url()).join(', ')}`)
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 4))
      }
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    } finally {
      page.off('request', begin).off('requestfinished', end).off('requestfailed', end)
    }
  }

/** Somebody is there: what waits for a reader's first move comes too. */
export const quiet = settledAfter((page) => page.evaluate(() => window.dispatchEvent(new Event('scroll'))))

/** Nobody has touched the page: its scripts have come, as they do after the first paint, and nothing that waits for a reader. */
export const untouched = settledAfter((page) =>
  page.locator('head > script[type=module]').first().waitFor({ state: 'attached' }),
)

/** What a page complains of from now on, wherever it goes. */
export function problemsOf(page: Page): Problems {
  const problems: Problems = []
  page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    // What a page fetched ahead is given up when somebody goes on: the site did nothing wrong.
    if (why !== 'net::ERR_ABORTED') problems.push(`failed: ${request.url()} ${why}`)
  })
  page.on(
    'response',
    (response) => response.status() >= 400 && problems.push(`${response.status()}: ${response.url()}`),
  )
  return problems
}

/** Goes to an address and waits until the page there has settled. */
export const goTo = (page: Page, url: string, settled: Settled = idle): Promise<void> =>
  settled(page, page.goto(url, { waitUntil: 'load' }))

/** Opens a page and waits until it has settled; its problems are collected from the first byte on. */
export async function openPage(context: BrowserContext, url: string): Promise<{ page: Page; problems: Problems }> {
  const page = await context.newPage()
  const problems = problemsOf(page)
  await goTo(page, url)
  return { page, problems }
}
