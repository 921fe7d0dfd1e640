/** `kubectl describe`: an object with what surrounds it. */
import type { Resource } from '#cluster/api/resources.ts'
import type {
  Deployment,
  KubernetesEvent,
  KubernetesObject,
  List,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from '#cluster/api/types.ts'
import { getRequest, isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import { describeCustom } from '../describe/describe-custom.ts'
import { describeNode } from '../describe/describe-node.ts'
import { describePlain } from '../describe/describe-plain.ts'
import { describePod } from '../describe/describe-pod.ts'
import { byCreation, describeDeployment, describeReplicaSet, describeService } from '../describe/describe-workloads.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { alignTabs, DESCRIBE_TABS } from '../print/tab-writer.ts'
import type { Target } from '../resource-arguments.ts'
import { parseTargets } from '../resource-arguments.ts'

export const describeFlags: FlagSpec = { values: ['selector'], switches: ['all-namespaces', 'show-events'] }

export function* describe({ args, flags }: Invocation): Steps {
  const texts: string[] = []
  const errors: string[] = []
  for (const target of yield* parseTargets(args)) {
    const { objects, error } = yield* fetch(target, flags)
    if (error !== undefined) errors.push(error)
    for (const object of objects) texts.push(yield* describeOne(target.resource, object))
  }
  const output = texts.length > 0 ? { output: texts.join('\n\n') } : {}
  if (errors.length > 0) return { ...output, errors: `${errors.join('\n')}\n`, exitCode: 1 }
  return texts.length > 0 ? output : { errors: `No resources found in ${namespaceOf(flags)} namespace.\n` }
}

interface Fetched {
  readonly objects: readonly KubernetesObject[]
  readonly error?: string
}

/** A name that is none may be the beginning of some. */
function* fetch({ resource, name }: Target, flags: Flags): Generator<Ask, Fetched, Round> {
  const everywhere = isSet(flags, 'all-namespaces')
  const namespace = resource.namespaced && !everywhere ? namespaceOf(flags) : undefined
  const labelSelector = valueOf(flags, 'selector')
  const list = listRequest(resource, namespace, labelSelector ? { labelSelector } : {})
  if (name === undefined) {
    const answer = (yield* ask(list)).answers[0]!
    return isOk(answer)
      ? { objects: (answer.body as List<KubernetesObject>).items }
      : { objects: [], error: failureText(answer) }
  }
  const answer = (yield* ask(getRequest(resource, namespace, name))).answers[0]!
  if (isOk(answer)) return { objects: [answer.body as KubernetesObject] }
  if (answer.status !== 404) return { objects: [], error: failureText(answer) }
  const all = (yield* ask(list)).answers[0]!
  const items = isOk(all) ? (all.body as List<KubernetesObject>).items : []
  const objects = items.filter(({ metadata }) => metadata.name.startsWith(name))
  return objects.length > 0 ? { objects } : { objects: [], error: failureText(answer) }
}

function* describeOne(resource: Resource, object: KubernetesObject): Generator<Ask, string, Round> {
  const { name, namespace, uid } = object.metadata
  const events = listRequest('events', namespace ?? 'default')
  const others = surroundings(resource.resource, object)
  const { answers, now } = yield* ask(events, ...others)
  const itemsOf = <T>(i: number): readonly T[] =>
    answers[i] && isOk(answers[i]) ? ((answers[i].body as List<T>).items ?? []) : []
  // A kubelet reports about its node under the node's name in place of a UID.
  const about = itemsOf<KubernetesEvent>(0).filter(({ involvedObject }) => {
    return (
      involvedObject.kind === object.kind &&
      involvedObject.name === name &&
      (involvedObject.uid === uid || involvedObject.uid === name || !involvedObject.uid)
    )
  })
  const lines = linesFor(resource.resource, object, about, itemsOf, answers[2]?.body, now)
  return `${alignTabs(lines.join('\n'), DESCRIBE_TABS)}\n`
}

function surroundings(resource: string, { metadata: { name, namespace } }: KubernetesObject) {
  switch (resource) {
    case 'nodes':
      return [
        listRequest('pods', undefined, { fieldSelector: `spec.nodeName=${name}` }),
        getRequest('leases', 'kube-node-lease', name),
      ]
    case 'deployments':
      return [listRequest('replicasets', namespace)]
    case 'replicasets':
      return [listRequest('pods', namespace)]
    case 'services':
      return [listRequest('endpointslices', namespace, { labelSelector: `kubernetes.io/service-name=${name}` })]
    case 'namespaces':
      return [listRequest('resourcequotas', name), listRequest('limitranges', name)]
    default:
      return []
  }
}

function linesFor(
  resource: string,
  object: KubernetesObject,
  events: readonly KubernetesEvent[],
  itemsOf: <T>(i: number) => readonly T[],
  second: unknown,
  now: Micros,
): string[] {
  switch (resource) {
    case 'pods':
      return describePod(object as Pod, events, now)
    case 'nodes': {
      const lease = (second as { kind?: string } | undefined)?.kind === 'Lease' ? (second as never) : undefined
      return describeNode(object as Node, { pods: itemsOf<Pod>(1), lease, events }, now)
    }
    case 'deployments':
      return describeDeployment(object as Deployment, [...itemsOf<ReplicaSet>(1)].sort(byCreation), events, now)
    case 'replicasets':
      return describeReplicaSet(object as ReplicaSet, itemsOf<Pod>(1), events, now)
    case 'services':
      return describeService(object as Service, itemsOf(1), events, now)
    default: {
      const around = { quotas: itemsOf<never>(1), ranges: itemsOf<never>(2) }
      return describePlain(resource, object, events, around, now) ?? describeCustom(object, events, now)
    }
  }
}
