/**
 * The learner's `guaranteedUpdate` in the API server of a whole cluster: the kubelet's status, the controllers' counts and
 * everybody's Leases go through it, and people patch one ConfigMap all at once, while etcd and the API server die.
 */
import {
  addVisitor,
  serverWithStorage,
  show,
  visit,
  wholeCluster,
  type Chance,
  type Finding,
  type Made,
  type StorageReport,
  type TellLine,
  type Trial,
  type UpdateRecord,
  type Visit,
  type World,
} from 'clusterwright/kit'
import { say } from './texts.ts'

interface Burst {
  readonly atMs: number
  /** So many patches at once, each of a key of its own. */
  readonly patches: number
  /** One more, that insists on a version that is long gone. */
  readonly insists: boolean
  /** Meanwhile somebody deletes the object and makes another. */
  readonly anew: boolean
}

export interface ServerPlan {
  readonly bursts: readonly Burst[]
  readonly etcdDiesMs?: number
  readonly serverDiesMs?: number
}

const [FROM_MS, UNTIL_MS] = [5000, 9000]

export function serverPlan(chance: Chance, seed: number): ServerPlan {
  const bursts = chance.times(3, (index): Burst => ({
    atMs: FROM_MS + index * 1300 + chance.int(900),
    patches: chance.between(3, 5),
    insists: chance.chance(0.6),
    anew: index === 1,
  }))
  return {
    bursts,
    // In the middle of the last of them.
    ...(seed % 2 === 1 ? { etcdDiesMs: bursts.at(-1)!.atMs + chance.between(1, 4) } : { serverDiesMs: UNTIL_MS }),
  }
}

// ── the world ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const NAME = 'settings'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const MADE_AT_MS = 4000
const WITHIN_MICROS = 24_000_000

const settings = (annotation: string, resourceVersion?: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    ...{ name: NAME, labels: { app: 'web' }, annotations: { team: annotation } },
    ...(resourceVersion && { resourceVersion }),
  },
  data: { greeting: 'hello' },
})

const reports = new WeakMap<Trial<any>, StorageReport>()

export function serverWorld({ bursts, etcdDiesMs, serverDiesMs }: ServerPlan, trial: Trial<any>): World {
  const { component, report } = serverWithStorage(trial, (record) => {
    const finding = judgeRecord(record)
    const time = ((trial.built?.now ?? 0) / 1e6).toFixed(3)
    return finding && { ...finding, message: say('in-the-cluster', { time, key: record.key, why: finding.message }) }
  })
  reports.set(trial, report)
  const crashes = [
    ...(etcdDiesMs === undefined ? [] : [{ process: 'cp-1/etcd', atMicros: etcdDiesMs * 1000 }]),
    ...(serverDiesMs === undefined ? [] : [{ process: 'cp-1/kube-apiserver', atMicros: serverDiesMs * 1000 }]),
  ]
  const cluster = { components: { 'kube-apiserver': component }, crashes, nodes: 1, replicas: 1 }
  const world = wholeCluster({ seed: trial.seed, ...cluster, appliedAtMicros: MADE_AT_MS * 1000 })
  addVisitor(world)
  let count = 0
  const ask = (atMs: number, asked: Visit): void => visit(world, atMs * 1000, ++count, asked)
  const make = (atMs: number, annotation: string): void =>
    ask(atMs, { method: 'POST', path: CONFIG_MAPS, object: settings(annotation) })
  make(MADE_AT_MS, 'first')
  const path = `${CONFIG_MAPS}/${NAME}`
  bursts.forEach(({ atMs, patches, insists, anew }, burst) => {
    if (anew) ask(atMs, { method: 'DELETE', path })
    if (anew) make(atMs, 'second')
    for (let index = 0; index < patches; index++)
      ask(atMs, { method: 'PATCH', path, headers: MERGE, object: { data: { [`by-${burst}-${index}`]: 'x' } } })
    // Whose patch changes nothing.
    ask(atMs + 200, { method: 'PATCH', path, headers: MERGE, object: { data: { greeting: 'hello' } } })
    if (insists) ask(atMs, { method: 'PUT', path, object: settings('changed', '1') })
  })
  return world
}

export function livesOn(trial: Trial<ServerPlan>, plan: ServerPlan): void {
  const world = trial.world(plan)
  const report = reports.get(trial)!
  world.run({ untilMicros: WITHIN_MICROS, until: () => Boolean(trial.trap || report.finding) })
  if (trial.trap) trial.crash(trial.trap.failure, trial.trap.during)
  if (report.finding) trial.fail(report.finding)
}

// ── what is right ───────────────────────────────────────────────────────────────────────────────────────────────────

type Write = UpdateRecord['writes'][number]

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

function bare(object: any): any {
  const { resourceVersion: _, ...metadata } = object?.metadata ?? {}
  return { ...object, metadata }
}

const versioned = (value: any, revision: number): any => ({
  ...value,
  metadata: { ...value?.metadata, resourceVersion: String(revision) },
})

const isMet = ({ preconditions }: UpdateRecord, { value, modRevision }: NonNullable<Write['before']>): boolean =>
  (preconditions?.resourceVersion ?? String(modRevision)) === String(modRevision) &&
  (preconditions?.uid ?? (value as any).metadata.uid) === (value as any).metadata.uid

