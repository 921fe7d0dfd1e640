import type { Pod } from 'clusterwright/api'
import type { GangPlugin } from 'clusterwright/scheduler'

const LABEL = 'scheduling.x-k8s.io/pod-group'

const plugin: GangPlugin = {
  reserve(state, pod, nodeName, handle) {
    return undefined // undefined means Success
  },

  permit(state, pod, nodeName, handle) {
    // TODO: how many members have room by now? Too few: hold this one back.
    //   return { code: 'Wait', timeoutMs: group.spec.scheduleTimeoutSeconds * 1000 }
    const group = handle.podGroup(pod)
    return undefined
  },

  unreserve(state, pod, nodeName, handle) {},

  postBind(state, pod, nodeName, handle) {},
}

export default plugin

// ── given: nothing to change below ──────────────────────────────────────────────────────────────────────────────────

const nameOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[LABEL]

/** Two are of one gang if namespace, label and scheduler are the same. */
const gangOf = (pod: Pod): string => [pod.metadata.namespace, nameOf(pod), pod.spec.schedulerName].join('/')
