// check: a node under maintenance is refused, with a reason
// hint: answer
// Says no, but not why.
// es: Dice que no, pero no por qué.
import type { FitFilter } from 'clusterwright/scheduler'

const plugin: FitFilter = {
  filter(_state, _pod, { node }) {
    const isClosed = node.metadata.labels?.['example.com/maintenance'] === 'true'
    return isClosed ? { code: 'Unschedulable' } : undefined
  },
}

export default plugin
