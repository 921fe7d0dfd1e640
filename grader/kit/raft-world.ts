/**
 * A group of learners' Raft nodes in a simulated network: one machine each, with a disk, ticks of its own, and messages that
 * may be lost, doubled, late or out of order.
 *
 * What the real one does: etcd's `raftNode` loop takes a Ready, writes and syncs, sends, applies, and says `Advance`.
 * What we model: the same, one input at a time: while the disk syncs, what arrives waits. A crash takes the guest with all
 * that it knew and what was not synced; what comes back is a fresh guest with what the disk holds.
 * What we leave out: sending while the disk is still busy; snapshots, so a log is never cut short.
 * Where to read upstream: etcd `server/etcdserver/raft.go` (start); etcd-io/raft `doc.go` (Usage).
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Body, Component, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Link } from '#cluster/kernel/network.ts'
import { World } from '#cluster/kernel/world.ts'
import type { Story, StoryEntry } from '../verdict/verdict.ts'
import { diskOf, recordsOf, type Written } from './raft-disk.ts'
import type { RaftConfig, RaftEntry, RaftHardState, RaftInput, RaftMessage, RaftReady, RaftTurn } from './raft-guest.ts'
import { messageInWords, RaftGuest } from './raft-guest.ts'
import { Crash } from './stop.ts'
import type { Trial } from './trial.ts'

export const TICK_MICROS: Micros = 100_000

export interface RaftGroup {
  /** How many voters, numbered from 1. */
  readonly size: number
  readonly electionTick: number
  readonly heartbeatTick: number
  readonly preVote: boolean
  readonly checkQuorum: boolean
  readonly link: Link
  /** All nodes tick at the same instants; without it each has its own. */
  readonly inStep?: boolean
  /** How long a sync takes. */
  readonly fsyncMicros?: Micros
  /** What the disks hold at first, by node; absent: nothing. */
  readonly disks?: readonly { readonly hardState: RaftHardState; readonly entries: readonly RaftEntry[] }[]
}

/** What is known of a node from outside, as it stands; gone when it dies, but for its disk. */
export interface NodeView {
  readonly id: number
  incarnation: number
  term: number
  vote: number
  commit: number
  lead: number
  raftState: string
  /** Its log, as it has been told to write it. */
  entries: RaftEntry[]
  /** What has been applied since it started. */
  applied: RaftEntry[]
}

/** Somebody who looks at what happens as it happens. */
export interface RaftWitness {
  /** After each input of a node, before anything is written or sent. */
  ready?(node: NodeView, ready: RaftReady, world: RaftWorld): void
  /** When a message leaves: what it promises is durable. */
  sent?(message: RaftMessage, world: RaftWorld): void
  /** When committed entries are applied. */
  applied?(node: NodeView, entries: readonly RaftEntry[], world: RaftWorld): void
  /** When a read may be answered: everything up to its index is applied. */
  read?(node: NodeView, context: string, index: number, world: RaftWorld): void
  started?(node: NodeView, world: RaftWorld): void
}

interface State {
  readonly id: number
  /** What waits for the disk, and what comes after it. */
  busy: boolean
  nextPersist: number
}

interface Told extends Body {
  readonly type: 'Raft' | 'Input'
  readonly message?: RaftMessage
  readonly input?: RaftInput
}

interface Living {
  readonly guest: RaftGuest
  readonly view: NodeView
  readonly waiting: RaftInput[]
  /** Reads that are allowed, but not applied far enough yet. */
  reads: { readonly context: string; readonly index: number }[]
  unfinished: readonly RaftReady[]
}

const STORY_ENTRIES_MAX = 24

export class RaftWorld {
  readonly world: World
  readonly group: RaftGroup
  readonly #trial: Trial<any>
  readonly #witness: RaftWitness
  readonly #living = new Map<number, Living>()
  readonly #incarnations = new Map<number, number>()
  /** What is durable of each log, whether its node is up or not. */
  readonly disks = new Map<number, readonly RaftEntry[]>()
  readonly #lanes = new Map<string, StoryEntry[]>()
  /** Names of proposals and reads that a node would not take. */
  readonly refused = new Set<string>()

