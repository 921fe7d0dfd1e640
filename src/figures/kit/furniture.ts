/** The furniture around a picture: head, prediction, the line of the moment, controls, changes. */
import { type TemplateResult, html, nothing } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import { figureSpeeds } from '../../progress/progress.ts'
import { icon } from './icons.ts'
import type { FigureActions, FigureModel } from './model.ts'
import { isEnd } from './steps.ts'
import { page } from '../../course/links.ts'
import { isSpanish, words } from './words.ts'

export const drawHead = ({ title, state }: FigureModel): TemplateResult =>
  html`<header class="head"><b>${title}</b><span>${words().seed(state.timeline.seed)}</span></header>`

const labelOf = ({ definition, predicted }: FigureModel): string =>
  definition.prediction.choices.find(({ value }) => value === predicted)?.label ?? ''

export function drawPrediction(model: FigureModel, actions: FigureActions): TemplateResult {
  const { definition, predicted, outcome, state } = model
  const { prediction } = definition
  if (predicted === undefined) {
    return html`<div class="bar predict" role="group" aria-label=${prediction.question}>
      <p class="question">${words().before} ${prediction.question}</p>
      ${prediction.choices.map(
        ({ value, label }) =>
          html`<button type="button" class="chip" @click=${() => actions.predict(value)}>${label}</button>`,
      )}
    </div>`
  }
  const reached = outcome !== undefined && state.frame.tick >= outcome.tick
  const last = state.steps[state.index]
  const ended = last !== undefined && isEnd(last)
  const label = labelOf(model)
  if (!reached && !(ended && outcome === undefined)) {
    return html`<div class="bar predict" role="group" aria-label=${prediction.question} tabindex="-1">
      <p class="question">${prediction.question}</p>
      ${prediction.choices.map(
        (choice) => html`<span class="chip ${choice.value === predicted ? 'chosen' : ''}">${choice.label}</span>`,
      )}
    </div>`
  }
  if (!outcome) return html`<div class="bar predict"><p role="status">${words().open(label)}</p></div>`
  const opening = outcome.value === predicted ? words().right(label) : words().wrong(label)
  return html`<div class="bar predict">
    <p role="status">
      <b>${opening}</b> ${outcome.sentence}
      <button type="button" class="quiet" @click=${() => actions.askWhy(outcome.tick)}>${words().why}</button>
    </p>
  </div>`
}

/** A command's flag does not break after its hyphens. */
const flagsWhole = (said: string) =>
  said.split(/(--\S+)/).map((part, i) => (i % 2 === 0 ? part : html`<span class="flag">${part}</span>`))

export function drawNow(model: FigureModel, actions: FigureActions): TemplateResult {
  const { state, isBusy, notice } = model
  const step = state.steps[state.index]
  const said = notice ?? (isBusy ? words().loading : (step?.sentence ?? ''))
  return html`<div class="now-line ${notice ? 'notice' : ''}">
    <time>${formatMicros(step?.event.at ?? state.frame.at)}</time>
    <span class="what">${flagsWhole(said)}</span>
    ${step && !isEnd(step) ? html`<button type="button" class="quiet" @click=${() => actions.askWhy(step.event.tick)}>${words().why}</button>` : nothing}
  </div>`
}

export function drawControls(model: FigureModel, actions: FigureActions): TemplateResult {
  const { state, predicted, speed, panel, isBusy } = model
  const { steps, index, wanted, isPlaying } = state
  const locked = predicted === undefined || isBusy
  const last = steps.length - 1
  const text = words()
  const [sign, word] = isPlaying
    ? (['pause', text.pause] as const)
    : index >= last && last > 0
      ? (['again', text.again] as const)
      : (['play', text.play] as const)
  return html`<div class="bar controls" role="group" aria-label=${model.title}>
    <button
      type="button"
      class="main"
      ?disabled=${locked}
      title=${locked ? text.predictFirst : ''}
      @click=${() => actions.toggle()}
    >
      ${icon(sign)} ${word}
    </button>
    <button
      type="button"
      ?disabled=${locked || index === 0}
      aria-label=${text.back}
      title=${text.back}
      @click=${() => actions.step(-1)}
    >
      ◂
    </button>
    <button type="button" ?disabled=${locked || index >= last} @click=${() => actions.step(1)}>${text.step}</button>
    <span class="scrub">
      <span class="marks" aria-hidden="true">${marks(model)}</span>
      <input
        type="range"
        min="0"
        max=${Math.max(0, last)}
        step="1"
        .value=${String(wanted)}
        ?disabled=${locked}
        style="--done:${last > 0 ? (index / last) * 100 : 0}%"
        aria-label=${text.position}
        aria-valuetext="${text.stepOf(index + 1, steps.length)}: ${steps[index]?.sentence ?? ''}"
        @input=${(event: Event) => actions.goTo(Number((event.target as HTMLInputElement).value))}
      />
    </span>
    <span class="clock">${steps.length > 1 ? `${index + 1}/${steps.length}` : ''}</span>
    <select
      aria-label=${text.speed}
      @change=${(event: Event) => actions.setSpeed(Number((event.target as HTMLSelectElement).value))}
    >
      ${figureSpeeds.map((one) => html`<option value=${one} ?selected=${one === speed}>${one}×</option>`)}
    </select>
    ${(['transcript', 'objects'] as const).map(
      (one) =>
        html`<button type="button" aria-expanded=${panel === one} @click=${() => actions.show(one)}>
          ${text[one]}
        </button>`,
    )}
  </div>`
}

function marks({ state }: FigureModel): TemplateResult[] {
  const { steps, timeline } = state
  const last = Math.max(1, steps.length - 1)
  const fork = timeline.forked?.tick
  const forkIndex = fork === undefined ? -1 : steps.findIndex(({ event }) => event.tick > fork)
  return steps.flatMap(({ isMajor }, i) =>
    isMajor || i === forkIndex
      ? [html`<i class=${i === forkIndex ? 'fork' : ''} style="inset-inline-start:${(i / last) * 100}%"></i>`]
      : [],
  )
}

export function drawChanges(model: FigureModel, actions: FigureActions): TemplateResult | typeof nothing {
  const { definition, tweaks, state, predicted, isBusy } = model
  if (definition.tweaks.length === 0) return nothing
  const text = words()
  const { forked } = state.timeline
  return html`<div class="bar change" role="group" aria-label=${text.change}>
      <span class="name">${text.change}:</span>
      ${definition.tweaks.map(({ id, label, choices, initial }) => {
        const now = tweaks.get(id) ?? initial ?? ''
        const locked = isBusy || (predicted === undefined && initial === undefined)
        return html`<label
          >${label}
          <select
            ?disabled=${locked}
            @change=${(event: Event) => actions.tweak(id, (event.target as HTMLSelectElement).value)}
          >
            ${initial === undefined ? html`<option value="" ?selected=${now === ''}>…</option>` : nothing}
            ${choices.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === now}>${choice.label}</option>`)}
          </select></label
        >`
      })}
      ${definition.more ? html`<a href=${page(definition.more.path, isSpanish() ? 'es' : 'en')}>${definition.more.label()}</a>` : nothing}
    </div>
    ${
      forked
        ? html`<div class="bar branch">
            <span>${text.changed(formatMicros(forked.at))}</span>
            <button type="button" class="quiet" @click=${() => actions.asWritten()}>${text.asWritten}</button>
          </div>`
        : nothing
    }`
}
