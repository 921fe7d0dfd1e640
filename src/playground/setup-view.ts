/** The line above the playground: which cluster, and what becomes of its story. */
import { type TemplateResult, html } from 'lit'
import { NODES_MAX, type Setup } from './story.ts'
import { playgroundWords } from './words.ts'

export interface SetupView {
  readonly wanted: Setup
  arrange(setup: Setup): void
  start(): void
  share(): void
  save(): void
  load(file: File): void
}

const numbers = (most: number): readonly number[] => Array.from({ length: most }, (_, i) => i + 1)

export function drawSetup({ wanted, arrange, start, share, save, load }: SetupView): TemplateResult {
  const text = playgroundWords()
  const choose = <T extends string | number>(
    label: string,
    now: T,
    choices: readonly (readonly [value: T, label: string])[],
    take: (value: T) => void,
  ) =>
    html`<label
      >${label}
      <select @change=${(event: Event) => take(choices[(event.target as HTMLSelectElement).selectedIndex]![0])}>
        ${choices.map(([value, name]) => html`<option ?selected=${value === now}>${name}</option>`)}
      </select></label
    >`
  return html`<form
    class="setup card"
    aria-label=${text.setup}
    @submit=${(event: Event) => {
      event.preventDefault()
      start()
    }}
  >
    ${choose(
      text.nodes,
      wanted.nodes,
      numbers(NODES_MAX).map((count) => [count, String(count)] as const),
      (nodes) => arrange({ ...wanted, nodes }),
    )}
    ${choose(
      text.controlPlanes,
      wanted.controlPlanes,
      ([1, 3, 5] as const).map((count) => [count, String(count)] as const),
      (controlPlanes) => arrange({ ...wanted, controlPlanes }),
    )}
    ${choose(
      text.etcd,
      wanted.etcd,
      [
        ['stacked', text.stacked],
        ['external', text.external],
      ] as const,
      (etcd) => arrange({ ...wanted, etcd }),
    )}
    <label
      >${text.seed}
      <input
        type="number"
        min="0"
        max="999999"
        step="1"
        required
        .value=${String(wanted.seed)}
        @change=${(event: Event) => {
          const seed = (event.target as HTMLInputElement).valueAsNumber
          if (Number.isSafeInteger(seed) && seed >= 0) arrange({ ...wanted, seed })
        }}
      />
    </label>
    <button type="submit" class="main">${text.start}</button>
    <span class="story">
      <button type="button" @click=${share}>${text.share}</button>
      <button type="button" class="quiet" @click=${save}>${text.save}</button>
      <label class="quiet open"
        >${text.open}
        <input
          type="file"
          accept="application/json,.json"
          class="visually-hidden"
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement
            const [file] = input.files ?? []
            input.value = ''
            if (file) load(file)
          }}
      /></label>
    </span>
  </form>`
}
