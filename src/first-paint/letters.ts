/**
 * Our own letters, for a page that was painted without them: fetched when the page acts, kept for the pages that follow, and
 * put in at once where next to nothing moves by it. Who has scrolled is reading, and keeps the letters they read in.
 *
 * How much would move is counted as browsers count it (the Layout Instability specification): the part of the window that a
 * text covered before and after, times how far it went.
 */
import { writeKept } from '../workbench/kept-text.ts'

const OWN = new Set(['Literata', 'Atkinson Hyperlegible Next', 'JetBrains Mono'])

/** A page may move by 0.02 in all before a reader takes it for restless; this is our part of that. */
const MOVED_MOST = 0.01
/** As the specification: less than this is no movement. */
const STILL_PX = 3

interface Place {
  readonly left: number
  readonly top: number
  /** What it covers of the window, in square pixels. */
  readonly area: number
}

function place(text: Node, range: Range): Place {
  range.selectNodeContents(text)
  const [first] = range.getClientRects()
  const { left, top, right, bottom } = range.getBoundingClientRect()
  const width = Math.min(innerWidth, right) - Math.max(0, left)
  const height = Math.min(innerHeight, bottom) - Math.max(0, top)
  return { left: first?.left ?? 0, top: first?.top ?? 0, area: Math.max(0, width) * Math.max(0, height) }
}

/** Whether an element lies below the window, with all that is in it. One without a box of its own says nothing about them. */
function isBelow(element: Element): boolean {
  const { top, height } = element.getBoundingClientRect()
  return height > 0 && top > innerHeight
}

function textsInWindow(): Node[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Element) return isBelow(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP
    return node.nodeValue?.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP
  })
  const texts: Node[] = []
  while (walker.nextNode()) texts.push(walker.currentNode)
  return texts
}

/** How much of the window moves, and how far, when something is done to the page. */
function movedBy(act: () => void): number {
  const range = document.createRange()
  const texts = textsInWindow()
  const before = texts.map((text) => place(text, range))
  act()
  let sum = 0
  for (const [index, text] of texts.entries()) {
    const [from, to] = [before[index]!, place(text, range)]
    const distance = Math.max(Math.abs(from.left - to.left), Math.abs(from.top - to.top))
    if (distance < STILL_PX) continue
    sum += ((from.area + to.area) / (innerWidth * innerHeight)) * (distance / Math.max(innerWidth, innerHeight))
  }
  return sum
}

export async function bringLetters(): Promise<void> {
  // A workbench makes its page over first: a text that came back larger would count as painted late.
  if (document.querySelector('cw-workbench')) await customElements.whenDefined('cw-workbench')
  const faces = [...document.fonts].filter(({ family }) => OWN.has(family.replaceAll(/["']/g, '')))
  await Promise.all(faces.map((face) => face.load()))
  writeKept('letters', 'kept')
  const { dataset } = document.documentElement
  if (dataset.letters !== undefined || scrollY > 0) return
  const moved = movedBy(() => {
    dataset.letters = 'own'
  })
  if (moved > MOVED_MOST) delete dataset.letters
}
