/**
 * The learner's plugin in the real scheduler of a whole cluster: API server, etcd, controllers, kubelets. Somebody types Pods;
 * they are filtered and scored, reserved, held back, bound, and some bindings go wrong. Every answer of the plugin is held against
 * the rules of the task, and in the end the cluster's Pods are.
 */
import {
  type BindingFault,
  bootedCluster,
  type Chance,
  GANG_LABEL,
  type GangCall,
  type GangReport,
  type GangStep,
  type Sayable,
  schedulerWithGang,
  storedPods,
  type Trial,
  type World,
} from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { type Gang, GANG_SCHEDULER, groupOf, type Member } from './cases.ts'
import {
  type Broken,
  gangOf,
  isMember,
  isOver,
  nameIn,
  placesLike,
  stillWaits,
  tooEarly,
  wrongPermit,
  wrongWait,
  wrongWord,
} from './rules.ts'
import { say } from './texts.ts'

export interface LivePlan {
  /** How many Pods have room on each node. */
  readonly room: readonly number[]
  readonly groups: readonly Gang[]
  readonly events: readonly ({ readonly atMs: number } & LiveEvent)[]
  readonly faults?: readonly BindingFault[]
  /** Gangs, and Pods without one, of which nobody may be Pending in the end. */
  readonly finished?: readonly string[]
  /** Gangs of which nobody may be on a node in the end. */
  readonly pending?: readonly string[]
  /** There is room for one gang, and one has it in the end. */
  readonly isTight?: boolean
}

type LiveEvent =
  | { readonly create: Member & { readonly scheduler?: string } }
  | { readonly delete: string }
  | { readonly restart: true }

/** A cluster is up, and its scheduler has heard of PodGroups, even if it had to ask several times. */
const BEGIN_MICROS = 14_000_000
const GROUPS_AT_MICROS = 4_000_000
const CALM_MICROS = 70_000_000
const SCHEDULER = 'cp-1/kube-scheduler'

export const LIVE_SHRINK = {
  fixed: [
    ...['room', 'groups', 'events', 'atMs', 'create', 'delete', 'restart', 'name', 'gang', 'minMember', 'nth', 'do'],
    ...['timeoutSeconds', 'isTight'],
  ],
  nonEmpty: ['room'],
  triesMax: 8,
}

const reports = new WeakMap<Trial<any>, GangReport>()

export function liveWorld({ room, groups, events, faults = [] }: LivePlan, trial: Trial<any>): World {
  const report: GangReport = { steps: [] }
  reports.set(trial, report)
  const apply = ['apply', '-f', '-']
  const typed = events.flatMap((event) => {
    const atMicros = BEGIN_MICROS + event.atMs * 1000
    if ('create' in event) return [{ atMicros, args: apply, stdin: manifestOf(event.create) }]
    return 'delete' in event ? [{ atMicros, args: ['delete', 'pod', event.delete, '--wait=false'] }] : []
  })
  const restarts = events.flatMap((event) => ('restart' in event ? [BEGIN_MICROS + event.atMs * 1000] : []))
  return bootedCluster({
    seed: trial.seed,
    components: { 'kube-scheduler': schedulerWithGang(trial, report, faults) },
    nodes: room.map((pods) => ({ capacity: { cpu: `${pods}`, memory: '8Gi', pods: '110' }, hollow: true })),
    typed: [
      { atMicros: 3_000_000, args: apply, stdin: POD_GROUPS },
      { atMicros: GROUPS_AT_MICROS, args: apply, stdin: groups.map(groupManifest).join('---\n') },
      ...typed,
    ],
    crashes: restarts.map((atMicros) => ({ process: SCHEDULER, atMicros })),
  })
}

export function runLive(trial: Trial<LivePlan>, plan: LivePlan): void {
  const world = trial.world()
  const last = Math.max(...plan.events.map(({ atMs }) => atMs)) * 1000
  world.run({ untilMicros: BEGIN_MICROS + last + CALM_MICROS })
  if (trial.trap) return
  const { steps } = reports.get(trial)!
  for (const step of steps) judgeStep(trial, plan, step)
  judgeEnd(trial, plan, storedPods(world), boundOnce(steps))
}

