/**
 * Moving through a run: which step is shown, playing, and asking the simulation for the frame that belongs to it.
 *
 * Frames are asked for one at a time, the newest wish wins, and what is shown is always a step with its own frame.
 */
import type { SimulationClient } from '../../simulation/simulation-client.ts'
import type { Frame, Timeline } from '../../simulation/protocol.ts'
import type { Step } from './steps.ts'
import { indexOfTick } from './steps.ts'

export interface Clock {
  /** Calls back after so many milliseconds unless cancelled by the function it returns. */
  after(milliseconds: number, run: () => void): () => void
}

export interface PlayerState {
  readonly timeline: Timeline
  readonly steps: readonly Step[]
  /** The step whose frame is shown. */
  readonly index: number
  /** The step that is asked for, while its frame is on its way. */
  readonly wanted: number
  readonly frame: Frame
  readonly isPlaying: boolean
}

const PACE_MS = 900

export class Player {
  speed = 1
  /** How long a step is shown. */
  pace: (step: Step) => number = () => PACE_MS
  #client: Pick<SimulationClient, 'ask'>
  #clock: Clock
  #changed: () => void
  #state: PlayerState | undefined
  #asking = false
  #stopTimer: (() => void) | undefined

  constructor(client: Pick<SimulationClient, 'ask'>, clock: Clock, changed: () => void) {
    this.#client = client
    this.#clock = clock
    this.#changed = changed
  }

  get state(): PlayerState | undefined {
    return this.#state
  }

  /** Shows another run at one of its steps. */
  async open(timeline: Timeline, steps: readonly Step[], index: number): Promise<void> {
    this.pause()
    const at = clamp(index, steps.length)
    const frame = await this.#client.ask('seek', { branch: timeline.branch, tick: tickOf(steps, at, timeline) })
    this.#state = { timeline, steps, index: at, wanted: at, frame, isPlaying: false }
    this.#changed()
  }

  goTo(index: number): void {
    this.pause()
    this.#seek(index)
  }

  goToTick(tick: number): void {
    if (this.#state) this.goTo(indexOfTick(this.#state.steps, tick))
  }

  step(by: number): void {
    if (this.#state) this.goTo(this.#state.wanted + by)
  }

  play(): void {
    const state = this.#state
    if (!state || state.isPlaying || state.steps.length === 0) return
    this.#set({ isPlaying: true })
    if (state.wanted >= state.steps.length - 1) this.#seek(0)
    this.#schedule()
  }

  pause(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    if (this.#state?.isPlaying) this.#set({ isPlaying: false })
  }

  #schedule(): void {
    const { steps, wanted } = this.#state!
    const step = steps[wanted]
    const wait = (step ? this.pace(step) : PACE_MS) / this.speed
    this.#stopTimer = this.#clock.after(wait, () => {
      if (wanted >= steps.length - 1) return this.pause()
      this.#seek(wanted + 1)
      this.#schedule()
    })
  }

  #seek(index: number): void {
    if (!this.#state) return
    this.#set({ wanted: clamp(index, this.#state.steps.length) })
    if (!this.#asking) void this.#fetch()
  }

  async #fetch(): Promise<void> {
    this.#asking = true
    try {
      while (this.#state && this.#state.index !== this.#state.wanted) {
        const { timeline, steps, wanted: index } = this.#state
        const frame = await this.#client.ask('seek', { branch: timeline.branch, tick: tickOf(steps, index, timeline) })
        // Another run was opened meanwhile: its own frame is there already.
        if (this.#state.timeline === timeline) this.#set({ index, frame })
      }
    } finally {
      this.#asking = false
    }
  }

  #set(more: Partial<PlayerState>): void {
    this.#state = { ...this.#state!, ...more }
    this.#changed()
  }
}

const clamp = (index: number, length: number): number => Math.max(0, Math.min(index, length - 1))

const tickOf = (steps: readonly Step[], index: number, timeline: Timeline): number =>
  steps[index]?.event.tick ?? timeline.end.tick
