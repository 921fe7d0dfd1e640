/** A reader plays the figures: predicts, plays, steps back, changes something, asks why; all of it by keyboard too. */
import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accessibilityViolations, open, useBrowser, WIDTHS } from './harness.ts'

const browser = useBrowser()

const figure = (page: Page, id: string): Locator => page.locator(`cw-figure[figure="${id}"]`)
const position = (of: Locator): Locator => of.getByRole('slider', { name: 'Position in the run' })
const index = async (of: Locator): Promise<number> => Number(await position(of).inputValue())
const scripts = (page: Page): string[] => {
  const names: string[] = []
  page.on('request', (request) => request.url().endsWith('.js') && names.push(request.url().split('/').pop()!))
  return names
}

/** Brings a figure into view and commits to a prediction; returns once it can be played. */
async function predict(of: Locator, choice: string): Promise<void> {
  await of.scrollIntoViewIfNeeded()
  await of.getByRole('button', { name: choice, exact: true }).click()
  await of.getByRole('button', { name: 'Step', exact: true }).and(of.locator(':enabled')).waitFor()
}

/** The picture follows its slider a moment later, once the simulation has answered: reads until nothing changes any more. */
async function settled(read: () => Promise<string | null>): Promise<string> {
  for (let last = await read(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 150))
    const now = await read()
    if (now === last) return now ?? ''
    last = now
  }
}

describe('the funnel', () => {
  it('stands in the page as a picture, and fetches no simulation before the reader acts', async () => {
    const { page, problems } = await open(browser(), '')
    const names = scripts(page)
    await page.goto(new URL('lessons/scheduler/', page.url()).href, { waitUntil: 'networkidle' })
    const funnel = figure(page, 'F09')
    await funnel.scrollIntoViewIfNeeded()
    await funnel.getByRole('img', { name: /web-3 and 5 nodes.*node-4 not looked at yet/ }).waitFor()
    expect(names.filter((name) => name.includes('simulation-worker'))).toEqual([])
    await predict(funnel, 'node-2')
    expect(names.filter((name) => name.includes('simulation-worker')).length).toBe(1)
    expect(problems).toEqual([])
  })

  it('asks for a prediction before it plays, and tells what came of it', async () => {
    const { page, problems } = await open(browser(), 'lessons/scheduler/', { reducedMotion: true })
    const funnel = figure(page, 'F09')
    await funnel.scrollIntoViewIfNeeded()
    await funnel.getByRole('button', { name: 'Play' }).waitFor()
    expect(await funnel.getByRole('button', { name: 'Play' }).isDisabled()).toBe(true)
    await predict(funnel, 'node-1')
    await funnel.getByRole('combobox', { name: 'Speed' }).selectOption('4')
    await funnel.getByRole('button', { name: 'Play' }).click()
    await funnel.getByText('You predicted node-1. It went otherwise:').waitFor()
    await funnel.getByText('2 nodes passed every filter').waitFor()
    await funnel.getByRole('button', { name: 'Why?' }).first().click()
    await funnel
      .getByRole('region', { name: 'Why it happened' })
      .getByText('Somebody types: kubectl apply -f -')
      .waitFor()
    expect(problems).toEqual([])
  })

  it('plays another story when something is changed, and asks again, however slow the machine', async () => {
    const { page } = await open(browser(), '')
    await page.addInitScript(() => {
      const { postMessage } = Worker.prototype
      Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
        setTimeout(() => Reflect.apply(postMessage, this, message), 300)
      } as typeof postMessage
    })
    await page.goto(new URL('lessons/scheduler/', page.url()).href)
    const funnel = figure(page, 'F09')
    await predict(funnel, 'node-2')
    await funnel.getByRole('combobox', { name: 'the Pod asks for' }).selectOption('3500m')
    await predict(funnel, 'nowhere')
    await position(funnel).press('End')
    await funnel.getByText('You predicted nowhere, and so it went:').waitFor()
    await funnel.getByRole('img', { name: /No node is chosen/ }).waitFor()
  })

  it('folds fifty nodes into what is alike, and keeps the best', async () => {
    const { page, problems } = await open(browser(), 'lessons/scheduler/')
    const funnel = figure(page, 'F09')
    await predict(funnel, 'node-2')
    await funnel.getByRole('combobox', { name: 'nodes', exact: true }).selectOption('50')
    await predict(funnel, 'another node')
    await position(funnel).press('End')
    await funnel.getByText('You predicted another node, and so it went:').waitFor()
    await funnel
      .getByRole('img', { name: /web-3 and 50 nodes.*20 nodes feasible, score 409 to 457.*node-46 is chosen/ })
      .waitFor()
    expect(await accessibilityViolations(page, funnel)).toEqual([])
    expect(problems).toEqual([])
  })

  it('is worked by keyboard alone', async () => {
    const { page } = await open(browser(), 'lessons/scheduler/')
    const funnel = figure(page, 'F09')
    await funnel.scrollIntoViewIfNeeded()
    await funnel.getByRole('button', { name: 'node-2', exact: true }).focus()
    await page.keyboard.press('Enter')
    const play = funnel.getByRole('button', { name: 'Play' })
    // The answers have gone, and the cluster is still starting: the keyboard is not sent back to the page's top.
    await funnel.getByRole('button', { name: 'node-2', exact: true }).waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.localName), { timeout: 1000 }).toBe('cw-figure')
    await play.and(funnel.locator(':enabled')).waitFor()
    await expect.poll(() => play.evaluate((button) => button.matches(':focus'))).toBe(true)
    await position(funnel).focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
    await expect.poll(() => index(funnel)).toBe(3)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => index(funnel)).toBe(2)
    await funnel.getByRole('button', { name: 'Transcript' }).press('Enter')
    await funnel.getByRole('button', { name: /Chosen: node-2/ }).press('Enter')
    await funnel.getByRole('img', { name: /node-2 is chosen/ }).waitFor()
    await page.keyboard.press('Escape')
    expect(await funnel.getByRole('region', { name: 'Transcript' }).count()).toBe(0)
    const opener = funnel.getByRole('button', { name: 'Transcript' })
    expect(await opener.evaluate((button) => button.matches(':focus'))).toBe(true)
  })
})

