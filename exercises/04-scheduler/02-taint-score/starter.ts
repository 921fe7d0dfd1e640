import type { Pod, Quantity } from 'clusterwright/api'
import type { Resources, TaintScore } from 'clusterwright/scheduler'

const plugins: TaintScore = {
  taintToleration: {
    filter(state, pod, nodeInfo) {
      return undefined // undefined means Success
    },

    score(state, pod, nodeInfo) {
      return 0
    },

    normalizeScore(state, pod, scores) {
      for (const each of scores) each.score = 0 // changed in place
    },
  },

  leastAllocated: {
    score(state, pod, nodeInfo) {
      const request = requestOf(pod)
      return 0
    },
  },

  // TODO: fill the five in, from the top. For the filter:
  //   return { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) had untolerated taint {gpu}'] }
  prioritize(state, pod, nodes, plugins, weights) {
    return nodes.map(({ node }) => ({ name: node.metadata.name, score: 0 }))
  },

  selectHost(scores, random) {
    return scores[0]!.name
  },
}

export default plugins

// ── given: nothing to change below ──────────────────────────────────────────────────────────────────────────────────

/** What the containers of a Pod ask for, by resource. */
function requestOf(pod: Pod): Resources {
  const total: Record<string, number> = {}
  for (const container of pod.spec.containers) {
    for (const [name, quantity] of Object.entries(container.resources?.requests ?? {})) {
      total[name] = (total[name] ?? 0) + amountOf(name, quantity)
    }
  }
  return total
}

const FACTORS: Readonly<Record<string, number>> = { m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }

/** A quantity as the whole number that `allocatable` has: thousandths for `cpu`, otherwise bytes. */
function amountOf(resource: string, quantity: Quantity): number {
  const [, number = '0', suffix = ''] = /^([\d.]+)(\D*)$/.exec(quantity)!
  return Math.round(Number(number) * (FACTORS[suffix] ?? 1) * (resource === 'cpu' ? 1000 : 1))
}
