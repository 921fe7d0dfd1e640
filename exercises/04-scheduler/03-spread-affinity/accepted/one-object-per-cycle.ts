// A class per cycle with private fields, which clones itself as upstream's state does; Pods are kept in sets by domain instead of numbers.
import type { LabelSelector, Node, Pod } from 'clusterwright/api'
import type { BareNodeInfo, CycleState, SpreadAffinity, Status } from 'clusterwright/scheduler'

type Place = Map<string | undefined, Set<string>>

class Cycle {
  #pod: Pod
  #spread: { key: string; most: number; wants: number; selector: LabelSelector | undefined; places: Place }[] = []
  #enemies = new Map<string, Place>()

  constructor(pod: Pod) {
    this.#pod = pod
    for (const each of pod.spec.topologySpreadConstraints ?? []) {
      if (each.whenUnsatisfiable !== 'DoNotSchedule') continue
      const { topologyKey: key, maxSkew: most, minDomains: wants = 0, labelSelector: selector } = each
      this.#spread.push({ key, most, wants, selector, places: new Map() })
    }
  }

  clone(): Cycle {
    const copy = new Cycle(this.#pod)
    copy.#spread = this.#spread.map((each) => ({ ...each, places: copyOf(each.places) }))
    copy.#enemies = new Map([...this.#enemies].map(([key, places]) => [key, copyOf(places)]))
    return copy
  }

  open(node: Node): void {
    if (this.#counts(node)) for (const { key, places } of this.#spread) open(places, label(node, key))
  }

  #counts(node: Node): boolean {
    const selector = { matchLabels: this.#pod.spec.nodeSelector ?? {} }
    return is(selector, node) && this.#spread.every(({ key }) => label(node, key) !== undefined)
  }

  put(other: Pod, node: Node, isThere: boolean): void {
    const change = (set: Set<string>, id = idOf(other)) => void (isThere ? set.add(id) : set.delete(id))
    if (this.#counts(node) && spaceOf(other) === spaceOf(this.#pod) && other.metadata.deletionTimestamp === undefined)
      for (const { key, selector, places } of this.#spread)
        if (is(selector, other)) change(open(places, label(node, key)))
    for (const [owner, subject, sign] of [
      [this.#pod, other, '>'],
      [other, this.#pod, '<'],
    ] as const) {
      for (const { topologyKey, labelSelector, namespaces } of termsOf(owner)) {
        const inside = namespaces?.length ? namespaces : [spaceOf(owner)]
        if (!inside.includes(spaceOf(subject)) || !is(labelSelector, subject)) continue
        const places = this.#enemies.get(topologyKey) ?? new Map()
        this.#enemies.set(topologyKey, places)
        change(open(places, label(node, topologyKey)), sign + idOf(other))
      }
    }
  }

  judge(node: Node): Status {
    const reasons: string[] = []
    if (this.#spread.some(({ key }) => label(node, key) === undefined))
      return { code: 'UnschedulableAndUnresolvable', reasons: ['a label is missing'] }
    for (const { key, most, wants, selector, places } of this.#spread) {
      const sizes = [...places.values()].map((set) => set.size).sort((a, b) => a - b)
      const least = sizes.length < wants ? 0 : sizes[0]!
      const here = places.get(label(node, key))?.size ?? 0
      if (here + (is(selector, this.#pod) ? 1 : 0) > most + least) reasons.push(`too many in ${label(node, key)}`)
    }
    for (const [key, places] of this.#enemies) {
      const value = label(node, key)
      if (value !== undefined && places.get(value)?.size) reasons.push(`${[...places.get(value)!][0]} is in the way`)
    }
    return reasons.length > 0 ? { code: 'Unschedulable', reasons } : { code: 'Success', reasons }
  }
}

const copyOf = (places: Place): Place => new Map([...places].map(([value, set]) => [value, new Set(set)]))
function open(places: Place, value: string | undefined): Set<string> {
  if (!places.has(value)) places.set(value, new Set())
  return places.get(value)!
}
const label = (node: Node, key: string) => (node.metadata.labels ?? {})[key]
const spaceOf = ({ metadata }: Pod) => metadata.namespace ?? 'default'
const idOf = (pod: Pod) => `${spaceOf(pod)}/${pod.metadata.name}`
const termsOf = (pod: Pod) => pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
function is(selector: LabelSelector | undefined, { metadata }: Pod | Node): boolean {
  const labels = metadata.labels ?? {}
  const isMet = ({ key, operator, values }: NonNullable<LabelSelector['matchExpressions']>[number]): boolean => {
    if (operator === 'NotIn') return !isMet({ key, operator: 'In', values: values ?? [] })
    if (operator === 'DoesNotExist') return !(key in labels)
    return key in labels && (operator === 'Exists' || values!.includes(labels[key]!))
  }
  if (selector === undefined) return false
  return (
    Object.entries(selector.matchLabels ?? {}).every(([k, v]) => labels[k] === v) &&
    (selector.matchExpressions ?? []).every(isMet)
  )
}

export default class implements SpreadAffinity {
  preFilter(state: CycleState, pod: Pod, nodes: readonly BareNodeInfo[]): undefined {
    const cycle = new Cycle(pod)
    nodes.forEach(({ node }) => cycle.open(node))
    nodes.forEach(({ node, pods }) => pods.forEach((other) => cycle.put(other, node, true)))
    state.write('cycle', cycle)
  }
  filter(state: CycleState, _pod: Pod, { node }: BareNodeInfo): Status {
    return state.read<Cycle>('cycle')!.judge(node)
  }
  addPod(state: CycleState, _pod: Pod, added: Pod, { node }: BareNodeInfo): void {
    state.read<Cycle>('cycle')!.put(added, node, true)
  }
  removePod(state: CycleState, _pod: Pod, removed: Pod, { node }: BareNodeInfo): void {
    state.read<Cycle>('cycle')!.put(removed, node, false)
  }
}
