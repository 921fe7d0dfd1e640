/** Somebody plays with a cluster of their own: types, breaks, looks back, and sends the story on as a link. By keyboard alone. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { BRIEF_SCRIPTS } from './chromium.ts'
import { accessibilityViolations, open, useBrowser } from './harness.ts'

const browser = useBrowser(BRIEF_SCRIPTS)

/** Comes up, and has its clock stopped: what is typed gets its time all the same. */
async function playground(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop the clock' }).and(page.locator(':enabled')).waitFor()
  await page.getByRole('button', { name: 'Stop the clock' }).press('Enter')
  await page.getByRole('combobox', { name: /^Command line/ }).focus()
}

it('types, breaks a node, and opens the same story from its link', async () => {
  const { page, problems } = await open(browser(), 'playground/')
  await page.context().grantPermissions(['clipboard-write', 'clipboard-read'])
  await playground(page)
  const log = page.getByRole('log', { name: 'Terminal' })

  await page.keyboard.type('kubectl apply -f w')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await log.getByText('deployment.apps/web created').waitFor()
  await page.keyboard.type('vim')
  await page.keyboard.press('Enter')
  await log.getByText('sh: vim: command not found.').waitFor()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  expect(await page.getByRole('combobox', { name: /^Command line/ }).inputValue()).toContain('apply -f web.yaml')
  await page.keyboard.press('Control+c')
  await page.keyboard.type('kubectl get po')
  await page.keyboard.press('Tab')
  await page.getByRole('option', { name: 'pods', exact: true }).waitFor()
  // Escape closes the list, and then lets the Tab key go on to what comes next.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  expect(await page.getByRole('combobox', { name: /^Command line/ }).evaluate((line) => line.matches(':focus'))).toBe(false) // prettier-ignore

  await page.getByRole('button', { name: 'Cut its power' }).press('Enter')
  await page.getByRole('img', { name: /node-1 \(no power\)/ }).waitFor()
  await page.getByRole('button', { name: 'Share as a link' }).press('Enter')
  await page.getByText('Link copied').waitFor()
  expect(await accessibilityViolations(page)).toEqual([])

  const link = page.url()
  expect(link).toContain('#world=')
  const other = await page.context().newPage()
  await other.goto(link)
  await other.getByRole('img', { name: /node-1 \(no power\)/ }).waitFor()
  await other.getByRole('log', { name: 'Terminal' }).getByText('deployment.apps/web created').waitFor()
  await playground(other)
  await other.getByRole('button', { name: 'Step back' }).press('Enter')
  await other.getByText('Go on from here', { exact: true }).press('Enter')
  await other.getByRole('button', { name: 'Go on from here' }).waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('says what is wrong with a link that was cut, and brings a cluster all the same', async () => {
  const { page } = await open(browser(), 'playground/#world=eJyrVkrO')
  await page.getByRole('alert').getByText('That could not be opened: the link is damaged').waitFor()
  await page.getByRole('img', { name: /node-1: no Pods/ }).waitFor()
})
