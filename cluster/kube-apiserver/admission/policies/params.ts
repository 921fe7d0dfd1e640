/**
 * What a binding hands to its policy: an object of the kind that the policy names, or all that a selector finds.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/generic/{policy_dispatcher,policy_source}.go`.
 */
import { matchesSelector } from '#cluster/api/labels.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, keyOf, RESOURCES, storedAs } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { fromStored } from '../../conversion/conversion.ts'
import { ownResourcesOf } from '../../extensions/custom-resources.ts'
import type { State } from '../../state.ts'
import type { ParamKind, ParamRef, Policy } from './types.ts'

export const POLICIES = 'validatingadmissionpolicies'
export const MUTATING_POLICIES = 'mutatingadmissionpolicies'

type Caches = Pick<State, 'caches'>

export function paramResource(state: Caches, { apiVersion = '', kind = '' }: ParamKind): Resource | undefined {
  const isIt = (row: Resource) => row.kind === kind && apiVersionOf(row) === apiVersion
  return RESOURCES.find(isIt) ?? ownResourcesOf(state).find(isIt)
}

const NONE: readonly Resource[] = Object.freeze([])

/** The kinds that policies want to look up: they must be cached before a write can be judged. */
export function paramResources(state: Caches): readonly Resource[] {
  const count = [POLICIES, MUTATING_POLICIES].reduce((sum, key) => sum + (state.caches[key]?.objects.size ?? 0), 0)
  if (count === 0) return NONE
  const policies = [POLICIES, MUTATING_POLICIES].flatMap((key) => [...(state.caches[key]?.objects.values() ?? [])])
  return (policies as Policy[]).flatMap(({ spec }) => {
    const row = spec.paramKind && paramResource(state, spec.paramKind)
    return row ? [storedAs(row)] : []
  })
}

/** One for each run of the policy; undefined among them: a run without any. A text: why there can be none. */
export function paramsFor(
  state: Caches,
  kind: ParamKind | undefined,
  ref: ParamRef | undefined,
  namespace: string,
): readonly (KubernetesObject | undefined)[] | string {
  if (!kind || !ref) return [undefined]
  const resource = paramResource(state, kind)!
  const { name = '', selector, parameterNotFoundAction } = ref
  if (!resource.namespaced && ref.namespace) {
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`'
  }
  const place = resource.namespaced ? ref.namespace || namespace : ''
  if (resource.namespaced && place === '') {
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources'
  }
  const stored = [...(state.caches[keyOf(storedAs(resource))]?.objects.values() ?? [])].filter(
    ({ metadata }) => (metadata.namespace ?? '') === place,
  )
  const found = stored.filter(({ metadata }) =>
    name === '' ? matchesSelector(selector ?? {}, metadata.labels) : metadata.name === name,
  )
  if (found.length === 0 && parameterNotFoundAction === 'Deny') {
    return 'no params found for policy binding with `Deny` parameterNotFoundAction'
  }
  return found.map((one) => fromStored(resource, one))
}
