/** Runs a plan: faults and disturbances first, then quiet, in which everything must come right, and stay so. */
import {
  type Finding,
  runLeaving,
  runWatched,
  type Said,
  type Sayable,
  standing,
  type Trial,
  type World,
} from 'clusterwright/kit'
import type { Pod, ReplicaSet } from 'clusterwright/api'
import { controllerOf, isActive, isReady, Judge, seconds } from './judge.ts'
import { say } from './texts.ts'
import { CANARY, NAMESPACE, type Plan, selectorOf, START_MICROS } from './world.ts'

/** Upstream's expectations expire after 5 minutes; whoever waits so long still makes it. */
const PATIENCE_MICROS = 400_000_000
/** It must stay right for so long. */
const STEADY_MICROS = 2_000_000
const EVENTS_MAX = 400_000

interface Standing {
  readonly world: World
  readonly judge: Judge
}

export interface Played extends Standing {
  /** When everything was right for good. */
  readonly convergedAt: number
}

type ObjectRef = NonNullable<Finding['object']>
const refOf = (kind: string, { metadata: { name, namespace } }: Pod | ReplicaSet): ObjectRef => {
  return { kind, ...(namespace && { namespace }), name }
}

/** What is still wrong, as a finding. */
interface Problem {
  readonly message: Sayable
  readonly expected: Sayable
  readonly actual: Sayable
  /** Where it is not there, the check's own hint helps. */
  readonly hint?: string
  readonly object?: ObjectRef
  readonly values?: Finding['values']
}

/** Plays the plan to its end. `withinMicros` after the last step everything must be right. */
export function play(trial: Trial<any>, plan: Plan, withinMicros = PATIENCE_MICROS): Played {
  const begun = standing(
    trial,
    (world) => new Judge(trial, plan, world),
    (judge, world) => judge.fork(world, plan),
  )
  const quietAt = START_MICROS + Math.max(0, ...plan.steps.map(({ atMs }) => atMs)) * 1000 + 1000
  return comeRight(trial, plan, begun, quietAt, withinMicros)
}

/** Runs to `quietAt`, whatever happens until then; from there on it must come right, and stay so. */
export function comeRight(
  trial: Trial<any>,
  plan: Plan,
  begun: Standing,
  quietAt: number,
  withinMicros = PATIENCE_MICROS,
): Played {
  const { world } = begun
  const judge: Judge = begun.judge
  const run = (untilMicros: number, until?: () => boolean) => {
    const maxEvents = EVENTS_MAX
    return runWatched(world, { untilMicros, maxEvents, ...(until && { until }) }, (change) => judge.observe(change))
  }
  runLeaving(trial, begun, { untilMicros: quietAt, maxEvents: EVENTS_MAX })
  const isRight = (): boolean => {
    if (!judge.isStale) return false
    judge.isStale = false
    return problemOf(plan, judge) === undefined
  }
  judge.isStale = true
  for (;;) {
    judge.isStale = true
    const end = run(quietAt + withinMicros, isRight)
    if (end !== 'condition') break
    const convergedAt = world.now
    judge.isStale = false
    run(convergedAt + STEADY_MICROS)
    if (problemOf(plan, judge) === undefined) return { world, judge, convergedAt }
  }
  const { message, expected, actual, ...more } = problemOf(plan, judge) ?? RESTLESS
  const params = { time: seconds(world.now), seconds: Math.round((world.now - quietAt) / 1e6), problem: message }
  judge.fail(say('still-wrong', params), expected, actual, more)
}

const RESTLESS: Problem = {
  message: say('restless'),
  expected: say('restless-expected'),
  actual: say('restless-actual'),
}

/** The first thing that is not yet as it should be. */
function problemOf(plan: Plan, judge: Judge): Problem | undefined {
  const sets = [...judge.sets().values()]
  const dropped = plan.steps.filter(({ act }) => act.do === 'drop').length
  if (sets.length < plan.sets.length - dropped)
    return { message: say('set-missing'), expected: say('there'), actual: say('gone') }
  for (const set of sets) {
    if (set.metadata.deletionTimestamp !== undefined) continue
    const problem = countProblem(set, judge) ?? ownerProblem(plan, set, judge) ?? statusProblem(set, judge)
    if (problem) return problem
  }
  return undefined
}

function countProblem(set: ReplicaSet, judge: Judge): Problem | undefined {
  const active = judge.activeOf(set.metadata.uid!)
  const { replicas = 1 } = set.spec
  if (active.length === replicas) return undefined
  const names = active.map(({ metadata }) => metadata.name).join(', ')
  return {
    message: say('has-but-wants', {
      set: set.metadata.name,
      alive: say('pods-alive', { count: active.length }),
      replicas,
    }),
    expected: say('controlled', { alive: say('pods-alive', { count: replicas }) }),
    actual: `${active.length}${names && ` (${names})`}`,
    object: refOf('ReplicaSet', set),
  }
}

function ownerProblem(plan: Plan, set: ReplicaSet, judge: Judge): Problem | undefined {
  const { name, uid } = set.metadata
  const { app } = selectorOf(plan.sets.find((one) => one.name === name)!).matchLabels!
  const matches = ({ metadata: { labels, namespace } }: Pod) =>
    labels?.['app'] === app && labels?.['track'] !== CANARY && namespace === NAMESPACE
  for (const pod of judge.pods().values()) {
    const owner = controllerOf(pod)
    const problem = (key: 'orphan-selected' | 'still-belongs', expected: Said): Problem => {
      return {
        message: say(key, { pod: pod.metadata.name, set: name }),
        expected,
        actual: owner ? say('belongs-to', { set: owner.name }) : say('is-orphan', { pod: pod.metadata.name }),
        hint: 'owner',
        object: refOf('Pod', pod),
      }
    }
    if (!isActive(pod)) continue
    if (!owner && matches(pod)) return problem('orphan-selected', say('belongs-to', { set: name }))
    if (owner?.uid === uid && !matches(pod)) {
      return problem('still-belongs', say('is-let-go'))
    }
  }
  return undefined
}

function statusProblem(set: ReplicaSet, judge: Judge): Problem | undefined {
  const active = judge.activeOf(set.metadata.uid!)
  const ready = active.filter(isReady).length
  const { replicas, readyReplicas = 0, availableReplicas = 0, observedGeneration } = set.status ?? { replicas: 0 }
  const expected = {
    ...{ replicas: active.length, readyReplicas: ready, availableReplicas: ready },
    observedGeneration: set.metadata.generation,
  }
  const actual: Record<string, number | undefined> = { replicas, readyReplicas, availableReplicas, observedGeneration }
  const wrong = Object.entries(expected).find(([field, value]) => actual[field] !== value)
  if (!wrong) return undefined
  const words = (fields: object) =>
    Object.entries(fields)
      .map(([field, value]) => `${field} ${value}`)
      .join(', ')
  return {
    message: say('status-wrong', { set: set.metadata.name, field: wrong[0] }),
    expected: words(expected),
    actual: words(actual),
    hint: 'status',
    object: refOf('ReplicaSet', set),
    values: { expected: { status: expected }, actual: { status: actual } },
  }
}
