/** Pods. Upstream: `pkg/registry/core/pod/strategy.go`, `pkg/apis/core/v1/defaults.go`, `pkg/apis/core/v1/helper/qos`. */
import { aboutGeneration, formatTime, withCondition } from '#cluster/api/meta.ts'
import type { Pod, PodStatus } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { defaultPodSpec } from '../defaults/pod-spec.ts'
import { qosClassOf } from '../defaults/qos.ts'
import { validatePod } from '../validation/pod.ts'
import { validatePodAnnotations } from '../validation/pod-annotations.ts'
import { validatePodStatus } from '../validation/pod-status.ts'
import { validatePodSpecUpdate } from '../validation/pod-update.ts'
import type { Strategy } from './strategy.ts'

/** A node has not taken it, or it has ended: nobody needs time to end it. */
function gracePeriodSeconds(pod: Pod, asked: number | undefined): number {
  if (!pod.spec.nodeName || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return 0
  const period = asked ?? pod.spec.terminationGracePeriodSeconds ?? 30
  return period < 0 ? 1 : period
}

function prepareForCreate(pod: Pod, now: Micros): Pod {
  let status: PodStatus = { phase: 'Pending', qosClass: qosClassOf(pod.spec) }
  if (pod.spec.schedulingGates?.length) {
    const condition = {
      ...aboutGeneration(pod),
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
      lastTransitionTime: formatTime(now),
    } as const
    status = { ...status, conditions: withCondition([], condition) }
  }
  return { ...pod, status }
}

/** The class was settled at creation; a client that leaves it out does not mean to clear it. */
function keepQosClass(pod: Pod, old: Pod): Pod {
  const qosClass = old.status?.qosClass
  if (qosClass === undefined || pod.status?.qosClass !== undefined) return pod
  return { ...pod, status: { ...pod.status, qosClass } }
}

export const pods: Strategy<Pod> = {
  hasGeneration: true,
  hasStatus: true,
  keptByStatus: ['ownerReferences'],
  returnsDeletedObject: true,
  gracePeriodSeconds,
  defaults: (pod) => {
    const spec = defaultPodSpec(pod.spec)
    if (spec?.securityContext !== undefined) return spec === pod.spec ? pod : { ...pod, spec }
    // Upstream gives templates one as well; clients look for it in Pods.
    return spec === undefined ? pod : { ...pod, spec: { ...spec, securityContext: {} } }
  },
  prepareForCreate,
  validate: (pod) => [...validatePodAnnotations(pod), ...validatePod(pod.spec)],
  prepareForStatusUpdate: keepQosClass,
  validateStatusUpdate: validatePodStatus,
  validateUpdate: (pod, old) => validatePodSpecUpdate(pod.spec, old.spec),
}
