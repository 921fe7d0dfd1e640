/** Which dialog of the workbench is open, from its opening to its closing. One at a time. */
import type { LitElement, TemplateResult } from 'lit'
import type { Desk } from './desk.ts'
import { type DifferenceContent, drawDialog } from './dialog-content.ts'
import type { DialogKind } from './dialogs-view.ts'
import type { EditorSlot } from './editor-slot.ts'

export class DialogController {
  readonly #host: LitElement
  #kind: DialogKind | undefined
  #difference: DifferenceContent | undefined

  constructor(host: LitElement) {
    this.#host = host
  }

  get kind(): DialogKind | undefined {
    return this.#kind
  }

  get #element(): HTMLDialogElement | null {
    return this.#host.querySelector('dialog')
  }

  async show(kind: DialogKind): Promise<void> {
    this.#kind = kind
    this.#host.requestUpdate()
    await this.#host.updateComplete
    if (this.#kind && this.#element && !this.#element.open) this.#element.showModal()
  }

  /** Compares two texts: in Monaco's own view where Monaco is open, in plain HTML elsewhere. */
  async compare(kind: DialogKind, before: string, after: string, slot: EditorSlot | undefined): Promise<void> {
    const difference: DifferenceContent = { before, after }
    if (slot?.kind === 'monaco') {
      difference.host = document.createElement('div')
      difference.host.className = 'cw-monaco-difference'
    }
    this.#difference = difference
    await this.show(kind)
    if (difference.host) difference.view = await slot?.openDiff(difference.host, before, after)
  }

  close(): void {
    this.#element?.close()
  }

  /** To be called when the dialog has closed, however that came about. */
  closed(): void {
    this.#difference?.view?.dispose()
    this.#difference = undefined
    this.#kind = undefined
    this.#host.requestUpdate()
  }

  draw(desk: Desk, setText: (text: string) => void): TemplateResult | undefined {
    if (!this.#kind) return undefined
    const close = () => this.close()
    return drawDialog(this.#kind, { desk, now: Date.now(), difference: this.#difference, setText, close })
  }
}
