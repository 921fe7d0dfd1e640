/**
 * One Pod from the queue: a scheduling cycle, and what follows from its outcome: a binding, room to be made, or a reason
 * written down and a place among those that wait.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/schedule_one.go` (ScheduleOne, handleSchedulingFailure),
 * `pkg/scheduler/framework/preemption/executor.go`.
 */
import { aboutGeneration, formatTime, keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import { deleteRequest, patchRequest, send } from '#cluster/client/api-client.ts'
import { refuse, startBinding } from './binding-cycle.ts'
import type { Cache } from './cache.ts'
import { nodesOf } from './cache.ts'
import type { Extended } from './extender-types.ts'
import { ask, askToPreempt } from './extenders.ts'
import { fitErrorMessage, refusingPlugins } from './failure.ts'
import { whatIfOf } from './filtering.ts'
import type { CycleState, PostFilterResult, Status, WhatIf } from './framework.ts'
import { unresolvable } from './framework.ts'
import { happened } from './happened.ts'
import { remember } from './history.ts'
import { objectsOf } from './listers.ts'
import { nominate, priorityOf, withdraw } from './nominator.ts'
import type { QueuedPod } from './queued-pod.ts'
import { IGNORED, report, reportFailure } from './report.ts'
import type { Decision } from './scheduling-cycle.ts'
import { schedulePod } from './scheduling-cycle.ts'
import * as queues from './scheduling-queue.ts'
import type { Scheduling } from './state.ts'
import { schedulerNameOf } from './state.ts'

const CYCLE_MICROS = 1_000

export function scheduleOne(scheduling: Scheduling): void {
  const { state, queuePlugins } = scheduling
  const queued = queues.popPod(state.queue, queuePlugins)
  if (!queued) return
  scheduleQueued(scheduling, queued)
}

/** The second half of a cycle that has waited for extenders. */
export function scheduleExtended(scheduling: Scheduling): void {
  const { state } = scheduling
  const { queued, stage: _stage, rest: _rest, open: _open, ...extended } = state.asking!
  state.asking = undefined
  const current = state.pods.items.get(queued.key)
  // Deleted or changed while they were thinking.
  if (current?.metadata.uid !== queued.pod.metadata.uid || current?.spec.nodeName) return
  scheduleQueued(scheduling, queued, extended)
}

/** An extender that must be heard has failed. */
export function giveUp(scheduling: Scheduling, queued: QueuedPod, error: string): void {
  queues.addAfterError(scheduling.state.queue, queued, scheduling.ctx.now)
  reportFailure(scheduling, queued.pod, 'SchedulerError', error)
}

function scheduleQueued(scheduling: Scheduling, queued: QueuedPod, extended?: Extended): void {
  const { state, ctx, profiles } = scheduling
  const { pod } = queued
  if (pod.metadata.deletionTimestamp !== undefined) {
    ctx.note('skipped', { pod: queued.key, reason: 'it is being deleted' })
    return
  }
  state.busyUntil = ctx.now + (state.options.cycleMicros ?? CYCLE_MICROS)
  const profile = profiles.get(schedulerNameOf(pod))!
  const cycleState: CycleState = {}
  const { decisionsKept = 0 } = state.options
  const keep = (made: Decision, message?: string): void => {
    if (decisionsKept > 0) remember(state.decisions, decisionsKept, queued, made, ctx.now, message)
  }
  const decision = schedulePod(profile, cycleState, pod, state.cache, {
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? state.options.percentageOfNodesToScore ?? 0,
    start: state.nextStart,
    explain: ctx.tracing || decisionsKept > 0,
    random: () => ctx.random('tie-break'),
    objects: objectsOf(state.listers, state.cache.assumed),
    ...(extended && { extended }),
  })
  if (state.options.extenders && !extended?.names && ask(scheduling, queued, decision.passing())) return
  state.nextStart = decision.nextStart
  if (ctx.tracing) ctx.note('scheduling', explain(queued, decision, state.cache))
  if (decision.chosen !== undefined) {
    keep(decision)
    return startBinding(scheduling, queued, profile, cycleState, decision.chosen)
  }
  if (decision.error !== undefined) {
    keep(decision, decision.error)
    queues.addAfterError(state.queue, queued, ctx.now)
    return reportFailure(scheduling, pod, 'SchedulerError', decision.error)
  }
  const made = state.cache.infos.size === 0 ? undefined : makeRoom(scheduling, queued, decision, extended)
  if (state.asking) return
  const message = fitErrorMessage(state.cache.infos.size, decision, made?.status?.reasons.join(', '))
  keep(decision, message)
  queues.addUnschedulable(state.queue, queued, refusingPlugins(decision), ctx.now)
  reportFailure(scheduling, pod, 'Unschedulable', message, made?.nominatedNodeName)
}

// ── room that is made ───────────────────────────────────────────────────────────────────────────────────────────────

/** Nothing is done yet where extenders are asked first (`state.asking`). */
function makeRoom(
  scheduling: Scheduling,
  queued: QueuedPod,
  decision: Decision,
  extended: Extended | undefined,
): PostFilterResult | undefined {
  const { state, ctx } = scheduling
  const { profile, pod, state: cycleState } = decision.filters
  const nodes = nodesOf(state.cache, objectsOf(state.listers, state.cache.assumed))
  const whatIf: WhatIf = {
    ...whatIfOf(decision.filters, () => ctx.random('preemption-offset')),
    ...(extended?.agreed && { agreed: extended.agreed }),
    consult: (candidates) => askToPreempt(scheduling, queued, candidates, extended),
  }
  for (const plugin of profile.postFilter) {
    const result = plugin.postFilter!(cycleState, pod, nodes, statusOfEach(decision, state.cache), whatIf)
    if (state.asking) return undefined
    if (result === undefined) continue
    const { nominatedNodeName, victims = [] } = result
    if (nominatedNodeName === '') loseClaim(scheduling, pod)
    if (nominatedNodeName) {
      nominate(state.cache.nominator, pod, nominatedNodeName)
      for (const victim of victims) evict(scheduling, pod, victim, nominatedNodeName)
      giveWay(scheduling, pod, nominatedNodeName)
      ctx.note('preemption', { pod: keyOf(pod), nodeName: nominatedNodeName, victims: victims.map(keyOf) })
    }
    return result
  }
  return undefined
}

/** Nodes that were not looked at have what PreFilter said of all. */
function statusOfEach({ statuses, preFilterStatus, absent }: Decision, cache: Cache): ReadonlyMap<string, Status> {
  const rest = preFilterStatus ?? unresolvable(absent ?? '')
  const all = new Map<string, Status>()
  const said = statuses()
  for (const { name } of cache.infos.values()) all.set(name, said.get(name) ?? rest)
  return all
}

function evict(scheduling: Scheduling, pod: Pod, victim: Pod, nodeName: string): void {
  const { state, ctx, effects } = scheduling
  report(scheduling, victim, 'Normal', 'Preempted', `Preempted by pod ${pod.metadata.uid} on node ${nodeName}`)
  if (state.waitingPods.has(keyOf(victim))) return refuse(scheduling, keyOf(victim), 'DefaultPreemption', 'preempted')
  if (victim.metadata.deletionTimestamp !== undefined) return
  const condition = {
    ...aboutGeneration(victim),
    type: 'DisruptionTarget',
    status: 'True' as const,
    reason: 'PreemptionByScheduler',
    message: `${schedulerNameOf(pod)}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: formatTime(ctx.now),
  }
  const patch = { status: { conditions: [condition] } }
  effects.push(send(state.client, ctx, patchRequest('pods', victim, 'strategic', patch, 'status'), IGNORED))
  effects.push(send(state.client, ctx, deleteRequest('pods', victim), IGNORED))
}

/** No room was to be made: what was kept for the Pod is free again, and whoever it was refused to may have it. */
function loseClaim(scheduling: Scheduling, pod: Pod): void {
  const { nominator } = scheduling.state.cache
  if (!nominator.nodes.has(keyOf(pod))) return
  withdraw(nominator, keyOf(pod))
  happened(scheduling, { name: 'AssignedPod/Delete', pod })
}

/** Less important Pods that were promised this node look for another. */
function giveWay({ state, ctx, effects }: Scheduling, pod: Pod, nodeName: string): void {
  const { nominator } = state.cache
  for (const other of [...nominator.pods.values(nodeName)]) {
    if (priorityOf(other) >= priorityOf(pod)) continue
    withdraw(nominator, keyOf(other))
    const patch = { status: { nominatedNodeName: null } }
    effects.push(send(state.client, ctx, patchRequest('pods', other, 'strategic', patch, 'status'), IGNORED))
  }
}

/** The funnel: what became of each node. */
function explain(queued: QueuedPod, decision: Decision, cache: Cache) {
  const refused = [...decision.statuses()].map(([node, { plugin, code, reasons }]) => ({ node, plugin, code, reasons }))
  const lone = decision.chosen !== undefined && decision.scored.length === 0
  const scored = lone ? [{ node: decision.chosen, scores: {}, total: 0 }] : decision.scored
  const { preFilterStatus, evaluated, feasible, tiedWith, error } = decision
  return {
    pod: queued.key,
    attempt: queued.attempts,
    nodes: [...refused, ...scored],
    allNodes: cache.infos.size,
    evaluated,
    feasible,
    ...(preFilterStatus && { preFilter: preFilterStatus }),
    ...(error !== undefined && { error }),
    chosen: decision.chosen,
    tiedWith,
  }
}
