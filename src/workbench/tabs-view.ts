/** A row of tabs after the ARIA pattern: one stop for Tab, arrows move between them, Home and End go to the ends. */
import { type TemplateResult, html } from 'lit'

export interface Tab {
  id: string
  label: unknown
  /** Id of the element that the tab shows. */
  controls: string
}

function nextIndex(key: string, index: number, amount: number): number | undefined {
  if (key === 'ArrowRight') return (index + 1) % amount
  if (key === 'ArrowLeft') return (index + amount - 1) % amount
  if (key === 'Home') return 0
  if (key === 'End') return amount - 1
  return undefined
}

export function drawTabs(options: {
  label: string
  className: string
  tabs: readonly Tab[]
  current: string
  choose(id: string): void
}): TemplateResult {
  const { label, className, tabs, current, choose } = options
  const onKey = (event: KeyboardEvent, index: number) => {
    const next = nextIndex(event.key, index, tabs.length)
    if (next === undefined) return
    event.preventDefault()
    choose(tabs[next]!.id)
    const row = (event.currentTarget as HTMLElement).parentElement
    row?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }
  return html`<div class=${className} role="tablist" aria-label=${label}>
    ${tabs.map(
      (tab, index) =>
        html`<button
          type="button"
          role="tab"
          class="cw-tab"
          aria-selected=${tab.id === current}
          aria-controls=${tab.controls}
          tabindex=${tab.id === current ? 0 : -1}
          @click=${() => choose(tab.id)}
          @keydown=${(event: KeyboardEvent) => onKey(event, index)}
        >
          ${tab.label}
        </button>`,
    )}
  </div>`
}

/** What the keyboard was at has gone out of sight with its pane: it goes on at the tab that is chosen. */
export function goOnAtChosenTab(row: string): void {
  if (document.activeElement !== document.body && document.activeElement?.checkVisibility()) return
  document.querySelector<HTMLElement>(`${row} [aria-selected=true]`)?.focus({ preventScroll: true })
}
