/** PrioritySort: the higher priority first; among equals, who has waited longer. */
import type { Plugin } from '../framework.ts'

export const prioritySort: Plugin = {
  name: 'PrioritySort',
  less(a, b) {
    const difference = (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0)
    return difference > 0 || (difference === 0 && a.timestamp < b.timestamp)
  },
}
