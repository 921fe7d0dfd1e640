// check: of two like nodes, the one in use is the better
// hint: packing
// Says Skip for every Pod, and so has no say about any.
// es: Responde Skip para cada Pod, y así no opina sobre ninguno.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  preScore: () => ({ code: 'Skip' }),
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    return Math.round(50 * cpu + 50 * memory)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
