/** The files that `kubectl apply -f` can name: choose one, change it, apply it. */
import { type TemplateResult, html } from 'lit'
import { FILES } from './files.ts'
import { playgroundWords } from './words.ts'

interface FilesView {
  readonly files: Readonly<Record<string, string>>
  readonly name: string
  /** Chooses a file; with a content, changes it. */
  edit(name: string, content: string | undefined): void
  apply(): void
}

export function drawFiles({ files, name, edit, apply }: FilesView): TemplateResult {
  const text = playgroundWords()
  const create = (): void => {
    const wanted = prompt(text.newName)?.trim()
    if (wanted && /^[\w.-]+$/.test(wanted)) edit(wanted, files[wanted] ?? '')
  }
  return html`<div class="files">
    <div class="bar">
      <label
        >${text.file}
        <select @change=${(event: Event) => edit((event.target as HTMLSelectElement).value, undefined)}>
          ${Object.keys(files)
            .sort()
            .map((one) => html`<option ?selected=${one === name}>${one}</option>`)}
        </select></label
      >
      <button type="button" class="quiet" @click=${create}>${text.newFile}</button>
      ${Object.hasOwn(FILES, name) && FILES[name] !== files[name] ? html`<button type="button" class="quiet" @click=${() => edit(name, FILES[name])}>${text.reset}</button>` : ''}
      <button type="button" class="main" @click=${apply}>${text.apply}</button>
    </div>
    <textarea
      aria-label="${text.content}: ${name}"
      spellcheck="false"
      autocapitalize="off"
      .value=${files[name] ?? ''}
      @input=${(event: Event) => edit(name, (event.target as HTMLTextAreaElement).value)}
    ></textarea>
  </div>`
}
