/**
 * Runs with a fault that go on from the run without one. Until the fault strikes the two are the same run, event by event, so it is
 * run once: on the way it leaves standpoints, forks of the world and of all that hangs on it, and each fault goes on from
 * the last standpoint before it strikes.
 *
 * What the real one does: record-and-replay debuggers and model checkers fork a process to try what else could have followed.
 * What we model: a fault that a process is told in its options, or that is done to the world at a time. Whether it has struck is
 * read from the state of the process: how many calls it has made, how much news it has heard.
 * What we leave out: faults that change something from the start, such as a cache that is listed more often: they run whole.
 * Where to read upstream: rr's checkpoints; SPIN and CHESS on stateful and stateless search.
 */
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { RunEnd, World } from '#cluster/kernel/world.ts'
import { type ControllerFault, faultOptions } from './controller-faults.ts'
import type { Strike } from './learner-controller-options.ts'
import type { ControllerState } from './learner-controller.ts'
import type { Trial } from './trial.ts'
import { type Change, runWatched } from './witness.ts'

/** Of faults of a matrix. */
export function strikeOf(process: ProcessId, found: readonly ControllerFault[]): Strike {
  const times = found.flatMap((one) => {
    if (one.class === 'refused') return one.touched ? [one.touched.atMicros] : []
    return 'atMicros' in one ? [one.atMicros] : []
  })
  return { process, options: faultOptions(found), ...(times.length > 0 && { atMicros: Math.min(...times) }) }
}

/** Whether, in a run without it, the fault would have changed anything by now. */
export function hasStruck(world: World, { process, options, atMicros = Infinity }: Strike): boolean {
  if (world.now >= atMicros) return true
  const { crash, refuse = [], lose = [], news, ...others } = options
  if (Object.keys(others).length > 0 || news?.do === 'miss') return true
  const found = world.process(process)
  // Before it has started there is nothing that could be struck.
  if (!found || found.incarnation === 0) return false
  const outer = found.state as { inner?: ControllerState; heard?: number } | ControllerState
  const heard = 'heard' in outer ? (outer.heard ?? 0) : 0
  const { calls, counts } = 'inner' in outer && outer.inner ? outer.inner : (outer as ControllerState)
  const made = ({ verb, resource }: { verb: string; resource: string }): number =>
    counts.get(`${verb}/${resource}`) ?? 0
  return (
    (crash !== undefined && calls >= crash.call) ||
    refuse.some((rule) => made(rule) >= rule.from) ||
    lose.some((rule) => made(rule) >= rule.nth) ||
    (news !== undefined && heard >= news.nth)
  )
}

/** What holds the rules against a run. */
interface Observer<Judge> {
  observe(change: Change): void
  fork(world: World): Judge
}

export interface Standing<Judge> {
  readonly world: World
  readonly judge: Judge
}

/** Where a trial begins: at the beginning, or where it goes on from. There `goOn` makes the judge, and does to the world what is done. */
export function standing<Judge>(
  trial: Trial<any>,
  begin: (world: World) => Judge,
  goOn: (judge: Judge, world: World) => Judge,
): Standing<Judge> {
  const kept = trial.resumed as Standing<Judge> | undefined
  if (!kept) {
    const world = trial.world()
    return { world, judge: begin(world) }
  }
  const world = kept.world.fork()
  trial.goOnIn(world)
  return { world, judge: goOn(kept.judge, world) }
}

/** Each is a copy of a guest's memory: not after every event. */
const EVENTS_APART = 50

/** Runs to that time, and leaves standpoints on the way where others will go on from there. */
export function runLeaving<Judge extends Observer<Judge>>(
  trial: Trial<any>,
  { world, judge }: Standing<Judge>,
  { untilMicros, maxEvents }: { readonly untilMicros: Micros; readonly maxEvents: number },
): RunEnd {
  const observe = (change: Change): void => judge.observe(change)
  if (!trial.isLeaving) return runWatched(world, { untilMicros, maxEvents }, observe)
  for (let left = maxEvents; left > 0; left -= EVENTS_APART) {
    const twin = world.fork()
    trial.leave({ world: twin, judge: judge.fork(twin) } satisfies Standing<Judge>)
    const end = runWatched(world, { untilMicros, maxEvents: EVENTS_APART }, observe)
    if (end !== 'events') return end
  }
  return 'events'
}
