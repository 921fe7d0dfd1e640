/**
 * A world that goes on: virtual time passes as fast as somebody wants, lines are typed and things broken meanwhile, and any
 * earlier moment can be looked at. Whoever goes on from an earlier moment leaves what came after it behind.
 *
 * No page in here: time comes from a clock that is handed in, so that tests drive it by hand.
 */
import type { TranscriptEntry } from '#cluster/kubectl/kubectl.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import { sentenceOf } from '../figures/kit/sentences.ts'
import { type Step, indexOfTick } from '../figures/kit/steps.ts'
import type { Frame } from '../simulation/protocol.ts'
import type { WorkerClient } from '../simulation/simulation-client.ts'
import type { PlaygroundRequests, Progress } from './protocol.ts'
import type { Fault, Setup, Story } from './story.ts'

export interface LiveClock {
  /** Milliseconds, from whenever. */
  now(): number
  /** Calls back after so many milliseconds unless cancelled by the function it returns. */
  after(milliseconds: number, run: () => void): () => void
}

export interface LiveState {
  readonly setup: Setup
  /** Virtual time that has been reached. */
  readonly at: Micros
  /** The time that is being caught up with, while a story is opened. */
  readonly opening: Micros | undefined
  readonly steps: readonly Step[]
  /** The step that is looked at; undefined: now. */
  readonly past: number | undefined
  /** What is shown: now, or the step that is looked at. */
  readonly frame: Frame
  readonly isPlaying: boolean
  /** Seconds of virtual time for each second. */
  readonly speed: number
  /** What kubectl was told, and what it printed, by call. */
  readonly calls: ReadonlyMap<number, TranscriptEntry>
  /** kubectl, or what was broken a moment ago, gets its time even while the clock stands still: up to here. */
  readonly hurriesTo: Micros
  /** The world has become too long to go on. */
  readonly isFull: boolean
  readonly trouble: string | undefined
}

export const SPEEDS = [1, 10, 60, 600] as const

/** How often a running world is asked for what is new. */
const TURN_MS = 80
/** Events of one call: a bit of work between two pictures. */
const TURN_EVENTS = 4_000
/** A machine that slept does not make up for it. */
const STRETCH_MS_MAX = 400
/** Virtual time between two looks while the clock stands still and somebody waits for kubectl. */
const HURRY_MICROS = 100_000
/** kubectl gets so much time to end, and what was broken so much to show. */
const TYPING_MICROS = 60_000_000
const AFTERMATH_MICROS = 300_000
/** Steps that are kept to go back to. */
const STEPS_MAX = 4_000

export class Live {
  #client: WorkerClient<PlaygroundRequests>
  #clock: LiveClock
  #changed: () => void
  #state: LiveState | undefined
  #stop: (() => void) | undefined
  #isAsking = false
  #last = 0
  /** Which story is open: what belongs to an earlier one is dropped. */
  #generation = 0

  constructor(client: WorkerClient<PlaygroundRequests>, clock: LiveClock, changed: () => void) {
    this.#client = client
    this.#clock = clock
    this.#changed = changed
  }

  get state(): LiveState | undefined {
    return this.#state
  }

