// check: a Pod that asks for nothing is scored as well
// hint: range
// Weighs CPU and memory by how much the Pod asks for, and divides by nothing where it asks for nothing.
// es: Pondera CPU y memoria según lo que pide el Pod, y divide entre nada cuando no pide nada.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    const [weightOfCpu, weightOfMemory] = [(request['cpu'] ?? 0) / 1000, (request['memory'] ?? 0) / 2 ** 33]
    const mean = (weightOfCpu * cpu + weightOfMemory * memory) / (weightOfCpu + weightOfMemory)
    return Math.round(100 * mean)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
