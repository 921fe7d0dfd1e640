/** One run that can be looked at anywhere: a history, what was recorded of it, and where it left another run. */
import type { Micros } from '#cluster/kernel/component.ts'
import type { History } from '#cluster/kernel/history.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import type { World } from '#cluster/kernel/world.ts'
import { storeProcess } from '#cluster/scenarios/look.ts'
import type { NoteView, SceneView, Timeline } from './protocol.ts'
import { Recorder } from './recorder.ts'

export interface Run {
  readonly branch: number
  readonly seed: number
  readonly history: History
  readonly recorder: Recorder
  readonly scenes: readonly SceneView[]
  readonly parent: { readonly run: Run; readonly tick: number; readonly at: Micros } | undefined
}

/** The world right after a tick, in this run or in what it shares with the one before. */
export function worldAt(run: Run, tick: number): World {
  if (run.parent && tick < run.parent.tick) return worldAt(run.parent.run, tick)
  return run.history.at(tick)
}

/** Faults behind which the store is looked for. */
const FAULTS_MAX = 8

const canBeRead = (world: World): boolean => storeProcess(world) !== undefined

/** A world of the run in which the store can be read: this one, or the one before the fault that took the store away. */
export function readable(run: Run, world: World, tick: number): World | undefined {
  if (canBeRead(world)) return world
  const faults = eventsOf(run).filter((event) => event.kind === 'fault' && event.tick <= tick + 1)
  for (const fault of faults.slice(-FAULTS_MAX).reverse()) {
    const before = worldAt(run, fault.tick - 1)
    if (canBeRead(before)) return before
  }
  return undefined
}

export function eventsOf(run: Run): readonly Described[] {
  const { parent, recorder } = run
  if (!parent) return recorder.events
  return [...eventsOf(parent.run).filter(({ tick }) => tick <= parent.tick), ...recorder.events]
}

export function notesOf(run: Run): readonly NoteView[] {
  const { parent, recorder } = run
  if (!parent) return recorder.notes
  return [...notesOf(parent.run).filter(({ tick }) => tick <= parent.tick), ...recorder.notes]
}

export function timelineOf(run: Run): Timeline {
  const { branch, parent, seed, scenes, history } = run
  return {
    branch,
    forked: parent && { branch: parent.run.branch, tick: parent.tick, at: parent.at },
    seed,
    scenes,
    events: eventsOf(run),
    notes: notesOf(run),
    end: { tick: history.head.tick, at: history.head.now },
    hash: history.head.hash(),
  }
}

/** Further back than this nobody asks. */
const CAUSES_MAX = 48

/**
 * The causes of an event, oldest first and ending with the event itself, back to what somebody did from outside.
 *
 * A disk syncs many writes at once, so what etcd tells after a sync is led back to the write that it is about.
 */
export function whyOf(run: Run, tick: number): readonly Described[] {
  const events = eventsOf(run)
  const words = new Map(events.map((event) => [event.tick, event]))
  const chain: Described[] = []
  let at = tick
  while (at > 0 && chain.length < CAUSES_MAX) {
    const event = words.get(at)
    if (event) chain.push(event)
    if (event?.kind === 'command' || event?.kind === 'fault') break
    at = (event && writeBehind(events, event, chain.at(-2))) ?? causeOf(run, at) ?? 0
  }
  return chain.reverse()
}

/** The write that etcd answers, or tells of; what came of it says which, where it tells of several at once. */
function writeBehind(
  events: readonly Described[],
  { tick, from, resource, name: first, kind }: Described,
  effect: Described | undefined,
): number | undefined {
  if (!from?.endsWith('/etcd') || (kind !== 'watch' && kind !== 'response')) return undefined
  const name = kind === 'watch' && effect?.resource === resource ? effect.name : first
  return events.findLast(
    (event) =>
      event.tick < tick &&
      event.kind === 'request' &&
      event.to === from &&
      event.verb.startsWith('txn') &&
      event.resource === resource &&
      event.name === name,
  )?.tick
}

function causeOf(run: Run, tick: number): number | undefined {
  return run.recorder.causeOf(tick) ?? (run.parent ? causeOf(run.parent.run, tick) : undefined)
}

/** Plays a history again from its beginning, so that it can be told in words: for one that was made elsewhere. */
export function recordAgain(history: History): Recorder {
  const world = history.at(0)
  const recorder = new Recorder(world)
  world.run({ maxEvents: history.head.tick - world.tick })
  return recorder
}
