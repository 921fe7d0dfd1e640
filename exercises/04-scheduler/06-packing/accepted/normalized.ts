/** Raw scores of any size, brought to 0 … 100 from the least and the greatest. */
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    return Math.round(1e6 * (cpu + memory)) - (nodeInfo.pods.length === 0 ? 5e6 : 0)
  },
  normalizeScore(_state, _pod, scores) {
    const all = scores.map(({ score }) => score)
    const [least, most] = [Math.min(...all), Math.max(...all)]
    for (const entry of scores)
      entry.score = most === least ? 0 : Math.round((100 * (entry.score - least)) / (most - least))
    return undefined
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
