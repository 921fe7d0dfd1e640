import type { Resources, ScorePlugin } from 'clusterwright/scheduler'

const plugin: ScorePlugin = {
  score(state, pod, { allocatable, requested, pods }) {
    const request = state.read<Resources>('request')!
    // TODO: how good is this node for the Pod? 0 to 100. If all are alike, chance decides.
    return 0
  },
}

export default plugin
