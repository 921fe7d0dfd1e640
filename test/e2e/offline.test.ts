/** A reader loses the network, and the course goes on; a new version arrives, and nothing that was typed is lost. */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { plainSite } from '../../scripts/build-site.mjs'
import { serve } from '../../scripts/serve.mjs'
import { newContext, openPage } from './chromium.ts'
import { address, open, useBrowser } from './harness.ts'
import { submission } from './submissions.ts'
import { replaceCode, run, storedDraft, workbenchOf } from './workbench.ts'

const browser = useBrowser()
const KEPT = 'The whole course is kept on this device'

/** Several hundred files, one after the other: whatever else is tested at the same time holds them up. In ms. */
const KEEPING_MAX = 120_000
const isKept = (page: Page) => page.getByText(KEPT).waitFor({ timeout: KEEPING_MAX })

it('loaded once and without a network: lessons open, words are found, a figure plays, an exercise is graded', async () => {
  const { page, problems } = await open(browser(), '', { keepsOffline: true })
  await isKept(page)
  await page.context().setOffline(true)
  await page.goto(address('lessons/kubelet/'))
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'The kubelet' }).waitFor()

  await page.goto(address('lessons/scheduler/'))
  const funnel = page.locator('cw-figure[figure="F09"]')
  await funnel.scrollIntoViewIfNeeded()
  await funnel.getByRole('button', { name: 'node-2', exact: true }).click()
  await funnel.getByRole('button', { name: 'Step', exact: true }).and(funnel.locator(':enabled')).waitFor()

  await page.goto(address('es/lessons/architecture/?from=elsewhere'))
  await page.getByRole('heading', { level: 1, name: 'Arquitectura de Kubernetes' }).waitFor()

  await page.goto(address('course/'))
  const dialog = page.getByRole('dialog')
  // Scripts come after the first paint: the key is heard a moment later than the page is there.
  await expect
    .poll(async () => {
      await page.keyboard.press('Control+k')
      return dialog.isVisible()
    })
    .toBe(true)
  await page.keyboard.type('tombstone')
  await dialog.getByRole('link').first().waitFor()

  await page.goto(address('exercises/fit-filter/'))
  const workbench = await workbenchOf(page)
  await replaceCode(workbench, submission('fit-filter', 'solution.ts').source)
  await run(workbench)
  expect(await workbench.checks.count()).toBeGreaterThan(0)
  expect(await workbench.headline.textContent()).toMatch(/pass/i)
  expect(problems).toEqual([])
}, 240_000)

let site: { folder: string; base: string; url: string; close(): Promise<void> } | undefined
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clusterwright-site-'))
  cpSync(plainSite.folder, folder, { recursive: true })
  site = { folder, base: '/', ...(await serve({ folder, base: '/' })) }
})
afterAll(async () => {
  await site?.close()
  if (site) rmSync(site.folder, { recursive: true })
})

it('a new version waits behind a notice, and taking it keeps the draft', async () => {
  const context = await newContext(browser(), { keepsOffline: true })
  const { page } = await openPage(context, `${site!.url}course/`)
  await isKept(page)
  await page.goto(`${site!.url}exercises/fit-filter/`)
  await replaceCode(await workbenchOf(page), '// a draft that nobody may lose\n')

  const changed = join(site!.folder, 'exercises/fit-filter/index.html')
  writeFileSync(changed, readFileSync(changed, 'utf8').replace('<body', '<body data-version="two"'))
  const worker = join(site!.folder, 'sw.js')
  const text = readFileSync(worker, 'utf8')
  const entry = /(url:"exercises\/fit-filter\/index\.html",revision:")[0-9a-f]+/
  expect(text).toMatch(entry)
  writeFileSync(worker, text.replace(entry, '$1two'))
  appendFileSync(worker, '\n')

  // Chromium forgets a worker now and then that is to take over; here it surely does, once.
  await page.addInitScript(() => {
    const { postMessage } = ServiceWorker.prototype
    ServiceWorker.prototype.postMessage = function (message: unknown) {
      if (sessionStorage.getItem('forgotten')) postMessage.call(this, message)
      else sessionStorage.setItem('forgotten', 'once')
    }
  })
  await page.reload()
  expect(await page.locator('body').getAttribute('data-version')).toBeNull()
  const take = page.getByRole('button', { name: 'Use it now' })
  await take.waitFor({ timeout: 30_000 })
  await take.focus()
  await page.keyboard.press('Enter')
  // The page is opened anew, and asks again.
  await page.locator('body[data-version=two]').waitFor({ timeout: 30_000 })
  await workbenchOf(page)
  expect(await storedDraft(page, 'fit-filter')).toBe('// a draft that nobody may lose\n')
  await context.close()
}, 240_000)
