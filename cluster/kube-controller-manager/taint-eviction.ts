/**
 * The taint-eviction controller: deletes Pods from nodes whose NoExecute taints they do not tolerate, or no longer.
 *
 * What the real one does: on a taint it sets a timer per Pod, as long as the shortest toleration allows; when the taint
 * goes, it takes the timer back.
 * What we model: that, with the DisruptionTarget condition and the Events.
 * What we leave out: nothing that shows; timers are keys of the work queue that are due later.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/tainteviction/taint_eviction.go`.
 */
import { aboutGeneration, conditionOf, formatTime, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import { tolerates } from '#cluster/api/tolerations.ts'
import type { Node, Pod, Taint, Toleration } from '#cluster/api/types.ts'
import { deleteRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { EventNote } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { isEqual } from '#cluster/api/meta.ts'
import { Table } from '#cluster/kernel/table.ts'

interface Scheduled {
  readonly uid: string | undefined
  /** When the taints were first seen: tolerationSeconds count from here. */
  readonly since: Micros
}

interface Memory {
  scheduled: Table<string, Scheduled>
}

export const taintEvictionController: Controller<Memory> = {
  name: 'taint-eviction',
  eventSource: 'taint-eviction-controller',
  workers: 8,
  watches: [
    { resource: 'nodes', enqueue: onNode },
    { resource: 'pods', enqueue: onPod },
  ],
  indexes: { pods: { node: (pod: Pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []) } },
  memory: () => ({ scheduled: new Table() }),
  reconcile,
}

const noExecuteTaints = (node: Node | undefined): readonly Taint[] =>
  (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')

function onNode(delta: Delta<Node>, caches: Caches): string[] {
  const before = noExecuteTaints(delta.old)
  const after = delta.type === 'deleted' ? [] : noExecuteTaints(delta.object)
  if (isEqual(before, after)) return []
  return [...caches.by<Pod>('pods', 'node', delta.object.metadata.name)].map(keyOf)
}

function onPod(delta: Delta<Pod>, _caches: Caches, memory: Memory): string[] {
  const key = keyOf(delta.object)
  if (delta.type === 'deleted') {
    memory.scheduled.delete(key)
    return []
  }
  const { object: pod, old } = delta
  const isNews = pod.spec.nodeName !== old?.spec.nodeName || !isEqual(pod.spec.tolerations, old?.spec.tolerations)
  return isNews && pod.spec.nodeName ? [key] : []
}

function reconcile(key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const pod = caches.get<Pod>('pods', key)
  if (!pod?.spec.nodeName || pod.metadata.deletionTimestamp !== undefined || isPodFinished(pod)) {
    memory.scheduled.delete(key)
    return {}
  }
  const taints = noExecuteTaints(caches.get<Node>('nodes', pod.spec.nodeName))
  const patience = taints.length === 0 ? Infinity : toleratedFor(taints, pod.spec.tolerations ?? [])
  if (patience === Infinity) return cancel(key, pod, memory)
  const known = memory.scheduled.get(key)
  const since = known?.uid === pod.metadata.uid && known ? known.since : ctx.now
  memory.scheduled.set(key, { uid: pod.metadata.uid, since })
  const left = since + patience - ctx.now
  if (left > 0) {
    ctx.note('evictionScheduled', { pod: key, inMicros: left })
    return { requeueAfterMicros: left }
  }
  ctx.note('evicted', { pod: key, node: pod.spec.nodeName })
  return evict(key, pod, ctx.now)
}

/** Microseconds for which all taints are tolerated: 0 if one is not at all, Infinity if all are for ever. */
function toleratedFor(taints: readonly Taint[], tolerations: readonly Toleration[]): Micros {
  let shortest = Infinity
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint))
    if (matching.length === 0) return 0
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(tolerationSeconds, 0) * 1e6)
    }
  }
  return shortest
}

function cancel(key: string, pod: Pod, memory: Memory): Reconciled {
  if (!memory.scheduled.delete(key)) return {}
  return { events: [marked(pod, `Cancelling deletion of Pod ${key}`)] }
}

const marked = (pod: Pod, message: string): EventNote => ({
  object: pod,
  type: 'Normal',
  reason: 'TaintManagerEviction',
  message,
})

function evict(key: string, pod: Pod, now: Micros): Reconciled {
  const condition = {
    ...aboutGeneration(pod),
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(now),
  }
  const isMarked = conditionOf(pod, 'DisruptionTarget')?.status === 'True'
  const patch = { status: { conditions: [condition] } }
  const mark: Call = { request: patchRequest('pods', pod, 'strategic', patch, 'status'), accept: ['NotFound'] }
  // First the reason, then the deletion: the second comes when the first has been answered.
  if (!isMarked)
    return {
      calls: [mark],
      requeueAfterMicros: RECHECK_MICROS,
      events: [marked(pod, `Marking for deletion Pod ${key}`)],
    }
  const options = { preconditions: { uid: pod.metadata.uid! } }
  return { calls: [{ request: deleteRequest('pods', pod, options), accept: ['NotFound'] }] }
}

/** Long enough for the watch to show the condition. */
const RECHECK_MICROS = 10_000
