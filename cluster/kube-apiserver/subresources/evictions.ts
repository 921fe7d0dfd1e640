/**
 * `pods/eviction`: a deletion that asks the disruption budgets first, and says on the Pod why it goes.
 *
 * What we model: an eviction takes one of those that the budget's status allows, until the status is next computed. Then the Pod is
 * written twice: with the condition DisruptionTarget, and as deleted. Between the two somebody else may write it.
 * What we leave out: that is kept in this server's memory and not in `disruptedPods`, so that another server does not know of it.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/pod/storage/eviction.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import {
  aboutGeneration,
  deepFreeze,
  formatTime,
  isEqual,
  isPodFinished,
  isPodReady,
  keyOf,
  withCondition,
} from '#cluster/api/meta.ts'
import type { KubernetesObject, LabelSelector, Pod, Status } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { DeleteOptions } from '../handlers/deletion.ts'
import type { PendingRequest, State } from '../state.ts'
import { disruptionBudgetViolated, internal } from '../status.ts'

type Budget = KubernetesObject & {
  readonly spec: { readonly selector?: LabelSelector; readonly unhealthyPodEvictionPolicy?: string }
  readonly status?: {
    readonly disruptionsAllowed?: number
    readonly observedGeneration?: number
    readonly desiredHealthy?: number
    readonly currentHealthy?: number
  }
}

export const BUDGETS = 'poddisruptionbudgets'

/** Why the Pod has to stay; undefined where it may go. */
export function evictionProblem({ caches, evicted }: State, pod: Pod, now: Micros): Status | undefined {
  // One that has ended, or never began, serves nobody.
  if (isPodFinished(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined) return undefined // prettier-ignore
  const { namespace, labels } = pod.metadata
  const budgets: Budget[] = []
  for (const object of caches[BUDGETS]!.objects.values()) {
    const budget = object as Budget
    if (budget.metadata.namespace === namespace && matchesSelector(budget.spec.selector, labels)) budgets.push(budget)
  }
  if (budgets.length > 1) {
    return internal('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.') // prettier-ignore
  }
  const [budget] = budgets
  if (!budget) return undefined
  const { disruptionsAllowed = 0, observedGeneration = 0, desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {}
  const { name, generation = 0 } = budget.metadata
  if (observedGeneration < generation) {
    return disruptionBudgetViolated(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  if (!isPodReady(pod)) {
    const isHealthyEnough = currentHealthy >= desiredHealthy && desiredHealthy > 0
    if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || isHealthyEnough) return undefined
  }
  const version = budget.metadata.resourceVersion ?? ''
  const known = evicted.get(keyOf(budget))
  const taken = known?.version === version && now - known.at < FORGOTTEN_MICROS ? known.pods : []
  // The same eviction may come round again, where what it deletes has changed meanwhile.
  if (taken.includes(pod.metadata.uid!)) return undefined
  if (disruptionsAllowed > taken.length) {
    evicted.set(keyOf(budget), { version, pods: [...taken, pod.metadata.uid!], at: now })
    return undefined
  }
  return disruptionBudgetViolated(
    `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
  )
}

/** Upstream's DeletionTimeout: a Pod that has not gone by then has not been disrupted. */
const FORGOTTEN_MICROS = 120_000_000

export const isEviction = ({ info }: PendingRequest): boolean => info.subresource === 'eviction'

/** How the Pod is deleted, as the eviction says. Where that names a version, it is by now the one with the condition. */
export function evictionOptions({ request, evicting }: PendingRequest): DeleteOptions {
  const { deleteOptions: options = {} } = (request.body ?? {}) as { readonly deleteOptions?: DeleteOptions }
  if (evicting === undefined || options.preconditions?.resourceVersion === undefined) return options
  return { ...options, preconditions: { ...options.preconditions, resourceVersion: String(evicting) } }
}

/** The Pod with the condition that says why it goes; undefined where it says so already. */
export function markedForEviction(pod: Pod, now: Micros): Pod | undefined {
  const conditions = withCondition(pod.status?.conditions, {
    ...aboutGeneration(pod),
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: formatTime(now),
  })
  if (isEqual(conditions, pod.status?.conditions)) return undefined
  return deepFreeze({ ...pod, status: { ...pod.status, conditions } } as Pod)
}
