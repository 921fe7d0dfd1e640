// check: ten times the nodes cost ten times as much
// hint: alone
// Goes over all nodes anew for each node, to find the fullest.
// es: Recorre todos los nodos de nuevo para cada nodo, en busca del más lleno.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  preScore(state, _pod, nodes) {
    state.write('nodes', nodes)
    return undefined
  },
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const fullest = Math.max(
      ...state.read<readonly NodeInfo[]>('nodes')!.map((other) => shareOf('cpu', request, other)),
    )
    const [cpu, memory] = [shareOf('cpu', request, nodeInfo), shareOf('memory', request, nodeInfo)]
    return Math.round(40 * cpu + 40 * memory + (cpu === fullest ? 10 : 0))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
