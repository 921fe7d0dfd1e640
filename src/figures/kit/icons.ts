/** The few signs on buttons; a word always stands beside them. */
import { type SVGTemplateResult, svg } from 'lit'

const PATHS = {
  play: 'M3 1.5v13l11-6.5z',
  pause: 'M3 1.5h3.6v13H3zM9.4 1.5H13v13H9.4z',
  again: 'M8 2a6 6 0 1 1-5.8 4.5l1.9.5A4 4 0 1 0 8 4v2.6L3.6 3.3 8 0z',
} as const

export const icon = (name: keyof typeof PATHS): SVGTemplateResult =>
  svg`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]} /></svg>`
