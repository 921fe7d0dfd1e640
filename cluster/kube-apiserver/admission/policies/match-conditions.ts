/**
 * matchConditions: the last word on whether a webhook, or a policy, wants to hear of a write.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`;
 * `pkg/apis/admissionregistration/validation/validation.go` (validateMatchConditions).
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { BOOL } from '../../cel/types.ts'
import type { FieldError } from '../../status.ts'
import { duplicateValue, invalidValue, required } from '../../status.ts'
import { keyProblem } from '../../validation/names.ts'
import type { Input, Scope } from './environment.ts'
import { activationOf, compileAs, CONDITIONS_COST_MAX, run, variablesOf } from './environment.ts'
import type { MatchCondition } from './types.ts'

const CONDITIONS_MAX = 64

const compiled = (expression: string, scope: Scope) => compileAs(expression, variablesOf(scope), [BOOL])

export function matchConditionErrors(
  conditions: readonly MatchCondition[],
  hasParams: boolean,
  at: string,
): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  if (conditions.length > CONDITIONS_MAX) {
    const message = `Too many: ${conditions.length}: must have at most ${CONDITIONS_MAX} items`
    errors.push({ reason: 'FieldValueTooMany', field: at, message })
  }
  conditions.forEach(({ name = '', expression = '' }, i) => {
    const source = expression.trim()
    if (source === '') errors.push(required(`${at}[${i}].expression`))
    else {
      const program = compiled(source, { params: hasParams, authorizer: true })
      if ('error' in program) errors.push(invalidValue(`${at}[${i}].expression`, source, program.error))
    }
    const problem = name === '' ? undefined : keyProblem(name)
    if (name === '') errors.push(required(`${at}[${i}].name`))
    else if (problem) errors.push(invalidValue(`${at}[${i}].name`, name, problem))
    if (name !== '' && seen.has(name)) errors.push(duplicateValue(`${at}[${i}].name`, name))
    seen.add(name)
  })
  return errors
}

/** Whether all of them hold; one that does not outweighs those that come to nothing. */
export function conditionsHold(
  conditions: readonly MatchCondition[],
  input: Input,
  params?: { readonly object: KubernetesObject | undefined },
): boolean | { readonly error: string } {
  if (conditions.length === 0) return true
  const activation = activationOf(input, params?.object)
  const budget = { left: CONDITIONS_COST_MAX }
  const errors: string[] = []
  for (const { expression } of conditions) {
    const { value, error } = run(compiled(expression, { params: params !== undefined, authorizer: true }), expression, activation, budget) // prettier-ignore
    if (error !== undefined) errors.push(error)
    else if (value === false) return false
  }
  if (errors.length === 0) return true
  return { error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` }
}
