/**
 * Events of core/v1, which are stored, as events.k8s.io/v1 has them: the same fields under other names.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/events/v1/conversion.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { renamed } from './renamed.ts'

const NAMES = {
  involvedObject: 'regarding',
  message: 'note',
  reportingComponent: 'reportingController',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
} as const

const BACK = Object.fromEntries(Object.entries(NAMES).map(([core, events]) => [events, core]))

export const eventToEventsV1 = (event: KubernetesObject): KubernetesObject =>
  ({ ...renamed(event, NAMES), apiVersion: 'events.k8s.io/v1' }) as KubernetesObject

export const eventFromEventsV1 = (event: KubernetesObject): KubernetesObject =>
  ({ ...renamed(event, BACK), apiVersion: 'v1' }) as KubernetesObject
