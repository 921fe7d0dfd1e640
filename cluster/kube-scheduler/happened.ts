/**
 * Something has changed that may make a Pod schedulable: those that wait for it are woken, and of those at Permit it is
 * remembered, since they may still be refused.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/backend/queue/active_queue.go` (inFlightEvents): a Pod is in
 * flight until Permit is behind it.
 */
import type { ClusterEvent } from './framework.ts'
import * as queues from './scheduling-queue.ts'
import type { Scheduling } from './state.ts'

/** Who may refuse a Pod at Permit besides those it waits for. */
const PREEMPTION = 'DefaultPreemption'

export function happened({ state, queuePlugins, ctx }: Scheduling, event: ClusterEvent): void {
  queues.moveAllOn(state.queue, event, queuePlugins, ctx.now)
  for (const [key, waiting] of [...state.waitingPods]) {
    const { queued } = state.bindings.get(key)!
    const missed = [...waiting.pending.map(({ plugin }) => plugin), PREEMPTION].filter(
      (plugin) => !waiting.missed.includes(plugin) && queues.isWorthATry(queued.pod, [plugin], event, queuePlugins),
    )
    if (missed.length > 0)
      state.waitingPods.set(key, Object.freeze({ ...waiting, missed: [...waiting.missed, ...missed] }))
  }
}
