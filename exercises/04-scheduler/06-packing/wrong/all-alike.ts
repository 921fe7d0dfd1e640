// check: of two like nodes, the one in use is the better
// hint: packing
// Gives every node the same, so that chance decides.
// es: Da lo mismo a todos los nodos, así que decide el azar.
import type { ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score() {
    return 50
  },
}

export default plugin