  constructor(trial: Trial<any>, group: RaftGroup, witness: RaftWitness = {}) {
    this.#trial = trial
    this.group = group
    this.#witness = witness
    const components = { raft: this.#component() }
    this.world = new World({ seed: trial.seed, components, defaultLink: group.link })
    trial.clock = () => ({ tick: this.world.tick, atMicros: this.world.now })
    for (const id of this.ids) this.disks.set(id, group.disks?.[id - 1]?.entries ?? [])
    for (const id of this.ids) {
      this.world.addMachine(machine(id), { fsyncMicros: group.fsyncMicros ?? 2_000 })
      this.world.addProcess({ machine: machine(id), name: 'raft', component: 'raft', options: { id } })
    }
  }

  get ids(): number[] {
    return Array.from({ length: this.group.size }, (_, index) => index + 1)
  }

  get now(): Micros {
    return this.world.now
  }

  /** A node that is up. */
  node(id: number): NodeView | undefined {
    return this.#living.get(id)?.view
  }

  get nodes(): NodeView[] {
    return [...this.#living.values()].map(({ view }) => view)
  }

  /** Who leads in the newest term in which somebody does; 0: nobody. */
  get leader(): number {
    const leaders = this.nodes.filter(({ raftState }) => raftState === 'StateLeader')
    return leaders.sort((a, b) => b.term - a.term)[0]?.id ?? 0
  }

  // ── doing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs for that long, or until it holds; ends at once where the learner's code breaks down. */
  run(micros: Micros, until?: () => boolean): boolean {
    let held = until?.() ?? false
    if (held) return true
    this.world.run({
      untilMicros: this.world.now + micros,
      until: () => this.#trial.trap !== undefined || (held = until?.() ?? false),
    })
    if (this.#trial.trap) throw new Crash(this.#trial.trap.failure, this.#trial.trap.during)
    return held
  }

  /** Runs until somebody leads and all who are up follow. */
  elect(micros: Micros): number {
    this.run(micros, () => {
      const leader = this.node(this.leader)
      return leader !== undefined && this.nodes.every(({ lead, term }) => lead === leader.id && term === leader.term)
    })
    return this.leader
  }

  command(command: Command, after: Micros = 0): void {
    this.world.command(this.world.now + after, command)
  }

  crash(id: number): void {
    if (!this.#living.has(id)) return
    this.note(id, 'crash', 'bad')
    this.command({ type: 'crash', process: processOf(id) })
    this.run(1)
    this.#bury(id)
  }

  start(id: number): void {
    if (this.#living.has(id)) return
    this.command({ type: 'start', process: processOf(id) })
    this.run(1)
  }

  /** Cuts these off from all others. */
  isolate(...cut: readonly number[]): void {
    const rest = this.ids.filter((id) => !cut.includes(id))
    for (const id of cut) this.note(id, 'cut off', 'bad')
    this.command({ type: 'partition', groups: [cut.map(machine), rest.map(machine)] })
    this.run(1)
  }

  heal(): void {
    for (const id of this.ids) this.note(id, 'the network is whole', 'plain')
    this.command({ type: 'heal' })
    this.run(1)
  }

  block(from: number, to: number): void {
    this.command({ type: 'block', from: machine(from), to: machine(to) })
    this.run(1)
  }

  propose(id: number, data: string): void {
    this.#enter(id, { type: 'propose', data })
  }

  readIndex(id: number, context: string): void {
    this.#enter(id, { type: 'readIndex', context })
  }

  #enter(id: number, input: RaftInput): void {
    const body = { type: 'Input', input } as Told
    this.command({ type: 'tell', process: processOf(id), body })
    this.run(1)
  }

  // ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  note(id: number, label: string, tone: StoryEntry['tone']): void {
    const name = `node ${id}`
    const lane = this.#lanes.get(name) ?? []
    this.#lanes.set(name, lane)
    lane.push({ atMicros: this.world.now, label, tone })
    if (lane.length > STORY_ENTRIES_MAX) lane.shift()
  }

  /** The last of what happened at each node. */
  story(): Story {
    const lanes = this.ids.map((id) => ({ name: `node ${id}`, entries: this.#lanes.get(`node ${id}`) ?? [] }))
    return { lanes: lanes.filter(({ entries }) => entries.length > 0) }
  }

  // ── the process ───────────────────────────────────────────────────────────────────────────────────────────────────

  #component(): Component<State, { id: number }> {
    return {
      name: 'raft',
      init: ({ id }) => ({ id, busy: false, nextPersist: 1 }),
      step: (state, event, ctx) => {
        if (this.#trial.trap) return []
        try {
          return this.#step(state, event, ctx)
        } catch (thrown) {
          if (!(thrown instanceof Crash)) throw thrown
          this.#trial.trap = { failure: thrown.failure, during: thrown.during ?? `node ${state.id}` }
          return []
        }
      },
    }
  }

  #step(state: State, event: Event, ctx: Context): Effect[] {
    const { id } = state
    if (event.type === 'booted') return this.#boot(state, event, ctx)
    const living = this.#living.get(id)
    if (!living) return []
    if (event.type === 'persisted') {
      if (event.id !== state.nextPersist - 1) return []
      state.busy = false
      this.#finish(living)
      return this.#work(state, living)
    }
    const tick: Effect[] = event.type === 'timer' ? [{ type: 'wake', key: 'tick', after: TICK_MICROS }] : []
    if (event.type === 'timer') living.waiting.push({ type: 'tick' })
    if (event.type === 'message') {
      const { message, input } = event.body as Told
      living.waiting.push(input ?? { type: 'step', message: message! })
    }
    return [...tick, ...this.#work(state, living)]
  }

  #boot(state: State, event: Extract<Event, { type: 'booted' }>, ctx: Context): Effect[] {
    const { id } = state
    this.#bury(id)
    const incarnation = (this.#incarnations.get(id) ?? 0) + 1
    this.#incarnations.set(id, incarnation)
    const { electionTick, heartbeatTick, preVote, checkQuorum, inStep } = this.group
    const disk = diskOf(event.disk as Readonly<Record<string, readonly Written[]>>, this.group.disks?.[id - 1])
    this.disks.set(id, disk.entries)
    const settings = { electionTick, heartbeatTick, preVote, checkQuorum }
    const config: RaftConfig = { id, voters: this.ids, ...settings, ...disk }
    const { term, vote, commit } = disk.hardState
    const view: NodeView = {
      ...{ id, incarnation, term, vote, commit, lead: 0, raftState: 'StateFollower' },
      ...{ entries: [...disk.entries], applied: [] },
    }
    state.busy = false
    if (incarnation > 1) this.note(id, `starts again: term ${term}, vote ${vote || 'none'}`, 'plain')
    const guest = new RaftGuest(this.#trial, config, incarnation)
    const living: Living = { guest, view, waiting: [], reads: [], unfinished: [] }
    this.#living.set(id, living)
    this.#witness.started?.(view, this)
    const phase = inStep ? TICK_MICROS : 1 + ctx.random('phase').int(TICK_MICROS)
    return [{ type: 'wake', key: 'tick', after: phase }, ...this.#take(state, living, guest.first)]
  }

  #bury(id: number): void {
    const dead = this.#living.get(id)
    if (!dead) return
    this.#living.delete(id)
    dead.guest.release()
  }

  /** Inputs one after the other, for as long as none has to wait for the disk. */
  #work(state: State, living: Living): Effect[] {
    const effects: Effect[] = []
    while (!state.busy && living.waiting.length > 0) {
      const input = living.waiting.shift()!
      const turn = living.guest.turn(input)
      if (!turn.taken) this.#refuse(input)
      effects.push(...this.#take(state, living, turn.readies))
    }
    return effects
  }

  #refuse(input: RaftInput): void {
    if (input.type === 'propose') this.refused.add(input.data)
    if (input.type === 'readIndex') this.refused.add(input.context)
  }

  /** What is to be done: written first, sent then; applied when all that is durable. */
  #take(state: State, living: Living, readies: RaftTurn['readies']): Effect[] {
    const effects: Effect[] = []
    const { view } = living
    for (const ready of readies) {
      const records = recordsOf(view, ready)
      this.#look(living, ready)
      if (records.length > 0) {
        effects.push({ type: 'append', file: 'wal', records }, { type: 'persist', id: state.nextPersist++ })
        state.busy = true
      }
      for (const message of ready.messages)
        effects.push({ type: 'send', to: processOf(message.to), body: { type: 'Raft', message } as Told })
    }
    living.unfinished = [...living.unfinished, ...readies]
    if (!state.busy) this.#finish(living)
    return effects
  }

  /** Takes over what the node says of itself. */
  #look({ view }: Living, ready: RaftReady): void {
    const { softState, hardState, entries } = ready
    const before = `${view.raftState} ${view.term}`
    Object.assign(view, { ...softState, ...hardState })
    const [first] = entries
    if (first) view.entries = [...view.entries.filter(({ index }) => index < first.index), ...entries]
    if (before !== `${view.raftState} ${view.term}`) {
      const tone = view.raftState === 'StateLeader' ? 'good' : 'plain'
      this.note(view.id, `${view.raftState.slice('State'.length)}, term ${view.term}`, tone)
    }
    this.#witness.ready?.(view, ready, this)
  }

  /** All is durable: messages leave now, and what is committed is applied. */
  #finish(living: Living): void {
    const { view, unfinished } = living
    living.unfinished = []
    this.disks.set(view.id, view.entries)
    for (const ready of unfinished) {
      for (const message of ready.messages) {
        if (!/Heartbeat/.test(message.type)) this.note(view.id, messageInWords(message), 'plain')
        this.#witness.sent?.(message, this)
      }
      if (ready.committedEntries.length > 0) {
        view.applied.push(...ready.committedEntries)
        this.#witness.applied?.(view, ready.committedEntries, this)
      }
      living.reads.push(...ready.readStates)
    }
    const applied = view.applied.at(-1)?.index ?? 0
    const due = living.reads.filter(({ index }) => index <= applied)
    living.reads = living.reads.filter(({ index }) => index > applied)
    for (const { context, index } of due) this.#witness.read?.(view, context, index, this)
  }
}

const machine = (id: number): string => `m-${id}`
const processOf = (id: number): ProcessId => `m-${id}/raft`
