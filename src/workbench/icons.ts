/** The workbench's icons: from lucide, inline, hidden from screen readers because a word always stands beside them. */
import { type TemplateResult, html } from 'lit'
import { unsafeHTML } from 'lit/directives/unsafe-html.js'
import arrowRight from 'lucide-static/icons/arrow-right.svg?raw'
import bookOpen from 'lucide-static/icons/book-open.svg?raw'
import check from 'lucide-static/icons/check.svg?raw'
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw'
import circleDashed from 'lucide-static/icons/circle-dashed.svg?raw'
import copy from 'lucide-static/icons/copy.svg?raw'
import info from 'lucide-static/icons/info.svg?raw'
import lightbulb from 'lucide-static/icons/lightbulb.svg?raw'
import minus from 'lucide-static/icons/minus.svg?raw'
import square from 'lucide-static/icons/square.svg?raw'
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw'
import x from 'lucide-static/icons/x.svg?raw'

const drawings = {
  'arrow-right': arrowRight,
  'book-open': bookOpen,
  check,
  'chevron-right': chevronRight,
  'circle-dashed': circleDashed,
  copy,
  info,
  lightbulb,
  minus,
  square,
  'triangle-alert': triangleAlert,
  x,
}

export type IconName = keyof typeof drawings

export function icon(name: IconName): TemplateResult {
  return html`<span class="cw-icon" aria-hidden="true">${unsafeHTML(drawings[name])}</span>`
}
