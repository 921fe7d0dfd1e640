// check: on any cluster, only nodes under maintenance are refused
// hint: value
// Takes the label for the answer, whatever it says.
// es: Toma la etiqueta por la respuesta, diga lo que diga.
import type { FitFilter } from 'clusterwright/scheduler'

const plugin: FitFilter = {
  filter(_state, _pod, { node }) {
    if (!('example.com/maintenance' in (node.metadata.labels ?? {}))) return undefined
    return { code: 'Unschedulable', reasons: ['node(s) were under maintenance'] }
  },
}

export default plugin
