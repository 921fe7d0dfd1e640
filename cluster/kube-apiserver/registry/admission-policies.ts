/**
 * Admission policies and their bindings. Upstream: `pkg/apis/admissionregistration/{v1/defaults,validation/validation}.go`.
 *
 * What we leave out: how selectors are written; names of resources.
 */
import type { CompiledPolicy } from '../admission/policies/compiled.ts'
import { compilePolicy } from '../admission/policies/compiled.ts'
import { matchConditionErrors } from '../admission/policies/match-conditions.ts'
import type { Binding, MatchResources, Mutation, ParamRef, Policy, Validation } from '../admission/policies/types.ts'
import type { Compiled } from '../cel/cel.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { keyProblem, nameProblem } from '../validation/names.ts'
import { needed, oneOf } from './checks.ts'
import type { Strategy } from './strategy.ts'
import { ruleErrors } from './webhook-configurations.ts'

type Spec = Policy['spec']

const scoped = <T extends { readonly scope?: string }>(rules: readonly T[]): readonly T[] => rules.map((rule) => ({ scope: '*', ...rule })) // prettier-ignore

const withDefaults = (matches: MatchResources): MatchResources => ({
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  ...matches,
  ...(matches.resourceRules && { resourceRules: scoped(matches.resourceRules) }),
  ...(matches.excludeResourceRules && { excludeResourceRules: scoped(matches.excludeResourceRules) }),
})

// ── policies ────────────────────────────────────────────────────────────────────────────────────────────────────────

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized']
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const RESERVED: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']) // prettier-ignore
const ANNOTATIONS_MAX = 20
const AT_LEAST_ONE = 'validations or auditAnnotations must contain at least one item'

function matchErrors(matches: MatchResources, at: string): FieldError[] {
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = matches
  return [
    ...oneOf(['Equivalent', 'Exact'], matchPolicy, `${at}.matchPolicy`),
    ...resourceRules.flatMap((rule, i) => ruleErrors(rule, `${at}.resourceRules[${i}]`)),
    ...excludeResourceRules.flatMap((rule, i) => ruleErrors(rule, `${at}.excludeResourceRules[${i}]`)),
  ]
}

