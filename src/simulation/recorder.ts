/**
 * Keeps a run's trace in words. What is background is not kept, but its causes are, so that a chain of causes has no holes.
 */
import { createNarrator, type Narrator, type Started } from '#cluster/scenarios/describe.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { TraceCommand, TraceEvent, TraceSink } from '#cluster/kernel/trace.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { Load } from '#cluster/container-runtime/images/small.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { NoteView } from './protocol.ts'

/** Notes that pictures are drawn from. */
const PICTURED = new Set([
  'scheduling',
  'hop',
  'netfilter',
  'answer',
  'leader',
  // The API server's stages.
  'unauthenticated',
  'impersonation',
  'audit',
  'flow',
  'authorization',
  'admission',
  'webhook',
  'validation',
  'quota',
  // Who answers for a group, and whether they are there.
  'proxied',
  'api-service',
  'nodePressure',
])

export class Recorder implements TraceSink {
  readonly events: Described[] = []
  readonly notes: NoteView[] = []
  #causes: number[] = []
  #firstTick: number
  #world: World
  readonly #narrator: Narrator

  /**
   * Records what this world does from now on.
   * @param before what was recorded of the run that this world leaves: it knows what streams that are open were opened for
   */
  constructor(world: World, before?: Recorder) {
    this.#narrator = createNarrator(before && before.#narrator)
    this.#world = world
    this.#firstTick = world.tick + 1
    world.trace = this
  }

  event(entry: TraceEvent): void {
    const described = this.#narrator.describe(entry, this.#startOf(entry))
    this.#causes[entry.tick - this.#firstTick] = entry.cause
    if (!described.background) this.events.push(described)
    for (const { kind, detail } of entry.notes) {
      if (PICTURED.has(kind)) this.notes.push({ tick: entry.tick, at: entry.at, process: entry.to, kind, detail })
    }
  }

  command({ tick, at, command }: TraceCommand): void {
    if (command.type === 'tell') {
      const { process, body } = command as Extract<Command, { type: 'tell' }>
      return this.#loaded(tick, at, process, body)
    }
    const { type, ...fields } = command as { type: string } & Record<string, unknown>
    // Whole disks are not told.
    const told = Object.values(fields).filter((value) => typeof value !== 'object' || Array.isArray(value))
    const name = told.map(String).join(' ')
    const label = `${type} ${name}`
    // It shows in the first event after it.
    const about = { tick: tick + 1, at, cause: 0, kind: 'fault', label, verb: type, resource: '', name } as const
    const to = String(fields['process'] ?? fields['machine'] ?? '')
    this.events.push({ ...about, from: undefined, to, failed: false, background: false, remark: '' })
  }

  /** What is typed shows in what kubectl does; what is asked of a program shows nowhere else. */
  #loaded(tick: number, at: number, to: string, body: Body): void {
    if (body.type !== 'load') return
    const { memory, cpu } = body as Load
    const amounts = [...(memory === undefined ? [] : [`memory ${Math.round(memory / 1_048_576)}Mi`]), ...(cpu === undefined ? [] : [`cpu ${cpu}m`])] // prettier-ignore
    const name = to.split('_')[1] ?? to
    const label = `load ${name} ${amounts.join(' ')}`
    this.events.push({ tick: tick + 1, at, cause: 0, kind: 'fault', label, verb: 'load', resource: 'pods', name, from: undefined, to, failed: false, background: false, remark: '' }) // prettier-ignore
  }

  /** Tick of the cause of a tick that was recorded here; undefined for others. */
  causeOf(tick: number): number | undefined {
    return this.#causes[tick - this.#firstTick]
  }

  /** Only a process that has just booted is asked about. */
  #startOf({ event, to }: TraceEvent): Started | undefined {
    if (event.type !== 'booted') return undefined
    const process = this.#world.process(to)
    if (!process) return undefined
    const parent = process.parent < 0 ? undefined : this.#world.processes[process.parent]?.id
    return { component: process.spec.component, options: process.spec.options, parent }
  }
}
