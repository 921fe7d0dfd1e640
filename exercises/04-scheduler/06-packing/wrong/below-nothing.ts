// check: a score is a whole number from 0 to 100
// hint: range
// Takes points off for what is left over, and comes below 0.
// es: Resta puntos por lo que sobra, y baja de 0.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    const inUse = nodeInfo.pods.length > 0 ? 40 : 0
    return Math.round(inUse + 30 * (cpu + memory) - 100 * Math.abs(cpu - memory))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
