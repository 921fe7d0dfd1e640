/**
 * The quality-of-service class of a Pod. Upstream: `pkg/apis/core/v1/helper/qos/qos.go`.
 */
import { milli } from '#cluster/api/quantity.ts'
import type { PodSpec, PodStatus, ResourceList } from '#cluster/api/types.ts'

const COMPUTE = ['cpu', 'memory'] as const

const amount = (list: ResourceList | undefined, name: string): number => milli(list?.[name])

/** Nothing asked: BestEffort. Every container limited in both, and asking for just that: Guaranteed. Else Burstable. */
export function qosClassOf(spec: PodSpec): NonNullable<PodStatus['qosClass']> {
  let any = false
  let all = true
  for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const name of COMPUTE) {
      const limit = amount(resources?.limits, name)
      const request = amount(resources?.requests, name)
      if (limit > 0 || request > 0) any = true
      if (limit === 0 || limit !== request) all = false
    }
  }
  return !any ? 'BestEffort' : all ? 'Guaranteed' : 'Burstable'
}