it('finds its simulation under a base path too', async () => {
  const { page, problems } = await open(browser(), 'lessons/scheduler/', { site: 'based' })
  await predict(figure(page, 'F09'), 'node-2')
  await position(figure(page, 'F09')).press('End')
  await figure(page, 'F09').getByText('You predicted node-2, and so it went:').waitFor()
  expect(problems).toEqual([])
})

describe('a Deployment’s journey', () => {
  it('steps there and back to the very same picture', async () => {
    const { page, problems } = await open(browser(), 'lessons/scheduler/', { reducedMotion: true })
    const journey = figure(page, 'F02')
    await predict(journey, 'nobody')
    const board = journey.locator('svg.board')
    const step = journey.getByRole('button', { name: 'Step', exact: true })
    const pictures: string[] = []
    for (let i = 0; i < 6; i++) {
      await expect.poll(() => index(journey)).toBe(i)
      pictures.push(await settled(() => board.getAttribute('aria-label')))
      await step.click()
    }
    for (let i = 5; i >= 0; i--) {
      await journey.getByRole('button', { name: 'Step back' }).click()
      await expect.poll(() => index(journey)).toBe(i)
      await expect.poll(() => board.getAttribute('aria-label')).toBe(pictures[i])
    }
    expect(problems).toEqual([])
  })

  it('goes another way once the scheduler is stopped, and back to the story', async () => {
    const { page } = await open(browser(), 'lessons/scheduler/')
    const journey = figure(page, 'F02')
    await predict(journey, 'nobody')
    await journey.getByRole('combobox', { name: 'stop, from this moment on,' }).selectOption('kube-scheduler')
    await journey.getByText(/Another run, from/).waitFor()
    await position(journey).press('End')
    await journey.getByRole('img', { name: /Without a node: web-.*, web-.*, web-/ }).waitFor()
    await journey.getByRole('button', { name: 'Back to the story as written' }).click()
    await position(journey).press('End')
    await journey.getByRole('img', { name: /node-1: web-.* ready/ }).waitFor()
  })

  it('opens at the moment that a link names', async () => {
    const { page } = await open(browser(), 'lessons/scheduler/#f02@1700')
    const journey = figure(page, 'F02')
    // The simulation is fetched and run up to there, which takes a busy machine its time.
    await expect.poll(() => index(journey), { timeout: 20_000 }).toBeGreaterThan(0)
  })

  it('shows an object with what its last revision changed', async () => {
    const { page } = await open(browser(), 'lessons/scheduler/')
    const journey = figure(page, 'F02')
    await predict(journey, 'nobody')
    await position(journey).press('End')
    await journey.getByRole('button', { name: 'Objects' }).click()
    const objects = journey.getByRole('region', { name: 'Objects' })
    await objects.getByRole('combobox', { name: 'compared with' }).selectOption('revision')
    await objects.getByText(/compared with revision \d+/).waitFor()
  })
})

