/**
 * The binding cycle: from a chosen node to a bound Pod, while the next Pods are being scheduled already.
 *
 * Reserve and the assumption happen at once; then Permit may make the Pod wait; then PreBind and the request to bind. If
 * anything goes wrong, what was reserved is given back and the Pod returns to the queue.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/schedule_one.go` (bindingCycle, handleBindingCycleError),
 * `pkg/scheduler/framework/runtime/{framework,waiting_pods_map}.go`.
 */
import { isPodFinished, keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { isOk, messageOf, send } from '#cluster/client/api-client.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { assumePod, forgetPod, infoOf, nodesOf, removePod } from './cache.ts'
import { bindByExtender, binderOf } from './extenders.ts'
import { happened } from './happened.ts'
import type { CycleState, Handle, Nodes, Objects, Status } from './framework.ts'
import { isRejected } from './framework.ts'
import { objectsOf } from './listers.ts'
import type { Profile } from './profile.ts'
import type { QueuedPod } from './queued-pod.ts'
import { withdraw } from './nominator.ts'
import { report, reportFailure } from './report.ts'
import * as queues from './scheduling-queue.ts'
import type { Binding, Scheduling, Verdict, WaitingPod } from './state.ts'
import { schedulerNameOf } from './state.ts'

interface BindTag {
  readonly stage: 'preBind' | 'bind' | 'report'
  readonly key: string
  readonly uid: string | undefined
}

/** How often a binding that waits at PreBind is looked at. */
const PRE_BIND_POLL_MICROS = 1_000_000

/** Upstream's longest wait at Permit. */
const PERMIT_TIMEOUT_MICROS_MAX = 15 * 60_000_000

export function startBinding(
  scheduling: Scheduling,
  queued: QueuedPod,
  profile: Profile,
  wholeState: CycleState,
  nodeName: string,
): void {
  const { state, ctx } = scheduling
  assumePod(state.cache, queued.pod, nodeName)
  withdraw(state.cache.nominator, queued.key)
  const cycleState = forBinding(profile, wholeState)
  const binding: Binding = { queued, nodeName, cycleState, stage: 'permit' }
  state.bindings.set(queued.key, binding)
  const handle = handleOf(scheduling)
  for (const plugin of profile.reserve) {
    const status = plugin.reserve?.(cycleState, queued.pod, nodeName, nodesFor(scheduling), handle)
    if (status) return rollBack(scheduling, binding, profile, { ...status, plugin: plugin.name }, 'scheduling')
  }
  const pending: WaitingPod['pending'][number][] = []
  for (const plugin of profile.permit) {
    const result = plugin.permit!(cycleState, queued.pod, nodeName, handle)
    if (!result) continue
    if (result.status.code !== 'Wait')
      return rollBack(scheduling, binding, profile, { ...result.status, plugin: plugin.name }, 'scheduling')
    const timeoutMicros = Math.min(result.timeoutMicros ?? PERMIT_TIMEOUT_MICROS_MAX, PERMIT_TIMEOUT_MICROS_MAX)
    pending.push({ plugin: plugin.name, timeoutMicros, until: ctx.now + timeoutMicros })
  }
  if (pending.length === 0) return preBind(scheduling, binding, profile)
  ctx.note('permitWait', { pod: queued.key, nodeName, plugins: pending.map(({ plugin }) => plugin) })
  setWaiting(scheduling, queued.key, { pending, missed: [] })
}

/** Without what only the scheduling cycle needed (a plugin's own name, or `name/…`): the rest is kept until the answer. */
function forBinding({ scratchPlugins }: Profile, state: CycleState): CycleState {
  const kept: CycleState = {}
  for (const key of Object.keys(state)) if (!scratchPlugins.has(key.split('/')[0]!)) kept[key] = state[key]
  return kept
}

/** What has to be true before the Pod is bound: at once, or once requests have gone through and others have done their part. */
function preBind(scheduling: Scheduling, binding: Binding, profile: Profile): void {
  const { state, ctx, effects } = scheduling
  const { queued, nodeName, cycleState } = binding
  const plugins: string[] = []
  let [open, timeout] = [0, 0]
  const tag: BindTag = { stage: 'preBind', key: queued.key, uid: queued.pod.metadata.uid }
  for (const plugin of profile.preBind) {
    const result = plugin.preBind!(cycleState, queued.pod, nodeName, objectsFor(scheduling))
    if (result === undefined) continue
    if ('requests' in result) {
      plugins.push(plugin.name)
      timeout = Math.max(timeout, result.timeoutMicros)
      open += result.requests.length
      for (const request of result.requests) effects.push(send(state.client, ctx, request, tag))
    } else if (result.code !== 'Skip') return rollBack(scheduling, binding, profile, { ...result, plugin: plugin.name })
  }
  if (plugins.length === 0) return bind(scheduling, binding, profile)
  const waiting: Binding = { ...binding, stage: 'preBind', preBind: { open, plugins, until: ctx.now + timeout } }
  state.bindings.set(queued.key, waiting)
  if (open === 0) lookAgain(scheduling, queued.key)
}

/** Binds a Pod that waits at PreBind, if all is as it should be; else looks again in a second. */
export function lookAgain(scheduling: Scheduling, key: string): void {
  const { state, ctx, effects } = scheduling
  const binding = state.bindings.get(key)
  if (binding?.stage !== 'preBind' || binding.preBind!.open > 0) return
  const { queued, nodeName, cycleState, preBind: work } = binding
  const profile = scheduling.profiles.get(schedulerNameOf(queued.pod))!
  const node = infoOf(state.cache, nodeName)?.node
  const gone = state.pods.items.get(key)?.metadata.uid !== queued.pod.metadata.uid
  for (const name of work!.plugins) {
    const status: Status | undefined = gone
      ? { code: 'Error', reasons: ['pod does not exist any more'] }
      : profile.pluginOf(name)?.preBindDone?.(cycleState, queued.pod, node, objectsFor(scheduling))
    if (status === undefined) continue
    if (status.code !== 'Wait') return rollBack(scheduling, binding, profile, { ...status, plugin: name })
    if (ctx.now >= work!.until) {
      const reasons = ['binding volumes: context deadline exceeded']
      return rollBack(scheduling, binding, profile, { code: 'Error', reasons, plugin: name })
    }
    effects.push({ type: 'wake', key: `prebind/${key}`, after: PRE_BIND_POLL_MICROS })
    return
  }
  bind(scheduling, binding, profile)
}

function settlePreBind(scheduling: Scheduling, answer: Answer, { key, uid }: BindTag): void {
  const binding = scheduling.state.bindings.get(key)
  // The answer to a request of a binding that has been given up.
  if (binding?.stage !== 'preBind' || binding.queued.pod.metadata.uid !== uid) return
  const profile = scheduling.profiles.get(schedulerNameOf(binding.queued.pod))!
  const work = binding.preBind!
  if (!isOk(answer)) {
    const reasons = [`running PreBind plugin "${work.plugins[0]}": ${messageOf(answer)}`]
    return rollBack(scheduling, binding, profile, { code: 'Error', reasons, plugin: work.plugins[0]! })
  }
  scheduling.state.bindings.set(key, { ...binding, preBind: { ...work, open: work.open - 1 } })
  lookAgain(scheduling, key)
}

function bind(scheduling: Scheduling, binding: Binding, profile: Profile): void {
  const { state, ctx, effects } = scheduling
  const { queued, nodeName, cycleState } = binding
  const extender = binderOf(scheduling, queued.pod)
  if (extender) {
    state.bindings.set(queued.key, { ...binding, stage: 'bind' })
    const tag: BindTag = { stage: 'bind', key: queued.key, uid: queued.pod.metadata.uid }
    effects.push(bindByExtender(scheduling, extender, queued.pod, nodeName, tag))
    return
  }
  for (const plugin of profile.bind) {
    const result = plugin.bind!(cycleState, queued.pod, nodeName)
    if ('request' in result) {
      state.bindings.set(queued.key, { ...binding, stage: 'bind' })
      const tag: BindTag = { stage: 'bind', key: queued.key, uid: queued.pod.metadata.uid }
      effects.push(send(state.client, ctx, result.request, tag))
      return
    }
    if (result.code !== 'Skip') return rollBack(scheduling, binding, profile, { ...result, plugin: plugin.name })
  }
  rollBack(scheduling, binding, profile, { code: 'Error', reasons: ['all bind plugins skipped the pod'] })
}

/** The answer to a request to bind (or to a report, which nobody waits for). */
export function settleAnswer(scheduling: Scheduling, answer: Answer): void {
  const tag = answer.tag as BindTag
  if (tag.stage === 'preBind') return settlePreBind(scheduling, answer, tag)
  if (tag.stage !== 'bind') return
  const { state, ctx } = scheduling
  const binding = state.bindings.get(tag.key)
  if (!binding) return
  state.bindings.delete(tag.key)
  const { queued, nodeName, cycleState } = binding
  const profile = scheduling.profiles.get(schedulerNameOf(queued.pod))!
  // An extender says so in its answer.
  const refusal = (answer.body as { error?: string } | undefined)?.error
  if (!isOk(answer) || refusal) {
    const reasons = [`binding rejected: ${refusal || messageOf(answer)}`]
    return rollBack(scheduling, binding, profile, { code: 'Error', reasons, plugin: 'DefaultBinder' })
  }
  for (const plugin of profile.postBind) plugin.postBind!(cycleState, queued.pod, nodeName, handleOf(scheduling))
  ctx.note('bound', { pod: tag.key, nodeName })
  const current = state.pods.items.get(tag.key)
  if (current?.metadata.uid !== tag.uid) {
    // Deleted while the request was under way: nobody will tell us of its end any more.
    removePod(state.cache, tag.key)
    takeSuccessor(scheduling, current)
  }
  report(scheduling, queued.pod, 'Normal', 'Scheduled', `Successfully assigned ${tag.key} to ${nodeName}`)
}

/**
 * Gives back what was reserved, and the Pod to the queue, unless it is gone or bound after all. In upstream's order: it does not
 * wait any more, plugins are told, its room is forgotten, those who want room are woken, it is put aside.
 *
 * @param cycle a Pod refused within its own scheduling cycle wakes nobody: no other Pod was tried while its room was taken.
 * Else two Pods that Permit refuses at once would wake each other for ever
 */
function rollBack(
  scheduling: Scheduling,
  binding: Binding,
  profile: Profile,
  status: Status,
  cycle: 'scheduling' | 'binding' = 'binding',
): void {
  const { state, ctx, queuePlugins } = scheduling
  const { queued, nodeName, cycleState } = binding
  const missed = stopWaiting(scheduling, queued.key)?.missed ?? []
  state.bindings.delete(queued.key)
  for (const plugin of [...profile.reserve].reverse())
    plugin.unreserve?.(cycleState, queued.pod, nodeName, nodesFor(scheduling), handleOf(scheduling))
  forgetPod(state.cache, queued.key)
  ctx.note('bindingFailed', { pod: queued.key, nodeName, plugin: status.plugin, reasons: status.reasons })
  // The room that was assumed is free again.
  if (cycle === 'binding') happened(scheduling, { name: 'AssignedPod/Delete', pod: queued.pod })
  const current = state.pods.items.get(queued.key)
  if (!isStillPending(current, queued.pod)) return takeSuccessor(scheduling, current)
  const again = Object.freeze({ ...queued, pod: current! })
  const rejected = isRejected(status)
  if (rejected) queues.addUnschedulable(state.queue, again, status.plugin ? [status.plugin] : [], ctx.now)
  else queues.addAfterError(state.queue, again, ctx.now)
  if (rejected && status.plugin && missed.includes(status.plugin))
    queues.wakeUnschedulable(state.queue, queued.key, queuePlugins, ctx.now)
  reportFailure(scheduling, again.pod, rejected ? 'Unschedulable' : 'SchedulerError', status.reasons.join(', '))
}

const objectsFor = ({ state }: Scheduling): Objects => objectsOf(state.listers, state.cache.assumed)

const nodesFor = (scheduling: Scheduling): Nodes => nodesOf(scheduling.state.cache, objectsFor(scheduling))

const isStillPending = (current: Pod | undefined, pod: Pod): boolean =>
  current?.metadata.uid === pod.metadata.uid && !current!.spec.nodeName && !isPodFinished(current!)

/** A new Pod of the same name was told while the old one's assumption stood, and left aside until now. */
function takeSuccessor({ state, ctx, profiles, queuePlugins }: Scheduling, current: Pod | undefined): void {
  if (!current || isPodFinished(current) || current.spec.nodeName || !profiles.has(schedulerNameOf(current))) return
  if (queues.find(state.queue, keyOf(current)) === undefined) queues.addPod(state.queue, current, queuePlugins, ctx.now)
}

// ── Permit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Holds a Pod back until all have allowed it, or the first has had enough. */
function setWaiting({ state, ctx, effects }: Scheduling, key: string, waiting: WaitingPod): void {
  state.waitingPods.set(key, Object.freeze(waiting))
  const until = Math.min(...waiting.pending.map((each) => each.until))
  effects.push({ type: 'wake', key: `permit/${key}`, after: Math.max(until - ctx.now, 0) })
}

function stopWaiting({ state, effects }: Scheduling, key: string): WaitingPod | undefined {
  const waiting = state.waitingPods.get(key)
  if (!waiting) return undefined
  state.waitingPods.delete(key)
  effects.push({ type: 'cancelWake', key: `permit/${key}` })
  return waiting
}

export function timeOutPermit(scheduling: Scheduling, key: string): void {
  const over = scheduling.state.waitingPods.get(key)?.pending.find(({ until }) => until <= scheduling.ctx.now)
  if (!over) return
  const { plugin, timeoutMicros } = over
  const message = `rejected due to timeout after waiting ${goDuration(timeoutMicros)} at plugin ${plugin}`
  refuse(scheduling, key, plugin, message)
}

/** As Go prints a duration: `500ms`, `10s`, `1m30s`. */
function goDuration(micros: Micros): string {
  if (micros < 1_000_000) return micros < 1000 ? `${micros}µs` : `${micros / 1000}ms`
  const [hours, minutes] = [Math.floor(micros / 3_600_000_000), Math.floor(micros / 60_000_000)]
  const seconds = `${(micros - minutes * 60_000_000) / 1_000_000}s`
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes - hours * 60}m` : ''}${seconds}`
}

