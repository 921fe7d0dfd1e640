/**
 * When a figure's own code is fetched: once the reader is near it, and has begun to read.
 *
 * A page's first seconds belong to its text. Whoever moves, scrolls, touches or types is there, and so is whoever came by the
 * address of a part of the page; for everybody else the figure comes after five seconds.
 */
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'focusin', 'scroll', 'wheel', 'touchstart'] as const
const WAIT_MS = 5000

let begun: Promise<void> | undefined

function readerHasBegun(): Promise<void> {
  begun ??= new Promise((resolve) => {
    if (location.hash !== '' || scrollY > 0) return resolve()
    for (const sign of SIGNS) addEventListener(sign, () => resolve(), { once: true, passive: true, capture: true })
    setTimeout(resolve, WAIT_MS)
  })
  return begun
}

/** Calls back once, when an element comes within a screen's height of what the reader sees, and they have begun to read. */
export function nearViewport(element: Element, callback: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      observer.disconnect()
      void readerHasBegun().then(callback)
    },
    { rootMargin: '100% 0px' },
  )
  observer.observe(element)
}
