// check: of two like nodes, the one in use is the better
// hint: packing
// Fills nodes in the order of their names, whatever is on them.
// es: Llena los nodos por orden de nombre, haya lo que haya en ellos.
import type { ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(_state, _pod, { node }) {
    return Math.max(0, 100 - Number(node.metadata.name.replace(/\D/g, '')))
  },
}

export default plugin
