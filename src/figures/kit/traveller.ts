/**
 * The dot that runs along the arrow of the moment.
 *
 * It lies over the drawing, an HTML element that moves by `transform` alone: that much a browser does beside the page's own
 * thread. A circle that moves within SVG has the page laid out and painted anew for every frame of its way.
 *
 * What we leave out: a dot on its way does not follow when the picture is laid out otherwise; it has arrived by then.
 */
import { type TemplateResult, html } from 'lit'

/** Where the dots of a picture are; goes into the picture's box, after what is drawn. */
export const travellers = (): TemplateResult => html`<div class="travellers" aria-hidden="true"></div>`

const WAY: KeyframeAnimationOptions = { duration: 240, easing: 'ease-out' }
/** A way is cut into so many straight pieces. */
const PIECES = 8
/** The dot fades over the last of its way. */
const FADES_FROM = 0.85

/** Arrows that have had their dot: it runs once. */
const sent = new WeakSet<SVGPathElement>()

/** Sends a dot along each arrow that has come to the picture since the last call, and calls back those whose arrow has gone. */
export function sendTravellers(root: ParentNode): void {
  const layer = root.querySelector('.travellers')
  if (!layer || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const lines = [...root.querySelectorAll<SVGPathElement>('.arrow.moving > .arrow-line')]
  const fresh = lines.filter((line) => !sent.has(line))
  if (fresh.length === 0 && lines.length === layer.childElementCount) return
  const { left, top } = layer.getBoundingClientRect()
  const ways = fresh.map((line) => ({ line, frames: wayAlong(line, left, top) }))
  layer.replaceChildren()
  for (const { line, frames } of ways) {
    sent.add(line)
    const dot = document.createElement('i')
    dot.className = line.parentElement!.classList.contains('packet') ? 'traveller packet' : 'traveller'
    layer.append(dot)
    dot.animate(frames, WAY)
  }
}

function wayAlong(line: SVGPathElement, left: number, top: number): Keyframe[] {
  const toScreen = line.getScreenCTM()
  if (!toScreen) return []
  const length = line.getTotalLength()
  return Array.from({ length: PIECES + 1 }, (_, i): Keyframe => {
    const part = i / PIECES
    const { x, y } = line.getPointAtLength(length * part).matrixTransform(toScreen)
    const opacity = part <= FADES_FROM ? 1 : (1 - part) / (1 - FADES_FROM)
    return { transform: `translate(${x - left}px, ${y - top}px)`, opacity }
  })
}
