import type { FitFilter } from 'clusterwright/scheduler'

const plugin: FitFilter = {
  filter(state, pod, nodeInfo) {
    // TODO: is the node under maintenance? Then say so, with a reason.
    return undefined // undefined means Success
  },
}

export default plugin
