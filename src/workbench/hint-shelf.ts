/** The hints of the exercise: fetched when the first is asked for, and which one a failed check has named. */
import type { LitElement } from 'lit'
import type { Desk } from './desk.ts'
import type { HintsModel } from './hints-view.ts'
import { type Hint, findHint } from './hints.ts'

export class HintShelf {
  readonly #host: LitElement
  readonly #fetch: () => Promise<readonly Hint[]>
  #hints: readonly Hint[] | undefined
  #named: number | undefined

  constructor(host: LitElement, fetch: () => Promise<readonly Hint[]>) {
    this.#host = host
    this.#fetch = fetch
  }

  async load(): Promise<readonly Hint[]> {
    this.#hints ??= await this.#fetch()
    this.#host.requestUpdate()
    return this.#hints
  }

  /** Opens the hint that a failed check names, whatever the ladder says; nothing when there is none of that name. */
  async name(key: string | undefined): Promise<void> {
    this.#named = undefined
    if (key === undefined) return
    const index = findHint(await this.load(), key)
    this.#named = index === -1 ? undefined : index
    this.#host.requestUpdate()
  }

  /** The question above a hint, once they are loaded. */
  titleOf(key: string): string | undefined {
    return this.#hints?.[findHint(this.#hints, key)]?.title
  }

  /** Moves to the named hint, for whoever asked to read it. */
  focusNamed(): void {
    const hint = this.#host.querySelector<HTMLElement>(`#cw-hint-${this.#named}`)
    hint?.scrollIntoView({ block: 'nearest' })
    hint?.focus()
  }

  async #openNext(desk: Desk): Promise<void> {
    await this.load()
    desk.openHint()
    await this.#host.updateComplete
    const latest = desk.attempts().hintsOpenedAt.length - 1
    this.#host.querySelector(`#cw-hint-${latest}`)?.scrollIntoView({ block: 'nearest' })
  }

  model(desk: Desk): HintsModel {
    return {
      hints: this.#hints,
      opened: desk.attempts().hintsOpenedAt.length,
      named: this.#named,
      mayOpenNext: desk.mayOpenHint(),
      open: () => void this.#openNext(desk),
    }
  }
}
