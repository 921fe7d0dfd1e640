/** Looks at who is on a node: what stays long holds it anyway. */
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    const holds = nodeInfo.pods.some(({ metadata }) => metadata.labels?.['stays'] === 'long')
    if (nodeInfo.pods.length === 0) return 10
    return Math.round(20 + 25 * (cpu + memory) + (holds ? 30 : 10))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
