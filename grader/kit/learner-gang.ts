/**
 * A learner's gang plugin inside the simulation's kube-scheduler: reserve, permit, unreserve and postBind are the learner's, the
 * rest of the profile is as it is. PodGroups are custom resources that the scheduler watches.
 *
 * The plugin remembers things, so its guest is part of the scheduler's state: the log of all calls, as with any learner's process.
 * A call is one step; what the plugin tells its handle takes effect when it has answered. A scheduler that dies begins with a
 * fresh guest.
 * What we leave out: coscheduling's PreFilter, PostFilter and the siblings that it activates.
 * Where to read upstream: kubernetes-sigs/scheduler-plugins `pkg/coscheduling/coscheduling.go`.
 */
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import type { Component, Context, Micros } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import type { Handle, PermitResult, Plugin } from '#cluster/kube-scheduler/framework.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import { priorityOf } from '#cluster/kube-scheduler/nominator.ts'
import { defaultRegistry } from '#cluster/kube-scheduler/plugins/default-registry.ts'
import type { QueuedPod } from '#cluster/kube-scheduler/queued-pod.ts'
import type { SchedulerOptions, SchedulerState } from '#cluster/kube-scheduler/state.ts'
import type { GuestInput } from '../sandbox/sandbox.ts'
import type { BindingFault, BindingFaultState } from './binding-faults.ts'
import { newBindingFaults, withBindingFaults } from './binding-faults.ts'
import type { BindingAnswer, BindingPoint, PodGroup } from './gang-guest.ts'
import { callPlugin, GANG_LABEL } from './gang-guest.ts'
import { frameworkStatus } from './learner-filter.ts'
import { GuestMemo } from './learner-process.ts'
import { Crash } from './stop.ts'
import type { Trial } from './trial.ts'

/** The scheduler whose Pods the plugin decides about; all others are the default profile's. */
export const GANG_PROFILE = 'gang-scheduler'
const NAME = 'Coscheduling'
const POD_GROUPS = 'podgroups.v1alpha1.scheduling.x-k8s.io'

/** One call of the plugin, and what was true when it was made. */
export interface GangCall {
  readonly point: BindingPoint
  readonly pod: Pod
  readonly answer: BindingAnswer
  readonly groups: readonly PodGroup[]
  /** Room is held for them and they are not bound; the Pod itself among them, except at `unreserve` and `postBind`. */
  readonly held: readonly Pod[]
  /** Of those, whoever waits at Permit. */
  readonly waiting: readonly Pod[]
  readonly bound: readonly Pod[]
}

/** What the plugin was asked in one step of the scheduler, and who waits at the end of it. */
export interface GangStep {
  readonly tick: number
  readonly atMicros: Micros
  readonly calls: readonly GangCall[]
  readonly waiting: readonly Pod[]
}

/** Shared with the check; not part of the world. */
export interface GangReport {
  readonly steps: GangStep[]
}

interface State {
  readonly inner: SchedulerState
  readonly inputs: Log<GuestInput>
  readonly faults: BindingFaultState
}

/** The step under way. */
interface Running {
  readonly state: State
  readonly ctx: Context
  readonly calls: GangCall[]
}

/**
 * A kube-scheduler with the learner's plugin in the profile `gang-scheduler`. `faults` say which of its bindings go wrong.
 */
export function schedulerWithGang(
  trial: Trial<any>,
  report: GangReport,
  faults: readonly BindingFault[] = [],
): Component<State, SchedulerOptions> {
  const memo = new GuestMemo(trial)
  let running: Running | undefined
  const ask = (point: BindingPoint, pod: Pod, nodeName: string, handle: Handle): BindingAnswer => {
    const { state, calls } = running!
    const groups = groupsIn(state.inner)
    const bound = [...handle.boundPods()]
    const held = [...state.inner.bindings.values()].map(({ queued }) => queued.pod)
    const answer = answerOf(trial, memo, state.inputs, [point, pod, nodeName, { groups, bound }])
    const waiting = [...handle.waitingPods()].map((each) => each.pod)
    calls.push({ point, pod, answer, groups, held, waiting, bound })
    for (const { uid, allow, reason } of answer.told) {
      const other = waiting.find(({ metadata }) => metadata.uid === uid)
      if (!other) continue
      const key = `${other.metadata.namespace}/${other.metadata.name}`
      if (allow) handle.allow(key, NAME)
      else handle.reject(key, NAME, reason ?? '')
    }
    return answer
  }
  const inner = kubeScheduler({ ...defaultRegistry, [NAME]: plugin(ask, () => running!.state.inner) })
  return {
    name: 'kube-scheduler',
    init: (options) => ({
      inner: inner.init({ ...options, profiles: PROFILES }),
      ...{ inputs: new Log(), faults: newBindingFaults() },
    }),
    step(state, event, ctx) {
      const calls: GangCall[] = []
      running = { state, ctx, calls }
      const effects = withBindingFaults(state.faults, faults, event, ctx, (given) =>
        inner.step(state.inner, given, ctx),
      )
      running = undefined
      if (calls.length === 0) return effects
      const waiting = [...state.inner.waitingPods.keys()].map((key) => state.inner.bindings.get(key)!.queued.pod)
      report.steps.push({ tick: trial.built?.tick ?? 0, atMicros: trial.built?.now ?? ctx.now, calls, waiting })
      return effects
    },
  }
}

