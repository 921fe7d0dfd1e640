/**
 * The object inspector: one object's fields as the store has them, and what changed since the step before, or since the
 * object's own revision before. It is opened by a click or Enter on an object in the picture, or from the list.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { Inspection } from '../../simulation/protocol.ts'
import { type Since, objectKey } from './inspector.ts'
import type { FigureActions, FigureModel } from './model.ts'
import { words } from './words.ts'

const SIGNS = { same: ' ', in: '+', out: '−' } as const

export function drawInspector(model: FigureModel, actions: FigureActions): TemplateResult {
  const { state, inspection, since } = model
  const { objects: refs, store } = state.frame
  const text = words()
  const key = inspection && objectKey(inspection.ref)
  const listed = refs.some((ref) => objectKey(ref) === key)
  return html`<section class="panel inspector" aria-label=${text.objects} tabindex="0">
    ${refs.length === 0 ? html`<p>${store.isUp ? text.noObjects : text.storeDown}</p>` : nothing}
    <div class="choices">
      <label
        >${text.object}
        <select @change=${(event: Event) => actions.inspect((event.target as HTMLSelectElement).value)}>
          ${inspection && !listed ? html`<option value=${key!} selected>${inspection.ref.kind} ${inspection.ref.name}</option>` : nothing}
          ${refs.map((ref) => {
            const value = objectKey(ref)
            return html`<option value=${value} ?selected=${value === key}>
              ${ref.kind} ${ref.name} · ${text.revision(ref.revision)}
            </option>`
          })}
        </select></label
      >
      <label
        >${text.compare}
        <select @change=${(event: Event) => actions.compare((event.target as HTMLSelectElement).value as Since)}>
          <option value="step" ?selected=${since === 'step'}>${text.stepBefore}</option>
          <option value="revision" ?selected=${since === 'revision'}>${text.revisionBefore}</option>
        </select></label
      >
    </div>
    ${inspection ? drawInspection(inspection, since) : nothing}
  </section>`
}

export function drawInspection(inspection: Inspection, since: Since): TemplateResult {
  const { ref, changes, lines, previousRevision, isGone, wasThere } = inspection
  const text = words()
  return html`<p class="told" role="status">
      <b>${ref.kind} ${ref.name}</b> ${text.revision(ref.revision)},
      ${since === 'revision' && previousRevision !== undefined ? `${text.since(previousRevision)}: ` : ''}${
        isGone
          ? wasThere
            ? text.justGone
            : text.gone
          : !wasThere
            ? text.fresh
            : changes.length === 0
              ? text.unchanged
              : text.changedFields(changes.length)
      }
    </p>
    ${
      changes.length > 0
        ? html`<dl class="changes">
            ${changes.map(
              ({ path, before, after }) =>
                html`<div>
                  <dt>${path}</dt>
                  <dd>
                    ${before === undefined ? nothing : html`<del>${before}</del>`} →
                    ${after === undefined ? '∅' : html`<ins>${after}</ins>`}
                  </dd>
                </div>`,
            )}
          </dl>`
        : nothing
    }
    <pre>${lines.map(({ kind, text: line }) => html`<span class=${kind}>${SIGNS[kind]} ${line}</span>`)}</pre>`
}
