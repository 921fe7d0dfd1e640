/** FlowSchemas and priority levels, as far as requests are sorted by them. */
import type { KubernetesObject, Subject } from '#cluster/api/types.ts'

export interface FlowSubject {
  readonly kind: Subject['kind']
  readonly user?: { readonly name: string }
  readonly group?: { readonly name: string }
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

export interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly clusterScope?: boolean
  readonly namespaces?: readonly string[]
}

export interface FlowSchema extends KubernetesObject {
  readonly spec: {
    readonly priorityLevelConfiguration: { readonly name: string }
    /** The lowest comes first. */
    readonly matchingPrecedence?: number
    readonly distinguisherMethod?: { readonly type: 'ByUser' | 'ByNamespace' }
    readonly rules?: readonly {
      readonly subjects: readonly FlowSubject[]
      readonly resourceRules?: readonly ResourceRule[]
      readonly nonResourceRules?: readonly {
        readonly verbs: readonly string[]
        readonly nonResourceURLs: readonly string[]
      }[]
    }[]
  }
}

export interface PriorityLevelConfiguration extends KubernetesObject {
  readonly spec: {
    readonly type: 'Exempt' | 'Limited'
    readonly limited?: {
      readonly nominalConcurrencyShares?: number
      readonly lendablePercent?: number
      readonly limitResponse?: {
        readonly type: 'Queue' | 'Reject'
        readonly queuing?: { readonly queues?: number; readonly handSize?: number; readonly queueLengthLimit?: number }
      }
    }
    readonly exempt?: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number }
  }
}
