/**
 * The panel in which a failing run is seen again, by `<cw-replay>`, which is fetched only now.
 *
 * The page may show it elsewhere: whoever prevents the `cw-open-replay` event takes it over.
 */
import type { LitElement } from 'lit'
import type { Compiled, Replay } from '#grader/verdict/verdict.ts'

/** What `<cw-replay>` is given, as properties, before it is put into the page. */
export interface ReplayRequest {
  exercise: string
  replay: Replay
  /** The learner's file as it was graded, and what the compiler made of it. */
  source: string
  compiled: Compiled
}

const modules = import.meta.glob([
  '../figures/**/replay-element.ts',
  '../figures/**/cw-replay.ts',
  '../figures/**/replay.ts',
])

async function mount(place: HTMLElement, request: ReplayRequest): Promise<void> {
  try {
    for (const load of Object.values(modules)) await load()
    if (!customElements.get('cw-replay')) throw new Error('The replay is not part of this build.')
    place.replaceChildren(Object.assign(document.createElement('cw-replay'), request))
  } catch (error) {
    const message = document.createElement('p')
    message.className = 'cw-empty'
    message.textContent = `The replay could not be opened: ${error instanceof Error ? error.message : String(error)}`
    place.replaceChildren(message)
  }
}

export class ReplayPanel {
  readonly #host: LitElement
  /** Where the replay lives while it is open. */
  place: HTMLElement | undefined
  /** What had the focus when it was opened, and has it again once it is closed from within. */
  #openedFrom: HTMLElement | undefined

  constructor(host: LitElement) {
    this.#host = host
  }

  async open(request: ReplayRequest): Promise<void> {
    const event = new CustomEvent('cw-open-replay', { detail: request, bubbles: true, cancelable: true })
    if (!this.#host.dispatchEvent(event)) return
    if (document.activeElement instanceof HTMLElement) this.#openedFrom = document.activeElement
    this.place = document.createElement('div')
    this.place.className = 'cw-replay-host'
    void mount(this.place, request)
    this.#host.requestUpdate()
    await this.#host.updateComplete
    const panel = this.#host.querySelector<HTMLElement>('.cw-replay-panel')
    panel?.scrollIntoView({ block: 'nearest' })
    panel?.focus()
  }

  close(): void {
    const isWithin = this.#host.querySelector('.cw-replay-panel')?.contains(document.activeElement) ?? false
    this.place = undefined
    this.#host.requestUpdate()
    if (isWithin) void this.#host.updateComplete.then(() => this.#openedFrom?.focus())
  }
}
