/**
 * What axe-core finds against WCAG 2.2 A and AA, with as little work as shows it.
 *
 * Two thirds of that work are contrast, element by element, and most elements of a site wear the same few pairs of colours. So
 * where many pages are looked at, `Colours` remembers the pairs that have been found good, and axe looks at the first element of
 * each new pair. What it leaves out: elements that lie over others without being inside them.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Locator, Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 A and AA, by the names that axe-core gives its rules: a version's tag marks what that version added. */
const WCAG = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } as const
const CONTRAST = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } as const

/** One line per rule that is broken, with the first elements that break it. @param within a part of the page, else all of it */
export async function accessibilityViolations(page: Page, within?: Locator): Promise<string[]> {
  await provideAxe(page)
  await endMotion(page)
  await within?.evaluate((element) => element.setAttribute('data-looked-at', ''))
  const found = await violations(page, { rules: WCAG, within: within ? '[data-looked-at]' : undefined })
  await within?.evaluate((element) => element.removeAttribute('data-looked-at'))
  return found
}

/** Pairs of colours of text and ground that axe has found good, on whatever page. */
export class Colours {
  readonly #good = new Set<string>()

  /** All that is wrong with a page, its colours in the theme that it shows. */
  readonly violations = (page: Page): Promise<string[]> => this.#look(page, true)

  /** What is wrong with its colours alone. */
  readonly inThisTheme = (page: Page): Promise<string[]> => this.#look(page, false)

  async #look(page: Page, isWhole: boolean): Promise<string[]> {
    await provideAxe(page)
    await endMotion(page)
    const fresh = await page.evaluate(markNewPairs, [...this.#good])
    if (!isWhole && fresh.length === 0) return []
    const found = await violations(page, {
      rules: isWhole ? WCAG : CONTRAST,
      without: fresh.length === 0 ? CONTRAST.values : [],
      onlyMarked: CONTRAST.values,
    })
    const isGood = !found.some((line) => CONTRAST.values.some((id) => line.startsWith(id)))
    if (isGood) for (const pair of fresh) this.#good.add(pair)
    return found
  }
}

/** Marks the first element of each pair that is not among the good ones; runs in the page. @returns the new pairs */
function markNewPairs(good: string[]): string[] {
  const known = new Set(good)
  const grounds = new Map<Element | null, string>([[null, '']])
  const ground = (element: Element): string => {
    const found = grounds.get(element)
    if (found !== undefined) return found
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element)
    const own = `${backgroundColor} ${backgroundImage === 'none' ? '' : backgroundImage} ${opacity}`
    const isWhole = backgroundColor.startsWith('rgb(') && opacity === '1'
    const parent = element.parentElement
    const all = isWhole ? own : `${own}<${parent ? ground(parent) : ''}`
    grounds.set(element, all)
    return all
  }
  for (const marked of document.querySelectorAll('[data-new-pair]')) marked.removeAttribute('data-new-pair')
  const fresh = new Set<string>()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement!
    if (!walker.currentNode.nodeValue?.trim() || !element.checkVisibility()) continue
    const { color, fill, fontSize, fontWeight } = getComputedStyle(element)
    const px = Number.parseFloat(fontSize)
    const isLarge = px >= 24 || (px >= 18.66 && Number(fontWeight) >= 700)
    const link = element.closest('a')
    const around = link?.parentElement && getComputedStyle(link.parentElement).color
    const asLink = link ? `${getComputedStyle(link).textDecorationLine} in ${around}` : ''
    const pair = [color, fill, isLarge ? 'large' : '', ground(element), asLink].join('|')
    if (known.has(pair) || fresh.has(pair)) continue
    fresh.add(pair)
    element.setAttribute('data-new-pair', '')
    link?.setAttribute('data-new-pair', '')
  }
  return [...fresh]
}

/**
 * What is on its way from one look to another is there: a colour half-way, or a word that fades in, is nobody's choice, and
 * whether axe comes upon it is chance. What moves for ever goes on.
 */
const endMotion = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(drawn))
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()
  })

/**
 * Gives a page axe-core, once. By the debugger, because a script that comes in this way is compiled once for all pages that a
 * tab goes to; by the page's own `eval` it takes longer than its work.
 */
async function provideAxe(page: Page): Promise<void> {
  if (await page.evaluate(() => 'axe' in window)) return
  const debuggers = await page.context().newCDPSession(page)
  await debuggers.send('Runtime.evaluate', { expression: axe })
  await debuggers.detach()
}

interface Look {
  readonly rules: { readonly type: 'tag' | 'rule'; readonly values: readonly string[] }
  readonly without?: readonly string[]
  /** Rules for marked elements alone. */
  readonly onlyMarked?: readonly string[]
  readonly within?: string | undefined
}

const violations = (page: Page, look: Look): Promise<string[]> =>
  page.evaluate(async ({ rules, without = [], onlyMarked = [], within }) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    axe.configure({ rules: onlyMarked.map((id) => ({ id, selector: '[data-new-pair]' })) })
    const found = await axe.run(within ?? document, {
      runOnly: { type: rules.type, values: [...rules.values] },
      rules: Object.fromEntries(without.map((id) => [id, { enabled: false }])),
      resultTypes: ['violations'],
    })
    return found.violations.map(({ id, help, nodes }) => {
      const places = nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary ?? ''})`)
      return `${id}: ${help}: ${places.join('; ')}`
    })
  }, look)
