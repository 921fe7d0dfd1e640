/**
 * What was served until 1.25, as today's versions store it: CronJobs are the same; a PodDisruptionBudget's empty selector
 * meant no Pod, and now means every one; an endpoint's zone was one of its topology labels.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/{policy,discovery}/v1beta1/conversion.go`, `pkg/apis/policy/helper.go`.
 */
import type { KubernetesObject, LabelSelector } from '#cluster/api/types.ts'

export const cronJobToV1beta1 = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  apiVersion: 'batch/v1beta1',
})
export const cronJobFromV1beta1 = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  apiVersion: 'batch/v1',
})

/** A label that nobody bears: to have it selects no Pod, not to have it every one. */
const NOBODYS_LABEL = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match'
const requiring = (operator: 'Exists' | 'DoesNotExist'): LabelSelector => ({
  matchExpressions: [{ key: NOBODYS_LABEL, operator }],
})

function asksFor(selector: LabelSelector | undefined, operator: 'Exists' | 'DoesNotExist'): boolean {
  const [only, ...more] = selector?.matchExpressions ?? []
  const isAlone = more.length === 0 && Object.keys(selector?.matchLabels ?? {}).length === 0
  return isAlone && only?.key === NOBODYS_LABEL && only.operator === operator
}

const isEmpty = (selector: LabelSelector | undefined): boolean =>
  selector !== undefined &&
  Object.keys(selector.matchLabels ?? {}).length === 0 &&
  (selector.matchExpressions ?? []).length === 0

const withSelector = (budget: any, apiVersion: string, selector: LabelSelector | undefined): KubernetesObject => ({
  ...budget,
  apiVersion,
  spec: { ...budget.spec, ...(selector && { selector }) },
})

export function budgetToV1beta1(budget: any): KubernetesObject {
  const { selector } = budget.spec ?? {}
  const former = asksFor(selector, 'Exists') ? {} : isEmpty(selector) ? requiring('DoesNotExist') : selector
  return withSelector(budget, 'policy/v1beta1', former)
}

export function budgetFromV1beta1(budget: any): KubernetesObject {
  const { selector } = budget.spec ?? {}
  const now = asksFor(selector, 'DoesNotExist') ? {} : isEmpty(selector) ? requiring('Exists') : selector
  return withSelector(budget, 'policy/v1', now)
}

const ZONE = 'topology.kubernetes.io/zone'
const HOST_NAME = 'kubernetes.io/hostname'

export function endpointSliceToV1beta1(slice: any): KubernetesObject {
  const endpoints = slice.endpoints?.map(({ zone, deprecatedTopology, ...rest }: any) => {
    const topology = {
      ...deprecatedTopology,
      ...(rest.nodeName && { [HOST_NAME]: rest.nodeName }),
      ...(zone && { [ZONE]: zone }),
    }
    return { ...rest, ...(Object.keys(topology).length > 0 && { topology }) }
  })
  return { ...slice, apiVersion: 'discovery.k8s.io/v1beta1', ...(endpoints && { endpoints }) }
}

export function endpointSliceFromV1beta1(slice: any): KubernetesObject {
  const endpoints = slice.endpoints?.map(({ topology = {}, ...rest }: any) => {
    const { [ZONE]: zone, [HOST_NAME]: hostName, ...others } = topology
    const nodeName = rest.nodeName ?? hostName
    return {
      ...rest,
      ...(nodeName && { nodeName }),
      ...(zone && { zone }),
      ...(Object.keys(others).length > 0 && { deprecatedTopology: others }),
    }
  })
  return { ...slice, apiVersion: 'discovery.k8s.io/v1', ...(endpoints && { endpoints }) }
}
