/**
 * Calls back once, when an element comes within a screen's height of what the reader sees.
 */
export function nearViewport(element: Element, callback: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      observer.disconnect()
      callback()
    },
    { rootMargin: '100% 0px' },
  )
  observer.observe(element)
}
