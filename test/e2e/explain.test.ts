/** Somebody asks why a Pod is nowhere, on a hundred nodes, changes one thing, and sees it decided again. By keyboard alone. */
import { expect, it } from 'vitest'
import { BRIEF_SCRIPTS } from './chromium.ts'
import { accessibilityViolations, open, useBrowser, WIDTHS } from './harness.ts'

const browser = useBrowser(BRIEF_SCRIPTS)

it('finds a node by the reason, tolerates its taint, and takes that back', async () => {
  const { page, problems } = await open(browser(), 'explain/#train')
  await page
    .getByText(/^Warning FailedScheduling 0\/100 nodes are available: .*77 Insufficient example.com\/gpu/)
    .waitFor()
  const rows = page.getByRole('grid', { name: /^Every node’s verdict/ }).getByRole('row')
  expect(await rows.count()).toBe(101)

  await page.getByRole('searchbox').focus()
  await page.keyboard.type('gpu=yes')
  await expect.poll(() => rows.count()).toBe(13)
  // Past the three buttons that sort, to the row; arrow keys go from row to row.
  for (let i = 0; i < 4; i++) await page.keyboard.press('Tab')
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.querySelector('cw-decision')?.shadowRoot?.activeElement?.getAttribute('data-node')) // prettier-ignore
  await page.keyboard.press('End')
  expect(await focused()).toBe('gpu-12')
  await page.keyboard.press('ArrowUp')
  await page.getByRole('region', { name: 'gpu-11' }).getByText('✕ TaintToleration').waitFor()

  await page.keyboard.press('Tab')
  expect(await page.getByRole('combobox', { name: 'What' }).evaluate((what) => what.matches(':focus'))).toBe(true)
  await page.keyboard.press('Tab')
  expect(await page.getByRole('textbox', { name: 'To what' }).inputValue()).toBe('gpu=yes:NoSchedule')
  await page.keyboard.press('Enter')
  await page.getByText(/^Normal Scheduled Successfully assigned default\/train to gpu-/).waitFor()
  await page
    .getByText(/^Now it goes to gpu-\d\d; before your changes, nowhere\. There is another verdict for 12 nodes\.$/)
    .waitFor()
  await page.getByRole('region', { name: 'gpu-11' }).getByText('✓ TaintToleration').waitFor()
  expect(await accessibilityViolations(page)).toEqual([])

  await page.getByRole('button', { name: /^Take back: the Pod tolerates/ }).press('Enter')
  await page.getByText(/^Warning FailedScheduling 0\/100/).waitFor()
  expect(problems).toEqual([])
})

it('says on a phone, in Spanish, that nobody looks', async () => {
  const { page, problems } = await open(browser(), 'es/explain/#lost', { width: WIDTHS.phone })
  await page.getByText('Ningún planificador ha mirado este Pod: nadie responde al nombre tidy').first().waitFor()
  await page.getByRole('combobox', { name: 'Pod' }).selectOption('default/web')
  await page.getByRole('button', { name: /NodeAffinity 19/ }).press('Enter')
  await page.getByText('19 de 100 nodos').waitFor()
  expect(problems).toEqual([])
})