// ── each answer ─────────────────────────────────────────────────────────────────────────────────────────────────────

function judgeStep(trial: Trial<any>, plan: LivePlan, step: GangStep): void {
  for (const call of step.calls) {
    const found = wrongCall(plan, call, step.waiting)
    if (!found) continue
    const [pod, { key, expected, actual, hint, more }] = found
    const params = { pod: nameIn(pod), time: secondsOf(step.atMicros), ...more }
    const { tick, atMicros } = step
    trial.fail({ message: say(key, params), expected, actual, hint, at: { tick, atMicros } })
  }
}

const secondsOf = (micros: number): string => ((micros - BEGIN_MICROS) / 1e6).toFixed(2)

function wrongCall(plan: LivePlan, call: GangCall, waitingAfter: readonly Pod[]): [Pod, Broken] | undefined {
  const { point, pod, answer } = call
  const group = liveGroup(plan, pod)
  const places = placesLike(pod, call)
  if (point === 'reserve' && answer.status.code !== 'Success' && !(isMember(pod) && !group))
    return [pod, { key: 'refused', expected: 'Success', actual: answer.status.code, hint: 'hold' }]
  const first = point === 'permit' ? wrongPermit(pod, group, places, answer) : undefined
  if (first) return [pod, first]
  const word = wrongWords(plan, call)
  if (word) return word
  const left = isMember(pod) ? waitingAfter.find((other) => isSibling(other, pod)) : undefined
  if (point === 'unreserve' && left) return [pod, stillWaits('still-holds', left)]
  if (point !== 'permit' || !group) return undefined
  const wait = wrongWait(group, places, answer)
  if (wait) return [pod, wait]
  return places >= group.minMember && left ? [pod, stillWaits('left-waiting', left)] : undefined
}

function wrongWords(plan: LivePlan, call: GangCall): [Pod, Broken] | undefined {
  for (const { uid, allow } of call.answer.told) {
    const other = call.waiting.find(({ metadata }) => metadata.uid === uid)
    if (!other) continue
    const word = wrongWord(call.pod, other, allow)
    if (word) return [call.pod, word]
    const [group, places] = [liveGroup(plan, other)!, placesLike(other, call)]
    if (allow && places < group.minMember) return [other, tooEarly(group, places)]
  }
  return undefined
}

const isSibling = (other: Pod, pod: Pod): boolean =>
  gangOf(other) === gangOf(pod) && other.metadata.uid !== pod.metadata.uid

const liveGroup = ({ groups }: LivePlan, pod: Pod): Gang | undefined =>
  groupOf({ groups, room: 0, bound: [], events: [] }, pod)

// ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of everybody that was bound by the plugin's scheduler: how many of each gang. */
function boundOnce(steps: readonly GangStep[]): ReadonlyMap<string, number> {
  const seen = new Set<string>()
  const counts = new Map<string, number>()
  for (const { pod, point, bound } of steps.flatMap(({ calls }) => calls))
    for (const one of point === 'postBind' ? [...bound, pod] : bound) {
      if (!isMember(one) || seen.has(one.metadata.uid!)) continue
      seen.add(one.metadata.uid!)
      counts.set(gangOf(one), (counts.get(gangOf(one)) ?? 0) + 1)
    }
  return counts
}

