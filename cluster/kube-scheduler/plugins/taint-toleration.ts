/**
 * TaintToleration: NoSchedule and NoExecute taints that the Pod does not tolerate rule a node out; each PreferNoSchedule
 * one makes it less welcome.
 */
import type { Pod, Taint, Toleration } from '#cluster/api/types.ts'
import type { Plugin } from '../framework.ts'
import { unresolvable } from '../framework.ts'
import { defaultNormalizeScore } from '../normalize.ts'
import { isTolerated } from '#cluster/api/tolerations.ts'

const NAME = 'TaintToleration'
const REFUSED = unresolvable('node(s) had untolerated taint(s)')

export const taintToleration: Plugin = {
  name: NAME,
  reads: ({ spec }) => spec.tolerations,
  filter(_state, pod, { taints }) {
    return untolerated(taints, pod) === undefined ? undefined : REFUSED
  },
  preScore(state, pod) {
    const tolerations = pod.spec.tolerations ?? []
    state[NAME] = tolerations.filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
    return undefined
  },
  /** How many PreferNoSchedule taints it does not tolerate: the fewer, the better. */
  score(state, _pod, { taints }) {
    if (taints.length === 0) return 0
    const tolerations = state[NAME] as readonly Toleration[]
    let count = 0
    for (const taint of taints) if (taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations)) count++
    return count
  },
  normalizeScore(_state, _pod, scores) {
    defaultNormalizeScore(scores, true)
  },
  eventsToRegister: [
    { event: 'Node/Add', hint: (pod, { node }) => untolerated(node!.spec?.taints, pod) === undefined },
    { event: 'Node/UpdateTaint', hint: (pod, { node }) => untolerated(node!.spec?.taints, pod) === undefined },
    { event: 'Pod/UpdateToleration' },
  ],
}

function untolerated(taints: readonly Taint[] | undefined, pod: Pod): Taint | undefined {
  if (taints === undefined || taints.length === 0) return undefined
  const { tolerations } = pod.spec
  for (const taint of taints) {
    if (taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations)) return taint
  }
  return undefined
}
