/** Admission policies and their bindings, as plain data. Upstream: `staging/src/k8s.io/api/admissionregistration/v1/types.go`. */
import type { KubernetesObject, LabelSelector } from '#cluster/api/types.ts'
import type { Rule } from '../webhooks/types.ts'

export interface NamedRule extends Rule {
  readonly resourceNames?: readonly string[]
}

export interface MatchResources {
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly resourceRules?: readonly NamedRule[]
  readonly excludeResourceRules?: readonly NamedRule[]
  readonly matchPolicy?: 'Exact' | 'Equivalent'
}

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

export interface Validation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
}

export interface Mutation {
  readonly patchType?: 'ApplyConfiguration' | 'JSONPatch'
  readonly applyConfiguration?: { readonly expression?: string }
  readonly jsonPatch?: { readonly expression?: string }
}

export interface ParamKind {
  readonly apiVersion?: string
  readonly kind?: string
}

export interface Policy extends KubernetesObject {
  readonly spec: {
    readonly paramKind?: ParamKind
    readonly matchConstraints?: MatchResources
    readonly matchConditions?: readonly MatchCondition[]
    readonly variables?: readonly { readonly name: string; readonly expression: string }[]
    readonly validations?: readonly Validation[]
    readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[]
    readonly failurePolicy?: 'Fail' | 'Ignore'
    /** Of a MutatingAdmissionPolicy. */
    readonly mutations?: readonly Mutation[]
    readonly reinvocationPolicy?: 'Never' | 'IfNeeded'
  }
}

export interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: 'Allow' | 'Deny'
}

export type Action = 'Deny' | 'Warn' | 'Audit'

export interface Binding extends KubernetesObject {
  readonly spec: {
    readonly policyName: string
    readonly paramRef?: ParamRef
    readonly matchResources?: MatchResources
    readonly validationActions?: readonly Action[]
  }
}
