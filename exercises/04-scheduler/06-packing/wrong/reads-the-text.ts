// check: a score is a whole number from 0 to 100
// hint: range
// Computes with the quantities as they are written, such as 32Gi: not a number.
// es: Calcula con las cantidades tal como están escritas, como 32Gi: no es un número.
import type { ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(_state, pod, { allocatable, requested }) {
    const asked = pod.spec.containers.map(({ resources }) => Number(resources?.requests?.['memory'] ?? 0))
    const used = (requested['memory'] ?? 0) + asked.reduce((sum, each) => sum + each, 0)
    return Math.round((100 * used) / (allocatable['memory'] || 1))
  },
}

export default plugin
