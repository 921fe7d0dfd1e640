// check: of two like nodes, the one in use is the better
// hint: packing
// Prefers the largest node, so that there is always room.
// es: Prefiere el nodo más grande, para que siempre haya sitio.
import type { ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(_state, _pod, { allocatable }) {
    return Math.min(100, Math.round((allocatable['cpu'] ?? 0) / 200 + (allocatable['memory'] ?? 0) / 2 ** 31))
  },
}

export default plugin
