// As upstream goes: constraint by constraint, and the first trouble is the answer; Skip where nobody has a say; plain objects, replaced and never changed.
import type { LabelSelector, Node, Pod, PodAffinityTerm } from 'clusterwright/api'
import type { CycleState, SpreadAffinity } from 'clusterwright/scheduler'

type Numbers = Readonly<Record<string, number>>

const at = (key: string, { metadata }: Node) =>
  metadata.labels && key in metadata.labels ? `${key}=${metadata.labels[key]}` : ''
const space = (pod: Pod) => pod.metadata.namespace || 'default'
const termsOf = (pod: Pod): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution || []
const rulesOf = (pod: Pod) =>
  (pod.spec.topologySpreadConstraints || []).filter((rule) => rule.whenUnsatisfiable !== 'ScheduleAnyway')

function selects(selector: LabelSelector | undefined, pod: Pod): boolean {
  if (!selector) return false
  const labels = new Map(Object.entries(pod.metadata.labels || {}))
  for (const [key, value] of Object.entries(selector.matchLabels || {})) if (labels.get(key) !== value) return false
  for (const { key, operator, values } of selector.matchExpressions || []) {
    const isThere = labels.has(key)
    const isListed = isThere && (values || []).includes(labels.get(key)!)
    const isRight = { In: isListed, NotIn: !isListed, Exists: isThere, DoesNotExist: !isThere }[operator]
    if (!isRight) return false
  }
  return true
}

const meant = (term: PodAffinityTerm, owner: Pod, other: Pod): boolean =>
  (term.namespaces?.length ? term.namespaces : [space(owner)]).includes(space(other)) &&
  selects(term.labelSelector, other)

const plus = (numbers: Numbers, place: string, by: number): Numbers =>
  place === '' ? numbers : { ...numbers, [place]: (numbers[place] || 0) + by }

function tally(state: CycleState, pod: Pod, other: Pod, node: Node, by: number): void {
  const rules = rulesOf(pod)
  rules.forEach((rule, index) => {
    const isLike =
      space(other) === space(pod) && !other.metadata.deletionTimestamp && selects(rule.labelSelector, other)
    const numbers = state.read<Numbers>(`spread ${index}`)!
    if (isLike && takesPart(pod, node)) state.write(`spread ${index}`, plus(numbers, at(rule.topologyKey, node), by))
  })
  termsOf(pod).forEach((term, index) => {
    if (meant(term, pod, other))
      state.write(`own ${index}`, plus(state.read(`own ${index}`)!, at(term.topologyKey, node), by))
  })
  for (const term of termsOf(other))
    if (meant(term, other, pod)) state.write('theirs', plus(state.read('theirs')!, at(term.topologyKey, node), by))
}

const takesPart = (pod: Pod, node: Node): boolean =>
  rulesOf(pod).every((rule) => at(rule.topologyKey, node) !== '') &&
  Object.keys(pod.spec.nodeSelector || {}).every((key) => at(key, node) === `${key}=${pod.spec.nodeSelector![key]}`)

const plugin: SpreadAffinity = {
  preFilter(state, pod, nodes) {
    rulesOf(pod).forEach((rule, index) => {
      const places = nodes.filter(({ node }) => takesPart(pod, node)).map(({ node }) => [at(rule.topologyKey, node), 0])
      state.write(`spread ${index}`, Object.fromEntries(places))
    })
    termsOf(pod).forEach((_, index) => state.write(`own ${index}`, {}))
    state.write('theirs', {})
    for (const info of nodes) for (const other of info.pods) tally(state, pod, other, info.node, 1)
    const theirs = Object.keys(state.read<Numbers>('theirs')!).length
    return { code: rulesOf(pod).length + termsOf(pod).length + theirs === 0 ? 'Skip' : 'Success' }
  },
  filter(state, pod, { node }) {
    let index = 0
    for (const rule of rulesOf(pod)) {
      const numbers = state.read<Numbers>(`spread ${index++}`)!
      const place = at(rule.topologyKey, node)
      if (place === '') return { code: 'UnschedulableAndUnresolvable', reasons: [`no ${rule.topologyKey}`] }
      const all = Object.values(numbers)
      const least = all.length < (rule.minDomains ?? 1) ? 0 : all.reduce((a, b) => Math.min(a, b), Infinity)
      const skew = (numbers[place] ?? 0) + Number(selects(rule.labelSelector, pod)) - least
      if (skew > rule.maxSkew)
        return { code: 'Unschedulable', reasons: [`skew of ${rule.topologyKey} would be ${skew}`] }
    }
    const own = termsOf(pod).some((term, i) => state.read<Numbers>(`own ${i}`)![at(term.topologyKey, node)]! > 0)
    if (own) return { code: 'Unschedulable', reasons: ['anti-affinity'] }
    for (const [key, value] of Object.entries(node.metadata.labels || {}))
      if (state.read<Numbers>('theirs')![`${key}=${value}`]! > 0)
        return { code: 'Unschedulable', reasons: ['somebody objects'] }
    return { code: 'Success' }
  },
  addPod: (state, pod, added, { node }) => tally(state, pod, added, node, 1),
  removePod: (state, pod, removed, { node }) => tally(state, pod, removed, node, -1),
}

export default plugin
