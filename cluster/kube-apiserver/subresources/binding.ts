/**
 * `pods/binding`: the scheduler's one write puts a Pod on a node, and says so in its conditions. What it notes on the Binding is noted on the Pod.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/pod/storage/storage.go` (BindingREST).
 */
import { aboutGeneration, deepFreeze, withCondition } from '#cluster/api/meta.ts'
import type { Binding, Pod, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { timestamp } from '../handlers/objects.ts'
import type { Prepared } from '../handlers/objects.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { Origin } from '../state.ts'
import { badRequest, conflict, internal, notSupported, required } from '../status.ts'

/** What is wrong with it whatever the Pod is like, and whether there is one or not. */
export function bindingProblem({ subresource, name }: RequestInfo, body: unknown): Status | undefined {
  if (subresource !== 'binding') return undefined
  const { target = {} as Partial<Binding['target']> } = (body ?? {}) as Partial<Binding>
  const wrong =
    target.kind && target.kind !== 'Node'
      ? notSupported('target.kind', target.kind, ['Node', '<empty>'])
      : target.name ? undefined : required('target.name') // prettier-ignore
  // Upstream does not say that it is the client's fault.
  if (wrong) return internal(`${wrong.field}: ${wrong.message}`)
  return name === '' ? badRequest('Name parameter required.') : undefined
}

export function bind(info: RequestInfo, body: unknown, origin: Origin, ctx: Context): Prepared {
  const { metadata, target } = body as Binding
  const pod = origin.object as Pod
  const refuse = (why: string): Prepared => ({ refused: conflict(info.resource, info.name, why, 'binding') })
  if (metadata?.uid && metadata.uid !== pod.metadata.uid) {
    return refuse(`Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`)
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    return refuse(`pod ${pod.metadata.name} is being deleted, cannot be assigned to a host`)
  }
  if (pod.spec.nodeName) {
    return refuse(`pod ${pod.metadata.name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  }
  if (pod.spec.schedulingGates?.length) {
    return refuse(`pod ${pod.metadata.name} has non-empty .spec.schedulingGates`)
  }
  const condition = { ...aboutGeneration(pod), type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp(ctx) } as const // prettier-ignore
  const conditions = withCondition(pod.status?.conditions, condition)
  const spec = { ...pod.spec, nodeName: target.name }
  // Where it might have gone is of no interest any more.
  const { nominatedNodeName: _, ...status } = pod.status ?? {}
  const annotations = metadata?.annotations && { ...pod.metadata.annotations, ...metadata.annotations }
  const marked = annotations ? { metadata: { ...pod.metadata, annotations } } : {}
  return { object: deepFreeze({ ...pod, ...marked, spec, status: { ...status, conditions } } as Pod) }
}
