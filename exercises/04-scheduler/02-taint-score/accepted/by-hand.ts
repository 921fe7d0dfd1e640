// Old loops and arrays, statuses by name, and ties by reservoir: nothing is collected, each equal takes over with its share of chance.
import type { Quantity } from 'clusterwright/api'
import type { NodeScore, TaintScore } from 'clusterwright/scheduler'

const UNITS: [string, number][] = [
  ['Ki', 1024],
  ['Mi', 1048576],
  ['Gi', 1073741824],
]

const thousandths = (cpu: Quantity) => (cpu.endsWith('m') ? parseInt(cpu) : Math.round(parseFloat(cpu) * 1000))
const bytes = (memory: Quantity) => {
  for (const [unit, size] of UNITS) if (memory.endsWith(unit)) return parseFloat(memory) * size
  return parseFloat(memory)
}

const plugins: TaintScore = {
  taintToleration: {
    filter: (_, pod, info) => {
      for (const taint of info.node.spec.taints ?? []) {
        if (taint.effect === 'PreferNoSchedule') continue
        let isCovered = false
        for (const each of pod.spec.tolerations ?? []) {
          const isAny = !each.key && each.operator === 'Exists'
          if (!isAny && each.key !== taint.key) continue
          if (each.effect && each.effect !== taint.effect) continue
          if (each.operator === 'Exists' || (each.value || '') === (taint.value || '')) isCovered = true
        }
        if (!isCovered) return { code: 'UnschedulableAndUnresolvable', reasons: [taint.key, 'is not tolerated'] }
      }
      return { code: 'Success' }
    },
    score: (_, pod, info) => {
      let bad = 0
      for (const { key, value, effect } of info.node.spec.taints ?? []) {
        if (effect !== 'PreferNoSchedule') continue
        bad++
        for (const each of pod.spec.tolerations ?? []) {
          if (each.effect === 'NoSchedule' || each.effect === 'NoExecute') continue
          const hasKey = each.key ? each.key === key : each.operator === 'Exists'
          if (!hasKey || (each.operator !== 'Exists' && (each.value ?? '') !== (value ?? ''))) continue
          bad--
          break
        }
      }
      return bad
    },
    normalizeScore: (_, __, scores) => {
      const sorted = [...scores].sort((a, b) => b.score - a.score)
      const most = sorted[0]?.score || 1
      sorted.forEach((each) => (each.score = 100 - (((100 * each.score) / most) | 0)))
    },
  },
  leastAllocated: {
    score: (_, pod, { allocatable, requested }) => {
      let [cpu, memory] = [requested['cpu'] ?? 0, requested['memory'] ?? 0]
      for (const { resources } of pod.spec.containers) {
        cpu += thousandths(resources?.requests?.['cpu'] ?? '0')
        memory += bytes(resources?.requests?.['memory'] ?? '0')
      }
      let [points, count] = [0, 0]
      for (const [used, whole] of [
        [cpu, allocatable['cpu'] ?? 0],
        [memory, allocatable['memory'] ?? 0],
      ] as const) {
        if (!whole) continue
        count++
        if (used < whole) points += Math.floor(((whole - used) * 100) / whole)
      }
      return count ? Math.floor(points / count) : 0
    },
    normalizeScore: () => ({ code: 'Success' }),
  },
  prioritize: (state, pod, nodes, scorers, weights) => {
    const totals: { [name: string]: number } = {}
    for (const { node } of nodes.toReversed()) totals[node.metadata.name] = 0
    for (const scorer of scorers) {
      const scores: NodeScore[] = []
      for (const info of nodes) scores.unshift({ name: info.node.metadata.name, score: scorer.score(state, pod, info) })
      if (scorer.normalizeScore) scorer.normalizeScore(state, pod, scores)
      for (const each of scores) totals[each.name]! += each.score * (weights[scorer.name] || 1)
    }
    return Object.keys(totals).map((name) => ({ name, score: totals[name]! }))
  },
  selectHost: (scores, random) => {
    let chosen = scores[0]!
    let equals = 1
    for (let i = 1; i < scores.length; i++) {
      const each = scores[i]!
      if (each.score < chosen.score) continue
      equals = each.score > chosen.score ? 1 : equals + 1
      if (random() * equals < 1) chosen = each
    }
    return chosen.name
  },
}

export default plugins
