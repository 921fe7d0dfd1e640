/**
 * `<cw-figure figure="F09">`: a figure of the running simulation. It holds no truth: what it shows is asked of the worker.
 *
 * Each figure's own code, and the worker with the cluster, are fetched when the element is, which is near the viewport.
 */
import { LitElement, type PropertyValues, type TemplateResult, html } from 'lit'
import { guard } from 'lit/directives/guard.js'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, StoryRequest, Timeline } from '../simulation/protocol.ts'
import { type SimulationClient, startSimulation } from '../simulation/simulation-client.ts'
import { preferences, setPreferences } from '../progress/browser.ts'
import { clock } from './kit/clock.ts'
import { momentLink, parseMoment } from './kit/deep-link.ts'
import { FIGURES } from './figures.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawChanges, drawControls, drawHead, drawNow, drawPrediction } from './kit/furniture.ts'
import { Inspector, objectKey } from './kit/inspector.ts'
import type { FigureActions, FigureModel, Panel } from './kit/model.ts'
import { drawPanel } from './kit/panels.ts'
import { Player, type PlayerState } from './kit/player.ts'
import { indexOfTick, stepsOf } from './kit/steps.ts'
import { joined } from './kit/story-request.ts'
import { figureStyles } from './kit/styles.ts'
import { sendTravellers, travellers } from './kit/traveller.ts'
import { type KeptMoment, type View, WIDTH_MIN, drawnFrom } from './kit/view.ts'
import { words } from './kit/words.ts'

export class FigureElement extends LitElement {
  static override styles = figureStyles

  #definition: FigureDefinition | undefined
  /** What the page itself brought. */
  #opening: PlayerState | undefined
  #starting: Promise<void> | undefined
  #client: SimulationClient | undefined
  #player: Player | undefined
  #predicted: string | undefined
  #outcome: Outcome | undefined
  #story: Timeline | undefined
  #tweaks = new Map<string, string>()
  #panel: Panel | undefined
  /** What opened the panel. */
  #opener: Element | null | undefined
  #why: readonly Described[] = []
  #inspector = new Inspector()
  #kept: readonly KeptMoment[] = []
  #setup: string | undefined
  /** The setup of the run that is shown. */
  #played: string | undefined
  #trouble: string | undefined
  /** What asks the simulation at the moment: a prediction may be made while another story is on its way. */
  #asking = 0
  #notice: string | undefined
  #linkCopied = false
  #width = 0
  #observer: ResizeObserver | undefined

