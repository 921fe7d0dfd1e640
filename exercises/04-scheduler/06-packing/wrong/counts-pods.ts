// check: in a living cluster every Pod finds its place
// hint: range
// Counts Pods, twenty points each, and forgets that there may be more than five.
// es: Cuenta Pods, veinte puntos por cada uno, y olvida que puede haber más de cinco.
import type { ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(_state, _pod, { pods }) {
    return 20 * pods.length
  },
}

export default plugin
