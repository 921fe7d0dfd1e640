/**
 * `<cw-terminal>`: a line to type in, and above it what came of the lines before. It knows the keys of a shell and nothing of
 * what the words mean: the page hands in what was printed, and gets each line.
 *
 * Text and one input, not an emulated screen: kubectl prints lines, a phone's keyboard and a screen reader know inputs, and
 * what was printed can be selected and found.
 */
import { LitElement, type TemplateResult, html, nothing, unsafeCSS } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Completion } from './completion.ts'
import { colours } from './shell.ts'
import styles from './terminal.css?inline'
import { playgroundWords } from './words.ts'

/** A line and what came of it. */
export interface Printed {
  readonly key: string
  /** As it was typed. */
  readonly line: string
  /** When, in words; empty where it took no virtual time. */
  readonly at: string
  readonly output: string
  readonly errors: string
  /** Undefined while it runs. */
  readonly exitCode: number | undefined
}

/** More lines of output than this are folded to the newest ones. */
const LINES_MAX = 400

export class TerminalElement extends LitElement {
  static override styles = unsafeCSS(styles)
  static override properties = { printed: { attribute: false }, welcome: {}, busy: { type: Boolean } }

  // Declared only: a field would hide what Lit makes of the property.
  declare printed: readonly Printed[]
  declare welcome: string
  /** A command still runs: Ctrl+C has something to end. */
  declare busy: boolean
  /** What could come next after a text. */
  complete: (line: string) => Promise<Completion> = async () => ({ from: 0, options: [] })
  /** Lines that were typed, oldest first. */
  lines: readonly string[] = []

  #place: number | undefined
  #draft = ''
  #offered: Completion | undefined
  #chosen = -1
  #leaves = false
  #completing: Promise<void> | undefined

  constructor() {
    super()
    this.printed = []
    this.welcome = ''
    this.busy = false
  }