function judgeEnd(trial: Trial<any>, plan: LivePlan, pods: readonly Pod[], once: ReadonlyMap<string, number>): void {
  const own = pods.filter(({ spec }) => spec.schedulerName === GANG_SCHEDULER)
  const isOn = (pod: Pod): boolean => pod.spec.nodeName !== undefined && !isOver(pod)
  let complete = 0
  for (const group of plan.groups) {
    const members = own.filter((pod) => liveGroup(plan, pod) === group)
    const bound = members.filter(isOn)
    if (bound.length >= group.minMember) complete++
    const names = { gang: group.name, min: group.minMember, bound: bound.length, members: members.length }
    // Who was bound and is gone has made it smaller: that is nobody's fault.
    const isShrunk = bound.length > 0 && (once.get(gangOf(bound[0]!)) ?? 0) > bound.length
    if (bound.length > 0 && bound.length < group.minMember && !isShrunk)
      fail(trial, say('split', names), `0, ${group.minMember}+`, String(bound.length), 'count')
    if (plan.pending?.includes(group.name) && bound.length > 0)
      fail(trial, say('split', names), '0', String(bound.length), 'count')
  }
  if (plan.isTight && complete === 0) fail(trial, say('nobody'), '1', '0', 'give-back')
  for (const name of plan.finished ?? []) {
    const left = own.find((pod) => (pod.metadata.labels?.[GANG_LABEL] ?? pod.metadata.name) === name && !isOn(pod))
    if (!left) continue
    const message = isMember(left)
      ? say('unfinished', { gang: name, pod: nameIn(left) })
      : say('no-room-left', { pod: nameIn(left) })
    fail(trial, message, 'Running', 'Pending', 'give-back')
  }
}

function fail(trial: Trial<any>, message: Sayable, expected: Sayable, actual: Sayable, hint: string): never {
  trial.fail({ message, expected, actual, hint })
}

// ── stories ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Gangs that want the same room or not, whose members die, whose bindings fail, whose scheduler dies. */
export function livePlan(chance: Chance): LivePlan {
  const isTight = chance.chance(0.4)
  const size = chance.between(2, 3)
  const groups = ['red', 'blue'].map((name): Gang => ({ name, minMember: size, timeoutSeconds: chance.pick([5, 8]) }))
  const all = groups.flatMap(({ name: gang }) =>
    Array.from({ length: size + (isTight ? 0 : chance.int(2)) }, (_, i): Member => ({ name: `${gang}-${i}`, gang })),
  )
  const others = chance.times(chance.int(2), (index): Member => ({ name: `alone-${index}` }))
  let atMs = 0
  const created = chance.shuffle(isTight ? all : [...all, ...others]).map((create) => {
    atMs += chance.pick([0, 40, 700])
    return { atMs, create }
  })
  if (isTight)
    return { room: [1, size + chance.int(size) - 1].filter((pods) => pods > 0), groups, events: created, isTight }
  const later = chance.times(chance.int(2), () => {
    const { create, atMs: since } = chance.pick(created)
    const event: LiveEvent = chance.chance(0.7) ? { delete: create.name } : { restart: true }
    return { atMs: since + chance.pick([300, 3000]), ...event }
  })
  const how = chance.pick(['answer-lost', 'request-lost', 'beaten'] as const)
  const faults = chance.chance(0.6) ? [{ nth: chance.between(1, 3), do: how, node: 'node-2' }] : []
  const events = [...created, ...later].sort((a, b) => a.atMs - b.atMs)
  return { room: [6, 6], groups, events, ...(faults.length > 0 && { faults }) }
}

// ── what is typed ───────────────────────────────────────────────────────────────────────────────────────────────────

const POD_GROUPS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: podgroups.scheduling.x-k8s.io }
spec:
  group: scheduling.x-k8s.io
  scope: Namespaced
  names: { kind: PodGroup, listKind: PodGroupList, plural: podgroups, singular: podgroup, shortNames: [pg] }
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                minMember: { type: integer, minimum: 1 }
                scheduleTimeoutSeconds: { type: integer }
`

const groupManifest = ({ name, namespace = 'default', minMember, timeoutSeconds }: Gang): string =>
  `apiVersion: scheduling.x-k8s.io/v1alpha1
kind: PodGroup
metadata: { name: ${name}, namespace: ${namespace} }
spec: { minMember: ${minMember}, scheduleTimeoutSeconds: ${timeoutSeconds} }
`

function manifestOf({ name, gang, scheduler = GANG_SCHEDULER }: Member & { readonly scheduler?: string }): string {
  const labels = gang === undefined ? '' : `, labels: { ${GANG_LABEL}: ${gang} }`
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default${labels} }
spec:
  schedulerName: ${scheduler}
  containers: [{ name: main, image: nginx, resources: { requests: { cpu: '1' } } }]
`
}
