/**
 * What a Pod asks for: the number that the scheduler reserves and the kubelet admits by.
 *
 * The containers run together, so their requests add up. Init containers run before them, one at a time, so of those the
 * largest counts, not the sum; a sidecar (a restartable init container) keeps running, so it adds to all that follows it.
 * Where to read upstream: k8s.io/component-helpers `resource/helpers.go` (PodRequests).
 */
import { formatQuantity, milli } from './quantity.ts'
import type { Container, Pod, PodStatus, ResourceList } from './types.ts'

/** Thousandths of each resource by name. */
export type Amounts = Readonly<Record<string, number>>

interface Known {
  readonly initContainers: unknown
  readonly overhead: unknown
  readonly amounts: Amounts
}

const cache = new WeakMap<readonly Container[], Known>()

/**
 * Requests of the Pod in thousandths. Remembered with its (immutable) containers, which stay the same through all that happens
 * to a Pod, as a rule, while its spec becomes another when it is bound.
 */
export function podRequests(pod: Pod): Amounts {
  const { containers, initContainers, overhead } = pod.spec
  const known = cache.get(containers)
  if (known && known.initContainers === initContainers && known.overhead === overhead) return known.amounts
  const amounts = Object.freeze(together(pod, requestsOf))
  cache.set(containers, { initContainers, overhead, amounts })
  return amounts
}

/** Limits of the Pod in thousandths, by the same rule. */
export const podLimits = (pod: Pod): Amounts => together(pod, ({ resources }) => resources?.limits ?? {})

function together(pod: Pod, listOf: (container: Container) => ResourceList): Record<string, number> {
  const { containers, initContainers = [], overhead } = pod.spec
  const total: Record<string, number> = {}
  for (const container of containers) addTo(total, listOf(container))
  if (initContainers.length === 0 && overhead === undefined) return total
  const sidecars: Record<string, number> = {}
  const peak: Record<string, number> = {}
  for (const init of initContainers) {
    const requests = toAmounts(listOf(init))
    if (init.restartPolicy === 'Always') {
      addAmounts(total, requests)
      addAmounts(sidecars, requests)
      raise(peak, sidecars)
    } else raise(peak, sum(requests, sidecars))
  }
  raise(total, peak)
  addTo(total, overhead ?? {})
  return total
}

/**
 * The same as a status tells it: what is set aside for the Pod, and what it runs with. Of a Pod that runs, the kernel knows
 * processor and memory alone, and a limit of the whole only where each container has one.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go` (convertToAPIPodLevelResourcesStatus).
 */
export function podResources(pod: Pod, isRunning: boolean): Pick<PodStatus, 'allocatedResources' | 'resources'> {
  const { containers, initContainers = [] } = pod.spec
  const [only] = containers
  if (containers.length === 1 && initContainers.length === 0 && pod.spec.overhead === undefined)
    return ofOne(only!, isRunning)
  const says = ({ resources }: Container) => resources?.requests !== undefined || resources?.limits !== undefined
  if (pod.spec.overhead === undefined && !containers.some(says) && !initContainers.some(says)) return NONE
  const all = [...containers, ...initContainers]
  const requests = toList(podRequests(pod), () => true)
  const isOwn = (name: string) => !isRunning || name === 'cpu' || name === 'memory'
  const run = toList(podRequests(pod), isOwn)
  const limits = toList(
    podLimits(pod),
    (name) => isOwn(name) && (!isRunning || all.every(({ resources }) => resources?.limits?.[name] !== undefined)),
  )
  return { ...(requests && { allocatedResources: requests }), resources: { ...(limits && { limits }), ...(run && { requests: run }) } } // prettier-ignore
}

/** What most Pods are: its amounts stay written as they are. */
function ofOne({ resources }: Container, isRunning: boolean): Pick<PodStatus, 'allocatedResources' | 'resources'> {
  const { requests = {}, limits = {} } = resources ?? {}
  const names = [...Object.keys(requests), ...Object.keys(limits)]
  if (names.length === 0) return NONE
  const isPlain = !isRunning || names.every((name) => name === 'cpu' || name === 'memory')
  const known = (list: ResourceList): ResourceList =>
    isPlain ? list : Object.fromEntries(Object.entries(list).filter(([name]) => name === 'cpu' || name === 'memory'))
  const [set, run] = [known(limits), known(requests)]
  return {
    ...(Object.keys(requests).length > 0 && { allocatedResources: requests }),
    resources: {
      ...(Object.keys(set).length > 0 && { limits: set }),
      ...(Object.keys(run).length > 0 && { requests: run }),
    },
  }
}

const NONE = Object.freeze({ resources: Object.freeze({}) })

/** Undefined where nothing is left. */
function toList(amounts: Amounts, keep: (name: string) => boolean): ResourceList | undefined {
  const names = Object.keys(amounts).filter(keep)
  if (names.length === 0) return undefined
  return Object.fromEntries(names.map((name) => [name, formatQuantity(amounts[name]!, /memory|storage|hugepages/.test(name))])) // prettier-ignore
}

const requestsOf = (container: Container): ResourceList => container.resources?.requests ?? {}

export function toAmounts(list: ResourceList | undefined): Record<string, number> {
  const amounts: Record<string, number> = {}
  addTo(amounts, list ?? {})
  return amounts
}

function addTo(total: Record<string, number>, list: ResourceList): void {
  for (const name of Object.keys(list)) total[name] = (total[name] ?? 0) + milli(list[name])
}

export function addAmounts(total: Record<string, number>, amounts: Amounts, sign: 1 | -1 = 1): void {
  for (const name of Object.keys(amounts)) total[name] = (total[name] ?? 0) + sign * amounts[name]!
}

function sum(a: Amounts, b: Amounts): Record<string, number> {
  const total = { ...a }
  addAmounts(total, b)
  return total
}

function raise(total: Record<string, number>, floor: Amounts): void {
  for (const name of Object.keys(floor)) total[name] = Math.max(total[name] ?? 0, floor[name]!)
}
