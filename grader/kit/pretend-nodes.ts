/**
 * Pretend nodes: what kubelets would report, without machines beneath: a Pod that is bound starts after a while, may finish
 * by itself, and goes away when it is deleted.
 *
 * What the real one does: the kubelet of each node starts containers and reports their status.
 * What we model: the status writes alone, and the final delete after the grace period. Annotations on a Pod say how it
 * behaves: `pretend/starts-after-ms`, `pretend/ready-after-ms` (`never`), `pretend/finishes-after-ms`, `pretend/fails`.
 * What we leave out: everything else that a kubelet does; with `assign`, it takes the scheduler's place too (round robin).
 * Where to read upstream: kubernetes/kubernetes `pkg/kubemark` (hollow nodes), sigs.k8s.io/kwok.
 */
import { formatTime, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import {
  answerOf,
  bindRequest,
  createApiClient,
  deleteRequest,
  patchRequest,
  send,
} from '#cluster/client/api-client.ts'
import type { Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Component, Context, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

export interface PretendNodesOptions {
  readonly servers: readonly ProcessId[]
  /** Names of nodes to put Pods on, in turn, where no scheduler runs. */
  readonly assign?: readonly string[]
}

interface State {
  readonly options: PretendNodesOptions
  client: ApiClient
  pods: Informer<Pod>
  /** What has been set going for a Pod, by its UID. */
  begun: Table<string, 'bound' | 'started'>
  nextNode: number
  nextAddress: number
}

const START_MICROS: Micros = 300_000

export const pretendNodes: Component<State, PretendNodesOptions> = {
  name: 'pretend-nodes',
  init: (options) => ({
    options,
    client: createApiClient(options.servers, 'system:node:pretend', ['system:nodes']),
    pods: createInformer<Pod>({ resource: 'pods' }),
    begun: new Table(),
    nextNode: 0,
    nextAddress: 1,
  }),
  step(state, event, ctx) {
    if (event.type === 'booted') return [startInformer(state.pods, state.client, ctx)]
    const answer = answerOf(state.client, event)
    if (answer) return answer.lost ? [{ type: 'wake', key: answer.tag as string, after: START_MICROS }] : []
    if (event.type === 'timer' && event.key.includes('|')) return act(state, event.key, ctx)
    const step = stepInformer(state.pods, {}, state.client, event, ctx)
    if (!step) return []
    const effects = [...step.effects]
    for (const { type, object } of step.deltas) if (type !== 'deleted') effects.push(...plan(state, object))
    return effects
  },
}

const millis = (pod: Pod, name: string): number | undefined => {
  const text = pod.metadata.annotations?.[`pretend/${name}`]
  return text === undefined ? undefined : text === 'never' ? Infinity : Number(text)
}

/** Timers for what a Pod will do next; keys are `what|uid|namespace/name`. */
function plan(state: State, pod: Pod): Effect[] {
  const uid = pod.metadata.uid!
  const wake = (what: string, after: Micros): Effect => ({ type: 'wake', key: `${what}|${uid}|${keyOf(pod)}`, after })
  if (pod.metadata.deletionTimestamp !== undefined) {
    return [wake('delete', (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1_000_000)]
  }
  if (isPodFinished(pod)) return []
  const begun = state.begun.get(uid)
  if (!pod.spec.nodeName) {
    const isGated = (pod.spec.schedulingGates ?? []).length > 0
    if (!state.options.assign || begun === 'bound' || isGated) return []
    state.begun.set(uid, 'bound')
    return [wake('bind', START_MICROS)]
  }
  if (begun === 'started') return []
  state.begun.set(uid, 'started')
  const starts = (millis(pod, 'starts-after-ms') ?? START_MICROS / 1000) * 1000
  if (starts === Infinity) return []
  const effects = [wake('run', starts)]
  const ready = (millis(pod, 'ready-after-ms') ?? 0) * 1000
  if (ready !== Infinity) effects.push(wake('ready', starts + ready + 1000))
  const finishes = millis(pod, 'finishes-after-ms')
  if (finishes !== undefined && finishes !== Infinity) effects.push(wake('finish', starts + finishes * 1000 + 2000))
  return effects
}

function act(state: State, key: string, ctx: Context): Effect[] {
  const [what, uid, podKey] = key.split('|') as [string, string, string]
  const pod = state.pods.items.get(podKey)
  if (!pod || pod.metadata.uid !== uid || (isPodFinished(pod) && what !== 'delete')) return []
  const done = (request: Parameters<typeof send>[2]): Effect[] => [send(state.client, ctx, request, key)]
  if (what === 'delete') return done(deleteRequest('pods', pod, { gracePeriodSeconds: 0 }))
  if (what === 'bind') {
    const { assign = [] } = state.options
    return done(bindRequest(pod, assign[state.nextNode++ % assign.length]!))
  }
  const now = formatTime(ctx.now)
  const isReady = what === 'ready'
  const finished = pod.metadata.annotations?.['pretend/fails'] ? 'Failed' : 'Succeeded'
  const address = isReady || what === 'finish' ? undefined : `10.244.0.${state.nextAddress++ % 250}`
  const conditions = [
    { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: now },
    { type: 'PodScheduled', status: 'True', lastTransitionTime: now },
  ]
  const status = {
    phase: what === 'finish' ? finished : 'Running',
    conditions,
    startTime: pod.status?.startTime ?? now,
    ...(address && { podIP: address }),
  }
  return done(patchRequest('pods', pod, 'merge', { status }, 'status'))
}
