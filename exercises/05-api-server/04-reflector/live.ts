/** A reflector against the simulated API server, whose machines and connections fail. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  learnerReflector,
  READY_MICROS,
  type ReflectorReport,
  seenBy,
  show,
  tell,
  type TellLine,
  type Trial,
  type World,
} from 'clusterwright/kit'
import type { KubernetesObject } from 'clusterwright/api'
import { type LiveCase, LIVE_MS } from './cases.ts'
import { keyOf, Model } from './model.ts'
import { say } from './texts.ts'

const RESOURCE = 'configmaps'
const NAMESPACE = 'default'
const MACHINE = 'node-1'
/** Until a silent connection is given up, and what it missed has come. */
const SETTLES_MICROS = 120_000_000

const reports = new WeakMap<Trial<any>, ReflectorReport>()

export function liveWorld({ writes, faults }: LiveCase, trial: Trial<any>): World {
  const report: ReflectorReport = { lives: [], lists: 0, watches: 0 }
  reports.set(trial, report)
  const world = apiWorld({
    seed: trial.seed,
    watched: [RESOURCE],
    components: { reflector: learnerReflector(trial, RESOURCE, report) },
  })
  world.addMachine(MACHINE)
  const process = addOn(world, MACHINE, 'reflector', { servers: [API_SERVER] }, { startAtMicros: READY_MICROS })
  const there = new Set<string>()
  for (const { atMs, do: what, name } of writes) {
    const key = { kind: 'ConfigMap', namespace: NAMESPACE, name }
    const at = atMs * 1000
    if (what === 'delete') {
      if (there.delete(name)) tell(world, at, { do: 'delete', ...key })
    } else if (there.has(name)) tell(world, at, { do: 'patch', ...key, patch: { data: { at: String(atMs) } } })
    else {
      there.add(name)
      const metadata = { namespace: NAMESPACE, name } as KubernetesObject['metadata']
      tell(world, at, { do: 'create', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })
    }
  }
  const { cutOff, serverDiesMs, reflectorDiesMs } = faults
  if (cutOff) {
    world.command(cutOff.atMs * 1000, { type: 'partition', groups: [[MACHINE], ['cp-1', 'laptop']] })
    world.command((cutOff.atMs + cutOff.forMs) * 1000, { type: 'heal' })
  }
  if (serverDiesMs !== undefined) world.command(serverDiesMs * 1000, { type: 'crash', process: API_SERVER })
  if (reflectorDiesMs !== undefined) world.command(reflectorDiesMs * 1000, { type: 'crash', process })
  return world
}

export function runLive(trial: Trial<LiveCase>, plan: LiveCase): void {
  const world = trial.world(plan)
  world.run({ untilMicros: LIVE_MS * 1000 + SETTLES_MICROS })
  if (trial.trap) return
  const { lives } = reports.get(trial)!
  for (const records of lives) {
    const model = new Model()
    for (const record of records) {
      const finding = model.take(record)
      if (finding) trial.fail(finding)
    }
    if (records !== lives.at(-1)) continue
    const words = (objects: Iterable<KubernetesObject>): string[] =>
      [...objects].map((object) => `${keyOf(object)}@${object.metadata.resourceVersion}`).sort()
    const [expected, actual] = [words(seenBy(world, RESOURCE).values()), words(model.copy.values())]
    trial.equal(actual, expected, say('not-the-store'), {
      expected: show(expected),
      actual: show(actual),
      hint: 'anew',
    })
  }
}

export function tellLive({ writes, faults: { cutOff, serverDiesMs, reflectorDiesMs } }: LiveCase): TellLine[] {
  const fault = (atMs: number, what: TellLine['what']): TellLine => ({ kind: 'fault', what, atMicros: atMs * 1000 })
  return [
    ...(cutOff ? [fault(cutOff.atMs, say('fault.cut-off', { seconds: cutOff.forMs / 1000 }))] : []),
    ...(serverDiesMs === undefined ? [] : [fault(serverDiesMs, say('fault.server'))]),
    ...(reflectorDiesMs === undefined ? [] : [fault(reflectorDiesMs, say('fault.reflector'))]),
    ...writes.map(({ atMs, do: what, name }): TellLine => ({
      kind: 'step',
      what: say(`act.${what}`, { what: name }),
      atMicros: atMs * 1000,
    })),
  ]
}
