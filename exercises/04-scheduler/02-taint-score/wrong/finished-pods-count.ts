// check: any room: the same points as NodeResourcesFit
// hint: room
// Adds up all Pods on the node instead of reading requested: those that have finished hold nothing.
// es: Suma todos los Pods del nodo en vez de leer requested: los que han terminado no ocupan nada.
/** TaintToleration, LeastAllocated, and the framework's sum over plugins. */
import type { Pod, Quantity, Taint, Toleration } from 'clusterwright/api'
import type { NodeInfo, Resources, TaintScore } from 'clusterwright/scheduler'

const MAX_NODE_SCORE = 100

const plugins: TaintScore = {
  taintToleration: {
    filter(_state, pod, { node }) {
      const { taints = [] } = node.spec
      const bad = taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, pod))
      if (!bad) return undefined
      return { code: 'UnschedulableAndUnresolvable', reasons: [`node(s) had untolerated taint {${bad.key}}`] }
    },

    score(_state, pod, { node }) {
      const { taints = [] } = node.spec
      return taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, pod)).length
    },

    normalizeScore(_state, _pod, scores) {
      const most = Math.max(...scores.map(({ score }) => score))
      for (const each of scores) each.score = MAX_NODE_SCORE - shareOf(each.score, most)
      return undefined
    },
  },

  leastAllocated: {
    score(_state, pod, nodeInfo) {
      const request = requestOf(pod)
      const counted = ['cpu', 'memory'].filter((resource) => (nodeInfo.allocatable[resource] ?? 0) > 0)
      const points = counted.map((resource) => freeShare(resource, request, nodeInfo))
      return points.length === 0 ? 0 : Math.floor(sum(points) / points.length)
    },
  },

  prioritize(state, pod, nodes, scorers, weights) {
    const totals = new Map(nodes.map(({ node }) => [node.metadata.name, 0]))
    for (const plugin of scorers) {
      const weight = weights[plugin.name] ?? 1
      const scores = nodes.map((info) => ({ name: info.node.metadata.name, score: plugin.score(state, pod, info) }))
      plugin.normalizeScore?.(state, pod, scores)
      for (const { name, score } of scores) totals.set(name, totals.get(name)! + score * weight)
    }
    return [...totals].map(([name, score]) => ({ name, score }))
  },

  selectHost(scores, random) {
    const best = Math.max(...scores.map(({ score }) => score))
    const winners = scores.filter(({ score }) => score === best)
    return winners[Math.floor(random() * winners.length)]!.name
  },
}

export default plugins

// ── taints ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const isTolerated = (taint: Taint, { spec }: Pod): boolean =>
  (spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint))

function tolerates({ key = '', operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key === '') return operator === 'Exists'
  if (key !== taint.key) return false
  return operator === 'Exists' || value === (taint.value ?? '')
}

// ── points ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((MAX_NODE_SCORE * part) / whole))

/** What would be left of a resource with the Pod there, as points. */
function freeShare(resource: string, request: Resources, { allocatable, pods }: NodeInfo): number {
  const whole = allocatable[resource]!
  const left = whole - pods.reduce((n, p) => n + (requestOf(p)[resource] ?? 0), 0) - (request[resource] ?? 0)
  return left < 0 ? 0 : shareOf(left, whole)
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

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
