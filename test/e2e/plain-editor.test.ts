/**
 * The plain editor: on a phone from the start, elsewhere by choice. Same code, same verdict.
 */
import { expect, it } from 'vitest'
import { WIDTHS, accessibilityViolations, open, useBrowser } from './harness.ts'
import { submission } from './submissions.ts'
import { digest, draftHolds, openStory, replaceCode, run, storedDraft, workbenchOf } from './workbench.ts'

const EXERCISE = 'exercises/fit-filter/'
const browser = useBrowser()
const { source: starter } = submission('fit-filter', 'starter.ts')
const { source: solution } = submission('fit-filter', 'solution.ts')

it('a phone has three tabs and a text area; Monaco is not even fetched', async () => {
  const requests: string[] = []
  const { page, problems } = await open(browser(), EXERCISE, { width: WIDTHS.phone })
  page.on('request', (request) => requests.push(request.url()))
  await page.reload({ waitUntil: 'networkidle' })
  const workbench = await workbenchOf(page)
  await page.getByRole('tab', { name: 'Code' }).tap()
  expect(await workbench.code.evaluate((element) => element.tagName)).toBe('TEXTAREA')
  expect(await accessibilityViolations(page)).toEqual([])

  // A slip at a line of its own: the run shows the checks, and the way back leads to the line.
  const lines = starter.split('\n')
  const slip = lines.findIndex((line) => line.includes('// TODO')) + 1
  const slipped = lines.toSpliced(slip - 1, 0, '    return node.spare.status').join('\n')
  await workbench.code.fill(slipped)
  await draftHolds(page, slipped)
  await run(workbench)
  expect(await page.getByRole('tab', { name: 'Checks', exact: true }).first().getAttribute('aria-selected')).toBe(
    'true',
  )
  expect(await accessibilityViolations(page)).toEqual([])
  await openStory(workbench)
    .getByRole('button', { name: `Go to line ${slip}` })
    .tap()
  await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')
  const line = await workbench.code.evaluate(
    (element) =>
      (element as HTMLTextAreaElement).value.slice(0, (element as HTMLTextAreaElement).selectionStart).split('\n')
        .length,
  )
  expect(line).toBe(slip)

  await workbench.code.fill(solution)
  await run(workbench)
  expect(await workbench.headline.innerText()).toBe('All 5 examples pass')
  expect(requests.filter((url) => url.includes('monaco'))).toEqual([])
  expect(problems).toEqual([])
})

it('the same code has the same digest in both editors, and going over loses no letter', async () => {
  const { page, problems } = await open(browser(), EXERCISE)
  const full = await workbenchOf(page)
  await run(full)
  const inFull = await digest(full)
  await replaceCode(full, solution)
  await page.getByRole('button', { name: 'Plain editor' }).click()
  await page.getByRole('button', { name: 'Full editor' }).waitFor()
  const plain = await workbenchOf(page)
  expect(await plain.code.inputValue()).toBe(solution)
  await replaceCode(plain, starter)
  await run(plain)
  expect(await digest(plain)).toBe(inFull)
  // The choice is remembered.
  await page.reload()
  const again = await workbenchOf(page)
  expect(await again.code.evaluate((element) => element.tagName)).toBe('TEXTAREA')
  expect(await storedDraft(page, 'fit-filter')).toBe(starter)
  expect(problems).toEqual([])
})

it('Tab indents, Escape and then Tab leaves', async () => {
  const { page } = await open(browser(), EXERCISE, { width: WIDTHS.phone })
  const { code } = await workbenchOf(page)
  await page.getByRole('tab', { name: 'Code' }).tap()
  await code.fill('let x')
  await code.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Tab')
  expect(await code.inputValue()).toBe('  let x')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  expect(await code.evaluate((element) => element === document.activeElement)).toBe(false)
  expect(await code.inputValue()).toBe('  let x')
})
