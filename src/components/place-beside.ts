/** Places a pane below a word where there is room, else above; never over the edge of the window. */
export function placeBeside(word: HTMLElement, pane: HTMLElement): void {
  const box = word.getClientRects()[0] ?? word.getBoundingClientRect()
  const margin = 12
  const left = Math.max(margin, Math.min(box.left, innerWidth - pane.offsetWidth - margin))
  const below = box.bottom + 6
  const fits = below + pane.offsetHeight + margin <= innerHeight
  pane.style.left = `${left}px`
  pane.style.top = `${fits ? below : Math.max(margin, box.top - 6 - pane.offsetHeight)}px`
  pane.style.margin = '0'
}
