/** `<cw-explain>`: a cluster of many nodes in a worker, and the view of what its scheduler decided. */
import { LitElement, type TemplateResult, html, nothing } from 'lit'
import { createWorkerClient, type WorkerClient } from '../simulation/simulation-client.ts'
import './decision-element.ts'
import type { AskablePod, ExplainRequests } from './protocol.ts'
import { decisionStyles } from './styles.ts'
import { explainWords } from './words.ts'

const SIZES = [100, 200] as const

export class ExplainElement extends LitElement {
  static override styles = decisionStyles

  #client: WorkerClient<ExplainRequests> | undefined
  #nodes: number = SIZES[0]
  #pods: readonly AskablePod[] = []
  #wanted: string | undefined
  #isOpening = true
  #trouble = ''
  #moment = 0

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#client) return
    const worker = new Worker(new URL('./explain-worker.ts', import.meta.url), { type: 'module', name: 'explain' })
    this.#client = createWorkerClient(worker)
    this.#wanted = wantedIn(location.hash)
    void this.#open(SIZES[0])
  }

  async #open(nodes: number): Promise<void> {
    this.#nodes = nodes
    this.#isOpening = true
    this.requestUpdate()
    try {
      await this.#client!.ask('open', { nodes })
      const pods = await this.#client!.ask('pods', undefined)
      // Those that a scheduler has looked at, or should have, come first.
      this.#pods = pods.toSorted((a, b) => Number(a.name.includes('-on-')) - Number(b.name.includes('-on-')))
      this.#wanted ??= 'default/web'
      this.#moment += 1
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error)
    }
    this.#isOpening = false
    this.requestUpdate()
  }

  override render(): TemplateResult {
    const text = explainWords()
    const size = html`<label class="size" slot="world"
      ><span>${text.nodes}</span>
      <select @change=${(event: Event) => void this.#open(SIZES[(event.target as HTMLSelectElement).selectedIndex]!)}>
        ${SIZES.map((one) => html`<option ?selected=${one === this.#nodes}>${one}</option>`)}
      </select></label
    >`
    return html`<div class="explain">
      <p role="status" class="aside">${this.#isOpening ? text.loading(this.#nodes) : ''}</p>
      ${this.#trouble ? html`<p class="trouble" role="alert">${text.trouble(this.#trouble)}</p>` : nothing}
      ${
        this.#pods.length === 0
          ? nothing
          : html`<cw-decision
              .pods=${this.#pods}
              .wanted=${this.#wanted}
              .moment=${this.#moment}
              .ask=${(request: ExplainRequests['explain'][0]) => this.#client!.ask('explain', request)}
              @picked=${({ detail }: CustomEvent<string>) => {
                this.#wanted = detail
                history.replaceState(undefined, '', `#${detail.replace(/^default\//, '')}`)
              }}
              >${size}</cw-decision
            >`
      }
    </div>`
  }
}

/** `#train`: the Pod of that name. */
function wantedIn(hash: string): string | undefined {
  const name = decodeURIComponent(hash.slice(1))
  return name === '' ? undefined : name.includes('/') ? name : `default/${name}`
}

customElements.define('cw-explain', ExplainElement)
