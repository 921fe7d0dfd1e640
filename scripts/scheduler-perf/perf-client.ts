/** Who makes the objects of a workload: so many requests under way at once, churn and deletions by the clock of the world. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { ApiClient, ApiRequest } from '#cluster/client/api-client.ts'
import {
  answerOf,
  createApiClient,
  createRequest,
  deleteRequest,
  isOk,
  messageOf,
  send,
} from '#cluster/client/api-client.ts'
import type { Body, Component, Effect, ProcessId } from '#cluster/kernel/component.ts'
import { boundVolume, nodeNamed, podFrom, templates } from './templates.ts'
import type { Step } from './workloads.ts'
import { zoneOf } from './workloads.ts'

const AT_ONCE = 64

interface Running {
  readonly step: Step
  readonly prefix: string
  next: number
}

interface ClientState {
  client: ApiClient
  /** What is being made, in turn. */
  running: Running | undefined
  open: number
  done: number
  failed: string | undefined
  churn: { step: Extract<Step, { do: 'churn' }>; count: number } | undefined
  deletes: { namespace: string; perSecond: number; next: number; count: number } | undefined
  /** How many Pods were made per namespace. */
  made: Record<string, { prefix: string; count: number }>
}

/** A message `{ type: 'perf', step, prefix }` begins a step; `state.done` counts those whose requests are all answered. */
export const perfClient: Component<ClientState, { readonly servers: readonly ProcessId[] }> = {
  name: 'perf-client',
  init: ({ servers }) => ({
    client: createApiClient(servers, 'perf', ['system:masters']),
    running: undefined,
    open: 0,
    done: 0,
    failed: undefined,
    churn: undefined,
    deletes: undefined,
    made: {},
  }),
  step(state, event, ctx) {
    const effects: Effect[] = []
    const call = (request: ApiRequest, tag: string) => effects.push(send(state.client, ctx, request, tag))
    const answer = answerOf(state.client, event)
    if (answer && answer.tag === 'make') {
      state.open--
      if (!isOk(answer)) state.failed ??= messageOf(answer)
    }
    if (event.type === 'message') {
      const { step, prefix } = event.body as Body & { step: Step; prefix: string }
      begin(state, step, prefix, effects)
    }
    if (event.type === 'timer' && event.key === 'churn') {
      const { step, count } = state.churn!
      const pod = podFrom(templates[step.template], `churn-${count}`, 'default')
      if (step.recreate && count % 2 === 1)
        call(deleteRequest('pods', { metadata: { name: `churn-${count - 1}`, namespace: 'default' } }), 'aside') // prettier-ignore
      else call(createRequest(pod), 'aside')
      state.churn!.count++
      effects.push({ type: 'wake', key: 'churn', after: step.everyMillis * 1000 })
    }
    if (event.type === 'timer' && event.key === 'delete') {
      const { namespace, perSecond, next, count } = state.deletes!
      const { prefix } = state.made[namespace]!
      call(deleteRequest('pods', { metadata: { name: `${prefix}-${next}`, namespace } }), 'aside')
      if (++state.deletes!.next < count) effects.push({ type: 'wake', key: 'delete', after: 1_000_000 / perSecond })
    }
    while (state.running && state.open < AT_ONCE) {
      const objects = objectsOf(state.running)
      if (objects === undefined) {
        if (state.open === 0) {
          state.running = undefined
          state.done++
        }
        break
      }
      state.running.next++
      for (const object of objects) call(createRequest(object), 'make')
      state.open += objects.length
    }
    return effects
  },
}

function begin(state: ClientState, step: Step, prefix: string, effects: Effect[]): void {
  if (step.do === 'churn') {
    state.churn = { step, count: 0 }
    effects.push({ type: 'wake', key: 'churn', after: step.everyMillis * 1000 })
    state.done++
  } else if (step.do === 'delete') {
    const { namespace, perSecond } = step
    state.deletes = { namespace, perSecond, next: 0, count: state.made[namespace]!.count }
    effects.push({ type: 'wake', key: 'delete', after: 0 })
    state.done++
  } else {
    if (step.do === 'pods') state.made[step.namespace ?? 'default'] = { prefix, count: step.count }
    state.running = { step, prefix, next: 0 }
  }
}

/** What comes next of a step; undefined when that was all. */
function objectsOf({ step, prefix, next }: Running): KubernetesObject[] | undefined {
  const name = `${prefix}-${next}`
  if (step.do === 'service') {
    const metadata = { name: 'service', namespace: step.namespace }
    const spec = { selector: { app: 'scheduler-perf' }, ports: [{ port: 80, targetPort: 80 }] }
    return next > 0 ? undefined : [{ apiVersion: 'v1', kind: 'Service', metadata, spec } as KubernetesObject]
  }
  if (step.do === 'churn' || step.do === 'delete' || next >= step.count) return undefined
  if (step.do === 'namespaces') {
    const labels = step.devops ? { labels: { team: 'devops' } } : {}
    return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${step.prefix}-${next}`, ...labels } }]
  }
  if (step.do === 'nodes') {
    const node = nodeNamed(step.name ?? name, { ...step, labels: { ...step.labels, ...zoneOf(step.zones, next) } })
    if (!step.csi) return [node]
    const drivers = [{ name: 'ebs.csi.aws.com', nodeID: node.metadata.name, allocatable: { count: 39 } }]
    const csiNode = { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name: node.metadata.name }, spec: { drivers } } // prettier-ignore
    return [node, csiNode as KubernetesObject]
  }
  const namespace = step.over === undefined ? (step.namespace ?? 'default') : `${step.namespace}-${next % step.over}`
  const volume = step.volumes ? boundVolume(step.volumes, name, namespace) : []
  return [...volume, podFrom(templates[step.template], name, namespace, step.volumes && name)]
}
