// One loop, early returns and defensive copies; nothing is read but what it needs, and reasons come in another order.
import type { Pod } from 'clusterwright/api'
import type { FitFilter } from 'clusterwright/scheduler'

type Sums = { [name: string]: number }

const plugin: FitFilter = {
  preFilter: (state, pod, nodes) => {
    state.write('wanted', JSON.parse(JSON.stringify(wanted(pod))))
    return { code: 'Success', nodeNames: nodes.map((info) => info.node.metadata.name) }
  },
  filter: (state, pod, info) => {
    const copy = JSON.parse(JSON.stringify(info.node)) as typeof info.node
    const labels: Sums | Record<string, string> = { ...copy.metadata.labels }
    if (copy.spec.unschedulable) return { code: 'UnschedulableAndUnresolvable', reasons: ['cordoned'] }
    for (const key in pod.spec.nodeSelector ?? {}) {
      if (labels[key] === pod.spec.nodeSelector![key]) continue
      return { code: 'UnschedulableAndUnresolvable', reasons: [`label ${key}`] }
    }
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    if (required) {
      let any = false
      for (const term of required.nodeSelectorTerms) {
        let all = false
        const lists = [
          [term.matchExpressions, labels],
          [term.matchFields, { 'metadata.name': copy.metadata.name }],
        ] as const
        for (const [requirements, where] of lists) {
          for (const { key, operator, values = [] } of requirements ?? []) {
            all = true
            const there = key in where
            const text = String(there ? (where as Record<string, string>)[key] : '')
            let holds = false
            if (operator === 'Exists') holds = there
            if (operator === 'DoesNotExist') holds = !there
            if (operator === 'In') holds = there && values.indexOf(text) >= 0
            if (operator === 'NotIn') holds = !there || values.indexOf(text) < 0
            const isNumber = there && /^-?[0-9]+$/.test(text) && /^-?[0-9]+$/.test(values[0] ?? '')
            if (operator === 'Gt') holds = isNumber && parseInt(text, 10) > parseInt(values[0]!, 10)
            if (operator === 'Lt') holds = isNumber && parseInt(text, 10) < parseInt(values[0]!, 10)
            if (!holds) {
              all = false
              break
            }
          }
          if (!all && (requirements ?? []).length > 0) break
        }
        if (all) any = true
      }
      if (!any) return { code: 'UnschedulableAndUnresolvable', reasons: ['node affinity'] }
    }
    const used: Sums = {}
    let count = 1
    for (const other of info.pods) {
      if (other.status?.phase === 'Succeeded' || other.status?.phase === 'Failed') continue
      count += 1
      const theirs = wanted(other)
      for (const name in theirs) used[name] = (used[name] || 0) + theirs[name]!
    }
    const ours = state.read<Sums>('wanted') ?? {}
    const reasons: string[] = []
    for (const name of Object.keys(ours).sort().reverse()) {
      if (ours[name]! <= 0) continue
      if (ours[name]! + (used[name] || 0) > (info.allocatable[name] || 0)) reasons.push('Insufficient ' + name)
    }
    if (count > (info.allocatable['pods'] || 0)) reasons.push('Too many pods')
    if (reasons.length === 0) return { code: 'Success', reasons: [] }
    return { code: 'Unschedulable', reasons }
  },
}

export default plugin

function wanted({ spec }: Pod): Sums {
  const peak: Sums = {}
  const beside: Sums = {}
  const steps = [...(spec.initContainers ?? []).map((one) => [one]), [...spec.containers]]
  steps.forEach((step, index) => {
    const isLast = index === steps.length - 1
    const now: Sums = { ...beside }
    for (const { resources } of step)
      for (const name in resources?.requests ?? {})
        now[name] = (now[name] || 0) + amountOf(name, resources!.requests![name]!)
    if (!isLast && step[0]?.restartPolicy === 'Always') Object.assign(beside, now)
    else for (const name in now) peak[name] = Math.max(peak[name] || 0, now[name]!)
  })
  for (const name in spec.overhead ?? {}) peak[name] = (peak[name] || 0) + amountOf(name, spec.overhead![name]!)
  return peak
}

function amountOf(resource: string, quantity: string): number {
  const suffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
  const [, number = '0', suffix = ''] = /^(.*?)([KMGTPE]i|[numkMGTPE])?$/.exec(quantity)!
  const base = suffix.endsWith('i')
    ? Math.pow(1024, 'KMGTPE'.indexOf(suffix[0]!) + 1)
    : Math.pow(10, 3 * (suffixes.indexOf(suffix) - 3))
  const amount = Number(number) * base * (resource === 'cpu' ? 1000 : 1)
  return Math.ceil(Number(amount.toFixed(6)))
}
