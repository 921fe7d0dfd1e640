/** SchedulingGates: a Pod with gates is not even looked at until somebody has removed them all. */
import type { Plugin } from '../framework.ts'
import { unresolvable } from '../framework.ts'

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue(pod) {
    const gates = pod.spec.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`)
  },
  eventsToRegister: [{ event: 'Pod/UpdateGatesEliminated' }],
}
