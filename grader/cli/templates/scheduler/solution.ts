import type { FitFilter } from 'clusterwright/scheduler'

const plugin: FitFilter = {
  filter(_state, _pod, { node }) {
    if (node.metadata.labels?.['example.com/maintenance'] !== 'true') return undefined
    return { code: 'Unschedulable', reasons: ['node(s) were under maintenance'] }
  },
}

export default plugin
