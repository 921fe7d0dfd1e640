/**
 * Places on a picture that can be inspected: buttons over the drawing, of which the Tab key stops at one and the arrow keys
 * go on, so that a board of many objects is one stop on the way.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { ObjectKey } from '../../simulation/protocol.ts'
import { objectKey } from './inspector.ts'
import type { Rect } from './shapes.ts'
import { words } from './words.ts'

export interface Spot {
  readonly key: ObjectKey
  /** `Pod web-1`. */
  readonly label: string
  readonly rect: Rect
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

function walk(event: KeyboardEvent): void {
  const by = STEPS[event.key]
  const here = event.target as HTMLElement
  if (by === undefined || !here.matches('button')) return
  const all = [...here.parentElement!.querySelectorAll('button')]
  const next = all[(all.indexOf(here as HTMLButtonElement) + by + all.length) % all.length]!
  event.preventDefault()
  for (const one of all) one.tabIndex = one === next ? 0 : -1
  next.focus()
}

/** @param picture what the spots lie upon; its top left corner is theirs */
export function withSpots(
  picture: TemplateResult,
  spots: readonly Spot[],
  view: { readonly inspect?: ((key: string) => void) | undefined; readonly inspected?: string | undefined },
): TemplateResult {
  const { inspect, inspected } = view
  if (!inspect || spots.length === 0) return picture
  return html`<div class="spotted">
    ${picture}
    <div class="spots" role="group" aria-label=${words().spots} @keydown=${walk}>
      ${spots.map(({ key, label, rect: { x, y, width, height } }, i) => {
        const value = objectKey(key)
        return html`<button
          type="button"
          tabindex=${i === 0 ? 0 : -1}
          aria-label=${words().inspect(label)}
          aria-pressed=${value === inspected ? 'true' : nothing}
          style="left:${x}px;top:${y}px;width:${width}px;height:${height}px"
          @click=${() => inspect(value)}
        ></button>`
      })}
    </div>
  </div>`
}
