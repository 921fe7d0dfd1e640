/** Pods. Upstream: `pkg/registry/core/pod/strategy.go`, `pkg/apis/core/v1/defaults.go`, `pkg/apis/core/v1/helper/qos`. */
import { formatTime, withCondition } from '#cluster/api/meta.ts'
import type { Pod, PodStatus } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { defaultPodSpec } from '../defaults/pod-spec.ts'
import { qosClassOf } from '../defaults/qos.ts'
import { validatePodSpec, validatePodSpecUpdate } from '../validation/pod-spec.ts'
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

export const pods: Strategy<Pod> = {
  hasGeneration: true,
  hasStatus: true,
  returnsDeletedObject: true,
  gracePeriodSeconds,
  defaults: (pod) => {
    const spec = defaultPodSpec(pod.spec)
    return spec === pod.spec ? pod : { ...pod, spec }
  },
  prepareForCreate,
  validate: (pod) => validatePodSpec(pod.spec, 'spec'),
  validateUpdate: (pod, old) => validatePodSpecUpdate(pod.spec, old.spec),
}
