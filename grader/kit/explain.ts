/**
 * Tells a failure: runs the (shrunk) case once more with its story recorded, and once without its faults, and says what tells
 * the two apart. Both runs cost fuel, which is counted like all other.
 */
import type { Divergence, Story } from '../verdict/verdict.ts'
import { canonicalJson } from '../verdict/canonical.ts'
import { type Bench, type Ending, endingOf, isSameKind, newTrial, playCase, ranOut } from './attempt.ts'
import type { Check, FaultPlan } from './checks.ts'
import { type Apart, apart, CALM_FAILS, inWords, type Recorded } from './divergence.ts'
import { Violation } from './stop.ts'
import type { StoryRecorder } from './story-recorder.ts'
import { storyOf } from './tell-story.ts'
import type { Trial } from './trial.ts'
import { runWatched, WITNESS } from './witness.ts'

export interface Explained {
  readonly story?: Story
  readonly divergence?: Divergence
  /** The run with all its events, for those who show more of it than a verdict does. */
  readonly recorded?: Recorded
  readonly apart?: Apart
  /** The object of the broken rule, as the recorder names it. */
  readonly about?: string
  /** How it ended this time: as before, or the run is not the same. */
  readonly ending?: Ending | undefined
  readonly fuel: number
}

/** Virtual time that is told beyond the failure, so that one sees what came too late. */
const AFTERMATH_MICROS = 5_000_000
/** A run that is calm by then has some hundred events left; who makes Pods without end would make them for seconds. */
const AFTERMATH_EVENTS_MAX = 2_000

/** `thrown`: how it has ended before, where that is known; a run that ends otherwise is not told. */
export function explain(check: Check, bench: Bench, seed: number, plan: unknown, thrown?: unknown): Explained {
  if (ranOut(thrown)) return { fuel: 0 }
  const again = newTrial(check, bench, seed, plan, true)
  const act = (trial: Trial) => playCase(check, trial, plan)
  const ending = endingOf(again, plan, act, aftermath)
  const object = ending?.thrown instanceof Violation ? ending.thrown.finding.object : undefined
  const about = object && again.story!.named(object)
  const recorded = { events: again.story!.events, brokenAt: endOf(again.story!, about) }
  const base = { recorded, ending, ...(about !== undefined && { about }) }
  if (!ending || (thrown !== undefined && !isSameKind(ending.thrown, thrown))) return { ...base, fuel: again.fuel() }
  const calm = calmRun(check, bench, seed, plan)
  const told = calm?.recorded && apart(recorded, calm.recorded, about)
  const divergence = told ? inWords(told, recorded) : calm && CALM_FAILS
  const story = storyOf(recorded, { apart: told, about })
  return {
    ...base,
    ...(told && { apart: told }),
    ...(divergence && { divergence }),
    ...(story && { story }),
    fuel: again.fuel() + (calm?.fuel ?? 0),
  }
}

/** A check hears of a change a moment after it was made; what was done in between is no part of the story. */
const HEARD_WITHIN_MICROS = 2_000

function endOf({ events, brokenAt = events.length }: StoryRecorder, about: string | undefined): number {
  const last = events[brokenAt - 1]
  const change = events.slice(0, brokenAt).findLastIndex((event) => event.deed === 'change' && event.about === about)
  if (!last || change < 0 || last.atMicros - events[change]!.atMicros > HEARD_WITHIN_MICROS) return brokenAt
  return change + 1
}

/** Lets a world go on a little, for news that was on its way. */
function aftermath(trial: Trial): void {
  const { story, built: world } = trial
  if (!story) return
  story.brokenAt = story.events.length
  if (!world || world.indexOf(WITNESS) < 0) return
  const limits = { untilMicros: world.now + AFTERMATH_MICROS, maxEvents: AFTERMATH_EVENTS_MAX }
  runWatched(world, limits, () => {})
}

/** Undefined where the check knows no calm weather; without `recorded` where the case fails in it, too. */
function calmRun(check: Check, bench: Bench, seed: number, plan: unknown) {
  const calm = check.calm ? check.calm(plan) : check.faults && { plan: (plan as FaultPlan<unknown, unknown>).plan }
  if (calm === undefined) return undefined
  if (canonicalJson(calm) === canonicalJson(plan)) return { fuel: 0 }
  const trial = newTrial(check, bench, seed, calm, true)
  const ending = endingOf(trial, calm, (fresh) => playCase(check, fresh, calm))
  const { events } = trial.story!
  return { fuel: trial.fuel(), ...(!ending && { recorded: { events, brokenAt: events.length } }) }
}
