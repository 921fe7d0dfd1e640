/**
 * TaintNodesByCondition: a node is not ready until its own status says so, so it begins with the taint that keeps Pods away.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/nodetaint/admission.go`.
 */
import type { Node } from '#cluster/api/types.ts'
import { type AdmissionPlugin, isWriteOf } from './plugin.ts'

const KEY = 'node.kubernetes.io/not-ready'

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: isWriteOf('nodes', ['create']),
  mutate(node: Node): Node {
    const taints = node.spec?.taints ?? []
    if (taints.some(({ key, effect }) => key === KEY && effect === 'NoSchedule')) return node
    return { ...node, spec: { ...node.spec, taints: [...taints, { key: KEY, effect: 'NoSchedule' }] } }
  },
}
