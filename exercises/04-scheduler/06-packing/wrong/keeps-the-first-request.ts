// check: the same question gets the same answer, in any order of nodes
// hint: alone
// Reads what the first Pod asks for, and takes all others to ask for the same.
// es: Lee lo que pide el primer Pod, y cree que todos los demás piden lo mismo.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

let asked: Resources | undefined

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    asked ??= state.read<Resources>('request')!
    const cpu = shareOf('cpu', asked, nodeInfo)
    const memory = shareOf('memory', asked, nodeInfo)
    // What is used up of one resource and left over of the other is of no use to anybody.
    const lopsided = Math.abs(cpu - memory)
    const inUse = nodeInfo.pods.length > 0 ? 40 : 0
    return Math.round(inUse + 20 * (cpu + memory) + 20 * (1 - lopsided))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
