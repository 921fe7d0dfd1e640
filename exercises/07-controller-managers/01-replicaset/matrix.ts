/** A short life, and every class of fault at every place of it where it can strike. */
import {
  CONTROLLER_FAULTS,
  type ControllerFault,
  controllerSites,
  deafMicros,
  endOfFaults,
  faultInWords,
  faultMatrix,
  faultOptions,
  type FaultPlan,
  standing,
  strike,
  strikeOf,
  type Trial,
  type World,
} from 'clusterwright/kit'
import { Judge } from './judge.ts'
import { disturb, step, web } from './plans.ts'
import { comeRight } from './run.ts'
import { tell } from './tell.ts'
import { CONTROLLER, type Plan, replicaSetWorld, START_MICROS } from './world.ts'

const LIFE: Plan = {
  sets: [web(1)],
  steps: [step(2000, { do: 'scale', set: 'web', replicas: 2 }), step(4000, disturb('vanish', 0, 1000))],
  faults: {},
}
const LAST_STEP_MICROS = START_MICROS + 4_001_000

/** The controller has a machine of its own. */
const PROCESS = `cp-2/${CONTROLLER}`

type Both = FaultPlan<Plan, readonly ControllerFault[]>

const withFaults = (plan: Plan, found: readonly ControllerFault[]): Plan => ({
  ...plan,
  faults: { ...plan.faults, ...faultOptions(found) },
  deafMicros: deafMicros(found),
})

const matrixWorld = ({ plan, fault: found = [] }: Both, trial: Trial<any>): World =>
  replicaSetWorld(withFaults(plan, found), trial, { matrix: found })

function playMatrix(trial: Trial<any>, plan: Plan, found: readonly ControllerFault[]): void {
  const judged = withFaults(plan, found)
  const begun = standing(
    trial,
    (world) => new Judge(trial, judged, world),
    (judge, world) => {
      strike(world, PROCESS, found)
      return judge.fork(world, judged)
    },
  )
  comeRight(trial, judged, begun, Math.max(LAST_STEP_MICROS, endOfFaults(found)))
}

/**
 * Answers lost, deaths, and news missed or late have checks of their own, on a longer life; news that comes twice changes
 * nothing in a cache. To a controller 503 is 500, and to die before a call is to die after the one before it.
 */
const CLASSES = (
  [
    'conflict',
    'tooManyRequests',
    'serverError',
    'alreadyExists',
    'watchExpired',
    'listStale',
    'cutOff',
    'paused',
    'serverRestarts',
    'clockJumps',
    'clockDrifts',
  ] as const
).map((name) => CONTROLLER_FAULTS[name])

export const matrix = faultMatrix('whatever goes wrong, and wherever, it comes right', {
  stage: 'faults',
  hint: 'doubt',
  per200: 1,
  classes: CLASSES,
  pairs: 6,
  generate: () => LIFE,
  world: matrixWorld,
  inWords: faultInWords,
  tell,
  sites(trial, plan) {
    playMatrix(trial, plan, [])
    return controllerSites(trial, PROCESS)
  },
  strikes: (found) => strikeOf(PROCESS, found),
  run: playMatrix,
})
