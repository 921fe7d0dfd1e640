// Judges every node in preFilter already, and only reads the answer in filter.
/** NodeResourcesFit, NodeAffinity and NodeUnschedulable in one plugin. */
import type { Container, Node, NodeSelectorRequirement, NodeSelectorTerm, Pod, Quantity } from 'clusterwright/api'
import type { BareNodeInfo, FitFilter, Resources, Status } from 'clusterwright/scheduler'

const plugin: FitFilter = {
  preFilter(state, pod, nodes) {
    const request = requestOf(pod)
    for (const n of nodes) state.write(n.node.metadata.name, lackingAt(n, request))
    return { code: 'Success' }
  },

  filter(state, pod, nodeInfo) {
    const { node } = nodeInfo
    if (node.spec.unschedulable) return unresolvable('node(s) were unschedulable')
    if (!matchesLabels(pod, node)) return unresolvable("node(s) didn't match Pod's node affinity/selector")
    const lacking = state.read<string[]>(node.metadata.name)!
    return lacking.length === 0 ? undefined : { code: 'Unschedulable', reasons: lacking }
  },
}

export default plugin

const unresolvable = (reason: string): Status => ({ code: 'UnschedulableAndUnresolvable', reasons: [reason] })

// ── resources ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every reason why the node has no room for this request. */
function lackingAt({ pods, allocatable }: BareNodeInfo, request: Resources): string[] {
  const held = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
  const requested: Record<string, number> = {}
  for (const pod of held) addTo(requested, requestOf(pod))
  const lacking = held.length + 1 > (allocatable['pods'] ?? 0) ? ['Too many pods'] : []
  for (const [name, amount] of Object.entries(request)) {
    const free = (allocatable[name] ?? 0) - (requested[name] ?? 0)
    if (amount > 0 && amount > free) lacking.push(`Insufficient ${name}`)
  }
  return lacking
}

/** The most that runs at one time: either the containers, or one of the init containers; always with the sidecars so far. */
function requestOf(pod: Pod): Resources {
  const { containers, initContainers = [], overhead = {} } = pod.spec
  const sidecars: Record<string, number> = {}
  const total: Record<string, number> = {}
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') {
      addTo(sidecars, requestsOf(container))
      continue
    }
    const now = { ...sidecars }
    addTo(now, requestsOf(container))
    raiseTo(total, now)
  }
  const running = { ...sidecars }
  for (const container of containers) addTo(running, requestsOf(container))
  raiseTo(total, running)
  addTo(total, amountsOf(overhead))
  return total
}

const requestsOf = (container: Container): Resources => amountsOf(container.resources?.requests ?? {})

function amountsOf(list: Readonly<Record<string, Quantity>>): Resources {
  return Object.fromEntries(Object.entries(list).map(([name, quantity]) => [name, amountOf(name, quantity)]))
}

function addTo(sum: Record<string, number>, amounts: Resources): void {
  for (const [name, amount] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + amount
}

function raiseTo(highest: Record<string, number>, amounts: Resources): void {
  for (const [name, amount] of Object.entries(amounts)) highest[name] = Math.max(highest[name] ?? 0, amount)
}

// ── the node ────────────────────────────────────────────────────────────────────────────────────────────────────────

function matchesLabels(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  const wanted = Object.entries(pod.spec.nodeSelector ?? {})
  if (!wanted.every(([key, value]) => labels[key] === value)) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false
  const { labels = {}, name } = node.metadata
  return (
    matchExpressions.every((requirement) => holds(requirement, labels)) &&
    matchFields.every((requirement) => holds(requirement, { 'metadata.name': name }))
  )
}

function holds(
  { key, operator, values = [] }: NodeSelectorRequirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt': {
      const [actual, bound] = [wholeNumber(value), wholeNumber(values[0])]
      if (actual === undefined || bound === undefined) return false
      return operator === 'Gt' ? actual > bound : actual < bound
    }
  }
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

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