/** Sends a Pod that waits at Permit back to the queue. */
export function refuse(scheduling: Scheduling, key: string, plugin: string, message: string): void {
  if (!scheduling.state.waitingPods.has(key)) return
  const binding = scheduling.state.bindings.get(key)!
  const profile = scheduling.profiles.get(schedulerNameOf(binding.queued.pod))!
  rollBack(scheduling, binding, profile, { code: 'Unschedulable', reasons: [message], plugin })
}

function allow(scheduling: Scheduling, key: string, plugin: string): void {
  const { state, profiles } = scheduling
  const waiting = state.waitingPods.get(key)
  if (!waiting) return
  const pending = waiting.pending.filter((each) => each.plugin !== plugin)
  if (pending.length > 0) return setWaiting(scheduling, key, { ...waiting, pending })
  stopWaiting(scheduling, key)
  const binding = state.bindings.get(key)!
  preBind(scheduling, binding, profiles.get(schedulerNameOf(binding.queued.pod))!)
}

/** What plugins have said about Pods that wait. Whoever is told of it may say more: never about one that waits no more. */
export function settleVerdicts(scheduling: Scheduling): void {
  for (const { key, plugin, message } of scheduling.verdicts)
    if (message === undefined) allow(scheduling, key, plugin)
    else refuse(scheduling, key, plugin, message)
}

function handleOf(scheduling: Scheduling): Handle {
  const { state, verdicts } = scheduling
  const say = (verdict: Verdict): void => void verdicts.push(verdict)
  return {
    waitingPods: () =>
      [...state.waitingPods].map(([key, { pending }]) => {
        const { queued, nodeName } = state.bindings.get(key)!
        return { pod: queued.pod, nodeName, pendingPlugins: pending.map(({ plugin }) => plugin) }
      }),
    allow: (key, plugin) => say({ key, plugin }),
    reject: (key, plugin, message) => say({ key, plugin, message }),
    boundPods: () => boundPods(scheduling),
    objects: objectsFor(scheduling),
  }
}

function* boundPods({ state: { pods, cache, bindings } }: Scheduling): IterableIterator<Pod> {
  for (const pod of pods.items.values()) if (pod.spec.nodeName) yield pod
  // Bound by the answer, while the watch has not said so yet.
  for (const [key, { pod, nodeName, assumed }] of cache.pods)
    if (assumed && !bindings.has(key)) yield { ...pod, spec: { ...pod.spec, nodeName } }
}
