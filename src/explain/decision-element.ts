/**
 * `<cw-decision>`: one Pod, every node, and why; change one thing, and see it decided again. It asks whoever has the world, so
 * that the same view serves the page with a hundred nodes and the playground.
 */
import { LitElement, type TemplateResult, html, nothing } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import { type Draft, draftOf, drawChange } from './change-view.ts'
import { drawLegend, drawMap } from './map-view.ts'
import { drawNode } from './node-view.ts'
import type { AskablePod, Explained, ExplainRequest, WhatIf } from './protocol.ts'
import { differenceSentence, drawSaid, funnelSentence, transcriptOf } from './said-view.ts'
import { decisionStyles } from './styles.ts'
import { drawTable } from './table-view.ts'
import {
  contains,
  type Filter,
  groupsOf,
  matches,
  type Row,
  rowsOf,
  type Sort,
  sorted,
  type SortKey,
  tellingPlugins,
} from './verdicts.ts'
import { explainWords } from './words.ts'

/** Narrower than this there is nothing to see: it is hidden, or has not been laid out yet. */
const WIDTH_MIN = 200

export const podKey = ({ namespace, name }: Pick<AskablePod, 'namespace' | 'name'>): string => `${namespace}/${name}`

export class DecisionElement extends LitElement {
  static override styles = decisionStyles
  static override properties = {
    pods: { attribute: false },
    wanted: { attribute: false },
    moment: { attribute: false },
    ask: { attribute: false },
  }

  // Declared only: a field would hide what Lit makes of the property.
  declare pods: readonly Pick<AskablePod, 'namespace' | 'name' | 'node'>[]
  /** Key of the Pod to begin with; when it becomes another one, that one is shown. */
  declare wanted: string | undefined
  /** Says which moment of the world is looked at: another one is asked about anew. */
  declare moment: unknown
  declare ask: (request: ExplainRequest) => Promise<Explained>

  #pod: string | undefined
  #attempt: ExplainRequest['attempt'] = 'newest'
  #changes: readonly WhatIf[] = []
  #explained: Explained | undefined
  /** What was said without the changes, asked anew as well, so that nothing else is different. */
  #baseline: Explained | undefined
  /** What is remembered of the Pod in the world itself: a fork has attempts of its own. */
  #history: Explained['attempts'] = []
  #rows: readonly Row[] = []
  #node: string | undefined
  #filter: Filter = 'all'
  #search = ''
  #sort: Sort = { by: 'verdict', descending: false }
  #draft: Draft = { kind: 'label', target: '', value: 'disk=ssd' }
  #trouble = ''
  #asked = 0
  #width = 0
  #observer: ResizeObserver | undefined

