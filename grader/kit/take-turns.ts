/**
 * A world in turns: between two of them everything settles, and in each one thing happens: one piece of news or one answer
 * reaches the controller, one deed of somebody else's is done, or the controller dies. Which it is, is chosen.
 *
 * So all orders are there that can matter to one controller: requests take effect when they are sent, answers and news come
 * when they are let through, and others act in between. Virtual time is free, hence a turn is long.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { Sayable } from '../verdict/said.ts'
import { Choices } from './choices.ts'
import type { Trial } from './trial.ts'
import { ableToPass, controllerAsText, objectsAsText, type Told } from './turnstile.ts'
import { type Change, runWatched } from './witness.ts'

/** Something that somebody does at the API server. */
export interface TurnDeed {
  readonly what: Sayable
  act(world: World, at: Micros): void
}

export interface TurnsSpec {
  /** A learner's controller behind a `turnstile`. */
  readonly process: ProcessId
  /** When turns begin: by then all is at rest. */
  readonly fromMicros: Micros
  /** Done in this order. */
  readonly deeds: readonly TurnDeed[]
  /** Usually they are done one right after the other; otherwise once nothing waits any more. */
  readonly deedsFirst?: boolean
  /** It may die once, at any turn. */
  readonly mayDie?: boolean
  /** What is there at the API server: with the controller's own, the whole state. */
  objects(world: World): Iterable<KubernetesObject>
  /** Runs the world to that time; the rules are held against all that happens. */
  run(world: World, untilMicros: Micros): void
}

/** Longer than a request and its answer take, a sync of etcd's disk included. */
const TURN_MICROS: Micros = 25_000
/** Nothing has waited for so many turns: whatever retries at once has done so. */
const IDLE_TURNS = 4
const TURNS_MAX = 400

/** Where between two turns it is. */
interface Place {
  at: Micros
  turn: number
  done: number
  died: boolean
  idle: number
}

/** What holds the rules against a run; a twin goes on in a world that is a fork of its own. */
export interface ForkingJudge<Judge> {
  observe(change: Change): void
  fork(world: World): Judge
}

/** A run that is kept before a choice. */
interface Kept<Judge> {
  readonly world: World
  readonly judge: Judge
  readonly place: Readonly<Place>
}

/** More in one turn is a controller that does not come to rest. */
const TURN_EVENTS_MAX = 10_000

/**
 * Plays the turns of a trial that explores. Where the exploration goes on from a run that was kept, the world and the judge are
 * forks of that run's, and the turns before are not taken again.
 */
export function playTurns<Judge extends ForkingJudge<Judge>>(
  trial: Trial<any>,
  spec: Omit<TurnsSpec, 'run'>,
  judgeOf: (world: World) => Judge,
): { readonly world: World; readonly judge: Judge } {
  const kept = trial.resumed as Kept<Judge> | undefined
  const world = kept ? kept.world.fork() : trial.world()
  if (kept) trial.goOnIn(world)
  const judge = kept ? kept.judge.fork(world) : judgeOf(world)
  const run = (_: World, untilMicros: Micros): void =>
    void runWatched(world, { untilMicros, maxEvents: TURN_EVENTS_MAX }, (change) => judge.observe(change))
  const keep = (place: Place): Kept<Judge> => {
    const twin = world.fork()
    return { world: twin, judge: judge.fork(twin), place: { ...place } }
  }
  takeTurns(trial, world, { ...spec, run }, { from: kept?.place, keep })
  return { world, judge }
}

interface TurnsMore {
  /** Worlds to which the same is done. */
  readonly also?: readonly World[]
  /** Before the choice of that turn. */
  readonly from?: Readonly<Place> | undefined
  readonly keep?: (place: Place) => unknown
}

/** Takes turns until nothing is left to do, and opens the turnstile. */
function takeTurns(trial: Trial<any>, world: World, spec: TurnsSpec, { also = [], from, keep }: TurnsMore = {}): void {
  const { process, deeds, run } = spec
  const each = (act: (one: World) => void): void => [world, ...also].forEach(act)
  const tellIt = (at: Micros, what: Told['do']): void => {
    const body: Told = { type: 'turnstile', do: what }
    each((one) => one.command(at, { type: 'tell', process, body }))
  }
  const place: Place = { ...(from ?? { at: spec.fromMicros, turn: 0, done: 0, died: false, idle: 0 }) }
  if (!from) tellIt(place.at, 'shut')
  let isThere = from !== undefined
  for (; place.turn < TURNS_MAX && place.idle < IDLE_TURNS; place.turn++) {
    if (!isThere) {
      place.at += TURN_MICROS
      run(world, place.at - 1)
    }
    isThere = false
    const { at } = place
    const isUp = world.process(process)!.up
    const news = ableToPass(world, process)
    const deed = deeds[place.done]
    const options = deed ? [...news, deed.what] : [...news]
    const isAble = options.length > 0
    if (isAble && isUp && spec.mayDie && !place.died) options.push({ key: 'grader.dies', params: { who: process } })
    place.idle = isAble || !isUp ? 0 : place.idle + 1
    if (!isAble) continue
    const state = (): string =>
      [place.done, place.died, controllerAsText(world, process), objectsAsText(spec.objects(world))].join('\n')
    // With deeds first, the deed is option 0 and all others move up by one.
    const shift = spec.deedsFirst && deed ? news.length : 0
    const inOrder = [...options.slice(shift, shift + 1), ...options.slice(0, shift), ...options.slice(shift + 1)]
    const chosen = options.length === 1 ? 0 : trial.choose(inOrder, state, keep && (() => keep(place)))
    const pick = options.indexOf(inOrder[chosen]!)
    if (pick < news.length) tellIt(at, pick)
    else if (deed && pick === news.length) {
      each((one) => deed.act(one, at))
      place.done++
    } else {
      each((one) => one.command(at, { type: 'crash', process }))
      place.died = true
    }
  }
  tellIt(place.at + TURN_MICROS, 'open')
}

/**
 * The world of an exploration as `world` of its check. Where it is explored, whoever runs it takes the turns; where it is
 * only to be looked at again, the turns are found in a run beforehand, and put into its queue.
 */
export function turnsWorld(
  trial: Trial<any>,
  choices: readonly number[],
  build: () => World,
  specOf: () => Omit<TurnsSpec, 'run'>,
): World {
  const world = build()
  if (trial.choices) return world
  trial.choices = new Choices(choices)
  const run = (dry: World, untilMicros: Micros): void => void dry.run({ untilMicros })
  takeTurns(trial, build(), { ...specOf(), run }, { also: [world] })
  return world
}
