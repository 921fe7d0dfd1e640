// check: the same question gets the same answer, in any order of nodes
// hint: alone
// Prefers the node that it has praised most so far, whatever is there by now.
// es: Prefiere el nodo que más ha elogiado hasta ahora, haya lo que haya en él.
import type { ScorePlugin } from 'clusterwright/scheduler'

const praised = new Map<string, number>()

const plugin: ScorePlugin = {
  score(_state, _pod, { node, pods }) {
    const { name } = node.metadata
    const points = Math.min(90, (praised.get(name) ?? 0) + (pods.length > 0 ? 2 : 1))
    praised.set(name, points)
    return points
  },
}

export default plugin
