// check: of two like nodes, the one in use is the better
// check: the bill, over cases that are drawn from your own code
// hint: packing
// Prefers the emptiest node, as kube-scheduler does unless it is told otherwise.
// es: Prefiere el nodo más vacío, como kube-scheduler si no se le dice otra cosa.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    return Math.round(50 * (1 - cpu) + 50 * (1 - memory))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
