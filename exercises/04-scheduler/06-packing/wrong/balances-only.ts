// check: the bill, over cases that are drawn from your own code
// hint: packing
// Looks only whether CPU and memory would be used alike, and breaks ties by use.
// es: Solo mira si CPU y memoria se usarían por igual, y desempata por el uso.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    return Math.round(
      95 * (1 - Math.abs(cpu - memory)) * (1 - Math.max(cpu, memory)) + (nodeInfo.pods.length > 0 ? 5 : 0),
    )
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
