/**
 * When the compiler and the grading engine are started ahead of the first run, whose wait they would lengthen.
 *
 * With a mouse at hand, at once. A phone has a slow processor and a reader at the task's first line: there it is at the first
 * sign that somebody means to write, or once they have had time to read.
 */
const SIGNS = ['click', 'focusin', 'keydown'] as const
const READING_MS = 10_000

export function whenWanted(bench: HTMLElement): Promise<void> {
  if (!matchMedia('(pointer: coarse)').matches) return Promise.resolve()
  return new Promise((resolve) => {
    for (const sign of SIGNS) bench.addEventListener(sign, () => resolve(), { once: true, capture: true })
    setTimeout(resolve, READING_MS)
  })
}
