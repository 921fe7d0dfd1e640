// check: the same question gets the same answer, in any order of nodes
// hint: alone
// Adds a few points for the node whose turn it is: a variable of the module remembers earlier Pods.
// es: Suma unos puntos al nodo al que le toca: una variable del módulo recuerda Pods anteriores.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

let turn = 0
let next = ''

const plugin: ScorePlugin = {
  preScore(_state, _pod, nodes) {
    turn++
    next = nodes[turn % nodes.length]!.node.metadata.name
    return undefined
  },
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    const isNext = nodeInfo.node.metadata.name === next
    return Math.round(45 * cpu + 45 * memory) + (isNext ? 5 : 0)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
