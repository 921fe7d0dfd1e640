/** The cluster as it is, the clock, and what can be broken. */
import { type TemplateResult, html, nothing } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import { drawBoard } from '../figures/kit/board.ts'
import { icon } from '../figures/kit/icons.ts'
import { NARROW, WIDTH_MIN } from '../figures/kit/view.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { deedsFor, machinesOf, programsOf } from './faults.ts'
import { type Live, type LiveState, SPEEDS } from './live.ts'
import { playgroundWords } from './words.ts'

export interface WorldView {
  readonly state: LiveState
  readonly live: Live
  readonly width: number
  readonly showsSystem: boolean
  showSystem(shows: boolean): void
  readonly target: string
  aim(id: string): void
  inspect(key: string): void
  readonly inspected: string | undefined
  askWhy(tick: number): void
}

/** An event is shown on the board for so much virtual time at most: later it is no news. */
const NEWS_MICROS = 1_500_000

export function drawWorld(view: WorldView): TemplateResult {
  const { state, showsSystem, showSystem } = view
  const text = playgroundWords()
  return html`<section class="world card" aria-label=${text.setup}>
    <div class="picture">${view.width >= WIDTH_MIN ? picture(view) : nothing}</div>
    ${nowLine(view)} ${controls(view)}
    <div class="bar more">
      <label class="check"
        ><input
          type="checkbox"
          .checked=${showsSystem}
          @change=${(event: Event) => showSystem((event.target as HTMLInputElement).checked)}
        />
        ${text.system}</label
      >
    </div>
    ${state.past === undefined ? breaking(view) : pastBar(view)}
  </section>`
}

function picture({ state, width, showsSystem, inspect, inspected, live }: WorldView): TemplateResult {
  const { frame, steps, past, speed, isPlaying } = state
  // Faster than that, arrows would only flicker.
  const isCalm = !isPlaying || speed <= 1
  const last = steps.length - 1
  const isNews = (index: number) => frame.at - (steps[index]?.event.at ?? 0) <= NEWS_MICROS
  const index = past ?? (isCalm && last >= 0 && isNews(last) ? last : -1)
  const timeline: Timeline = { branch: 0, forked: undefined, seed: state.setup.seed, scenes: [], events: [], notes: [], end: { tick: frame.tick, at: frame.at }, hash: '' } // prettier-ignore
  return drawBoard(
    { frame, timeline, steps, index, width, goTo: (at) => void live.look(at), inspect, inspected },
    {
      shows: ({ namespace }) => showsSystem || namespace !== 'kube-system',
      waitingRoom: width < NARROW ? 2 : 1,
      podRows: 2,
      narrowBelow: 520,
    },
  )
}

function nowLine({ state, askWhy }: WorldView): TemplateResult {
  const text = playgroundWords()
  const { steps, past, frame, opening } = state
  const step = steps[past ?? steps.length - 1]
  const said = opening === undefined ? (step?.sentence ?? '') : text.opening(formatMicros(state.at), formatMicros(opening)) // prettier-ignore
  return html`<div class="now-line">
    <time>${formatMicros(frame.at)}</time><span class="what">${said}</span>
    ${step && opening === undefined ? html`<button type="button" class="quiet" @click=${() => askWhy(step.event.tick)}>${text.why}</button>` : nothing}
  </div>`
}

function controls({ state, live }: WorldView): TemplateResult {
  const text = playgroundWords()
  const { isPlaying, steps, past, opening, speed } = state
  const last = Math.max(0, steps.length - 1)
  const at = past ?? last
  return html`<div class="bar controls" role="group" aria-label=${text.position}>
    <button
      type="button"
      class="main"
      ?disabled=${opening !== undefined}
      @click=${() => (isPlaying ? live.pause() : live.play())}
    >
      ${isPlaying ? icon('pause') : icon('play')} ${isPlaying ? text.pause : text.play}
    </button>
    <select
      aria-label=${text.speed}
      @change=${(event: Event) => live.setSpeed(SPEEDS[(event.target as HTMLSelectElement).selectedIndex]!)}
    >
      ${SPEEDS.map((one) => html`<option ?selected=${one === speed}>${text.perSecond(one)}</option>`)}
    </select>
    <button
      type="button"
      aria-label=${text.back}
      title=${text.back}
      ?disabled=${opening !== undefined || at === 0}
      @click=${() => void live.look(at - 1)}
    >
      ◂
    </button>
    <button
      type="button"
      aria-label=${text.forward}
      title=${text.forward}
      ?disabled=${past === undefined || at >= last}
      @click=${() => void live.look(at + 1)}
    >
      ▸
    </button>
    <span class="scrub">
      <input
        type="range"
        min="0"
        max=${last}
        step="1"
        .value=${String(at)}
        ?disabled=${opening !== undefined || last === 0}
        style="--done:${last > 0 ? (at / last) * 100 : 0}%"
        aria-label=${text.position}
        aria-valuetext="${formatMicros(steps[at]?.event.at ?? 0)}: ${steps[at]?.sentence ?? ''}"
        @input=${(event: Event) => void live.look(Number((event.target as HTMLInputElement).value))}
      />
    </span>
  </div>`
}

function pastBar({ state, live }: WorldView): TemplateResult {
  const text = playgroundWords()
  return html`<div class="bar branch">
    <span>${text.past(formatMicros(state.frame.at))}</span>
    <button type="button" @click=${() => void live.now()}>${text.toNow}</button>
    <button type="button" @click=${() => void live.goOnFromHere()}>${text.goOn}</button>
  </div>`
}

function breaking({ state, live, target, aim }: WorldView): TemplateResult {
  const text = playgroundWords()
  const { frame, opening } = state
  const machines = machinesOf(frame)
  const known = machines.some(({ name, processes }) => name === target || processes.some(({ id }) => id === target))
  const chosen = known ? target : (machines.find(({ role }) => role === 'node')?.name ?? machines[0]?.name ?? '')
  return html`<div class="bar change" role="group" aria-label=${text.breakIt}>
    <span class="name">${text.breakIt}:</span>
    <select aria-label=${text.target} @change=${(event: Event) => aim((event.target as HTMLSelectElement).value)}>
      <optgroup label=${text.machines}>
        ${machines.map(({ name }) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
      </optgroup>
      ${machines.map(
        (machine) =>
          html`<optgroup label="${text.programs}: ${machine.name}">
            ${programsOf(machine).map(({ id, name }) => html`<option value=${id} ?selected=${id === chosen}>${name}</option>`)}
          </optgroup>`,
      )}
    </select>
    ${deedsFor(frame, chosen, text).map(
      ({ label, fault }) =>
        html`<button type="button" ?disabled=${opening !== undefined} @click=${() => void live.breakIt(fault)}>
          ${label}
        </button>`,
    )}
    ${frame.cuts.length > 0 ? html`<button type="button" @click=${() => void live.breakIt({ type: 'heal' })}>${text.heal}</button>` : nothing}
  </div>`
}
