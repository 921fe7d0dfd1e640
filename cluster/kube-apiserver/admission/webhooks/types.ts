/** What webhooks are, what they are asked and what they have said, as plain data. */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, LabelSelector, Status } from '#cluster/api/types.ts'

export interface ServiceReference {
  readonly namespace: string
  readonly name: string
  readonly path?: string
  readonly port?: number
}

export interface Rule {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

export interface Webhook {
  readonly name: string
  readonly clientConfig: { readonly url?: string; readonly service?: ServiceReference }
  readonly rules?: readonly Rule[]
  readonly failurePolicy?: 'Fail' | 'Ignore'
  readonly matchPolicy?: 'Exact' | 'Equivalent'
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly admissionReviewVersions?: readonly string[]
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded'
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[]
}

export type Kind = 'mutating' | 'validating'

/** One of a configuration, with what is told of it. */
export interface Hook {
  /** Unique among those of its kind: configuration, place and name. */
  readonly id: string
  readonly webhook: Webhook
}

/** A question that is out, or is to be asked. */
export interface HookCall {
  readonly hook: Hook
  readonly kind: Kind
  /** 1: once more, after others have changed the object. */
  readonly round: number
  /** As they are stored. */
  readonly object: KubernetesObject | undefined
  readonly old: KubernetesObject | undefined
  /** The version in which the webhook is asked. */
  readonly version: Resource
  readonly uid: string
}

/** What has come of a question. */
export interface HookAnswer {
  readonly call: HookCall
  /** The object as it is from then on. */
  readonly object: KubernetesObject | undefined
  readonly refused?: Status
  readonly warnings: readonly string[]
  readonly annotations: Readonly<Record<string, string>>
}
