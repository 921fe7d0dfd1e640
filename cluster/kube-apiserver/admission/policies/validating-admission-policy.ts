/**
 * ValidatingAdmissionPolicy: rules in CEL about writes of any kind, in force where a binding says so.
 *
 * Every policy that is about the write is run once for each binding that is, and for each object that the binding hands to it.
 * What a policy refuses is denied, warned of or written down, as the binding says; the first denial is the answer.
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/{generic,validating}`; KEP-3488.
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import { fromStored } from '../../conversion/conversion.ts'
import { forbidden } from '../../status.ts'
import type { AdmissionPlugin, Attributes } from '../plugin.ts'
import { OPERATIONS } from '../webhooks/configuration.ts'
import type { Decisions, Denial } from './decisions.ts'
import { decide } from './decisions.ts'
import type { Input } from './environment.ts'
import { matchedVersion } from './matching.ts'
import { MUTATING_POLICIES, paramResource, paramsFor, POLICIES } from './params.ts'
import type { Binding, Policy } from './types.ts'

const BINDINGS = 'validatingadmissionpolicybindings'

/** No policy is about policies. */
export const EXEMPT: readonly string[] = [POLICIES, BINDINGS, MUTATING_POLICIES, 'mutatingadmissionpolicybindings']

interface Refusal {
  readonly policy: Policy
  readonly binding: Binding | undefined
  readonly denial: Omit<Denial, 'index'>
}

/** What has been decided so far about one write. */
interface Judgement {
  readonly attributes: Attributes
  readonly object: KubernetesObject | undefined
  readonly refusals: Refusal[]
}

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: ({ resource, verb }) => OPERATIONS[verb] !== undefined && !EXEMPT.includes(keyOf(resource)),
  reads: [POLICIES, BINDINGS],
  validate(object: KubernetesObject | undefined, attributes) {
    const { caches } = attributes
    const policies = sorted(caches[POLICIES]?.objects as ReadonlyMap<string, Policy> | undefined)
    if (policies.length === 0) return undefined
    const bindings = sorted(caches[BINDINGS]?.objects as ReadonlyMap<string, Binding> | undefined)
    const judgement: Judgement = { attributes, object, refusals: [] }
    for (const policy of policies) {
      const own = bindings.filter(({ spec }) => spec.policyName === policy.metadata.name)
      if (own.length > 0) judge(judgement, policy, own)
    }
    const [first] = judgement.refusals
    return first && denied(attributes, first)
  },
}

export const sorted = <T extends KubernetesObject>(objects: ReadonlyMap<string, T> | undefined): T[] =>
  [...(objects?.values() ?? [])].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))

function judge(judgement: Judgement, policy: Policy, bindings: readonly Binding[]): void {
  const { attributes, object, refusals } = judgement
  const { info, old, name } = attributes
  const version = matchedVersion(attributes, policy.spec.matchConstraints, info, name, object, old)
  if (!version) return
  const { paramKind, failurePolicy } = policy.spec
  const misconfigured = (message: string, binding?: Binding) => {
    if (failurePolicy !== 'Ignore') refusals.push({ policy, binding, denial: { message, reason: undefined } })
  }
  if (paramKind && !paramResource(attributes, paramKind)) {
    const { apiVersion = '', kind = '' } = paramKind
    return misconfigured(`failed to configure policy: failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`) // prettier-ignore
  }
  const input = inputOf(attributes, version, object)
  const remarks = new Map<string, Set<string>>()
  for (const binding of bindings) {
    const { matchResources, paramRef } = binding.spec
    if (!matchedVersion(attributes, matchResources, info, name, object, old)) continue
    const params = paramsFor(attributes, paramKind, paramRef, info.namespace)
    if (typeof params === 'string') {
      misconfigured(`failed to configure binding: ${params}`, binding)
      continue
    }
    for (const one of params) act(judgement, policy, binding, decide(policy, input, one), remarks)
  }
  for (const [key, values] of remarks) attributes.annotate(`${policy.metadata.name}/${key}`, [...values].join(', '))
}

export function inputOf(
  attributes: Attributes,
  version: Input['version'],
  object: KubernetesObject | undefined,
): Input {
  const { info, user, isDryRun, name, old, caches, authority } = attributes
  const namespace = keyOf(info.resource) === 'namespaces' ? undefined : caches['namespaces']?.objects.get(info.namespace) // prettier-ignore
  const shown = (one: KubernetesObject | undefined) => one && fromStored(version, one)
  return { info, user, isDryRun, name, version, object: shown(object), old: shown(old), namespace, ask: authority }
}

/** Denies, warns, writes down. */
function act(
  { attributes, refusals }: Judgement,
  policy: Policy,
  binding: Binding,
  { denials, annotations, errors }: Decisions,
  remarks: Map<string, Set<string>>,
): void {
  const { name: by } = policy.metadata
  const { name: through } = binding.metadata
  const { validationActions = [] } = binding.spec
  for (const denial of denials) {
    const { message, index } = denial
    if (validationActions.includes('Deny')) refusals.push({ policy, binding, denial })
    if (validationActions.includes('Warn')) attributes.warn(`Validation failed for ValidatingAdmissionPolicy '${by}' with binding '${through}': ${message}`) // prettier-ignore
    if (validationActions.includes('Audit')) {
      const failure = { message, policy: by, binding: through, expressionIndex: index, validationActions }
      attributes.annotate('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]))
    }
  }
  for (const { key, value } of annotations) {
    const values = remarks.get(key) ?? new Set()
    remarks.set(key, values.add(value))
  }
  for (const message of errors) refusals.push({ policy, binding, denial: { message, reason: undefined } })
}

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413 }
const INVALID = 422

function denied({ info, name }: Attributes, { policy, binding, denial }: Refusal): Status {
  const through = binding ? ` with binding '${binding.metadata.name}'` : ''
  const message = `ValidatingAdmissionPolicy '${policy.metadata.name}'${through} denied request: ${denial.message}`
  const reason = denial.reason ?? 'Invalid'
  const status = forbidden(info.resource, name, message, [{ message }])
  return Object.freeze({ ...status, reason, code: CODES[reason] ?? INVALID })
}