  get #state(): PlayerState | undefined {
    return this.#player?.state ?? this.#opening
  }

  get #id(): string {
    return this.getAttribute('figure') ?? ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer = new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry!.contentRect.width)
      this.requestUpdate()
    })
    this.#observer.observe(this)
    window.addEventListener('hashchange', this.#followLink)
    if (!this.#definition) void this.#guard(() => this.#begin())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    window.removeEventListener('hashchange', this.#followLink)
    this.#player?.pause()
  }

  async #begin(): Promise<void> {
    const load = FIGURES[this.#id]
    if (!load) throw new Error(`there is no figure ${this.#id}`)
    const { figure } = await load()
    this.#definition = figure
    const baked = this.querySelector('script[type="application/json"]')?.textContent
    if (baked) this.#opening = inThisLanguage(JSON.parse(baked) as PlayerState, figure)
    if (!baked || parseMoment(location.hash, this.#id) !== undefined) await this.#ready()
  }

  /** The simulation is fetched with the reader's first act, not before. */
  #ready(): Promise<void> {
    return (this.#starting ??= this.#start())
  }

  async #start(): Promise<void> {
    const definition = this.#definition!
    this.#client = startSimulation()
    this.#player = new Player(this.#client, clock, () => this.#moved())
    this.#player.speed = preferences().figureSpeed
    if (definition.pace) this.#player.pace = definition.pace
    await this.#playStory()
    this.#followLink()
  }

  /** Plays the story with the changes of its words that are chosen. */
  async #playStory(): Promise<void> {
    const definition = this.#definition!
    const seed = this.dataset.seed ? Number(this.dataset.seed) : undefined
    let request: StoryRequest = { ...definition.story, ...(seed !== undefined && { seed }) }
    for (const { id, choices } of definition.tweaks) {
      const effect = choices.find(({ value }) => value === this.#tweaks.get(id))?.effect
      if (effect?.kind === 'story') request = joined(request, effect.request)
    }
    this.#played = this.#setup ?? definition.setup?.initial
    if (definition.setup) request = joined(request, definition.setup.request(this.#played!))
    this.#story = await this.#client!.ask('load', request)
    await this.#show(this.#story, definition.opening(this.#story))
  }

  async #show(timeline: Timeline, tick: number): Promise<void> {
    const definition = this.#definition!
    const steps = stepsOf(timeline, definition.lens, definition.opening(timeline))
    this.#outcome = definition.prediction.outcome(timeline)
    this.#kept = await this.#keep(timeline)
    await this.#player!.open(timeline, steps, indexOfTick(steps, tick))
  }

  async #keep(timeline: Timeline): Promise<readonly KeptMoment[]> {
    const moments = this.#definition!.keeps?.(timeline) ?? []
    const { branch } = timeline
    const frames = moments.map(({ tick }) => this.#client!.ask('seek', { branch, tick }))
    return (await Promise.all(frames)).map((frame, i) => ({ label: moments[i]!.label, frame }))
  }

  /** Runs something that asks the simulation; what goes wrong is told in the figure. */
  async #guard(run: () => Promise<void>): Promise<void> {
    const focused = this.shadowRoot?.activeElement
    this.#asking += 1
    this.#notice = undefined
    this.requestUpdate()
    try {
      await run()
    } catch (error) {
      this.#trouble = words().failed + (error instanceof Error ? error.message : String(error))
    } finally {
      this.#asking -= 1
      this.requestUpdate()
    }
    await this.updateComplete
    this.#focusAgain(focused)
  }

  /** What was locked meanwhile has lost the keyboard's focus: it gets it back, unless the reader has gone elsewhere. */
  #focusAgain(before: Element | null | undefined): void {
    const isNowhere = !this.shadowRoot?.activeElement && document.activeElement === document.body
    if (isNowhere && before?.isConnected && before instanceof HTMLElement) before.focus({ preventScroll: true })
  }

  get #question(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.predict')
  }

  /** The keyboard goes back to what opened the panel. */
  #close(): void {
    this.#panel = undefined
    this.requestUpdate()
    if (this.#opener?.isConnected && this.#opener instanceof HTMLElement) this.#opener.focus({ preventScroll: true })
  }

  readonly #pressed = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape' && this.#panel) this.#close()
  }

  #moved(): void {
    this.requestUpdate()
    if (this.#panel === 'objects') void this.#look()
  }

  async #look(): Promise<void> {
    const state = this.#player?.state
    if (!state) return
    await this.#inspector.look(this.#client!, state, this.#definition!.inspects)
    this.requestUpdate()
  }

  #followLink = (): void => {
    const tick = parseMoment(location.hash, this.#id)
    if (tick === undefined || !this.#player?.state) return
    this.scrollIntoView({ block: 'center' })
    this.#player.goToTick(tick)
  }

  async #fork(changes: readonly Change[], extraMicros = 10_000_000, from?: number): Promise<void> {
    const { frame, timeline } = this.#player!.state!
    const { branch } = timeline
    const tick = from ?? frame.tick
    const fork = await this.#client!.ask('fork', { branch, tick, changes, extraMicros })
    await this.#show(fork, tick)
  }

  /** Another setup wants another prediction; it is run once there is one. */
  #arrange(next: string): void {
    this.#player?.goTo(0)
    this.#setup = next
    this.#predicted = undefined
    this.#panel = undefined
    this.requestUpdate()
  }

  async #tweak(id: string, value: string): Promise<void> {
    const choice = this.#definition!.tweaks.find((one) => one.id === id)?.choices.find((one) => one.value === value)
    if (!choice) return
    const { effect } = choice
    if (effect.kind === 'fork') {
      let changes: readonly Change[]
      let from: number | undefined
      try {
        changes = effect.changes(this.#view()!)
        from = effect.from?.(this.#view()!)
      } catch (error) {
        this.#notice = error instanceof Error ? error.message : String(error)
        return
      }
      this.#tweaks.set(id, value)
      return this.#fork(changes, effect.extraMicros, from)
    }
    this.#tweaks.set(id, value)
    // Another story wants another prediction.
    this.#predicted = undefined
    this.#panel = undefined
    if (this.#starting) {
      await this.#starting
      await this.#playStory()
    } else await this.#ready()
  }

  readonly #actions: FigureActions = {
    predict: (value) => {
      this.#predicted = value
      const running = this.#guard(async () => {
        await this.#ready()
        if (this.#setup !== undefined && this.#setup !== this.#played) await this.#playStory()
      })
      // The answer's button is gone. Until there is something to play, the keyboard waits where it was.
      void this.updateComplete.then(() => this.#focusAgain(this.#question))
      void running.then(async () => {
        await this.updateComplete
        if (this.shadowRoot?.activeElement === this.#question) this.#question?.blur()
        this.#focusAgain(this.renderRoot.querySelector('button.main'))
      })
    },
    toggle: () => (this.#player?.state?.isPlaying ? this.#player.pause() : this.#player?.play()),
    step: (by) => this.#player?.step(by),
    goTo: (index) => this.#predicted !== undefined && this.#player?.goTo(index),
    goToTick: (tick) => this.#predicted !== undefined && this.#player?.goToTick(tick),
    setSpeed: (speed) => {
      setPreferences({ figureSpeed: speed })
      if (this.#player) this.#player.speed = speed
    },
    show: (panel) => {
      if (this.#panel === panel) return this.#close()
      this.#opener = this.shadowRoot?.activeElement
      this.#panel = panel
      void this.#guard(async () => {
        if (this.#panel === 'objects') {
          await this.#ready()
          await this.#look()
        }
      })
    },
    askWhy: (tick) =>
      void this.#guard(async () => {
        this.#opener = this.shadowRoot?.activeElement
        await this.#ready()
        this.#player!.pause()
        this.#why = await this.#client!.ask('why', { branch: this.#player!.state!.timeline.branch, tick })
        this.#panel = 'why'
        await this.updateComplete
        this.renderRoot.querySelector<HTMLElement>('.panel')?.focus({ preventScroll: true })
      }),
    inspect: (key) => {
      this.#inspector.key = key
      this.#panel = 'objects'
      void this.#guard(async () => {
        await this.#ready()
        await this.#look()
      })
    },
    compare: (since) => {
      this.#inspector.since = since
      void this.#look()
    },
    tweak: (id, value) => void this.#guard(() => this.#tweak(id, value)),
    asWritten: () => {
      for (const { id, initial } of this.#definition!.tweaks) if (initial === undefined) this.#tweaks.delete(id)
      const tick = this.#player!.state!.timeline.forked?.tick ?? 0
      void this.#guard(() => this.#show(this.#story!, tick))
    },
    copyLink: () => {
      const tick = this.#player?.state?.frame.tick ?? 0
      const link = new URL(momentLink(this.#id, tick), location.href).href
      void navigator.clipboard?.writeText(link).then(() => {
        this.#linkCopied = true
        this.requestUpdate()
      })
    },
  }

  #view(): View | undefined {
    const state = this.#state
    if (!state || this.#width < WIDTH_MIN) return undefined
    const { frame, timeline, steps, index } = state
    const padding = this.#width < 620 ? 22 : 38
    const { inspection } = this.#inspector
    const { setup } = this.#definition!
    return {
      frame,
      timeline,
      steps,
      index,
      width: this.#width - padding,
      goTo: (at) => this.#actions.goTo(at),
      inspect: (key) => this.#actions.inspect(key),
      inspected: this.#panel === 'objects' && inspection ? objectKey(inspection.ref) : undefined,
      kept: this.#kept,
      ...(setup && {
        setup: {
          now: this.#setup ?? setup.initial,
          hasRun: this.#predicted !== undefined && this.#asking === 0,
          arrange: (next) => this.#arrange(next),
        },
      }),
    }
  }

  #model(): FigureModel {
    const definition = this.#definition!
    return {
      title: this.dataset.title ?? this.#id,
      definition,
      state: this.#state!,
      predicted: this.#predicted,
      outcome: this.#outcome,
      speed: this.#player?.speed ?? preferences().figureSpeed,
      notice: this.#notice,
      panel: this.#panel,
      why: this.#why,
      inspection: this.#inspector.inspection,
      since: this.#inspector.since,
      tweaks: this.#tweaks,
      isBusy: this.#asking > 0,
      // A link leads to the story as written.
      linkCopied: this.#setup === undefined || this.#setup === definition.setup?.initial ? this.#linkCopied : undefined,
    }
  }

  override willUpdate(_changed: PropertyValues): void {
    if (this.#player?.state) this.toggleAttribute('playable', true)
    if (this.#state) this.toggleAttribute('ready', true)
  }

  override updated(): void {
    sendTravellers(this.renderRoot)
  }

  override render(): TemplateResult {
    if (this.#trouble)
      return html`<div class="figure">
        <p class="trouble" role="alert">${this.#trouble}</p>
        <slot></slot>
      </div>`
    const view = this.#view()
    // Until the cluster has come up, the page's own still picture shows.
    if (!view) return html`<slot></slot>`
    const model = this.#model()
    const { isPlaying, steps, index } = model.state
    const step = steps[index]
    const said = isPlaying && step?.isMajor === false ? '' : (step?.sentence ?? '')
    return html`<div class="figure" @keydown=${this.#pressed}>
      ${drawHead(model)} ${drawPrediction(model, this.#actions)}
      <div class="picture">${guard(drawnFrom(view), () => model.definition.draw(view))}${travellers()}</div>
      ${drawNow(model, this.#actions)} ${drawControls(model, this.#actions)} ${drawChanges(model, this.#actions)}
      ${drawPanel(model, this.#actions)}
      <p class="visually-hidden" aria-live="polite">${said}</p>
    </div>`
  }
}

/** The page's language is not known yet when the picture is put into it. */
function inThisLanguage(opening: PlayerState, { lens }: FigureDefinition): PlayerState {
  const { steps, timeline } = opening
  return { ...opening, steps: steps.map((step) => ({ ...step, sentence: lens.sentence(step.event, timeline) })) }
}

customElements.define('cw-figure', FigureElement)
