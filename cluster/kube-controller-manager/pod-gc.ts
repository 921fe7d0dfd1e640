/**
 * The Pod garbage collector: Pods whose kubelet can never again say that they have ended.
 *
 * What the real one does: every 20 s it deletes, at once and without asking a kubelet, Pods of nodes that no longer exist,
 * Pods that are terminating without ever having had a node, terminating Pods of nodes that somebody has declared out of
 * service, and the oldest finished Pods beyond 12,500.
 * What we model: all four, the 40 s of quarantine for a node that has gone and the live look for it.
 * What we leave out: rate limits.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/podgc/gc_controller.go`.
 */
import { aboutGeneration, conditionOf, formatTime, isPodFinished, keyOf, parseTime } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { deleteRequest, getRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Enqueue, Reconciled } from '#cluster/client/controller.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

const PERIOD_MICROS = 20_000_000
const QUARANTINE_MICROS = 40_000_000
const TERMINATED_POD_THRESHOLD = 12_500
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

interface Memory {
  started: boolean
  /** Nodes that Pods name and the cache does not know, since when. */
  missing: Table<string, Micros>
  /** Those that a live look did not find either. */
  gone: Table<string, true>
}

interface Tag {
  readonly look: string
}

const ROUND = '*'

/** Pods that have ended or are to: the few that a round can be about while their nodes are there. */
const ENDING_INDEX = 'ending'
const FINISHED = ['finished']
const TERMINATING = ['terminating']
const BOTH = [...FINISHED, ...TERMINATING]
const NEITHER: string[] = []

export const podGcController: Controller<Memory> = {
  name: 'pod-gc',
  eventSource: 'pod-garbage-collector',
  watches: [
    { resource: 'pods', enqueue: begin },
    { resource: 'nodes', enqueue: begin },
  ],
  indexes: { pods: { node: (pod: Pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []), [ENDING_INDEX]: ending } },
  memory: () => ({ started: false, missing: new Table(), gone: new Table() }),
  reconcile,
  settle,
}

function ending(pod: Pod): readonly string[] {
  if (pod.metadata.deletionTimestamp === undefined) return isPodFinished(pod) ? FINISHED : NEITHER
  return isPodFinished(pod) ? BOTH : TERMINATING
}

function begin(_delta: unknown, _caches: Caches, memory: Memory): Enqueue[] {
  if (memory.started) return []
  memory.started = true
  return [{ key: ROUND, afterMicros: PERIOD_MICROS }]
}

function reconcile(_key: string, caches: Caches, memory: Memory, ctx: Context): Reconciled {
  return hasNothingToDo(caches, memory) ? { requeueAfterMicros: PERIOD_MICROS } : round(caches, memory, ctx)
}

/** A look at every Pod. */
export function round(caches: Caches, memory: Memory, ctx: Context): Reconciled {
  const pods = [...caches.all<Pod>('pods')]
  const doomed = new Map<Pod, string>()
  for (const pod of surplusFinished(pods)) doomed.set(pod, '')
  const looks = missingNodes(pods, caches, memory, ctx.now)
  for (const pod of pods) {
    const { nodeName } = pod.spec
    if (nodeName && memory.gone.has(nodeName)) doomed.set(pod, 'PodGC: node no longer exists')
    if (pod.metadata.deletionTimestamp === undefined) continue
    if (!nodeName) doomed.set(pod, '')
    else if (isOutOfService(caches.get<Node>('nodes', nodeName))) doomed.set(pod, 'PodGC: node out-of-service')
  }
  const calls = [...doomed].flatMap(([pod, message]) => forceDelete(pod, message, ctx.now))
  if (calls.length > 0) ctx.note('podGC', { pods: [...doomed.keys()].map(keyOf) })
  return { calls: [...looks, ...calls], requeueAfterMicros: PERIOD_MICROS }
}

/** True of nearly every round, and then no Pod is looked at: with 150,000 of them that was a good part of what an idle cluster did. */
export function hasNothingToDo(caches: Caches, { missing, gone }: Memory): boolean {
  if (missing.size > 0 || gone.size > 0 || caches.count('pods', ENDING_INDEX, 'terminating') > 0) return false
  if (caches.count('pods', ENDING_INDEX, 'finished') > TERMINATED_POD_THRESHOLD) return false
  for (const name of caches.indexed('pods', 'node')) if (caches.get('nodes', name) === undefined) return false
  return true
}

function surplusFinished(pods: readonly Pod[]): readonly Pod[] {
  const finished = pods.filter(isPodFinished)
  if (finished.length <= TERMINATED_POD_THRESHOLD) return []
  const born = (pod: Pod): Micros => parseTime(pod.metadata.creationTimestamp) ?? 0
  return finished.sort((a, b) => born(a) - born(b)).slice(0, finished.length - TERMINATED_POD_THRESHOLD)
}

/** Nodes missing for longer than the quarantine are looked up; found ones are missing no more. */
function missingNodes(pods: readonly Pod[], caches: Caches, memory: Memory, now: Micros): Call[] {
  const named = new Set(pods.map(({ spec }) => spec.nodeName).filter((name) => name !== undefined && name !== ''))
  for (const table of [memory.missing, memory.gone]) {
    for (const name of [...table.keys()])
      if (!named.has(name) || caches.get('nodes', name) !== undefined) table.delete(name)
  }
  const calls: Call[] = []
  for (const name of named as Set<string>) {
    if (caches.get('nodes', name) !== undefined || memory.gone.has(name)) continue
    const since = memory.missing.get(name)
    if (since === undefined) memory.missing.set(name, now)
    else if (now - since >= QUARANTINE_MICROS) {
      calls.push({
        request: getRequest('nodes', undefined, name),
        tag: { look: name } satisfies Tag,
        accept: ['NotFound'],
      })
    }
  }
  return calls
}

function isOutOfService(node: Node | undefined): boolean {
  if (!node || conditionOf(node, 'Ready')?.status === 'True') return false
  return (node.spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE)
}

/** It ends as Failed, so that whoever counts on its phase gets one, and is then removed without grace. */
function forceDelete(pod: Pod, message: string, now: Micros): Call[] {
  const options = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid! } }
  const remove: Call = { request: deleteRequest('pods', pod, options), accept: ['NotFound', 'Conflict'] }
  if (isPodFinished(pod)) return [remove]
  const condition = {
    ...aboutGeneration(pod),
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message,
    lastTransitionTime: formatTime(now),
  }
  const status = { phase: 'Failed', ...(message !== '' && { conditions: [condition] }) }
  return [{ request: patchRequest('pods', pod, 'strategic', { status }, 'status'), accept: ['NotFound'] }, remove]
}

function settle(_key: string, call: Call, answer: Answer, _failed: boolean, memory: Memory): undefined {
  const tag = call.tag as Tag | undefined
  if (tag && answer.status === 404) memory.gone.set(tag.look, true)
  return undefined
}
