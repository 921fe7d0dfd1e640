/** Plays a learner's example for `replicaset`, and holds what is true at its times against what the example says. */
import { runWatched, type Sayable, seenBy, type Trial, type World } from 'clusterwright/kit'
import type { Pod, ReplicaSet } from 'clusterwright/api'
import { controllerOf, isActive, seconds } from './judge.ts'
import { say } from './tests-texts.ts'
import { NAMESPACE, type Plan, START_MICROS } from './world.ts'

export type Expectation =
  | {
      readonly is: 'set'
      readonly atMs: number
      readonly set: string
      readonly alive?: number
      readonly status?: Readonly<Record<string, number>>
    }
  | {
      readonly is: 'pod'
      readonly atMs: number
      readonly pod: string
      readonly alive?: boolean
      readonly owner?: string | null
    }
  | { readonly is: 'never'; readonly set: string; readonly most: number }
  | { readonly is: 'calls'; readonly created?: number; readonly deleted?: number }

export interface Example {
  readonly plan: Plan
  readonly expect: readonly Expectation[]
}

/** What is expected at one time. */
type Timed = Extract<Expectation, { atMs: number }>

const EVENTS_MAX = 20_000
/** After the last time that an example names it goes on for so long. */
const REST_MICROS = 3_000_000

export function runExample(trial: Trial<any>, { plan, expect }: Example): void {
  const world = trial.world()
  const timed = expect.filter((one): one is Timed => 'atMs' in one).sort((a, b) => a.atMs - b.atMs)
  const times = [...plan.steps.map(({ atMs }) => atMs), ...timed.map(({ atMs }) => atMs)]
  const caps = expect.filter((one) => one.is === 'never')
  /** Pods by UID: a name may come again. */
  const created = new Set<string>()
  const byHand = plan.steps.flatMap(({ act }) => (act.do === 'pod' ? [act.pod.name] : []))
  const run = (untilMicros: number): void => {
    const end = runWatched(world, { untilMicros, maxEvents: EVENTS_MAX }, ({ type, resource, object }) => {
      if (type === 'added' && resource === 'pods' && !byHand.includes(object.metadata.name))
        created.add(object.metadata.uid!)
      for (const cap of caps) holdCap(trial, world, cap)
    })
    if (end !== 'events') return
    const message = say('restless', { time: since(world) })
    trial.fail({ message, expected: say('restless-expected'), actual: say('restless-actual') })
  }
  for (const one of timed) {
    run(START_MICROS + one.atMs * 1000)
    if (one.is === 'set') holdSet(trial, world, one)
    else holdPod(trial, world, one)
  }
  run(START_MICROS + Math.max(...times, 0) * 1000 + REST_MICROS)
  for (const one of expect) if (one.is === 'calls') holdCalls(trial, created.size, one)
}

/** Time as the example counts it. */
const since = ({ now }: World): string => seconds(Math.max(0, now - START_MICROS))

const setNamed = (world: World, name: string): ReplicaSet | undefined =>
  seenBy<ReplicaSet>(world, 'replicasets').get(`${NAMESPACE}/${name}`)

const aliveOf = (world: World, { metadata: { uid } }: ReplicaSet): number =>
  [...seenBy<Pod>(world, 'pods').values()].filter((pod) => isActive(pod) && controllerOf(pod)?.uid === uid).length

function holdCap(trial: Trial<any>, world: World, { set, most }: Extract<Expectation, { is: 'never' }>): void {
  const found = setNamed(world, set)
  const count = found === undefined ? 0 : aliveOf(world, found)
  if (count <= most) return
  const message = say('too-many', { time: since(world), set })
  trial.fail({ message, expected: say('never', { most }), actual: say('alive', { count }) })
}

function holdSet(trial: Trial<any>, world: World, { set, alive, status }: Extract<Timed, { is: 'set' }>): void {
  const found = setNamed(world, set)
  const message = say('other-set', { time: since(world), set })
  if (alive !== undefined) {
    const count = found && aliveOf(world, found)
    const actual = count === undefined ? say('set-gone', { set }) : say('alive', { count })
    if (count !== alive) trial.fail({ message, expected: say('alive', { count: alive }), actual })
  }
  if (status === undefined) return
  const given: object = found?.status ?? {}
  const actual = Object.fromEntries(Object.keys(status).map((field) => [field, given[field as keyof object] ?? 0]))
  if (found) return trial.equal(actual, status, message)
  trial.fail({ message, expected: JSON.stringify(status), actual: say('set-gone', { set }) })
}

function holdPod(trial: Trial<any>, world: World, { pod, alive, owner }: Extract<Timed, { is: 'pod' }>): void {
  const found = [...seenBy<Pod>(world, 'pods').values()].find(({ metadata }) => metadata.name === pod)
  const message = say('other-pod', { time: since(world), pod })
  const isAlive = found !== undefined && isActive(found)
  const inWords = (holds: boolean): Sayable => say(holds ? 'is-alive' : 'is-gone')
  if (alive !== undefined && alive !== isAlive)
    trial.fail({ message, expected: inWords(alive), actual: inWords(isAlive) })
  if (owner === undefined) return
  const whose = (name: string | null): Sayable =>
    name === null ? say('belongs-to-nobody') : say('belongs-to', { owner: name })
  const actual = found && (controllerOf(found)?.name ?? null)
  if (actual === owner) return
  trial.fail({ message, expected: whose(owner), actual: actual === undefined ? say('is-gone') : whose(actual) })
}

function holdCalls(trial: Trial<any>, seen: number, { created, deleted }: Extract<Expectation, { is: 'calls' }>): void {
  const deletes = trial.controllers[0]!.writes.filter(({ call }) => call.verb === 'delete' && call.resource === 'pods')
  const actual = {
    created: seen,
    deleted: new Set(deletes.map(({ call }) => call.name)).size,
  }
  const expected = { created: created ?? actual.created, deleted: deleted ?? actual.deleted }
  if (actual.created === expected.created && actual.deleted === expected.deleted) return
  trial.fail({ message: say('other-calls'), expected: say('calls', expected), actual: say('calls', actual) })
}
