/** Below the playground: what happens, in sentences, and the history of one object. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { Explained, ExplainRequest } from '../explain/protocol.ts'
import { drawInspection } from '../figures/kit/inspector-panel.ts'
import { objectKey } from '../figures/kit/inspector.ts'
import { sentenceOf } from '../figures/kit/sentences.ts'
import { words } from '../figures/kit/words.ts'
import type { LiveState } from './live.ts'
import type { ObjectHistory } from './protocol.ts'
import { playgroundWords } from './words.ts'

export interface Looked extends ObjectHistory {
  readonly key: string
}

export type PanelName = (typeof PANELS)[number]

const PANELS = ['happened', 'objects', 'decision'] as const

interface PanelView {
  readonly state: LiveState
  readonly panel: PanelName
  show(panel: PanelName): void
  readonly looked: Looked | undefined
  inspect(key: string, revision?: number): void
  /** Causes of an event, oldest first; empty where nobody has asked. */
  readonly why: readonly Described[]
  lookAt(tick: number): void
  /** The Pod whose decision is explained. */
  readonly explained: string | undefined
  explain(pod: string): void
  ask(request: ExplainRequest): Promise<Explained>
}

const STEPS_MAX = 60

export function drawPanel(view: PanelView): TemplateResult {
  const text = playgroundWords()
  return html`<section class="below card">
    <div class="bar tabs" role="group">
      ${PANELS.map(
        (panel) =>
          html`<button
            type="button"
            class="tab"
            aria-pressed=${view.panel === panel ? 'true' : 'false'}
            @click=${() => view.show(panel)}
          >
            ${text[panel]}
          </button>`,
      )}
    </div>
    ${view.panel === 'decision' ? decision(view) : view.panel === 'objects' ? objects(view) : view.why.length > 0 ? causes(view) : happened(view)}
  </section>`
}

function happened({ state, lookAt }: PanelView): TemplateResult {
  const text = playgroundWords()
  const { steps, past } = state
  const end = past === undefined ? steps.length : Math.min(steps.length, past + STEPS_MAX / 2)
  const first = Math.max(0, end - STEPS_MAX)
  const shown = steps.slice(first, end).reverse()
  return html`<div class="panel" role="region" aria-label=${text.happened} tabindex="0">
    ${shown.length === 0 ? html`<p>${text.nothing}</p>` : nothing}
    <ol reversed>
      ${shown.map(
        ({ event, sentence }) =>
          html`<li>
            <button
              type="button"
              aria-current=${steps[past ?? -1]?.event === event ? 'step' : nothing}
              @click=${() => lookAt(event.tick)}
            >
              <time>${formatMicros(event.at)}</time><span>${sentence}</span>
            </button>
          </li>`,
      )}
    </ol>
  </div>`
}

function causes({ why, lookAt, show }: PanelView): TemplateResult {
  const text = words()
  return html`<div class="panel" role="region" aria-label=${text.whyTitle} tabindex="0">
    <h3>
      ${text.whyTitle} <button type="button" class="quiet" @click=${() => show('happened')}>${text.close}</button>
    </h3>
    ${why.length === 1 ? html`<p>${text.whyNone}</p>` : nothing}
    <ol>
      ${why.map(
        (event, i) =>
          html`<li>
            <button
              type="button"
              aria-current=${i === why.length - 1 ? 'step' : nothing}
              @click=${() => lookAt(event.tick)}
            >
              <time>${formatMicros(event.at)}</time><span>${sentenceOf(event)}</span>
            </button>
          </li>`,
      )}
    </ol>
  </div>`
}

/** Pods that people have made; its code is fetched when it is wanted. */
function decision({ state, explained, ask }: PanelView): TemplateResult {
  const pods = state.frame.pods.filter(({ namespace, phase }) => namespace !== 'kube-system' && phase !== 'terminating')
  // Asked again when another moment is looked at, or when a Pod has come somewhere.
  const moment = [state.past, ...pods.map(({ name, node }) => `${name} ${node}`)].join()
  return html`<div class="explained">
    <cw-decision .pods=${pods} .wanted=${explained} .moment=${moment} .ask=${ask}
      ><p>${playgroundWords().decisionLoading}</p></cw-decision
    >
  </div>`
}

function objects({ state, looked, inspect, lookAt, explain }: PanelView): TemplateResult {
  const [text, kit] = [playgroundWords(), words()]
  const { objects: refs, store } = state.frame
  const isListed = refs.some((ref) => objectKey(ref) === looked?.key)
  return html`<div class="panel inspector" role="region" aria-label=${text.objects} tabindex="0">
    ${refs.length === 0 ? html`<p>${store.isUp ? kit.noObjects : kit.storeDown}</p>` : nothing}
    <div class="choices">
      <label
        >${kit.object}
        <select @change=${(event: Event) => inspect((event.target as HTMLSelectElement).value)}>
          ${looked && !isListed ? html`<option value=${looked.key} selected>${looked.inspection.ref.kind} ${looked.inspection.ref.name}</option>` : nothing}
          ${refs.map((ref) => {
            const value = objectKey(ref)
            return html`<option value=${value} ?selected=${value === looked?.key}>${ref.kind} ${ref.name}</option>`
          })}
        </select></label
      >
      ${looked ? history(looked, inspect, lookAt) : nothing}
      ${looked?.inspection.ref.resource === 'pods' ? html`<button type="button" class="quiet" @click=${() => explain(podOf(looked))}>${text.whyThere}</button>` : nothing}
    </div>
    ${looked ? drawInspection(looked.inspection, 'revision') : nothing}
  </div>`
}

const podOf = ({ inspection: { ref } }: Looked): string => `${ref.namespace}/${ref.name}`

function history(
  { key, revisions, inspection, written }: Looked,
  inspect: PanelView['inspect'],
  lookAt: PanelView['lookAt'],
): TemplateResult {
  const text = playgroundWords()
  const place = revisions.indexOf(inspection.ref.revision)
  const go = (by: number) => inspect(key, revisions[place + by])
  return html`<span class="history">
    <button type="button" ?disabled=${place <= 0} @click=${() => go(-1)}>◂ ${text.earlier}</button>
    <button type="button" ?disabled=${place >= revisions.length - 1} @click=${() => go(1)}>${text.later} ▸</button>
    <span>${text.revisionOf(place + 1, revisions.length)}</span>
    <button type="button" class="quiet" @click=${() => lookAt(written.tick)}>
      ${text.writtenAt(formatMicros(written.at))}: ${text.seeMoment}
    </button>
  </span>`
}
