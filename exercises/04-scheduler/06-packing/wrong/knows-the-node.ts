// check: the same question gets the same answer, in any order of nodes
// hint: alone
// Keeps the first score of each node, whatever comes later.
// es: Guarda la primera puntuación de cada nodo, venga lo que venga después.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const known: Record<string, number> = {}

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    // What is used up of one resource and left over of the other is of no use to anybody.
    const lopsided = Math.abs(cpu - memory)
    const inUse = nodeInfo.pods.length > 0 ? 40 : 0
    const score = Math.round(inUse + 20 * (cpu + memory) + 20 * (1 - lopsided))
    return (known[nodeInfo.node.metadata.name] ??= score)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
