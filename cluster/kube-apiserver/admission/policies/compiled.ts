/**
 * A policy with its expressions compiled; a policy is never changed, only replaced, so this is done once for each.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/validating/plugin.go` (compilePolicy), `pkg/admission/plugin/cel/composition.go`.
 */
import type { Compiled } from '../../cel/cel.ts'
import { APPLY_CONFIGURATION, JSON_PATCH } from '../../cel/structs.ts'
import type { Type } from '../../cel/types.ts'
import { BOOL, DYN, listOf, NULL, STRING } from '../../cel/types.ts'
import { compileAs, variablesOf } from './environment.ts'
import type { Policy } from './types.ts'

export interface CompiledPolicy {
  readonly variables: ReadonlyMap<string, Compiled>
  readonly validations: readonly { readonly expression: Compiled; readonly message: Compiled | undefined }[]
  readonly auditAnnotations: readonly Compiled[]
  readonly mutations: readonly Compiled[]
}

const known = new WeakMap<Policy['spec'], CompiledPolicy>()

export function compilePolicy(spec: Policy['spec']): CompiledPolicy {
  let made = known.get(spec)
  if (made === undefined) known.set(spec, (made = compileSpec(spec)))
  return made
}

/** @param typed the types of `object`, `oldObject` and `params`, where they are known */
export function compileSpec(spec: Policy['spec'], typed: readonly (readonly [string, Type])[] = []): CompiledPolicy {
  const params = spec.paramKind !== undefined
  const structs = spec.mutations !== undefined
  const variables = new Map<string, Compiled>()
  const composed: [string, Type][] = []
  // A variable sees those before it. What is missing is told by validation, which looks at what has been compiled.
  for (const { name = '', expression = '' } of spec.variables ?? []) {
    const program = compileAs(expression, variablesOf({ params, authorizer: true, structs }, [...composed], typed), [])
    variables.set(name, program)
    composed.push([name, 'error' in program ? DYN : program.type])
  }
  const own = composed.length > 0 ? composed : undefined
  const full = variablesOf({ params, authorizer: true, structs }, own, typed)
  const unasked = variablesOf({ params, authorizer: false }, own, typed)
  return {
    variables,
    validations: (spec.validations ?? []).map(({ expression = '', messageExpression = '' }) => ({
      expression: compileAs(expression, full, [BOOL]),
      message: messageExpression.trim() === '' ? undefined : compileAs(messageExpression, unasked, [STRING]),
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map(({ valueExpression = '' }) =>
      compileAs(valueExpression.trim(), full, [STRING, NULL]),
    ),
    mutations: (spec.mutations ?? []).map(({ patchType, applyConfiguration, jsonPatch }) =>
      patchType === 'JSONPatch'
        ? compileAs(jsonPatch?.expression ?? '', full, [listOf(JSON_PATCH)])
        : compileAs(applyConfiguration?.expression ?? '', full, [APPLY_CONFIGURATION]),
    ),
  }
}
