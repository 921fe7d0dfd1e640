/**
 * `<cw-replay>`: a failing run of an exercise's check, opened at the tick where it goes wrong, with steps both ways.
 *
 * Its properties say which run; the world is built again in a worker, from the same plan, seed and submission.
 */
import { LitElement, type TemplateResult, html, nothing } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Compiled, Replay } from '#grader/verdict/verdict.ts'
import { type SimulationClient, startReplay } from '../simulation/simulation-client.ts'
import { drawBoard } from './kit/board.ts'
import { preferences, setPreferences } from '../progress/browser.ts'
import { clock } from './kit/clock.ts'
import { drawControls, drawNow } from './kit/furniture.ts'
import { Inspector, objectKey } from './kit/inspector.ts'
import type { FigureActions, FigureModel, Panel } from './kit/model.ts'
import { drawPanel } from './kit/panels.ts'
import { Player } from './kit/player.ts'
import { lens, REPLAY } from './kit/replay-lens.ts'
import { drawSequence, lanesOf } from './kit/sequence.ts'
import { indexOfTick, stepsOf } from './kit/steps.ts'
import { figureStyles } from './kit/styles.ts'
import { sendTravellers, travellers } from './kit/traveller.ts'
import { WIDTH_MIN } from './kit/view.ts'
import { words } from './kit/words.ts'

export class ReplayElement extends LitElement {
  static override styles = figureStyles

  exercise = ''
  replay: Replay | undefined
  source = ''
  compiled: Compiled | undefined

  #client: SimulationClient | undefined
  #player: Player | undefined
  #panel: Panel | undefined = 'transcript'
  #why: readonly Described[] = []
  #inspector = new Inspector()
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
    if (!this.#client) void this.#guard(() => this.#begin())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    this.#player?.pause()
    this.#client?.dispose()
  }

  async #begin(): Promise<void> {
    const { exercise, replay, compiled } = this
    if (!replay || !compiled)
      throw new Error('this element needs its properties `replay` and `compiled` before it is put into a page')
    this.#client = startReplay()
    this.#player = new Player(this.#client, clock, () => this.#moved())
    this.#player.speed = preferences().figureSpeed
    const timeline = await this.#client.ask('replay', { exercise, replay, compiled })
    const steps = stepsOf(timeline, lens, 0)
    await this.#player.open(timeline, steps, indexOfTick(steps, replay.tick))
  }

  async #guard(run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.#trouble = words().failed + (error instanceof Error ? error.message : String(error))
    } finally {
      this.requestUpdate()
    }
  }

  #moved(): void {
    this.requestUpdate()
    if (this.#panel === 'objects') void this.#look()
  }

  async #look(): Promise<void> {
    await this.#inspector.look(this.#client!, this.#player!.state!, REPLAY.model.definition.inspects)
    this.requestUpdate()
  }

  readonly #actions: FigureActions = {
    ...REPLAY.actions,
    toggle: () => (this.#player?.state?.isPlaying ? this.#player.pause() : this.#player?.play()),
    step: (by) => this.#player?.step(by),
    goTo: (index) => this.#player?.goTo(index),
    goToTick: (tick) => this.#player?.goToTick(tick),
    setSpeed: (speed) => {
      setPreferences({ figureSpeed: speed })
      if (this.#player) this.#player.speed = speed
    },
    show: (panel) => {
      this.#panel = this.#panel === panel ? undefined : panel
      if (this.#panel === 'objects') void this.#guard(() => this.#look())
      this.requestUpdate()
    },
    askWhy: (tick) =>
      void this.#guard(async () => {
        this.#player!.pause()
        this.#why = await this.#client!.ask('why', { branch: 0, tick })
        this.#panel = 'why'
      }),
    inspect: (key) => {
      this.#inspector.key = key
      this.#panel = 'objects'
      void this.#guard(() => this.#look())
    },
    compare: (since) => {
      this.#inspector.since = since
      void this.#guard(() => this.#look())
    },
  }

  override updated(): void {
    sendTravellers(this.renderRoot)
  }

  override render(): TemplateResult {
    if (this.#trouble) return html`<p class="trouble" role="alert">${this.#trouble}</p>`
    const state = this.#player?.state
    if (!state || this.#width < WIDTH_MIN) return html`<p class="bar" role="status">${words().replaying}</p>`
    const { frame, timeline, steps, index } = state
    const { inspection } = this.#inspector
    const view = {
      frame,
      timeline,
      steps,
      index,
      width: this.#width - (this.#width < 620 ? 22 : 38),
      goTo: (at: number) => this.#player!.goTo(at),
      inspect: (key: string) => this.#actions.inspect(key),
      inspected: this.#panel === 'objects' && inspection ? objectKey(inspection.ref) : undefined,
    }
    const model: FigureModel = {
      ...REPLAY.model,
      title: this.replay!.check,
      state,
      speed: this.#player!.speed,
      panel: this.#panel,
      why: this.#why,
      inspection: this.#inspector.inspection,
      since: this.#inspector.since,
    }
    const hasNodes = frame.pods.length > 0 || frame.machines.some(({ node }) => node !== undefined)
    const failure = indexOfTick(steps, this.replay!.tick)
    return html`<div>
      ${drawControls(model, this.#actions)} ${drawNow(model, this.#actions)}
      ${index === failure ? nothing : html`<div class="bar"><button type="button" class="quiet" @click=${() => this.#player!.goTo(failure)}>${words().failure}</button></div>`}
      <div class="picture">
        ${drawSequence(view, lanesOf(steps))}
        ${hasNodes ? html`<div class="below">${drawBoard(view, { shows: () => true, waitingRoom: 4, podRows: 2 })}</div>` : nothing}
        ${travellers()}
      </div>
      ${drawPanel(model, this.#actions)}
      <p class="visually-hidden" aria-live="polite">${state.isPlaying ? '' : (steps[index]?.sentence ?? '')}</p>
    </div>`
  }
}

customElements.define('cw-replay', ReplayElement)
