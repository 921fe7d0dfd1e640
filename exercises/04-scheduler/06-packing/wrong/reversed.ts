// check: of two like nodes, the one in use is the better
// hint: packing
// Counts well what is used, and then turns the scores round, as if much were bad.
// es: Cuenta bien lo que está en uso, y luego invierte la puntuación, como si mucho fuera malo.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    return Math.round(1000 * (cpu + memory))
  },
  normalizeScore(_state, _pod, scores) {
    const most = Math.max(1, ...scores.map(({ score }) => score))
    for (const entry of scores) entry.score = 100 - Math.round((100 * entry.score) / most)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
