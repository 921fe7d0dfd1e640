/**
 * Questions that come back: answered in a lesson, due on the next day, asked in the review, planned anew by how it went.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { accessibilityViolations, open, useBrowser, WIDTHS } from './harness.ts'

const browser = useBrowser()
const dayMs = 86_400_000

/** Chooses by a part of the choice's text and checks it, by keyboard alone. */
async function answer(page: Page, prompt: string, choice: string): Promise<void> {
  const question = page.locator('cw-question', { hasText: prompt })
  await question.getByRole('radio', { name: choice }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await question.getByRole('status').filter({ hasText: /./ }).waitFor()
}

it('asks again the next day what was answered, at once what was wrong', { timeout: 90_000 }, async () => {
  const { page, problems } = await open(browser(), 'lessons/scheduler/', { reducedMotion: true })
  await answer(page, 'compare with a node’s allocatable CPU', 'The sum of the requests')
  await answer(page, 'write when it has decided', 'An order to the kubelet')
  await page.getByText('1 of 6 answered right').waitFor()

  await page.goto(new URL('../../progress/', page.url()).href)
  await page.getByText('1 question', { exact: true }).waitFor()
  expect(await page.getByText('Next: 1 question tomorrow.').isVisible()).toBe(true)

  await page.clock.setFixedTime(Date.now() + dayMs)
  await page.reload()
  await page.getByText('2 questions', { exact: true }).waitFor()
  await page.setViewportSize({ width: WIDTHS.phone, height: 844 })
  expect(await accessibilityViolations(page)).toEqual([])

  await page.getByRole('link', { name: 'Review now' }).click()
  await page.getByText('Question 1 of 2').waitFor()
  await answer(page, 'write when it has decided', 'A binding')
  expect(await accessibilityViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Next question' }).click()
  await page.getByText('Question 2 of 2').waitFor()
  await answer(page, 'compare with a node’s allocatable CPU', 'The sum of their limits')
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByText('1 of 2 right at the first try. Next: 1 question tomorrow.').waitFor()

  await page.getByRole('button', { name: 'Ask the wrong ones again' }).click()
  await page.getByText('Question 1 of 1').waitFor()
  await answer(page, 'compare with a node’s allocatable CPU', 'The sum of the requests')
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByText('Next: 2 questions tomorrow.').waitFor()
  expect(await page.getByRole('button', { name: 'Ask the wrong ones again' }).isVisible()).toBe(false)
  expect(problems).toEqual([])
})

it('keeps a question by its own lesson, wherever it is asked', async () => {
  const { page } = await open(browser(), 'lessons/scheduler/')
  await page.locator('#before cw-question').first().getByRole('radio').first().check()
  await page.locator('#before').getByRole('button', { name: 'Check my answer' }).first().click()
  const kept = await page.locator('#before cw-question').first().getAttribute('data-lesson')
  expect(kept).not.toBe('scheduler')
  expect(await page.evaluate((lesson) => localStorage.getItem(`clusterwright/lesson/${lesson}`), kept)).toContain(
    'quiz',
  )
  await page.reload()
  // Asked anew: what was answered before does not show.
  expect(await page.locator('#before input:checked').count()).toBe(0)
})
