/**
 * Priority: the number behind a Pod's PriorityClass, which the scheduler goes by.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/priority/admission.go`.
 */
import type { KubernetesObject, Pod, PodSpec, Status } from '#cluster/api/types.ts'
import { type AdmissionPlugin, type Attributes, forbid, isPodCreation, isWriteOf, lookUp } from './plugin.ts'

type PriorityClass = KubernetesObject & {
  readonly value?: number
  readonly globalDefault?: boolean
  readonly preemptionPolicy?: PodSpec['preemptionPolicy']
}

/** Of several defaults (two servers may let one in each) the lowest counts. */
function defaultClass({ caches }: Attributes): PriorityClass | undefined {
  let lowest: PriorityClass | undefined
  for (const object of caches['priorityclasses']!.objects.values()) {
    const one = object as PriorityClass
    if (one.globalDefault && (!lowest || (one.value ?? 0) < (lowest.value ?? 0))) lowest = one
  }
  return lowest
}

const UNCLASSED: Pick<PriorityClass, 'value' | 'preemptionPolicy'> = { value: 0, preemptionPolicy: 'PreemptLowerPriority' } // prettier-ignore

function admitPod(pod: Pod, attributes: Attributes): Pod | Status {
  if (pod.spec === undefined) return pod
  const { priorityClassName, priority: given, preemptionPolicy: policy } = pod.spec
  const named = priorityClassName ? lookUp<PriorityClass>(attributes, 'priorityclasses', priorityClassName) : defaultClass(attributes) // prettier-ignore
  if (priorityClassName && !named) {
    return forbid(attributes, `no PriorityClass with name ${priorityClassName} was found`)
  }
  const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = named ?? UNCLASSED
  if (given !== undefined && given !== value) {
    return forbid(attributes, `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`) // prettier-ignore
  }
  if (policy !== undefined && policy !== preemptionPolicy) {
    return forbid(attributes, `the string value of PreemptionPolicy (${policy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`) // prettier-ignore
  }
  const name = priorityClassName || named?.metadata.name
  return { ...pod, spec: { ...pod.spec, ...(name && { priorityClassName: name }), priority: value, preemptionPolicy } }
}

/** What was found when it was made stays: whoever replaces it by what it was made from need not know it. */
function keep(pod: Pod, { spec: { priority, preemptionPolicy } }: Pod): Pod {
  const lost = {
    ...(pod.spec?.priority === undefined && priority !== undefined && { priority }),
    ...(pod.spec?.preemptionPolicy === undefined && preemptionPolicy !== undefined && { preemptionPolicy }),
  }
  return pod.spec === undefined || Object.keys(lost).length === 0 ? pod : { ...pod, spec: { ...pod.spec, ...lost } }
}

const isPodChange = isWriteOf('pods', ['update', 'patch'])
const isClassWrite = isWriteOf('priorityclasses', ['create', 'update', 'patch'])

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (info) => isPodCreation(info) || isPodChange(info) || isClassWrite(info),
  reads: ['priorityclasses'],
  mutate(object, attributes) {
    if (isPodCreation(attributes.info)) return admitPod(object, attributes)
    return isPodChange(attributes.info) && attributes.old ? keep(object, attributes.old as Pod) : object
  },
  validate(object: PriorityClass, attributes) {
    if (!isClassWrite(attributes.info) || !object.globalDefault) return undefined
    const other = defaultClass(attributes)
    if (!other || other.metadata.name === object.metadata.name) return undefined
    return forbid(attributes, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`) // prettier-ignore
  },
}