  get #input(): HTMLInputElement {
    return this.renderRoot.querySelector('input')!
  }

  override focus(): void {
    this.#input.focus({ preventScroll: true })
  }

  override updated(): void {
    const log = this.renderRoot.querySelector('.log')!
    log.scrollTop = log.scrollHeight
  }

  #send(name: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  #run = async (event: Event): Promise<void> => {
    event.preventDefault()
    // Somebody types Tab and Enter faster than a completion comes.
    await this.#completing
    const line = this.#input.value
    this.#input.value = ''
    this.#place = undefined
    this.#offer(undefined)
    this.#send('run', line)
  }

  #keys = (event: KeyboardEvent): void => {
    const { key, ctrlKey } = event
    const isPlain = !event.shiftKey && !event.altKey && !event.metaKey && !ctrlKey
    if (key === 'Tab' && isPlain && this.#input.value !== '' && !this.#leaves) {
      event.preventDefault()
      this.#completing = this.#tab()
    } else if (key === 'Escape') {
      this.#leaves = this.#offered === undefined
      this.#offer(undefined)
    } else if (key === 'ArrowUp' || key === 'ArrowDown') {
      event.preventDefault()
      const by = key === 'ArrowUp' ? -1 : 1
      if (this.#offered) this.#choose(this.#chosen + by)
      else this.#walk(by)
    } else if (key === 'Enter' && this.#offered && this.#chosen >= 0) {
      event.preventDefault()
      this.#take(this.#offered.options[this.#chosen]!)
    } else if (ctrlKey && key === 'c' && this.#input.selectionStart === this.#input.selectionEnd) {
      event.preventDefault()
      if (this.busy) this.#send('interrupt')
      else this.#input.value = ''
    } else if (ctrlKey && key === 'l') {
      event.preventDefault()
      this.#send('clear')
    } else if (key !== 'Tab') this.#leaves = false
  }

  #walk(by: number): void {
    const input = this.#input
    if (this.#place === undefined) this.#draft = input.value
    const next = (this.#place ?? this.lines.length) + by
    if (next < 0 || next > this.lines.length) return
    this.#place = next === this.lines.length ? undefined : next
    input.value = this.lines[next] ?? this.#draft
    input.setSelectionRange(input.value.length, input.value.length)
  }

  async #tab(): Promise<void> {
    if (this.#offered && this.#chosen >= 0) return this.#take(this.#offered.options[this.#chosen]!)
    const input = this.#input
    const before = input.value.slice(0, input.selectionStart ?? input.value.length)
    const found = await this.complete(before)
    const [only, ...more] = found.options
    if (only === undefined) return this.#offer(undefined)
    if (more.length === 0) return this.#insert(found.from, `${only} `)
    // As a shell does: first what they all begin with, then the list.
    const shared = commonStart(found.options)
    if (shared.length > before.length - found.from) this.#insert(found.from, shared)
    this.#offer(found)
  }

  #insert(from: number, text: string): void {
    const input = this.#input
    input.setRangeText(text, from, input.selectionStart ?? input.value.length, 'end')
    this.#offer(undefined)
  }

  #take(option: string): void {
    this.#insert(this.#offered!.from, `${option} `)
  }

  #choose(index: number): void {
    const count = this.#offered!.options.length
    this.#chosen = (index + count) % count
    this.requestUpdate()
  }

  #offer(found: Completion | undefined): void {
    this.#offered = found
    this.#chosen = -1
    this.requestUpdate()
  }

  override render(): TemplateResult {
    const text = playgroundWords()
    const { options = [] } = this.#offered ?? {}
    const active = this.#chosen >= 0 ? `option-${this.#chosen}` : nothing
    return html`<div class="log" role="log" tabindex="0" aria-label=${text.terminal}>
        <p class="welcome">${this.welcome}</p>
        ${repeat(this.printed, ({ key }) => key, drawPrinted)}
      </div>
      <form @submit=${this.#run}>
        <span class="prompt" aria-hidden="true">$</span>
        <input
          type="text"
          role="combobox"
          aria-label=${text.line}
          aria-autocomplete="list"
          aria-expanded=${options.length > 0 ? 'true' : 'false'}
          aria-controls="options"
          aria-activedescendant=${active}
          autocapitalize="off"
          autocomplete="off"
          autocorrect="off"
          spellcheck="false"
          enterkeyhint="go"
          @keydown=${this.#keys}
          @input=${() => this.#offer(undefined)}
        />
        <ul id="options" role="listbox" aria-label=${text.completions} ?hidden=${options.length === 0}>
          ${options.map(
            (option, i) =>
              html`<li
                role="option"
                id="option-${i}"
                aria-selected=${i === this.#chosen ? 'true' : 'false'}
                @pointerdown=${(event: Event) => event.preventDefault()}
                @click=${() => this.#take(option)}
              >
                ${option}
              </li>`,
          )}
        </ul>
      </form>`
  }
}

function commonStart(options: readonly string[]): string {
  let start = options[0]!
  for (const option of options) while (!option.startsWith(start)) start = start.slice(0, -1)
  return start
}

/** Sentences, not columns: a narrow terminal breaks them instead of hiding their ends. */
const isProse = (line: string): boolean => /^\s*kubectl\s+explain\b/.test(line)

function drawPrinted({ line, at, output, errors, exitCode }: Printed): TemplateResult {
  const text = playgroundWords()
  return html`<div class="entry">
    <p class="typed">
      <span><span aria-hidden="true">$ </span>${line}</span>
      <time
        >${at}${exitCode === undefined ? ` · ${text.running}` : exitCode > 0 ? ` · ${text.exit(exitCode)}` : nothing}</time
      >
    </p>
    ${output === '' ? nothing : html`<pre class=${isProse(line) ? 'prose' : ''}>${drawLines(output)}</pre>`}
    ${errors === '' ? nothing : html`<pre class="errors">${errors.trimEnd()}</pre>`}
  </div>`
}

function drawLines(output: string): unknown {
  const lines = output.replace(/\n$/, '').split('\n')
  const shown = lines.slice(-LINES_MAX)
  const folded = lines.length - shown.length
  const all = folded > 0 ? [`… (${folded})`, ...shown] : shown
  return all.map((line, i) => [
    i > 0 ? '\n' : nothing,
    colours(line).map(({ text, look }) => (look === 'plain' ? text : html`<span class=${look}>${text}</span>`)),
  ])
}

customElements.define('cw-terminal', TerminalElement)
