/** What may be otherwise: one thing of the node, of the Pod or of the scheduler; and what is otherwise already. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Explained, NodeVerdict, WhatIf, WhatIfKind } from './protocol.ts'
import type { ExplainWords } from './words.ts'
import { nodeCommand } from './node-command.ts'

/** A change that is being put together. */
export type Draft = WhatIf

export interface ChangeView {
  readonly draft: Draft
  readonly changes: readonly WhatIf[]
  readonly explained: Explained
  /** The node that is looked at: what is done to a node is done to it. */
  readonly node: NodeVerdict | undefined
  readonly trouble: string
  /** What the changes have changed; empty where there are none. */
  readonly difference: string
  write(draft: Draft): void
  ask(): void
  undo(index: number): void
  undoAll(): void
}

const GROUPS = {
  node: ['label', 'taint', 'cordon', 'uncordon', 'capacity'],
  pod: ['request', 'selector', 'toleration'],
  scheduler: ['weight', 'without'],
} as const satisfies Record<string, readonly WhatIfKind[]>

const isOfNode = (kind: WhatIfKind): boolean => GROUPS.node.some((one) => one === kind)
const isOfScheduler = (kind: WhatIfKind): boolean => GROUPS.scheduler.some((one) => one === kind)

/** What somebody probably wants to change it to, by what the Pod asks for and the node has. */
export function draftOf(kind: WhatIfKind, explained: Explained, node: NodeVerdict | undefined): Draft {
  const { demands } = explained.pod
  const demanded = (name: string): string | undefined =>
    demands.find((demand) => demand.startsWith(`${name}: `))?.slice(name.length + 2)
  const [taint] = node?.facts.taints ?? []
  const target = isOfNode(kind) ? (node?.node ?? '') : isOfScheduler(kind) ? pluginFor(kind, explained, node) : ''
  const short = node?.reasons.map((reason) => /^Insufficient (.*)$/.exec(reason)?.[1]).find(Boolean) ?? 'cpu'
  const values: Readonly<Record<WhatIfKind, string>> = {
    label: demanded('nodeSelector') ?? 'disk=ssd',
    taint: taint ? `${taint.split(/[=:]/)[0]}-` : 'gpu=yes:NoSchedule',
    cordon: '',
    uncordon: '',
    capacity: `${short}=${short === 'memory' ? '256Gi' : '64'}`,
    request: short === 'memory' ? 'memory=64Mi' : short === 'cpu' ? 'cpu=2' : `${short}=0`,
    selector: demanded('nodeSelector') ? `${demanded('nodeSelector')!.split('=')[0]}-` : 'disk=ssd',
    toleration: taint ?? 'gpu=yes:NoSchedule',
    weight: '10',
    without: '',
  }
  return { kind, target, value: values[kind] }
}

function pluginFor(kind: WhatIfKind, { plugins }: Explained, node: NodeVerdict | undefined): string {
  if (kind === 'weight') return plugins.find(({ name }) => name === 'NodeResourcesFit')?.name ?? ''
  return node?.plugin || (plugins[0]?.name ?? '')
}

export function drawChange(view: ChangeView, text: ExplainWords): TemplateResult {
  const { draft, explained, node, trouble, write, ask } = view
  const kinds = (group: keyof typeof GROUPS): readonly WhatIfKind[] => GROUPS[group]
  const isPlugin = isOfScheduler(draft.kind)
  const hasValue = !['cordon', 'uncordon', 'without'].includes(draft.kind)
  const choosable = explained.plugins.filter(({ weight }) => draft.kind === 'without' || weight !== undefined)
  const said = isOfNode(draft.kind) && node ? { ...draft, target: node.node } : draft
  return html`<section class="change-one card" aria-label=${text.change}>
    <form
      @submit=${(event: Event) => {
        event.preventDefault()
        ask()
      }}
    >
      <h2>${text.change}</h2>
      <label
        ><span>${text.what}</span>
        <select
          @change=${(event: Event) => write(draftOf((event.target as HTMLSelectElement).value as WhatIfKind, explained, node))}
        >
          ${(['node', 'pod', 'scheduler'] as const).map(
            (group) =>
              html`<optgroup
                label=${group === 'node' && node ? `${text.groups.node} ${node.node}` : text.groups[group]}
              >
                ${kinds(group).map((kind) => html`<option value=${kind} ?selected=${kind === draft.kind}>${text.kinds[kind]}</option>`)}
              </optgroup>`,
          )}
        </select></label
      >
      ${
        isPlugin
          ? html`<label
              ><span>${text.plugin}</span>
              <select
                @change=${(event: Event) => write({ ...draft, target: (event.target as HTMLSelectElement).value })}
              >
                ${choosable.map(({ name }) => html`<option value=${name} ?selected=${name === draft.target}>${name}</option>`)}
              </select></label
            >`
          : nothing
      }
      ${
        hasValue
          ? html`<label
                ><span>${text.value}</span>
                <input
                  .value=${draft.value}
                  autocomplete="off"
                  autocapitalize="off"
                  spellcheck="false"
                  aria-describedby="hint"
                  @input=${(event: Event) => write({ ...draft, value: (event.target as HTMLInputElement).value })}
              /></label>
              <small id="hint">${text.values[draft.kind as keyof ExplainWords['values']]}</small>`
          : nothing
      }
      <button type="submit" class="main">${text.ask}</button>
      <code class="typed">${inWords(saidOf(said, text))}</code>
    </form>
    <p class="trouble" role="alert">${trouble}</p>
    ${drawChips(view, text)}
    <p class="difference" aria-live="polite">${view.difference}</p>
  </section>`
}

/** A command breaks between its words, never after a flag's hyphens. */
const inWords = (command: string): TemplateResult[] =>
  command.split(' ').map((word) => html`<span class="word">${word}</span> `)

function drawChips({ changes, undo, undoAll }: ChangeView, text: ExplainWords): TemplateResult | typeof nothing {
  if (changes.length === 0) return nothing
  return html`<ul class="chips">
    ${changes.map((change, i) => {
      const said = saidOf(change, text)
      return html`<li>
        <code>${inWords(said)}</code>
        <button type="button" aria-label=${text.undo(said)} title=${text.undo(said)} @click=${() => undo(i)}>✕</button>
      </li>`
    })}
    ${changes.length > 1 ? html`<li><button type="button" class="quiet" @click=${undoAll}>${text.undoAll}</button></li>` : nothing}
  </ul>`
}

/** A change in words: of a node, what one would type. */
export function saidOf(change: WhatIf, { told }: ExplainWords): string {
  const { kind, target, value } = change
  switch (kind) {
    case 'request':
    case 'selector':
    case 'toleration':
      return told[kind](value)
    case 'weight':
      return told.weight(target, value)
    case 'without':
      return told.without(target)
    case 'capacity':
      return `kubectl patch node ${target} --subresource=status … ${value}`
    default:
      return `kubectl ${nodeCommand(change)!.join(' ')}`
  }
}
