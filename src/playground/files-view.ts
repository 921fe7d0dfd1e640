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
  const create = (event: Event): void => {
    event.preventDefault()
    const field = (event.target as HTMLFormElement).querySelector('input')!
    edit(field.value, files[field.value] ?? '')
    field.value = ''
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
      ${Object.hasOwn(FILES, name) && FILES[name] !== files[name] ? html`<button type="button" class="quiet" @click=${() => edit(name, FILES[name])}>${text.reset}</button>` : ''}
      <button type="button" class="main" @click=${apply}>${text.apply}</button>
    </div>
    <form class="bar new" @submit=${create}>
      <label
        >${text.newName}
        <input
          type="text"
          required
          pattern="[A-Za-z0-9_.\\-]+"
          placeholder="app.yaml"
          autocapitalize="off"
          spellcheck="false"
      /></label>
      <button type="submit">${text.newFile}</button>
    </form>
    <textarea
      aria-label="${text.content}: ${name}"
      spellcheck="false"
      autocapitalize="off"
      .value=${files[name] ?? ''}
      @input=${(event: Event) => edit(name, (event.target as HTMLTextAreaElement).value)}
    ></textarea>
  </div>`
}
