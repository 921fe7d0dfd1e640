/**
 * RuntimeClass: a Pod that names one bears what its sandbox costs, and goes to nodes that have it.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/runtimeclass/admission.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject, Pod, PodSpec, ResourceList, Status, Toleration } from '#cluster/api/types.ts'
import { type AdmissionPlugin, type Attributes, forbid, isPodCreation, lookUp } from './plugin.ts'

type RuntimeClass = KubernetesObject & {
  readonly overhead?: { readonly podFixed?: ResourceList }
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly Toleration[]
  }
}

const classOf = (attributes: Attributes, { spec }: Pod) =>
  lookUp<RuntimeClass>(attributes, 'runtimeclasses', spec.runtimeClassName ?? '')

const missing = (attributes: Attributes, { spec }: Pod): Status =>
  forbid(attributes, `pod rejected: RuntimeClass "${spec.runtimeClassName}" not found`)

function withScheduling(spec: PodSpec, { scheduling = {} }: RuntimeClass): PodSpec | string {
  const { nodeSelector = {}, tolerations = [] } = scheduling
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key]
    if (own !== undefined && own !== value) {
      return `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`
    }
  }
  const added = tolerations.filter((one) => !spec.tolerations?.some((own) => isEqual(own, one)))
  return {
    ...spec,
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...spec.nodeSelector, ...nodeSelector } }),
    ...(added.length > 0 && { tolerations: [...(spec.tolerations ?? []), ...added] }),
  }
}

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: isPodCreation,
  reads: ['runtimeclasses'],
  mutate(pod: Pod, attributes) {
    if (pod.spec?.runtimeClassName === undefined) return pod
    const found = classOf(attributes, pod)
    if (!found) return missing(attributes, pod)
    const overhead = found.overhead?.podFixed
    if (overhead && pod.spec.overhead && !isEqual(overhead, pod.spec.overhead)) {
      return forbid(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    }
    const spec = withScheduling(overhead ? { ...pod.spec, overhead } : pod.spec, found)
    return typeof spec === 'string' ? forbid(attributes, spec) : { ...pod, spec }
  },
  validate(pod: Pod, attributes) {
    const { runtimeClassName, overhead } = pod.spec
    const found = runtimeClassName === undefined ? undefined : classOf(attributes, pod)
    if (runtimeClassName !== undefined && !found) return missing(attributes, pod)
    if (overhead === undefined || found?.overhead?.podFixed !== undefined) return undefined
    return forbid(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
}
