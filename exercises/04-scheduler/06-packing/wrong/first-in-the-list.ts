// check: the same question gets the same answer, in any order of nodes
// hint: alone
// Adds a few points for the first node in the list.
// es: Suma unos puntos al primer nodo de la lista.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  preScore(state, _pod, nodes) {
    state.write('first', nodes[0]!.node.metadata.name)
    return undefined
  },
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    const isFirst = nodeInfo.node.metadata.name === state.read<string>('first')
    return Math.round(45 * cpu + 45 * memory) + (isFirst ? 10 : 0)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
