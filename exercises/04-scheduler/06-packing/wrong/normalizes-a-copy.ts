// check: a score is a whole number from 0 to 100
// hint: range
// Normalizes into a new list, which nobody sees: scores are changed in place.
// es: Normaliza en una lista nueva que nadie ve: las puntuaciones se cambian en la misma.
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
    scores.map((entry) => ({ ...entry, score: Math.round((100 * entry.score) / most) }))
  },
}

export default plugin

/** How much of the node would be asked for, from 0 to 1. */
function shareOf(name: string, request: Resources, { allocatable, requested }: NodeInfo): number {
  const whole = allocatable[name] ?? 0
  if (whole === 0) return 0
  return Math.min(1, ((requested[name] ?? 0) + (request[name] ?? 0)) / whole)
}
