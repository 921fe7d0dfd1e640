/** NodeUnschedulable: keeps Pods off cordoned nodes, but for those that tolerate it. */
import type { Taint } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { unresolvable } from '../framework.ts'
import { isTolerated } from '#cluster/api/tolerations.ts'

const REFUSED = unresolvable('node(s) were unschedulable')
const CORDONED: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  reads: ({ spec }) => spec.tolerations,
  filter(_state, pod, { unschedulable }) {
    if (!unschedulable || isTolerated(CORDONED, pod.spec.tolerations)) return undefined
    return REFUSED
  },
  eventsToRegister: [
    { event: 'Node/Add', hint: (_pod, { node }) => node?.spec?.unschedulable !== true },
    { event: 'Node/UpdateTaint', hint: (_pod, { node }) => node?.spec?.unschedulable !== true },
    { event: 'Pod/UpdateToleration' },
  ],
}
