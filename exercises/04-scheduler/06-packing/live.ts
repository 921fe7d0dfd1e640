/** The learner's plugin in a living cluster, with API server and etcd: the first of a workload's Pods come, run and go. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  READY_MICROS,
  runWatched,
  schedulerWithScore,
  scoreOptions,
  seenBy,
  tell,
  type ScoringScheduler,
  type Trial,
} from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { say } from './texts.ts'
import type { Workload } from './workload.ts'

const NODES_AT_MICROS = READY_MICROS + 200_000
const PODS_MAX = 16
/** Arrivals follow each other so much faster than in the arena. */
const HASTE = 10
const CALM_MICROS = 30_000_000

/** Of a trial whose world has been built. */
const scorings = new WeakMap<Trial<any>, ScoringScheduler>()

export function liveWorld({ nodes, arrivals }: Workload, trial: Trial<any>) {
  const scoring = schedulerWithScore(trial, { isReplayed: true })
  scorings.set(trial, scoring)
  const components = { 'kube-scheduler': scoring.component }
  const world = apiWorld({ seed: trial.seed, components, watched: ['pods'], pretend: {} })
  const options = { ...scoreOptions(), servers: [API_SERVER] }
  addOn(world, 'cp-1', 'kube-scheduler', options, { startAtMicros: READY_MICROS })
  for (const object of nodes) tell(world, NODES_AT_MICROS, { do: 'create', object })
  for (const { atMicros, pod } of comingIn(arrivals)) tell(world, atMicros, { do: 'create', object: fresh(pod) })
  return world
}

const comingIn = (arrivals: Workload['arrivals']) =>
  arrivals
    .slice(0, PODS_MAX)
    .map(({ atMicros, ...rest }) => ({ ...rest, atMicros: READY_MICROS * 2 + Math.round(atMicros / HASTE) }))

/** As somebody creates it: what the server fills in is not there yet. */
function fresh({ metadata, ...rest }: Pod): Pod {
  const { uid: _, ...own } = metadata
  return { ...rest, metadata: own }
}

export function runLive(trial: Trial<Workload>, { arrivals }: Workload): void {
  const world = trial.world()
  const last = Math.max(...comingIn(arrivals).map(({ atMicros }) => atMicros))
  runWatched(world, { untilMicros: last + CALM_MICROS }, () => {
    const words = scorings.get(trial)!.refused()
    if (words !== undefined)
      trial.fail({ message: say('refused', { words }), expected: '0 … 100', actual: words, hint: 'range' })
  })
  if (trial.trap) return
  const waiting = [...seenBy<Pod>(world, 'pods').values()].find(({ spec }) => spec.nodeName === undefined)
  if (waiting)
    trial.fail({
      message: say('pending', { pod: waiting.metadata.name }),
      expected: say('pending-expected'),
      actual: 'Pending',
      object: { kind: 'Pod', namespace: 'default', name: waiting.metadata.name },
    })
}