function judgeRecord(record: UpdateRecord): Finding | undefined {
  const { who, writes, wroteAfterLoss, lost, answer } = record
  if (writes.length > 1)
    return {
      message: say('twice', { who }),
      expected: '1',
      actual: String(writes.length),
      hint: lost ? 'timeout' : 'races',
    }
  const wrong = writes[0] && judgeWrite(record, writes[0])
  if (wrong) return wrong
  if (wroteAfterLoss)
    return { message: say('wrote-after-loss', { who }), expected: '504', actual: say('another-txn'), hint: 'timeout' }
  return answer && judgeAnswer(record, answer)
}

function judgeWrite(record: UpdateRecord, { key, before, made, value }: Write): Finding | undefined {
  const { who } = record
  const actual = show(value)
  if (key !== record.key)
    return { message: say('other-key', { who }), expected: record.key, actual: key, hint: 'update' }
  if (!before) return { message: say('made-anew', { who }), expected: '404', actual, hint: 'condition' }
  if (!isMet(record, before))
    return { message: say('insisted', { who }), expected: '409', actual, hint: 'preconditions' }
  const objects = made.flatMap((one) => ('object' in one ? [bare(one.object)] : []))
  const [right] = objects
  if (!right) return { message: say('refused-now', { who }), expected: show(made[0]), actual, hint: 'races' }
  if (objects.some((one) => text(one) === text(value))) {
    if (text(value) !== text(before.value)) return undefined
    return { message: say('no-op', { who }), expected: say('no-write'), actual, hint: 'update' }
  }
  const values = { expected: right, actual: value }
  const more = { expected: show(right), actual, values }
  if ('resourceVersion' in value.metadata) return { message: say('stored-version', { who }), ...more, hint: 'update' }
  const read = record.shown.at(-1)?.kv
  if ((before.value as any).metadata.uid !== value.metadata.uid)
    return { message: say('other-object', { who }), ...more, hint: 'condition' }
  return read?.modRevision === before.modRevision
    ? { message: say('other-update', { who }), ...more, hint: 'update' }
    : { message: say('written-over', { who, read: read?.modRevision ?? '-', was: before.modRevision }), ...more, hint: 'condition' } // prettier-ignore
}

function judgeAnswer(record: UpdateRecord, answer: NonNullable<UpdateRecord['answer']>): Finding | undefined {
  const { who, writes, lost, preconditions, shown } = record
  if ('threw' in answer)
    return { message: say('threw', { who }), expected: '504', actual: answer.threw, hint: 'timeout' }
  const { result, strange } = answer
  const actual = show(result)
  if (strange) return { message: say('strange', { who }), expected: say('as-read'), actual, hint: 'update' }
  if (shown.length === 0 && !lost) return { message: say('nothing-read', { who }), expected: say('a-read'), actual: say('no-call'), hint: 'races' } // prettier-ignore
  const { status, object } = (typeof result === 'object' && result !== null ? result : {}) as {
    status?: any
    object?: any
  }
  if (!status === !object || (status && typeof status.code !== 'number'))
    return {
      message: say('neither', { who }),
      expected: '{ object } | { status: { code, reason } }',
      actual,
      hint: 'update',
    }
  // It may have looked whether its write is there.
  const isThere = shown.some(({ kv }) => kv && text(object) === text(versioned(kv.value, kv.modRevision)))
  if (lost)
    return status?.code === 504 || isThere
      ? undefined
      : { message: say('no-answer', { who }), expected: '504', actual, hint: 'timeout' }
  const [write] = writes
  if (write) {
    const right = versioned(write.value, write.revision)
    if (status) return { message: say('was-written', { who }), expected: show(right), actual, hint: 'races' }
    if (text(object) === text(right)) return undefined
    return { message: say('other-object-told', { who }), expected: show(right), actual, values: { expected: right, actual: object }, hint: 'update' } // prettier-ignore
  }
  if (status?.code === 504)
    return { message: say('answered', { who }), expected: say('another'), actual, hint: 'races' }
  if (shown.some((one) => isAnswerTo(record, one.kv, one.made, status, object))) return undefined
  const isConflict = status?.code === 409
  if (isConflict && !preconditions)
    return { message: say('no-409', { who }), expected: say('again'), actual, hint: 'races' }
  const hint = isConflict || preconditions ? 'preconditions' : status ? 'races' : 'update'
  return { message: say(object ? 'not-written' : 'untrue', { who }), expected: show(shown.at(-1)?.made), actual, hint }
}

function isAnswerTo(
  record: UpdateRecord,
  kv: Write['before'],
  made: Made | undefined,
  status?: { readonly code: number; readonly reason: string },
  object?: unknown,
): boolean {
  if (!kv) return status?.code === 404
  if (!isMet(record, kv)) return status?.code === 409
  if (made && 'refuse' in made) return status?.code === made.refuse.code && status.reason === made.refuse.reason
  const isUnchanged = made !== undefined && text(bare(made.object)) === text(kv.value)
  return object !== undefined && isUnchanged && text(object) === text(versioned(kv.value, kv.modRevision))
}

export const tellServer = ({ bursts, etcdDiesMs, serverDiesMs }: ServerPlan): TellLine[] => [
  ...bursts.map(({ atMs, patches, insists, anew }): TellLine => ({
    kind: 'step',
    what: say('step.burst', { patches, more: say(insists ? 'and-insists' : 'nothing'), anew: say(anew ? 'and-anew' : 'nothing') }), // prettier-ignore
    atMicros: atMs * 1000,
  })),
  ...(etcdDiesMs === undefined
    ? []
    : [{ kind: 'fault' as const, what: say('fault.etcd'), atMicros: etcdDiesMs * 1000 }]),
  ...(serverDiesMs === undefined ? [] : [{ kind: 'fault' as const, what: say('fault.server'), atMicros: serverDiesMs * 1000 }]), // prettier-ignore
]