function paramKindErrors({ paramKind }: Spec): FieldError[] {
  if (!paramKind) return []
  const { apiVersion = '', kind = '' } = paramKind
  const errors = [...needed(apiVersion, 'spec.paramKind.apiVersion'), ...needed(kind, 'spec.paramKind.kind')]
  if (apiVersion.split('/').length > 2) {
    errors.push(invalidValue('spec.paramKind.apiVersion', apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  }
  const problem = kind && nameProblem(kind.toLowerCase(), 'label-1035')
  if (problem) errors.push(invalidValue('spec.paramKind.kind', kind, `may have mixed case, but should otherwise match: ${problem}`)) // prettier-ignore
  return errors
}

const expressionError = (program: Compiled, source: string, at: string): FieldError[] =>
  'error' in program ? [invalidValue(at, source, program.error)] : []

function validationErrors(validation: Validation, at: string, expression: Compiled, made: Compiled | undefined) {
  const { message = '', messageExpression = '', reason } = validation
  const errors: FieldError[] = []
  if (!validation.expression?.trim()) errors.push(required(`${at}.expression`, 'expression is not specified'))
  else errors.push(...expressionError(expression, validation.expression, `${at}.expression`))
  if (made) errors.push(...expressionError(made, messageExpression, `${at}.messageExpression`))
  else if (messageExpression !== '') {
    errors.push(invalidValue(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'))
  }
  if (message !== '' && message.trim() === '') {
    errors.push(invalidValue(`${at}.message`, message, 'message must be non-empty if specified'))
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(invalidValue(`${at}.message`, message, 'message must not contain line breaks'))
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, REASONS))
  return errors
}

function variableErrors({ variables = [] }: Spec, compiled: ReadonlyMap<string, Compiled>): FieldError[] {
  return variables.flatMap(({ name = '', expression = '' }, i) => {
    const at = `spec.variables[${i}]`
    const errors: FieldError[] = []
    if (name.trim() === '') errors.push(required(`${at}.name`, 'name is not specified'))
    else if (!IDENTIFIER.test(name) || RESERVED.has(name)) {
      errors.push(invalidValue(`${at}.name`, name, 'name is not a valid CEL identifier'))
    }
    if (expression.trim() === '') return [...errors, required(`${at}.expression`, 'expression is not specified')]
    return [...errors, ...expressionError(compiled.get(name)!, expression, `${at}.expression`)]
  })
}

function annotationErrors({ metadata, spec }: Policy, compiled: readonly Compiled[]): FieldError[] {
  const { auditAnnotations = [] } = spec
  const errors: FieldError[] = []
  if (auditAnnotations.length > ANNOTATIONS_MAX) {
    errors.push(invalidValue('spec.auditAnnotations', auditAnnotations, `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`)) // prettier-ignore
  }
  const seen = new Set<string>()
  auditAnnotations.forEach(({ key = '', valueExpression = '' }, i) => {
    const at = `spec.auditAnnotations[${i}]`
    const problem = keyProblem(`${metadata.name}/${key}`)
    if (problem) errors.push(invalidValue(`${at}.key`, `${metadata.name}/${key}`, problem))
    if (valueExpression.trim() === '') {
      errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'))
    } else errors.push(...expressionError(compiled[i]!, valueExpression, `${at}.valueExpression`))
    if (seen.has(key)) errors.push(duplicateValue(`${at}.key`, key))
    seen.add(key)
  })
  return errors
}

/** What both kinds of policy have. */
function sharedErrors(spec: Spec, compiled: CompiledPolicy): FieldError[] {
  const { failurePolicy, matchConstraints, matchConditions = [] } = spec
  const errors = [...oneOf(['Fail', 'Ignore'], failurePolicy, 'spec.failurePolicy', true), ...paramKindErrors(spec)]
  if (!matchConstraints) errors.push(required('spec.matchConstraints'))
  else {
    errors.push(...matchErrors(matchConstraints, 'spec.matchConstraints'))
    if (!matchConstraints.resourceRules?.length) errors.push(required('spec.matchConstraints.resourceRules'))
  }
  errors.push(...matchConditionErrors(matchConditions, spec.paramKind !== undefined, 'spec.matchConditions'))
  return [...errors, ...variableErrors(spec, compiled.variables)]
}

function policyErrors(policy: Policy): FieldError[] {
  const { spec } = policy
  if (!spec) return [required('spec.matchConstraints')]
  const { validations = [], auditAnnotations = [] } = spec
  const compiled = compilePolicy(spec)
  const errors = sharedErrors(spec, compiled)
  if (validations.length === 0 && auditAnnotations.length === 0) {
    return [...errors, required('spec.validations', AT_LEAST_ONE), required('spec.auditAnnotations', AT_LEAST_ONE)]
  }
  validations.forEach((validation, i) => {
    const { expression, message } = compiled.validations[i]!
    errors.push(...validationErrors(validation, `spec.validations[${i}]`, expression, message))
  })
  return [...errors, ...annotationErrors(policy, compiled.auditAnnotations)]
}

function mutationErrors({ patchType, applyConfiguration, jsonPatch }: Mutation, program: Compiled, at: string) {
  const errors = oneOf(['ApplyConfiguration', 'JSONPatch'], patchType, `${at}.patchType`, true)
  if (errors.length > 0) return errors
  const [field, given, other, unused] = patchType === 'JSONPatch' ? ['jsonPatch', jsonPatch, 'applyConfiguration', applyConfiguration] as const : ['applyConfiguration', applyConfiguration, 'jsonPatch', jsonPatch] as const // prettier-ignore
  if (unused) errors.push(invalidValue(`${at}.${other}`, unused, `must not be specified when patchType is ${patchType}`)) // prettier-ignore
  if (!given) return [...errors, required(`${at}.${field}`, `must be specified when patchType is ${patchType}`)]
  const { expression = '' } = given
  if (expression.trim() === '') return [...errors, required(`${at}.${field}.expression`, 'expression is not specified')]
  return [...errors, ...expressionError(program, expression, `${at}.${field}.expression`)]
}

function mutatingErrors({ spec }: Policy): FieldError[] {
  if (!spec) return [required('spec.matchConstraints')]
  const compiled = compilePolicy(spec)
  const { mutations = [], reinvocationPolicy } = spec
  const errors = sharedErrors(spec, compiled)
  if (mutations.length === 0) errors.push(required('spec.mutations', 'mutations must contain at least one item'))
  mutations.forEach((one, i) => errors.push(...mutationErrors(one, compiled.mutations[i]!, `spec.mutations[${i}]`)))
  return [...errors, ...oneOf(['IfNeeded', 'Never'], reinvocationPolicy, 'spec.reinvocationPolicy', true)]
}

const policyDefaults = (policy: Policy, more: Partial<Spec> = {}): Policy => {
  if (!policy.spec) return policy
  const { matchConstraints } = policy.spec
  const spec = { failurePolicy: 'Fail' as const, ...more, ...policy.spec, ...(matchConstraints && { matchConstraints: withDefaults(matchConstraints) }) } // prettier-ignore
  return { ...policy, spec }
}

export const mutatingAdmissionPolicies: Strategy<Policy> = {
  hasGeneration: true,
  hasStatus: false,
  defaults: (policy) => policyDefaults(policy, { reinvocationPolicy: 'Never' }),
  validate: mutatingErrors,
  validateUpdate: mutatingErrors,
}

export const validatingAdmissionPolicies: Strategy<Policy> = {
  hasGeneration: true,
  hasStatus: true,
  defaults: (policy) => policyDefaults(policy),
  validate: policyErrors,
  validateUpdate: policyErrors,
}

// ── bindings ────────────────────────────────────────────────────────────────────────────────────────────────────────

const ACTIONS = ['Audit', 'Deny', 'Warn']

function actionErrors(actions: readonly string[]): FieldError[] {
  const at = 'spec.validationActions'
  const errors = actions.flatMap((action, i) => [
    ...oneOf(ACTIONS, action, `${at}[${i}]`),
    ...(actions.indexOf(action) < i ? [duplicateValue(`${at}[${i}]`, action)] : []),
  ])
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why = 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)' // prettier-ignore
    errors.push(invalidValue(at, actions, why))
  }
  if (actions.length === 0) errors.push(required(at, 'at least one validation action is required'))
  return errors
}

function paramRefErrors({ name = '', selector, parameterNotFoundAction }: ParamRef): FieldError[] {
  const errors: FieldError[] = []
  const exclusive = 'name and selector are mutually exclusive'
  const problem = name && nameProblem(name, 'path-segment')
  if (problem) errors.push(invalidValue('spec.paramRef.name', name, problem))
  if (name !== '' && selector) {
    errors.push(forbiddenValue('spec.paramRef.name', exclusive), forbiddenValue('spec.paramRef.selector', exclusive))
  }
  if (name === '' && !selector) errors.push(required('spec.paramRef', 'one of name or selector must be specified'))
  return [...errors, ...oneOf(['Deny', 'Allow'], parameterNotFoundAction, 'spec.paramRef.parameterNotFoundAction', true)] // prettier-ignore
}

/** @param acts whether it says what is to be done */
function bindingErrors({ spec }: Binding, acts: boolean): FieldError[] {
  if (!spec) return [required('spec.policyName')]
  const { policyName = '', paramRef, matchResources, validationActions = [] } = spec
  const problem = policyName && nameProblem(policyName, 'subdomain')
  return [
    ...needed(policyName, 'spec.policyName'),
    ...(problem ? [invalidValue('spec.policyName', policyName, problem)] : []),
    ...(paramRef ? paramRefErrors(paramRef) : []),
    // Upstream spells it so.
    ...(matchResources ? matchErrors(matchResources, 'spec.matchResouces') : []),
    ...(acts ? actionErrors(validationActions) : []),
  ]
}

const bindings = (acts: boolean): Strategy<Binding> => ({
  hasGeneration: true,
  hasStatus: false,
  defaults: (binding) =>
    binding.spec?.matchResources
      ? { ...binding, spec: { ...binding.spec, matchResources: withDefaults(binding.spec.matchResources) } }
      : binding,
  validate: (binding) => bindingErrors(binding, acts),
  validateUpdate: (binding) => bindingErrors(binding, acts),
})

export const validatingAdmissionPolicyBindings = bindings(true)
export const mutatingAdmissionPolicyBindings = bindings(false)
