/**
 * Two changes close together, in every order in which the news, the answers and the changes can reach the controller, and with
 * a death at any point: no node runs anything, so that little happens, and all of it matters.
 */
import {
  exploration,
  type ExploredPlan,
  playTurns,
  seenBy,
  type Trial,
  type TurnsSpec,
  turnsWorld,
  type World,
} from 'clusterwright/kit'
import { Judge } from './judge.ts'
import { disturb, web } from './plans.ts'
import { comeRight } from './run.ts'
import { tell, wordsFor } from './tell.ts'
import { type Act, carryOut, CONTROLLER_PROCESS, type Plan, replicaSetWorld, START_MICROS } from './world.ts'

interface TurnsPlan extends Plan {
  /** What happens besides, one after the other. */
  readonly acts: readonly Act[]
  readonly mayDie?: true
  /** The changes come one right after the other; otherwise each has its effect first, unless chosen otherwise. */
  readonly atOnce?: true
}

const scale = (replicas: number): Act => ({ do: 'scale', set: 'web', replicas })
const plan = (replicas: number, acts: readonly Act[], more: Partial<TurnsPlan> = {}): TurnsPlan => ({
  ...{ sets: [web(replicas)], steps: [], faults: {}, acts },
  ...more,
})

const TURNS: readonly TurnsPlan[] = [
  plan(1, [scale(2), disturb('vanish', 0, 0)]),
  plan(1, [scale(2), disturb('vanish', 0, 0)], { atOnce: true }),
  plan(2, [scale(1), scale(2)], { atOnce: true }),
  plan(0, [scale(1), scale(0)], { mayDie: true }),
]

/** By then the first Pods are there and known. */
const AT_REST_MICROS = START_MICROS + 1_000_000

const specOf = (trial: Trial<any>, { acts, mayDie, atOnce, ...rest }: TurnsPlan): Omit<TurnsSpec, 'run'> => ({
  process: CONTROLLER_PROCESS,
  fromMicros: AT_REST_MICROS,
  deeds: acts.map((act) => ({ what: wordsFor(act), act: (world, at) => carryOut(world, rest, at, act) })),
  objects: (world) => [...seenBy(world, 'replicasets').values(), ...seenBy(world, 'pods').values()],
  ...(mayDie && { mayDie }),
  ...(atOnce && { deedsFirst: true }),
})

const inTurns = (one: TurnsPlan, trial: Trial<any>): World => replicaSetWorld(one, trial, { inTurns: true })

const worldInTurns = ({ plan: one, choices }: ExploredPlan<TurnsPlan>, trial: Trial<any>): World =>
  turnsWorld(
    trial,
    choices,
    () => inTurns(one, trial),
    () => specOf(trial, one),
  )

function playInTurns(trial: Trial<any>, one: TurnsPlan): void {
  const judged = { ...one, steps: one.acts.map((act) => ({ atMs: 0, act })) }
  const played = playTurns(trial, specOf(trial, one), (begun) => new Judge(trial, judged, begun))
  comeRight(trial, one, played, played.world.now)
}

export const turns = exploration('two changes close together, in whatever order their news and answers come', {
  stage: 'late cache',
  hint: 'expectations',
  cases: TURNS,
  bound: { deviations: 1 },
  budget: { schedules: 3000 },
  world: worldInTurns,
  tell: ({ plan }) => tell(plan),
  run: playInTurns,
})