  async open(story: Story, isPlaying = true): Promise<void> {
    this.#generation += 1
    this.#stop?.()
    this.#stop = undefined
    const { speed = 1 } = this.#state ?? {}
    await this.#client.ask('open', story)
    const { frame } = await this.#client.ask('run', { untilMicros: 0, maxEvents: 1 })
    this.#state = {
      setup: story.setup,
      at: 0,
      opening: story.until,
      steps: [],
      past: undefined,
      frame,
      isPlaying,
      speed,
      calls: new Map(),
      hurriesTo: 0,
      isFull: false,
      trouble: undefined,
    }
    this.#changed()
    this.#schedule(0)
  }

  /** Types a line for kubectl. Time goes on until it has been answered, even where it stood still. */
  async type(line: string, files: Readonly<Record<string, string>>): Promise<number> {
    await this.#toNow()
    const { id } = await this.#client.ask('type', { line, files })
    this.#hurry(TYPING_MICROS)
    return id
  }

  async interrupt(): Promise<void> {
    await this.#client.ask('interrupt', undefined)
    this.#hurry(AFTERMATH_MICROS)
  }

  async breakIt(fault: Fault): Promise<void> {
    await this.#toNow()
    await this.#client.ask('fault', fault)
    // Where time stands still, what it does first shows all the same.
    this.#hurry(AFTERMATH_MICROS)
  }

  play(): void {
    if (!this.#state || this.#state.isPlaying) return
    this.#last = this.#clock.now()
    this.#set({ isPlaying: true, past: undefined })
    this.#schedule(0)
  }

  pause(): void {
    if (this.#state) this.#set({ isPlaying: false, hurriesTo: 0 })
  }

  setSpeed(speed: number): void {
    if (this.#state) this.#set({ speed })
  }

  /** Looks at a step; time stands still meanwhile. */
  async look(index: number): Promise<void> {
    if (!this.#state || this.#state.steps.length === 0) return
    this.pause()
    const past = Math.max(0, Math.min(index, this.#state.steps.length - 1))
    this.#set({ past })
    const generation = this.#generation
    const frame = await this.#client.ask('seek', { tick: this.#state.steps[past]!.event.tick })
    if (generation === this.#generation && this.#state?.past === past) this.#set({ frame })
  }

  lookAtTick(tick: number): Promise<void> {
    return this.look(indexOfTick(this.#state?.steps ?? [], tick))
  }

  /** Back to the moment that has been reached. */
  async now(): Promise<void> {
    await this.#toNow()
  }

  /** Goes on from the step that is looked at: what was done after it has not happened. */
  async goOnFromHere(): Promise<void> {
    const { past, steps, setup } = this.#state!
    if (past === undefined) return
    const { at } = steps[past]!.event
    const { acts } = await this.#client.ask('story', undefined)
    await this.open({ setup, acts: acts.filter((act) => act.at <= at), until: at }, false)
  }

  async story(): Promise<Story> {
    const { acts, at } = await this.#client.ask('story', undefined)
    const { setup, opening } = this.#state!
    return { setup, acts, until: Math.max(at, opening ?? 0) }
  }

  async #toNow(): Promise<void> {
    if (this.#state?.past === undefined) return
    this.#set({ past: undefined })
    await this.#turn(0)
  }

  #hurry(micros: Micros): void {
    this.#set({ hurriesTo: this.#state!.at + micros })
    this.#schedule(0)
  }

  #schedule(milliseconds: number): void {
    this.#stop?.()
    this.#stop = this.#clock.after(milliseconds, () => void this.#go())
  }

  async #go(): Promise<void> {
    const state = this.#state
    if (!state || this.#isAsking) return
    const now = this.#clock.now()
    const passed = Math.min(STRETCH_MS_MAX, Math.max(0, now - this.#last))
    this.#last = now
    const { opening, isPlaying, hurriesTo, speed, past, at } = state
    const hurries = at < hurriesTo
    if (opening === undefined && past !== undefined) return
    if (opening === undefined && !isPlaying && !hurries) return
    const stretch = isPlaying ? Math.round(passed * 1_000 * speed) : HURRY_MICROS
    await this.#turn(opening === undefined ? stretch : opening - at)
    if (this.#state) this.#schedule(this.#state.opening === undefined ? TURN_MS : 0)
  }

  async #turn(micros: Micros): Promise<void> {
    const generation = this.#generation
    const state = this.#state!
    this.#isAsking = true
    try {
      const progress = await this.#client.ask('run', { untilMicros: state.at + micros, maxEvents: TURN_EVENTS })
      if (generation === this.#generation) this.#take(progress)
    } catch (error) {
      if (generation === this.#generation)
        this.#set({ isPlaying: false, opening: undefined, hurriesTo: 0, trouble: messageOf(error) })
    } finally {
      this.#isAsking = false
    }
  }

  #take({ at, isBehind, isFull, events, typed, frame }: Progress): void {
    const state = this.#state!
    const calls = new Map(state.calls)
    for (const entry of typed) calls.set(entry.id, entry)
    const steps = [...state.steps, ...stepsOf(events)].slice(-STEPS_MAX)
    // kubectl has ended: the clock stands still again, but for what follows at once.
    const isRunning = [...calls.values()].some(({ exitCode }) => exitCode === undefined)
    const hurriesTo = isRunning ? state.hurriesTo : Math.min(state.hurriesTo, at + AFTERMATH_MICROS)
    const isOpen = isFull || state.opening === undefined || (at >= state.opening && !isBehind)
    this.#set({
      at,
      steps,
      calls,
      hurriesTo: isFull ? 0 : typed.length > 0 ? hurriesTo : state.hurriesTo,
      isFull,
      ...(isFull && { isPlaying: false }),
      opening: isOpen ? undefined : state.opening,
      ...(state.past === undefined && { frame }),
    })
  }

  #set(more: Partial<LiveState>): void {
    if (!this.#state) return
    this.#state = { ...this.#state, ...more }
    this.#changed()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What is told of a world that goes on: what is asked, decided and done. Answers show in what follows them. */
const TOLD = new Set<Described['kind']>(['command', 'request', 'watch', 'cri', 'cni', 'decision', 'start', 'exit', 'lost', 'fault']) // prettier-ignore

/** Members of etcd speak with each other all the time. */
const isAmongMembers = ({ from, to }: Described): boolean => from?.endsWith('/etcd') === true && to.endsWith('/etcd')

/** That somebody may do what they ask shows in what follows. */
const isPermission = ({ kind, to }: Described): boolean => kind === 'decision' && to.endsWith('/kube-apiserver')

function stepsOf(events: readonly Described[]): readonly Step[] {
  return events
    .filter((event) => (event.failed || TOLD.has(event.kind)) && !isAmongMembers(event) && !isPermission(event))
    .map((event) => {
      const isMajor = event.failed || event.kind === 'command' || event.kind === 'fault'
      return { event, part: 0, sentence: sentenceOf(event), isMajor }
    })
}
