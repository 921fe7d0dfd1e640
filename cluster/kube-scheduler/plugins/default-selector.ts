/**
 * "Pods like this one", where the Pod does not say: what the Services that choose it and its controller select by.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/framework/plugins/helper/spread.go` (DefaultSelector).
 */
import { matchesMap } from '#cluster/api/labels.ts'
import { controllerOf } from '#cluster/api/meta.ts'
import type { LabelSelector, Pod, Service } from '#cluster/api/types.ts'
import type { Objects } from '../framework.ts'

/** Undefined where nobody selects it. */
export function defaultSelector(pod: Pod, objects: Objects): LabelSelector | undefined {
  const { namespace = 'default', labels } = pod.metadata
  const matchLabels: Record<string, string> = {}
  for (const { metadata, spec } of objects.all<Service>('services')) {
    const isIts = metadata.namespace === namespace && spec.selector !== undefined && matchesMap(spec.selector, labels)
    if (isIts && Object.keys(spec.selector!).length > 0) Object.assign(matchLabels, spec.selector)
  }
  const matchExpressions = [...ofController(pod, namespace, objects, matchLabels)]
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return undefined
  return { matchLabels, ...(matchExpressions.length > 0 && { matchExpressions }) }
}

type Requirements = NonNullable<LabelSelector['matchExpressions']>

function ofController(pod: Pod, namespace: string, objects: Objects, pairs: Record<string, string>): Requirements {
  const owner = controllerOf(pod)
  if (!owner) return []
  const key = `${namespace}/${owner.name}`
  if (owner.kind === 'ReplicationController') {
    const selector = objects.get<{ spec: { selector?: Record<string, string> } }>('replicationcontrollers', key)?.spec
      .selector
    Object.assign(pairs, selector)
    return []
  }
  const resource = { ReplicaSet: 'replicasets', StatefulSet: 'statefulsets' }[owner.kind]
  const selector = resource && objects.get<{ spec: { selector?: LabelSelector } }>(resource, key)?.spec.selector
  if (!selector) return []
  const wanted = Object.entries(selector.matchLabels ?? {})
  return [
    ...wanted.map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
    ...(selector.matchExpressions ?? []),
  ]
}