/** Both sort the queue alike, as all profiles of one scheduler must. */
const PROFILES: SchedulerOptions['profiles'] = Object.freeze([
  { schedulerName: 'default-scheduler', points: { queueSort: { enabled: [NAME], disabled: ['PrioritySort'] } } },
  { schedulerName: GANG_PROFILE, plugins: { enabled: [NAME], disabled: ['PrioritySort'] } },
])

type Ask = (point: BindingPoint, pod: Pod, nodeName: string, handle: Handle) => BindingAnswer

function plugin(ask: Ask, state: () => SchedulerState): Plugin {
  return {
    name: NAME,
    // What the gang waits for: a group, a member with a place, or room.
    eventsToRegister: [
      ...([`${POD_GROUPS}/Add`, `${POD_GROUPS}/Update`] as const).map((event) => ({ event })),
      ...(['AssignedPod/Add', 'AssignedPod/Delete', 'Node/Add', 'Node/UpdateAllocatable'] as const).map((event) => ({
        event,
      })),
    ],
    less: (a, b) => isBefore(a, b, state()),
    reserve(_state, pod, nodeName, _nodes, handle) {
      const { status } = ask('reserve', pod, nodeName, handle)
      return status.code === 'Success' ? undefined : frameworkStatus(status)
    },
    unreserve: (_state, pod, nodeName, _nodes, handle) => void ask('unreserve', pod, nodeName, handle),
    permit(_state, pod, nodeName, handle): PermitResult | undefined {
      const { status, timeoutMs } = ask('permit', pod, nodeName, handle)
      if (status.code === 'Success') return undefined
      if (status.code !== 'Wait') return { status: frameworkStatus(status) }
      const isTime = timeoutMs !== undefined && timeoutMs !== null
      const timeoutMicros = isTime ? Math.max(Math.round(timeoutMs * 1000), 0) : undefined
      return { status: { code: 'Wait', reasons: status.reasons }, ...(isTime && { timeoutMicros: timeoutMicros! }) }
    },
    postBind: (_state, pod, nodeName, handle) => void ask('postBind', pod, nodeName, handle),
  }
}

/** As coscheduling sorts: priority, then the age of the gang, then its name, so that a gang's Pods come one after the other. */
function isBefore(a: QueuedPod, b: QueuedPod, state: SchedulerState): boolean {
  const [first, second] = [priorityOf(a.pod), priorityOf(b.pod)]
  if (first !== second) return first > second
  const [older, younger] = [bornOf(a.pod, state), bornOf(b.pod, state)]
  if (older !== younger) return older < younger
  const [one, other] = [gangOf(a), gangOf(b)]
  return one === other ? a.timestamp < b.timestamp : one < other
}

function bornOf({ metadata }: Pod, { listers }: SchedulerState): string {
  const name = metadata.labels?.[GANG_LABEL]
  const group = name === undefined ? undefined : listers[POD_GROUPS]?.items.get(`${metadata.namespace}/${name}`)
  return (group ?? { metadata }).metadata.creationTimestamp ?? ''
}

const gangOf = ({ key, pod: { metadata } }: QueuedPod): string => {
  const name = metadata.labels?.[GANG_LABEL]
  return name === undefined ? key : `${metadata.namespace}/${name}`
}

/** The PodGroups that the scheduler's watch has told of. */
function groupsIn({ listers }: SchedulerState): PodGroup[] {
  const objects = [...(listers[POD_GROUPS]?.items.values() ?? [])] as (KubernetesObject & Pick<PodGroup, 'spec'>)[]
  return objects.map(({ metadata: { name, namespace = 'default' }, spec: { minMember, scheduleTimeoutSeconds } }) => ({
    metadata: { name, namespace },
    spec: { minMember, scheduleTimeoutSeconds },
  }))
}

/** Asks the guest that the log leads to. One that breaks down answers with an error, and the trial ends with it. */
function answerOf(
  trial: Trial<any>,
  memo: GuestMemo,
  inputs: Log<GuestInput>,
  call: Parameters<typeof callPlugin>[2],
): BindingAnswer {
  if (trial.trap) return broken('the plugin has broken down')
  try {
    const guest = inputs.length === 0 ? trial.start() : memo.take(inputs)
    const answer = callPlugin(trial, guest, call)
    memo.keep(inputs, guest)
    return answer
  } catch (thrown) {
    if (!(thrown instanceof Crash)) throw thrown
    trial.trap = { failure: thrown.failure, during: thrown.during ?? 'the scheduler' }
    return broken(thrown.failure.message)
  }
}

const broken = (reason: string): BindingAnswer => ({ status: { code: 'Error', reasons: [reason] }, told: [] })
