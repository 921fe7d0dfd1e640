/**
 * A disturber: does to the Pods of a ReplicaSet what people, nodes and other controllers do. Names of Pods are made up while
 * a world runs, so a plan cannot name them; it says "the second Pod of web", and the disturber looks which one that is.
 *
 * What the real one does: life.
 * What we model: told `{type: 'disturb', act}`, it picks a Pod from its own watch, by age, and makes one write.
 * What we leave out: a second try after a conflict.
 * Where to read upstream: chaosblade, kube-monkey; kubernetes/kubernetes `test/e2e/apps/replica_set.go`.
 */
import { controllerOf, isPodFinished, parseTime } from '#cluster/api/meta.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { ApiClient, ApiRequest } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, deleteRequest, patchRequest, send } from '#cluster/client/api-client.ts'
import type { Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Body, Component, Context, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'

/** What is done to a Pod. */
export interface Disturbance {
  /**
   * `delete`: as people do, with a grace period. `vanish`: gone at once. `fail`: its phase becomes Failed; `finish`: Succeeded. `unready`: not Ready
   * any more. `relabel`: its labels match no more. `touch`: an annotation changes, which concerns nobody.
   */
  readonly do: 'delete' | 'vanish' | 'fail' | 'finish' | 'unready' | 'relabel' | 'touch'
  /** Name of the ReplicaSet that controls it. */
  readonly set: string
  /** Which of its Pods that are alive, the oldest being 0; counted round and round. */
  readonly nth: number
  /** Younger Pods are left alone. */
  readonly ageMsMin?: number
}

interface Told extends Body {
  readonly type: 'disturb'
  readonly act: Disturbance
}

interface State {
  client: ApiClient
  pods: Informer<Pod>
  touches: number
}

export const DISTURBER: ProcessId = 'laptop/disturber'

export const disturber: Component<State, { servers: readonly ProcessId[] }> = {
  name: 'disturber',
  init: ({ servers }) => ({
    client: createApiClient(servers, 'disturber', ['system:masters']),
    pods: createInformer<Pod>({ resource: 'pods' }),
    touches: 0,
  }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'booted') return [startInformer(state.pods, state.client, ctx)]
    if (event.type === 'message' && event.body.type === 'disturb') return disturb(state, (event.body as Told).act, ctx)
    if (answerOf(state.client, event)) return []
    return [...(stepInformer(state.pods, {}, state.client, event, ctx)?.effects ?? [])]
  },
}

function disturb(state: State, act: Disturbance, ctx: Context): Effect[] {
  const bornBefore = ctx.now - (act.ageMsMin ?? 0) * 1000
  const candidates = [...state.pods.items.values()].filter((pod) => {
    const owner = controllerOf(pod)
    const isAlive = pod.metadata.deletionTimestamp === undefined && !isPodFinished(pod)
    const born = parseTime(pod.metadata.creationTimestamp) ?? 0
    return owner?.kind === 'ReplicaSet' && owner.name === act.set && isAlive && born <= bornBefore
  })
  const pod = candidates[act.nth % Math.max(1, candidates.length)]
  if (!pod) return []
  ctx.note('disturb', { ...act, pod: pod.metadata.name })
  return [send(state.client, ctx, requestFor(state, act, pod), 'disturb')]
}

function requestFor(state: State, act: Disturbance, pod: Pod): ApiRequest {
  const patch = (body: unknown, subresource?: string) => patchRequest('pods', pod, 'merge', body, subresource)
  switch (act.do) {
    case 'delete':
      return deleteRequest('pods', pod)
    case 'vanish':
      return deleteRequest('pods', pod, { gracePeriodSeconds: 0 })
    case 'fail':
      return patch({ status: { phase: 'Failed' } }, 'status')
    case 'finish':
      return patch({ status: { phase: 'Succeeded' } }, 'status')
    case 'unready':
      return patch({ status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'status')
    case 'relabel': {
      const labels = Object.fromEntries(Object.keys(pod.metadata.labels ?? {}).map((key) => [key, 'set-aside']))
      return patch({ metadata: { labels } })
    }
    case 'touch':
      return patch({ metadata: { annotations: { touched: String(++state.touches) } } })
  }
}

/** Has the disturber do something at that time. */
export function disturbAt(world: World, at: Micros, act: Disturbance): void {
  const body: Told = { type: 'disturb', act }
  world.command(at, { type: 'tell', process: DISTURBER, body })
}
