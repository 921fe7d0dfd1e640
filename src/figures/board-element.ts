/**
 * `<cw-board>`: the cluster on the home page. The page's still picture stays until somebody plays it or cuts a cable; only
 * then the simulation is fetched.
 */
import { LitElement, type TemplateResult, html, unsafeCSS } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import { type SimulationClient, startSimulation } from '../simulation/simulation-client.ts'
import type { Timeline } from '../simulation/protocol.ts'
import board from './board-element.css?inline'
import { figure } from './f14-node-goes-dark.ts'
import { drawBoard } from './kit/board.ts'
import { clock } from './kit/clock.ts'
import { icon } from './kit/icons.ts'
import { Player } from './kit/player.ts'
import { indexOfTick, stepsOf } from './kit/steps.ts'
import { figureStyles } from './kit/styles.ts'
import { sendTravellers, travellers } from './kit/traveller.ts'
import { WIDTH_MIN } from './kit/view.ts'
import { words } from './kit/words.ts'

/** The machine whose cable is cut. */
const CUT = 'node-2'
/** After a cut, long enough for its Pods to come back elsewhere. */
const AFTER_CUT_MICROS = 420_000_000

export class BoardElement extends LitElement {
  static override styles = [...figureStyles, unsafeCSS(board)]

  #client: SimulationClient | undefined
  #player: Player | undefined
  #starting: Promise<void> | undefined
  #isBusy = false
  #trouble: string | undefined
  #width = 0
  #observer: ResizeObserver | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer = new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry!.contentRect.width)
      this.requestUpdate()
    })
    this.#observer.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    this.#player?.pause()
  }

  async #start(): Promise<void> {
    this.#client = startSimulation()
    this.#player = new Player(this.#client, clock, () => this.requestUpdate())
    const timeline = await this.#client.ask('load', figure.story)
    await this.#open(timeline, figure.opening(timeline))
  }

  async #open(timeline: Timeline, tick: number): Promise<void> {
    const steps = stepsOf(timeline, figure.lens, figure.opening(timeline))
    await this.#player!.open(timeline, steps, indexOfTick(steps, tick))
  }

  async #act(act: () => Promise<void> | void): Promise<void> {
    this.#isBusy = true
    this.requestUpdate()
    try {
      await (this.#starting ??= this.#start())
      await act()
    } catch (error) {
      this.#trouble = words().failed + (error instanceof Error ? error.message : String(error))
    } finally {
      this.#isBusy = false
      this.requestUpdate()
    }
  }

  #toggle = (): void => {
    if (this.#player?.state?.isPlaying) this.#player.pause()
    else void this.#act(() => this.#player!.play())
  }

  #cut = (): void =>
    void this.#act(async () => {
      const { frame, timeline } = this.#player!.state!
      const others = frame.machines.map(({ name }) => name).filter((name) => name !== CUT)
      const command = { type: 'partition', groups: [[CUT], others] } as const
      const { branch } = timeline
      // Before anything was played, node-3 still has power.
      const tick = this.#player!.state!.index === 0 ? figure.opening(timeline) - 1 : frame.tick
      const fork = await this.#client!.ask('fork', {
        branch,
        tick,
        changes: [{ command }],
        extraMicros: AFTER_CUT_MICROS,
      })
      await this.#open(fork, tick)
      this.#player!.play()
    })

  override updated(): void {
    sendTravellers(this.renderRoot)
  }

  override render(): TemplateResult {
    const state = this.#player?.state
    const view =
      state && this.#width >= WIDTH_MIN
        ? {
            ...state,
            width: this.#width - (this.#width < 620 ? 22 : 38),
            goTo: (index: number) => this.#player!.goTo(index),
          }
        : undefined
    const bar = this.#bar()
    if (!view || !state) return html`<slot></slot>${bar}`
    const step = state.steps[state.index]
    const options = {
      shows: ({ namespace }: { namespace: string }) => namespace === 'default',
      waitingRoom: 0,
      hidesOutside: true,
      narrowBelow: 440,
      podRows: 2,
    }
    return html`<div class="figure">
      <div class="picture">${drawBoard(view, options)}${travellers()}</div>
      <div class="now-line">
        <time>${formatMicros(step?.event.at ?? state.frame.at)}</time><span class="what">${step?.sentence ?? ''}</span>
      </div>
      ${bar}
    </div>`
  }

  #bar(): TemplateResult {
    const state = this.#player?.state
    const text = words()
    const [name, word] = state?.isPlaying ? (['pause', text.pause] as const) : (['play', text.play] as const)
    const share = state && state.steps.length > 1 ? (state.index / (state.steps.length - 1)) * 100 : 0
    return html`<div class="bar controls ${state ? '' : 'bare'}">
      <button type="button" class="main" ?disabled=${this.#isBusy} @click=${this.#toggle}>${icon(name)} ${word}</button>
      <span class="progress" role="presentation"><i style="width:${share}%"></i></span>
      <button
        type="button"
        ?disabled=${this.#isBusy || (state?.frame.cuts.length !== 0 && state !== undefined)}
        @click=${this.#cut}
      >
        ${text.cut}
      </button>
      <span class="trouble" role="alert">${this.#trouble ?? ''}</span>
    </div>`
  }
}

customElements.define('cw-board', BoardElement)
