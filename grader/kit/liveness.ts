/**
 * Liveness: things go wrong for a while, and the rules hold throughout; then nothing goes wrong any more, and everything must
 * come right within a bound of virtual time, and stay so.
 *
 * A safety rule asks that nothing bad happens; code that does nothing keeps every one of them. This asks for the good thing.
 * The world must have a witness (`apiWorld`), by whose news it is looked whether all is right.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { Said, Sayable } from '../verdict/said.ts'
import type { Check, PropertySpec, WorldBuilder } from './checks.ts'
import { property } from './checks.ts'
import type { Finding } from './stop.ts'
import type { Trial } from './trial.ts'
import { type Change, runWatched } from './witness.ts'

export interface LivenessSpec<Plan> extends Omit<PropertySpec<Plan>, 'run' | 'world'> {
  readonly world: WorldBuilder<Plan>
  /** From then on nothing goes wrong any more. */
  quietAtMicros(plan: Plan): Micros
  /** So long after that it may take. */
  readonly withinMicros: Micros
  /** It must stay right for so long. Default 2 s. */
  readonly steadyMicros?: Micros
  /** Holds the rules that hold at all times against a change. */
  observe?(trial: Trial<Plan>, change: Change, world: World): void
  /** The first thing that is not as it should be. */
  unsettled(world: World, plan: Plan): Unsettled | undefined
}

export type Unsettled = Pick<Finding, 'expected' | 'actual' | 'object' | 'hint'> & {
  /** What has not come right, as a clause: `greeting is not there`. */
  readonly what: Sayable
}

const STEADY_MICROS: Micros = 2_000_000
/** A world that does so much without coming right will not. */
const EVENTS_MAX = 400_000

export function liveness<Plan>(name: string, spec: LivenessSpec<Plan>): Check {
  const run = (trial: Trial<Plan>, plan: Plan): void => comeRight(trial, plan, spec)
  return { ...property<Plan>(name, { ...spec, run }), kind: 'liveness' }
}

function comeRight<Plan>(trial: Trial<Plan>, plan: Plan, spec: LivenessSpec<Plan>): void {
  const { withinMicros, steadyMicros = STEADY_MICROS, unsettled, observe } = spec
  const world = trial.world(plan)
  const quietAt = spec.quietAtMicros(plan)
  let [isStale, last]: [boolean, { change: Change; at: Micros } | undefined] = [true, undefined]
  const run = (untilMicros: Micros, until?: () => boolean) =>
    runWatched(world, { untilMicros, maxEvents: EVENTS_MAX, ...(until && { until }) }, (change) => {
      isStale = true
      last = { change, at: world.now }
      observe?.(trial, change, world)
    })
  const isRight = (): boolean => {
    if (!isStale) return false
    isStale = false
    return unsettled(world, plan) === undefined
  }
  run(quietAt)
  for (;;) {
    isStale = true
    if (unsettled(world, plan) !== undefined && run(quietAt + withinMicros, isRight) !== 'condition') break
    if (world.now > quietAt + withinMicros) break
    run(world.now + steadyMicros)
    if (unsettled(world, plan) === undefined) return
  }
  const open = unsettled(world, plan) ?? { what: { key: 'grader.liveness.restless' } }
  const { what, ...finding } = open
  const seconds = Math.round((world.now - quietAt) / 1e6)
  const progress = inWords(last)
  trial.fail({ message: { key: 'grader.liveness.not-yet', params: { seconds, what, progress } }, ...finding })
}

function inWords(last: { change: Change; at: Micros } | undefined): Said {
  if (!last) return { key: 'grader.liveness.nothing' }
  const { object, type } = last.change
  const params = { at: (last.at / 1e6).toFixed(2), kind: object.kind, name: object.metadata.name }
  return { key: `grader.liveness.last-${type}`, params }
}
