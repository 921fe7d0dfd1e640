/**
 * "Pods like this one", where the Pod does not say: what the Services that choose it and its controller select by.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/helper/spread.go` (DefaultSelector).
 */
import { matchesMap } from '#cluster/api/labels.ts'
import { controllerOf } from '#cluster/api/meta.ts'
import type { LabelSelector, Pod, Service } from '#cluster/api/types.ts'
import type { Objects } from '../framework.ts'

/** Undefined where nobody selects it. Where only a controller does, Pods of one controller get the very same object. */
export function defaultSelector(pod: Pod, objects: Objects): LabelSelector | undefined {
  const { namespace = 'default', labels } = pod.metadata
  const matchLabels: Record<string, string> = {}
  let isServed = false
  for (const { metadata, spec } of objects.all<Service>('services')) {
    const isIts = metadata.namespace === namespace && spec.selector !== undefined && matchesMap(spec.selector, labels)
    if (!isIts || Object.keys(spec.selector!).length === 0) continue
    Object.assign(matchLabels, spec.selector)
    isServed = true
  }
  const own = ofController(pod, namespace, objects)
  if (!isServed) return own
  const { matchExpressions } = own ?? {}
  return { matchLabels: { ...matchLabels, ...own?.matchLabels }, ...(matchExpressions && { matchExpressions }) }
}

function ofController(pod: Pod, namespace: string, objects: Objects): LabelSelector | undefined {
  const owner = controllerOf(pod)
  if (!owner) return undefined
  const key = `${namespace}/${owner.name}`
  if (owner.kind === 'ReplicationController') {
    const selector = objects.get<{ spec: { selector?: Record<string, string> } }>('replicationcontrollers', key)?.spec
      .selector
    return isEmpty(selector) ? undefined : { matchLabels: selector! }
  }
  const resource = { ReplicaSet: 'replicasets', StatefulSet: 'statefulsets' }[owner.kind]
  if (!resource) return undefined
  const selector = objects.get<{ spec: { selector?: LabelSelector } }>(resource, key)?.spec.selector
  return selector && asExpressions(selector)
}

const isEmpty = (pairs: Readonly<Record<string, string>> | undefined): boolean => Object.keys(pairs ?? {}).length === 0

const expressions = new WeakMap<LabelSelector, LabelSelector>()

/** The same as requirements alone, as upstream adds them. */
function asExpressions(selector: LabelSelector): LabelSelector | undefined {
  const known = expressions.get(selector)
  if (known) return known
  const wanted = Object.entries(selector.matchLabels ?? {})
  const matchExpressions = [
    ...wanted.map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
    ...(selector.matchExpressions ?? []),
  ]
  if (matchExpressions.length === 0) return undefined
  const made = Object.freeze({ matchLabels: {}, matchExpressions })
  expressions.set(selector, made)
  return made
}
