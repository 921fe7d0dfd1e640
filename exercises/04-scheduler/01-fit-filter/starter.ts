import type { Pod, Quantity } from 'clusterwright/api'
import type { FitFilter, Resources } from 'clusterwright/scheduler'

const plugin: FitFilter = {
  preFilter(state, pod) {
    state.write('request', requestOf(pod))
    return undefined // undefined means Success
  },

  filter(state, pod, nodeInfo) {
    const { node, pods, allocatable } = nodeInfo
    // TODO: cordoned or wrong labels? No room left? Then say so:
    //   return { code: 'Unschedulable', reasons: ['Insufficient cpu'] }
    return undefined
  },
}

export default plugin

/** What a Pod asks for, by resource. So far: its containers, and nothing else. */
function requestOf(pod: Pod): Resources {
  const total: Record<string, number> = {}
  for (const container of pod.spec.containers) {
    for (const [name, quantity] of Object.entries(container.resources?.requests ?? {})) {
      total[name] = (total[name] ?? 0) + amountOf(name, quantity)
    }
  }
  return total
}

// ── given: nothing to change below ──────────────────────────────────────────────────────────────────────────────────

const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
}

/** A quantity as the whole number that `allocatable` has: thousandths for `cpu`, otherwise bytes or pieces; rounded up. */
function amountOf(resource: string, quantity: Quantity): number {
  const [, number = '0', suffix = ''] = /^(.*?)([KMGTPE]i|[numkMGTPE])?$/.exec(quantity)!
  const amount = Number(number) * (FACTORS[suffix] ?? 1) * (resource === 'cpu' ? 1000 : 1)
  const nearest = Math.round(amount)
  return Math.abs(amount - nearest) < 1e-6 ? nearest : Math.ceil(amount)
}
