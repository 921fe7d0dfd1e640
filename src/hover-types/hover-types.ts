/**
 * `<cw-typed-code>`: code whose names carry their types (`plugin.ts`). Pointing at a name tells it, a tap pins it, and with the
 * code focused the arrow keys go from name to name; Escape closes.
 */
import { placeBeside } from '../components/place-beside.ts'

class TypedCode extends HTMLElement {
  readonly #pane = document.createElement('div')
  #told: HTMLElement | undefined

  connectedCallback() {
    // Read out where the keyboard went to it; where the pointer rests, somebody sees it.
    Object.assign(this.#pane, { popover: 'manual', role: 'status' })
    this.append(this.#pane)
    // Moves alone: a page that scrolls under a pointer at rest has not been pointed at.
    this.addEventListener('pointermove', ({ target }) => this.#tell(nameAt(target)))
    this.addEventListener('pointerdown', ({ target }) => this.#tell(nameAt(target)))
    this.addEventListener('pointerleave', () => !this.matches(':focus') && this.#tell(undefined))
    this.addEventListener('focusout', () => this.#tell(undefined))
    this.addEventListener('keydown', (event) => this.#key(event))
    addEventListener('scroll', () => this.#told && placeBeside(this.#told, this.#pane), {
      passive: true,
      capture: true,
    })
  }

  #key(event: KeyboardEvent) {
    const names = [...this.querySelectorAll<HTMLElement>('.typed')]
    const here = this.#told ? names.indexOf(this.#told) : -1
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: names.length - 1 }[event.key]
    if (event.key === 'Escape') this.#tell(undefined)
    else if (next === undefined) return
    else this.#tell(names[Math.max(0, Math.min(next, names.length - 1))])
    event.preventDefault()
  }

  #tell(name: HTMLElement | undefined) {
    if (name === this.#told) return
    this.#told?.classList.remove('is-told')
    this.#told = name
    if (!name) {
      this.#pane.hidePopover()
      return
    }
    name.classList.add('is-told')
    name.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    this.#pane.textContent = name.dataset.type!
    this.#pane.showPopover()
    placeBeside(name, this.#pane)
  }
}

const nameAt = (target: EventTarget | null): HTMLElement | undefined =>
  (target instanceof Element && target.closest<HTMLElement>('.typed')) || undefined

customElements.define('cw-typed-code', TypedCode)
