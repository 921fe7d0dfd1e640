/** A learner's own tests: written in their tab, tried on right and wrong solutions, kept, and run against the learner's code. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { accessibilityViolations, open, useBrowser, WIDTHS } from './harness.ts'
import { allowClipboard, workbenchOf } from './workbench.ts'

const browser = useBrowser()
const EXERCISE = 'exercises/fit-filter/'
const folder = new URL('../../exercises/04-scheduler/01-fit-filter/', import.meta.url)
const starter = readFileSync(new URL('tests-starter.ts', folder), 'utf8')

const twoExamples = starter.replace(
  /\n {2}\/\/ TODO[^]*?\n\]/,
  `
  {
    name: 'a finished Pod holds nothing',
    nodes: [node('node-1', { cpu: '1' })],
    pods: [{ ...on('node-1', pod('job', { cpu: '1' })), status: { phase: 'Succeeded' } }],
    pod: pod('web', { cpu: '1' }),
    expect: { 'node-1': 'Success' },
  },
]`,
)

const testsCode = (page: Page) => page.getByRole('textbox', { name: /^tests\.ts.*Press Escape/ }).first()
const headline = (page: Page) => page.getByRole('region', { name: 'Checks' }).getByRole('heading', { level: 2 })

async function openTab(page: Page): Promise<void> {
  await workbenchOf(page)
  await page.getByRole('tab', { name: 'Your tests' }).click()
  await testsCode(page).waitFor({ state: 'attached' })
  // The editor draws before it can be typed into: the switch is dead until it can.
  await page.locator('.cw-action-bar button:not([disabled])', { hasText: /Plain editor|Full editor/ }).waitFor()
}

async function replaceTests(page: Page, text: string): Promise<void> {
  await allowClipboard(page.context())
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await testsCode(page).focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('ControlOrMeta+V')
  await testsHold(page, text)
}

/** Waits until the page has stored this very text as the learner's tests. */
async function testsHold(page: Page, text: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const kept = localStorage.getItem('clusterwright/draft/fit-filter--tests')
    return kept !== null && (JSON.parse(kept) as { draft: { source: string } }).draft.source === expected
  }, text)
}

const examples = (page: Page) => page.getByRole('list', { name: 'Examples' }).getByRole('listitem')

it(
  'is tried before any code is written: what is caught is named, a reload keeps it, a reset can be undone',
  { timeout: 120_000 },
  async () => {
    const { page, problems } = await open(browser(), EXERCISE)
    await openTab(page)
    expect(await headline(page).innerText()).toBe('Not tried yet')
    await replaceTests(page, twoExamples)
    await page.keyboard.press('ControlOrMeta+Enter')
    await page.getByText(/Caught: \d+ of \d+ wrong solutions/).waitFor()
    expect(await headline(page).innerText()).toBe('Not enough yet')
    expect(await examples(page).count()).toBe(2)
    await page.getByText('Counts every Pod on the node, those that have finished too.').waitFor()
    // What is not caught stays unnamed, but for the hint that helps.
    expect(await page.getByText('Lets an empty term match').count()).toBe(0)
    await page.getByRole('button', { name: 'What counts?' }).click()
    await page.getByRole('heading', { name: 'What counts?' }).waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.reload()
    await openTab(page)
    await testsHold(page, twoExamples)
    await page.getByRole('button', { name: 'Reset', exact: true }).click()
    await testsHold(page, starter)
    await page.getByRole('button', { name: 'Undo' }).click()
    await testsHold(page, twoExamples)
    expect(problems).toEqual([])
  },
)

it(
  'says what the solution does where an example is wrong, and what the learner’s code does',
  { timeout: 120_000 },
  async () => {
    const { page, problems } = await open(browser(), EXERCISE)
    await openTab(page)
    await replaceTests(
      page,
      twoExamples.replace(
        "expect: { 'node-1': 'Success' },\n  },\n]",
        "expect: { 'node-1': 'Unschedulable' },\n  },\n]",
      ),
    )
    await page.keyboard.press('ControlOrMeta+Enter')
    await page.getByText('One example is wrong: read the task again there.').first().waitFor()
    expect(await examples(page).nth(1).innerText()).toMatch(/your example\s+Unschedulable\s+the solution\s+Success/)
    await page.getByRole('button', { name: 'Against my code' }).click()
    await page.getByText('One example is wrong: read the task again there.').first().waitFor()
    expect(await examples(page).first().innerText()).toMatch(/Passed/)
    expect(problems).toEqual([])
  },
)

it('works on a phone, in the plain editor, by keys alone', { timeout: 120_000 }, async () => {
  const { page, problems } = await open(browser(), EXERCISE, { width: WIDTHS.phone })
  await workbenchOf(page)
  await page.getByRole('tab', { name: 'Checks' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('tablist', { name: 'Checks and console' }).getByRole('tab', { selected: true }).focus()
  await page.keyboard.press('End')
  await page.getByRole('button', { name: 'Write tests' }).focus()
  await page.keyboard.press('Enter')
  await testsCode(page).focus()
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.getByText(/Caught: \d+ of \d+ wrong solutions/).waitFor()
  expect(await accessibilityViolations(page)).toEqual([])
  expect(problems).toEqual([])
})

it('speaks Spanish on a Spanish page: the tab, the verdicts and the mistakes', { timeout: 120_000 }, async () => {
  const { page, problems } = await open(browser(), `es/${EXERCISE}`)
  await page.locator('.cw-action-bar button:not([disabled])', { hasText: /Editor/ }).waitFor()
  await page.getByRole('button', { name: 'Ejecutar' }).click()
  await page
    .getByText(/Se superan? \d+ de \d+ ejemplos/)
    .first()
    .waitFor()
  await page
    .getByText(/^El Pod .* en node-1/)
    .first()
    .waitFor()
  await page.getByRole('tab', { name: 'Tus pruebas' }).click()
  await page.getByRole('button', { name: 'Probar' }).click()
  await page.getByText('Rechaza un Pod que ocupa justo lo que queda.').waitFor()
  await page.getByRole('button', { name: '¿Qué cuenta?' }).waitFor()
  expect(await accessibilityViolations(page)).toEqual([])
  expect(problems).toEqual([])
})
