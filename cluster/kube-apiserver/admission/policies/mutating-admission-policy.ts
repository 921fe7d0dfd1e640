/**
 * MutatingAdmissionPolicy: changes of what is written, by policies in CEL: what they apply, or patches that they make.
 *
 * Policies go one after the other, by their names; where a later one has changed the object, those before it that want to see it again
 * (`reinvocationPolicy: IfNeeded`) do so once.
 * What we leave out: what is applied may change lists and maps that only change as a whole, which upstream refuses; after a webhook has
 * changed the object, all policies run again, whatever they want; without schemas, what is applied replaces lists.
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/{generic,mutating}`; KEP-3962.
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import { merged, rootOf } from '../../apply/typed-value.ts'
import type { Compiled } from '../../cel/cel.ts'
import { checkNames, toJson } from '../../cel/structs.ts'
import type { Value } from '../../cel/values.ts'
import { CelError, isList } from '../../cel/values.ts'
import { toStored } from '../../conversion/conversion.ts'
import { schemasWith } from '../../extensions/schema/types.ts'
import type { Operation } from '#cluster/api/patch/json-patch.ts'
import { jsonPatch } from '#cluster/api/patch/json-patch.ts'
import { mergePatch } from '#cluster/api/patch/merge-patch.ts'
import { strategyOf } from '../../registry/registry.ts'
import { forbidden } from '../../status.ts'
import type { AdmissionPlugin, Attributes } from '../plugin.ts'
import { OPERATIONS } from '../webhooks/configuration.ts'
import { compilePolicy } from './compiled.ts'
import type { Budget, Input } from './environment.ts'
import { activationOf, POLICY_COST_MAX, run, Variables } from './environment.ts'
import { conditionsHold } from './match-conditions.ts'
import { matchedVersion } from './matching.ts'
import { MUTATING_POLICIES, paramResource, paramsFor } from './params.ts'
import type { Binding, Policy } from './types.ts'
import { EXEMPT, inputOf, sorted } from './validating-admission-policy.ts'

const BINDINGS = 'mutatingadmissionpolicybindings'

/** What keeps a policy from doing its work. */
class Failed extends Error {}

export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  handles: ({ resource, verb }) => OPERATIONS[verb] !== undefined && verb !== 'delete' && !EXEMPT.includes(keyOf(resource)), // prettier-ignore
  reads: [MUTATING_POLICIES, BINDINGS],
  mutate(object: KubernetesObject, attributes) {
    const { caches } = attributes
    const policies = sorted(caches[MUTATING_POLICIES]?.objects as ReadonlyMap<string, Policy> | undefined)
    if (policies.length === 0) return object
    const bindings = sorted(caches[BINDINGS]?.objects as ReadonlyMap<string, Binding> | undefined)
    const pairs = policies.flatMap((policy) => bindings.filter(({ spec }) => spec.policyName === policy.metadata.name).map((binding) => ({ policy, binding }))) // prettier-ignore
    let next = object
    const seen: { readonly pair: (typeof pairs)[number]; readonly after: KubernetesObject }[] = []
    for (const pair of pairs) {
      const after = mutateBy(pair.policy, pair.binding, next, attributes)
      if ('code' in after) return after as Status
      next = after
      seen.push({ pair, after })
    }
    for (const { pair, after } of seen) {
      if (after === next || pair.policy.spec.reinvocationPolicy !== 'IfNeeded') continue
      const again = mutateBy(pair.policy, pair.binding, next, attributes)
      if ('code' in again) return again as Status
      next = again
    }
    return next
  },
}

/** The same object where it has nothing to change. */
function mutateBy(
  policy: Policy,
  binding: Binding,
  object: KubernetesObject,
  attributes: Attributes,
): KubernetesObject | Status {
  // prettier-ignore
  const { info, old, name } = attributes
  const { spec } = policy
  const version = matchedVersion(attributes, spec.matchConstraints, info, name, object, old)
  if (!version || !matchedVersion(attributes, binding.spec.matchResources, info, name, object, old)) return object
  try {
    let next = object
    for (const params of paramsOf(policy, binding, attributes)) next = withMutations(policy, version, next, params, attributes) // prettier-ignore
    return isEqual(next, object) ? object : next
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    return spec.failurePolicy === 'Ignore' ? object : denied(attributes, policy, binding, error.message)
  }
}

