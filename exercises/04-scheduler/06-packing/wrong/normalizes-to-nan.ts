// check: a Pod that asks for nothing is scored as well
// hint: range
// Normalizes by the greatest score, which is 0 where nothing is used: 0 by 0.
// es: Normaliza por la mayor puntuación, que es 0 donde nada está en uso: 0 entre 0.
import type { NodeInfo, Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, _pod, nodeInfo) {
    const request = state.read<Resources>('request')!
    const cpu = shareOf('cpu', request, nodeInfo)
    const memory = shareOf('memory', request, nodeInfo)
    return Math.round(1000 * (cpu + memory))
  },
  normalizeScore(_state, _pod, scores) {
    const most = Math.max(...scores.map(({ score }) => score))
    for (const entry of scores) entry.score = Math.round((100 * entry.score) / most)
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