describe('the role board', () => {
  it('is put together and booted by keyboard alone, and says what is missing', async () => {
    const { page, problems } = await open(browser(), 'lessons/architecture/')
    const board = figure(page, 'F01')
    await board.scrollIntoViewIfNeeded()
    await board.getByRole('region', { name: 'm1' }).getByRole('button', { name: 'kube-scheduler' }).press('Delete')
    await board.getByRole('region', { name: 'Shelf' }).getByRole('button', { name: 'kube-scheduler' }).waitFor()
    await board.getByRole('button', { name: 'Pods are made, and do not run' }).press('Enter')
    await board.getByRole('button', { name: 'Step', exact: true }).and(board.locator(':enabled')).waitFor()
    await position(board).press('End')
    await board.getByText('Nobody has even looked at them').waitFor()
    await board.getByText('You predicted Pods are made, and do not run, and so it went:').waitFor()
    expect(problems).toEqual([])
  })
})

describe('the inspector', () => {
  it('opens with Enter on an object of the picture, and stays with it', async () => {
    const { page, problems } = await open(browser(), 'lessons/worker-overview/', { reducedMotion: true })
    const unit = figure(page, 'F19')
    await predict(unit, 'each time')
    await unit.getByRole('button', { name: 'Inspect Node node-1' }).focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const objects = unit.getByRole('region', { name: 'Objects' })
    await objects
      .getByRole('status')
      .filter({ hasText: /Pod web-/ })
      .waitFor()
    await position(unit).press('End')
    await objects
      .getByRole('status')
      .filter({ hasText: /deleted/ })
      .waitFor()
    expect(problems).toEqual([])
  })
})

/** Each figure of a lesson, with a prediction that can be made. */
const FIGURES: readonly (readonly [lesson: string, figures: Readonly<Record<string, string>>])[] = [
  ['architecture', { F01: 'the API answers nobody' }],
  ['scheduler', { F02: 'nobody', F09: 'node-2' }],
  ['control-plane-overview', { F03: 'it stops after a while', F05: 'no' }],
  ['controller-managers', { F14: 'never' }],
  ['key-value-store', { F16: 'when it is deleted', F17: 'both halves', F18: 'three' }],
  ['worker-overview', { F19: 'each time' }],
  ['pod-to-pod', { F27: 'node-1’s' }],
]

describe('every figure', () => {
  // The rest of the page has been looked at with every other page.
  it.each(FIGURES)('of %s fits a phone and is accessible, at rest and at its end', async (lesson, figures) => {
    const { page, problems } = await open(browser(), `lessons/${lesson}/`, { width: WIDTHS.phone })
    for (const [id, choice] of Object.entries(figures)) {
      const one = figure(page, id)
      await one.scrollIntoViewIfNeeded()
      await one.getByRole('button', { name: choice, exact: true }).waitFor()
      expect(await accessibilityViolations(page, one), id).toEqual([])
      await predict(one, choice)
      await position(one).press('End')
      await expect.poll(() => index(one)).toBeGreaterThan(5)
      expect(await accessibilityViolations(page, one), id).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), id).toBeLessThanOrEqual(0)
    }
    expect(problems).toEqual([])
  })
})

describe('the Raft arena', () => {
  it('is cut, written to and read from by keyboard alone', async () => {
    const { page, problems } = await open(browser(), 'lessons/key-value-store/', { reducedMotion: true })
    const arena = figure(page, 'F17')
    await arena.scrollIntoViewIfNeeded()
    await arena.getByRole('button', { name: 'the three without it' }).press('Enter')
    await arena.getByRole('button', { name: 'Step', exact: true }).and(arena.locator(':enabled')).waitFor()
    await position(arena).press('End')
    await arena.getByText('You predicted the three without it, and so it went:').waitFor()
    await arena.getByRole('img', { name: /etcd-6: learner, term 3, color is violet/ }).waitFor()
    await arena.getByRole('combobox', { name: 'now' }).selectOption('kill')
    await arena.getByText(/Another run, from/).waitFor()
    await position(arena).press('End')
    await arena.getByRole('img', { name: /leader, term 4/ }).waitFor()
    expect(problems).toEqual([])
  })
})

describe('the board on the home page', () => {
  it('comes to life when a cable is cut', async () => {
    const { page, problems } = await open(browser(), '', { reducedMotion: true })
    const board = page.locator('cw-board')
    await board.getByRole('button', { name: 'Cut a cable' }).click()
    await board.getByRole('img', { name: /node-2 \(NotReady/ }).waitFor({ timeout: 30_000 })
    expect(problems).toEqual([])
  })
})
