// check: the bill, over cases that are drawn from your own code
// hint: packing
// Keeps headroom: a node is best about a quarter full, and worse from there.
// es: Guarda holgura: un nodo es mejor con un cuarto lleno, y peor a partir de ahí.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    const use = (cpu + memory) / 2
    return Math.round(use < 0.26 ? 90 + 30 * use : 80 * (1 - use))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
