/**
 * `<cw-search>`: the search dialog. `/` (unless turned off) and Ctrl/Cmd+K open it, arrows walk the results, Escape closes.
 *
 * The index (Pagefind's, made after the build) is fetched when the dialog is first opened and never before.
 */
import { preferences } from '../progress/browser.ts'

interface SearchHit {
  url: string
  excerpt: string
  meta: { title?: string }
  sub_results: { title: string; url: string; excerpt: string }[]
}

interface SearchIndex {
  init(): Promise<void>
  debouncedSearch(query: string): Promise<{ results: { data(): Promise<SearchHit> }[] } | null>
}

const resultsMax = 8

/** The index's excerpt as text and `<mark>` alone: whatever else a page's text may hold stays text. */
function markedText(excerpt: string): Node[] {
  const { body } = new DOMParser().parseFromString(excerpt, 'text/html')
  return [...body.childNodes].map((node) => {
    if (node.nodeName !== 'MARK') return document.createTextNode(node.textContent ?? '')
    return Object.assign(document.createElement('mark'), { textContent: node.textContent })
  })
}

class SearchDialog extends HTMLElement {
  #index: Promise<SearchIndex> | undefined

  connectedCallback() {
    const open = this.querySelector<HTMLButtonElement>('.open')!
    open.hidden = false
    open.addEventListener('click', () => this.open())
    this.querySelector('.close')!.addEventListener('click', () => this.#dialog.close())
    // A result on this very page only scrolls: the dialog must get out of the way by itself.
    this.querySelector('.results')!.addEventListener('click', () => this.#dialog.close())
    this.#input.addEventListener('input', () => void this.#search())
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close()
    })
    this.#dialog.addEventListener('keydown', (event) => this.#walk(event))
    window.addEventListener('keydown', (event) => {
      // The path goes into shadow trees, where the playground's command line is; the target does not.
      const typing = event
        .composedPath()
        .some((on) => on instanceof Element && on.matches('input, textarea, select, [contenteditable], cw-workbench'))
      const asked =
        event.key === '/' ? preferences().slashOpensSearch : event.key === 'k' && (event.ctrlKey || event.metaKey)
      if (!asked || typing || event.defaultPrevented) return
      event.preventDefault()
      this.open()
    })
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#input.select()
    this.#index ??= this.#load()
    this.#index.catch(() => {
      this.#status.textContent = this.dataset.unavailable ?? ''
      this.#index = undefined
    })
  }

  get #dialog() {
    return this.querySelector('dialog')!
  }

  get #input() {
    return this.querySelector('input')!
  }

  get #status() {
    return this.querySelector<HTMLElement>('.status')!
  }

  async #load(): Promise<SearchIndex> {
    if (!this.dataset.index) throw new Error('The index is made by the build.')
    const index: SearchIndex = await import(/* @vite-ignore */ new URL(this.dataset.index, location.href).href)
    await index.init()
    return index
  }

  async #search() {
    const query = this.#input.value.trim()
    const index = await this.#index?.catch(() => undefined)
    if (!index) return
    if (query === '') return this.#show([], '')
    const found = await index.debouncedSearch(query)
    if (found === null) return
    const hits = await Promise.all(found.results.slice(0, resultsMax).map((result) => result.data()))
    const some = (this.dataset.some ?? '').replace('{count}', String(found.results.length))
    this.#show(hits, hits.length === 0 ? (this.dataset.none ?? '').replace('{query}', query) : some)
  }

  #show(hits: SearchHit[], status: string) {
    this.#status.textContent = status
    const items = hits.map((hit) => {
      // The best place within the page, where there is one beneath a heading.
      const best = hit.sub_results[0] ?? { title: '', url: hit.url, excerpt: hit.excerpt }
      const link = document.createElement('a')
      link.href = best.url
      const title = document.createElement('strong')
      const name = hit.meta.title ?? ''
      title.textContent = best.title && best.title !== name ? `${name}: ${best.title}` : name
      const excerpt = document.createElement('span')
      excerpt.append(...markedText(best.excerpt))
      link.append(title, excerpt)
      const item = document.createElement('li')
      item.append(link)
      return item
    })
    this.querySelector('.results')!.replaceChildren(...items)
  }

  #walk(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const stops = [this.#input, ...this.querySelectorAll<HTMLElement>('.results a')]
    const at = stops.indexOf(document.activeElement as HTMLElement)
    const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)]
    if (next === undefined) return
    event.preventDefault()
    next.focus()
  }
}

customElements.define('cw-search', SearchDialog)
