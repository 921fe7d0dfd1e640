/** Telling people: the PodScheduled condition, and Events. */
import { aboutGeneration, conditionOf, formatTime } from '#cluster/api/meta.ts'
import type { Condition, Pod } from '#cluster/api/types.ts'
import { patchRequest, send } from '#cluster/client/api-client.ts'
import { recordEvent } from '#cluster/client/event-recorder.ts'
import type { Scheduling } from './state.ts'

/** Answers to these are not waited for. */
export const IGNORED = Object.freeze({ stage: 'report' })

export function report(
  { state, ctx, effects }: Scheduling,
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const request = recordEvent(state.recorder, ctx, { object: pod, type, reason, message })
  if (request) effects.push(send(state.client, ctx, request, IGNORED))
}

/**
 * A FailedScheduling Event, and PodScheduled=False where that is news. `nominatedNodeName` goes into the status too: '' takes
 * it out, undefined leaves it.
 */
export function reportFailure(
  scheduling: Scheduling,
  pod: Pod,
  reason: 'Unschedulable' | 'SchedulerError',
  message: string,
  nominatedNodeName?: string,
): void {
  const { state, ctx, effects } = scheduling
  report(scheduling, pod, 'Warning', 'FailedScheduling', message)
  const old = conditionOf(pod, 'PodScheduled')
  const isNominated = nominatedNodeName === undefined || nominatedNodeName === (pod.status?.nominatedNodeName ?? '')
  if (isNominated && old?.status === 'False' && old.reason === reason && old.message === message) return
  const lastTransitionTime = old?.status === 'False' ? old.lastTransitionTime : formatTime(ctx.now)
  const condition: Condition = {
    ...aboutGeneration(pod),
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    ...(lastTransitionTime !== undefined && { lastTransitionTime }),
  }
  const nomination = isNominated ? {} : { nominatedNodeName: nominatedNodeName || null }
  const patch = { status: { conditions: [condition], ...nomination } }
  effects.push(send(state.client, ctx, patchRequest('pods', pod, 'strategic', patch, 'status'), IGNORED))
}