function paramsOf({ spec }: Policy, binding: Binding, attributes: Attributes) {
  const { paramKind } = spec
  if (paramKind && !paramResource(attributes, paramKind)) {
    const { apiVersion = '', kind = '' } = paramKind
    throw new Failed(`failed to configure policy: failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`) // prettier-ignore
  }
  const params = paramsFor(attributes, paramKind, binding.spec.paramRef, attributes.info.namespace)
  if (typeof params === 'string') throw new Failed(`failed to configure binding: ${params}`)
  return params
}

function withMutations(
  { spec }: Policy,
  version: Resource,
  object: KubernetesObject,
  params: KubernetesObject | undefined,
  attributes: Attributes,
): KubernetesObject {
  // prettier-ignore
  const holds = conditionsHold(spec.matchConditions ?? [], inputOf(attributes, version, object), spec.paramKind && { object: params }) // prettier-ignore
  if (holds === false) return object
  if (holds !== true) throw new Failed(holds.error)
  const compiled = compilePolicy(spec)
  let next = object
  for (const [i, { patchType, applyConfiguration, jsonPatch: patch }] of (spec.mutations ?? []).entries()) {
    const input = inputOf(attributes, version, next)
    const source = (patchType === 'JSONPatch' ? patch : applyConfiguration)?.expression ?? ''
    const value = valueOf(compiled.mutations[i]!, source, compiled.variables, input, params)
    const shown = input.object!
    const changed = patchType === 'JSONPatch' ? patched(shown, value) : applied(version, shown, value, attributes)
    const stored = toStored(version, changed)
    next = strategyOf(version).defaults?.(stored) ?? stored
  }
  return next
}

function valueOf(
  program: Compiled,
  source: string,
  variables: ReadonlyMap<string, Compiled>,
  input: Input,
  params: KubernetesObject | undefined,
): Value {
  // prettier-ignore
  const budget: Budget = { left: POLICY_COST_MAX }
  const composed = new Variables(variables, () => activation, budget)
  const activation = activationOf(input, params, composed)
  const { value, error } = run(program, source, activation, budget)
  if (error !== undefined) throw new Failed(error)
  return value!
}

function applied(version: Resource, object: KubernetesObject, value: Value, { schemas }: Attributes): KubernetesObject {
  const over = asJson(() => {
    checkNames(value, 'Object')
    return toJson(value)
  }) as object
  const all = schemas && version.custom ? schemasWith(schemas, version) : schemas
  const type = all?.typeOfKind(apiVersionOf(version), version.kind)
  return (all && type ? merged(all, rootOf(type), object, over) : mergePatch(object, over)) as KubernetesObject
}

function patched(object: KubernetesObject, value: Value): KubernetesObject {
  const operations = asJson(() => (isList(value) ? value : []).map((one) => {
    const { op, path, from, value: given } = toJson(one) as Operation & { readonly from?: string; readonly value?: unknown } // prettier-ignore
    return { op, path, ...(from !== undefined && { from }), ...(given !== undefined && { value: given }) }
  })) as Operation[] // prettier-ignore
  try {
    return jsonPatch(object, operations) as KubernetesObject
  } catch (error) {
    // Where a test does not hold, nothing is changed.
    if (/^testing path .* value failed$/.test((error as Error).message)) return object
    throw new Failed(`JSONPath: ${(error as Error).message}`)
  }
}

function asJson<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof CelError) throw new Failed(error.message)
    throw error
  }
}

function denied({ info, name }: Attributes, policy: Policy, binding: Binding, why: string): Status {
  const message = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${why}`
  return Object.freeze({ ...forbidden(info.resource, name, '', [{ message }]), message, reason: 'Invalid' })
}
