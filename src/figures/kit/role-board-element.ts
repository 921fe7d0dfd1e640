/**
 * `<cw-role-board>`: the parts of a cluster on machines, to be put together by the reader. A part is dragged, or chosen and
 * put down by a click; by keyboard the arrow keys carry it from place to place and Delete puts it back on the shelf.
 */
import { LitElement, type TemplateResult, html, nothing, unsafeCSS } from 'lit'
import type { Program } from '#cluster/cluster-options.ts'
import type { Frame, MachineView, PodView } from '../../simulation/protocol.ts'
import { type Board, SHELF, formatBoard, isControlPlane, move, parseBoard, shelfOf } from './role-board.ts'
import roleBoard from './role-board.css?inline'
import { PHASE_WORDS, shortPodName } from './shapes.ts'
import { say } from './words.ts'

interface Place {
  readonly part: Program
  readonly from: string
}

export class RoleBoardElement extends LitElement {
  static override properties = {
    setup: { attribute: false },
    frame: { attribute: false },
    active: { attribute: false },
    arrange: { attribute: false },
  }
  static override styles = unsafeCSS(roleBoard)

  declare setup: string
  /** Undefined while the board is put together. */
  declare frame: Frame | undefined
  /** Process of the step at hand. */
  declare active: string | undefined
  declare arrange: (next: string) => void

  #chosen: Place | undefined
  #said = ''

  get #board(): Board {
    return parseBoard(this.setup)
  }

  #put(to: string, place = this.#chosen): void {
    if (!place) return
    const { part, from } = place
    this.#chosen = undefined
    const next = formatBoard(move(this.#board, part, from, to))
    const where = to === SHELF ? say('the shelf', 'el estante') : to
    this.#said = say(`${part} is now on ${where}`, `${part} está ahora en ${where}`)
    if (next !== this.setup) this.arrange(next)
    this.requestUpdate()
    void this.updateComplete.then(() => {
      const chip = this.renderRoot.querySelector<HTMLElement>(`[data-place="${to}"] [data-part="${part}"]`)
      chip?.focus()
    })
  }

  #choose(place: Place): void {
    const same = this.#chosen?.part === place.part && this.#chosen.from === place.from
    this.#chosen = same ? undefined : place
    this.#said = same
      ? ''
      : say(`${place.part} is chosen: choose a machine for it`, `${place.part} elegido: elige una máquina para él`)
    this.requestUpdate()
  }

  #key(event: KeyboardEvent, place: Place): void {
    const places = [SHELF, ...this.#board.map(({ machine }) => machine)]
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (event.key === 'Delete' || event.key === 'Backspace') this.#put(SHELF, place)
    else if (by === undefined) return
    else this.#put(places[(places.indexOf(place.from) + by + places.length) % places.length]!, place)
    event.preventDefault()
  }

  override render(): TemplateResult {
    const board = this.#board
    return html`<p class="hint" id="hint">
        ${say(
          'Drag parts onto machines. By keyboard: arrow keys carry a part, Delete takes it away.',
          'Arrastra las partes a las máquinas. Con el teclado: las flechas llevan una parte, Supr la quita.',
        )}
      </p>
      ${this.#place(SHELF, say('Shelf', 'Estante'), shelfOf(board), undefined)}
      <div class="machines">
        ${board.map(({ machine, runs }) => {
          const view = this.frame?.machines.find(({ name }) => name === machine)
          return this.#place(machine, machine, runs, view)
        })}
      </div>
      <p class="visually-hidden" aria-live="polite">${this.#said}</p>`
  }

  #place(place: string, title: string, parts: readonly Program[], view: MachineView | undefined): TemplateResult {
    const isShelf = place === SHELF
    const role = parts.some((part) => part === 'kube-apiserver') ? 'control-plane' : ''
    const pods = this.frame?.pods.filter(({ node, namespace }) => node === place && namespace === 'default') ?? []
    const state = isShelf || !view ? '' : stateOf(view)
    return html`<section
      class="${isShelf ? 'shelf' : 'machine'} ${role} ${state.startsWith('NotReady') ? 'not-ready' : ''}"
      data-place=${place}
      aria-label=${title}
      @dragover=${(event: DragEvent) => event.preventDefault()}
      @drop=${(event: DragEvent) => {
        event.preventDefault()
        this.#put(place)
      }}
    >
      <header>
        <b>${title}</b><span>${state}</span>
        ${
          this.#chosen && this.#chosen.from !== place
            ? html`<button type="button" class="put" @click=${() => this.#put(place)}>
                ${say('Put here', 'Pon aquí')}
              </button>`
            : nothing
        }
      </header>
      <div class="parts">
        ${parts.map((part) => this.#chip({ part, from: place }, view))}
        ${parts.length === 0 ? html`<span class="none">${say('nothing', 'nada')}</span>` : nothing}
      </div>
      ${
        pods.length > 0
          ? html`<ul class="pods">
              ${pods.map(drawPod)}
            </ul>`
          : nothing
      }
    </section>`
  }

  #chip(place: Place, view: MachineView | undefined): TemplateResult {
    const { part, from } = place
    const isChosen = this.#chosen?.part === part && this.#chosen.from === from
    const isActive = this.frame !== undefined && from !== SHELF && this.active === `${from}/${part}`
    const isGone = view?.processes.find(({ name }) => name === part)?.state === 'gone'
    return html`<button
      type="button"
      class="part ${isControlPlane(part) ? 'control' : 'node'} ${part === 'etcd' ? 'store' : ''} ${isActive ? 'active' : ''} ${isGone ? 'gone' : ''}"
      data-part=${part}
      draggable="true"
      aria-pressed=${isChosen}
      aria-describedby="hint"
      @click=${() => this.#choose(place)}
      @keydown=${(event: KeyboardEvent) => this.#key(event, place)}
      @dragstart=${(event: DragEvent) => {
        this.#chosen = place
        event.dataTransfer?.setData('text/plain', part)
      }}
      @dragend=${() => {
        this.#chosen = undefined
        this.requestUpdate()
      }}
    >
      ${part}
    </button>`
  }
}

const stateOf = ({ node }: MachineView): string =>
  node === undefined ? say('no Node', 'no es un nodo') : node.ready === 'True' ? '✓ Ready' : 'NotReady'

const drawPod = (pod: PodView): TemplateResult =>
  html`<li class=${pod.phase}>${shortPodName(pod)} <small>${PHASE_WORDS[pod.phase]}</small></li>`

customElements.define('cw-role-board', RoleBoardElement)