  constructor() {
    super()
    this.pods = []
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  override willUpdate(changed: Map<string, unknown>): void {
    const isWanted = changed.has('wanted') && this.wanted !== undefined && this.wanted !== this.#pod
    const isGone = this.#pod === undefined || !this.pods.some((pod) => podKey(pod) === this.#pod)
    if (isWanted || isGone) {
      const next = this.pods.find((pod) => podKey(pod) === this.wanted) ?? this.pods[0]
      if (next && podKey(next) !== this.#pod) this.#pick(podKey(next))
    } else if (changed.has('moment')) void this.#load()
  }

  override updated(): void {
    const picture = this.renderRoot.querySelector('.picture')
    if (!picture || this.#observer) return
    this.#observer = new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry!.contentRect.width)
      this.requestUpdate()
    })
    this.#observer.observe(picture)
  }

  // ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #pick(key: string): void {
    this.#pod = key
    this.#attempt = 'newest'
    this.#changes = []
    this.#filter = 'all'
    this.#node = undefined
    void this.#load().then(() => {
      if (!this.#explained) return
      const { outcome } = this.#row() ?? {}
      this.#draft = draftOf(outcome === 'refused' ? 'toleration' : 'label', this.#explained, this.#row())
      this.dispatchEvent(new CustomEvent('picked', { detail: key }))
    })
  }

  async #load(): Promise<void> {
    const ref = this.pods.find((pod) => podKey(pod) === this.#pod)
    if (!ref) return
    const { namespace, name } = ref
    const turn = ++this.#asked
    const changes = this.#changes
    try {
      let attempt: ExplainRequest['attempt'] = changes.length > 0 ? 'anew' : this.#attempt
      let explained = await this.ask({ namespace, name, attempt, changes })
      if (attempt !== 'anew') this.#history = explained.attempts
      // Nothing is remembered of it: it was put there by name, or nobody looks.
      if (explained.nodes.length === 0 && attempt === 'newest')
        explained = await this.ask({ namespace, name, attempt: (attempt = 'anew'), changes })
      const baseline =
        changes.length > 0 ? await this.ask({ namespace, name, attempt: 'anew', changes: [] }) : undefined
      if (turn !== this.#asked) return
      if (this.#changes.length === 0) this.#attempt = attempt === 'newest' ? explained.attempt : attempt
      this.#take(explained, baseline)
    } catch (error) {
      if (turn !== this.#asked) return
      this.#trouble = error instanceof Error ? error.message : String(error)
      // What could not be asked is not kept.
      this.#changes = this.#changes.slice(0, -1)
    }
    this.requestUpdate()
    await this.updateComplete
    this.#showRow()
  }

  #take(explained: Explained, baseline: Explained | undefined): void {
    this.#trouble = ''
    this.#explained = explained
    this.#baseline = baseline
    this.#rows = sorted(rowsOf(explained, baseline), this.#sort)
    if (!groupsOf(this.#rows).some(({ filter }) => filter === this.#filter)) this.#filter = 'all'
    if (!this.#row()) this.#node = explained.chosen ?? this.#rows[0]?.node
  }

  /** Scrolls the table, not the page. */
  #showRow(): void {
    const list = this.renderRoot.querySelector<HTMLElement>('.rows')
    const row = list?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (list && row) list.scrollTop = row.offsetTop - list.clientHeight / 2
  }

  #row(): Row | undefined {
    return this.#rows.find(({ node }) => node === this.#node)
  }

  #change(changes: readonly WhatIf[]): void {
    this.#changes = changes
    this.#attempt = 'anew'
    void this.#load()
  }

  #select = (node: string): void => {
    this.#node = node
    const { kind, value } = this.#draft
    if (['taint', 'capacity', 'toleration'].includes(kind)) {
      const fresh = draftOf(kind, this.#explained!, this.#row())
      // What somebody is writing stays as it is.
      if (kind !== 'toleration' || value === '' || this.#changes.length === 0) this.#draft = fresh
    }
    this.requestUpdate()
  }

  #sortBy = (by: SortKey): void => {
    const isSame = this.#sort.by === by
    this.#sort = { by, descending: isSame ? !this.#sort.descending : by === 'total' }
    this.#rows = sorted(this.#rows, this.#sort)
    this.requestUpdate()
  }

  // ── how it looks ──────────────────────────────────────────────────────────────────────────────────────────────────

  override render(): TemplateResult {
    const text = explainWords()
    const explained = this.#explained
    if (!explained)
      return html`<div class="decision">
        ${this.pods.length === 0 ? html`<p class="aside">${text.noPods}</p>` : nothing}
        <p class="trouble" role="alert">${this.#trouble ? text.trouble(this.#trouble) : ''}</p>
      </div>`
    const row = this.#row()
    return html`<div class="decision">
      ${this.#drawPickers(explained)}
      ${drawSaid({ explained, isPlaced: this.#history.length === 0 && explained.pod.node !== undefined }, text)}
      ${
        explained.nodes.length === 0
          ? nothing
          : html`<div class="desk">
                ${this.#drawNodes()}
                <div class="aside-column">
                  ${row ? drawNode(row, explained, text) : nothing}
                  ${drawChange(
                    {
                      draft: this.#draft,
                      changes: this.#changes,
                      explained,
                      node: row,
                      trouble: this.#trouble ? text.trouble(this.#trouble) : '',
                      difference: this.#baseline ? differenceSentence(explained, this.#baseline, this.#rows, text) : '',
                      write: (draft) => {
                        this.#draft = draft
                        this.requestUpdate()
                      },
                      ask: () => {
                        const { kind, value } = this.#draft
                        const isOfNode = ['label', 'taint', 'cordon', 'uncordon', 'capacity'].includes(kind)
                        const target = isOfNode ? (row?.node ?? '') : this.#draft.target
                        this.#change([...this.#changes, { kind, target, value: value.trim() }])
                      },
                      undo: (index) => this.#change(this.#changes.filter((_, i) => i !== index)),
                      undoAll: () => this.#change([]),
                    },
                    text,
                  )}
                </div>
              </div>
              <details class="card transcript">
                <summary>${text.transcript}</summary>
                <ol>
                  ${transcriptOf(explained, this.#rows, text).map((line) => html`<li>${line}</li>`)}
                </ol>
              </details>`
      }
      <p class="visually-hidden" aria-live="polite">${funnelSentence(explained, text)}</p>
    </div>`
  }

  #drawPickers({ pod }: Explained): TemplateResult {
    const text = explainWords()
    const now = this.#changes.length > 0 ? 'anew' : String(this.#attempt)
    return html`<div class="card pickers">
      <slot name="world"></slot>
      <label
        ><span>${text.pod}</span>
        <select @change=${(event: Event) => this.#pick((event.target as HTMLSelectElement).value)}>
          ${this.pods.map((one) => {
            const key = podKey(one)
            return html`<option value=${key} ?selected=${key === this.#pod}>
              ${one.namespace === 'default' ? one.name : key}${one.node ? ` · ${one.node}` : ' · Pending'}
            </option>`
          })}
        </select></label
      >
      <label
        ><span>${text.decision}</span>
        <select
          ?disabled=${this.#changes.length > 0}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement
            this.#attempt = value === 'anew' ? 'anew' : Number(value)
            void this.#load()
          }}
        >
          ${this.#history.map(({ at }, i) => html`<option value=${i} ?selected=${String(i) === now}>${text.attemptAt(i + 1, formatMicros(at))}</option>`)}
          <option value="anew" ?selected=${now === 'anew'}>
            ${this.#changes.length > 0 ? text.anewIf : text.anew}
          </option>
        </select></label
      >
      <p class="demands">
        <span>${pod.name} ${text.demands}</span>
        ${pod.demands.length === 0 ? text.demandsNothing : pod.demands.map((demand) => html`<code>${demand}</code> `)}
      </p>
    </div>`
  }

  #drawNodes(): TemplateResult {
    const text = explainWords()
    const found = this.#rows.filter((row) => contains(row, this.#search))
    const groups = groupsOf(this.#rows)
    const shown = found.filter((row) => matches(row, this.#filter))
    const byName = this.#rows.toSorted((a, b) => (a.node < b.node ? -1 : 1))
    return html`<section class="card nodes" aria-label=${text.nodes}>
      ${drawLegend(
        groups,
        this.#filter,
        (filter) => {
          this.#filter = filter
          this.requestUpdate()
        },
        text,
      )}
      <div class="picture">
        ${this.#width < WIDTH_MIN ? nothing : drawMap({ rows: byName, shown: new Set(shown.map(({ node }) => node)), selected: this.#node, width: this.#width, groups, select: this.#select }, text)}
      </div>
      <label class="search"
        ><span class="visually-hidden">${text.search}</span>
        <input
          type="search"
          placeholder=${text.search}
          .value=${this.#search}
          @input=${(event: Event) => {
            this.#search = (event.target as HTMLInputElement).value
            this.requestUpdate()
          }}
      /></label>
      ${drawTable({ rows: shown, all: this.#rows.length, selected: this.#node, sort: this.#sort, sortBy: this.#sortBy, select: this.#select, telling: tellingPlugins(this.#rows) }, text)}
    </section>`
  }
}

customElements.define('cw-decision', DecisionElement)
