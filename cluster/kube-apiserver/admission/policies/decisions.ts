/**
 * What a policy makes of one write: a decision for each of its validations, and remarks for the audit event.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/validating/validator.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { typeName } from '../../cel/values.ts'
import { compilePolicy } from './compiled.ts'
import type { Budget, Input } from './environment.ts'
import { activationOf, OUT_OF_BUDGET, POLICY_COST_MAX, run, Variables } from './environment.ts'
import { conditionsHold } from './match-conditions.ts'
import type { Policy, Validation } from './types.ts'

/** Something that speaks against the write. */
export interface Denial {
  /** Which of the validations it was. */
  readonly index: number
  readonly message: string
  /** As of a Status; undefined: none is given. */
  readonly reason: string | undefined
}

export interface Decisions {
  readonly denials: readonly Denial[]
  readonly annotations: readonly { readonly key: string; readonly value: string }[]
  /** Remarks that came to nothing: whatever the bindings say, they deny. */
  readonly errors: readonly string[]
}

const NOTHING: Decisions = Object.freeze({ denials: [], annotations: [], errors: [] })
const MESSAGE_BYTES_MAX = 5 * 1024
const ANNOTATION_MAX = 10 * 1024

export function decide({ spec }: Policy, input: Input, params: KubernetesObject | undefined): Decisions {
  const isOpen = spec.failurePolicy === 'Ignore'
  const failed = (message: string, index = 0): Denial[] => (isOpen ? [] : [{ index, message, reason: undefined }])
  const given = spec.paramKind ? { object: params } : undefined
  const holds = conditionsHold(spec.matchConditions ?? [], input, given)
  if (holds === false) return NOTHING
  if (holds !== true) return { ...NOTHING, denials: failed(holds.error) }
  const compiled = compilePolicy(spec)
  const budget: Budget = { left: POLICY_COST_MAX }
  const variables = new Variables(compiled.variables, () => activation, budget)
  const activation = activationOf(input, params, variables)
  const denials: Denial[] = []
  for (const [index, validation] of (spec.validations ?? []).entries()) {
    const { expression, message } = compiled.validations[index]!
    const { value, error } = run(expression, validation.expression, activation, budget)
    if (error === OUT_OF_BUDGET) return { ...NOTHING, denials: failed(error) }
    if (error !== undefined) denials.push(...failed(error, index))
    else if (value !== true) {
      const made = message && run(message, validation.messageExpression ?? '', activation, budget).value
      denials.push({ index, message: messageOf(validation, made), reason: validation.reason ?? 'Invalid' })
    }
  }
  return { denials, ...annotationsOf(spec, compiled.auditAnnotations.map((one, i) => run(one, spec.auditAnnotations![i]!.valueExpression, activation, budget)), isOpen) } // prettier-ignore
}

/** What the expression says, if that is a line of text; else the message; else the expression. */
function messageOf({ message = '', expression }: Validation, made: unknown): string {
  const text = typeof made === 'string' ? made.trim() : ''
  if (text !== '' && !text.includes('\n') && text.length <= MESSAGE_BYTES_MAX) return text
  return message.trim() || `failed expression: ${expression.trim()}`
}

function annotationsOf(
  { auditAnnotations = [] }: Policy['spec'],
  outcomes: readonly ReturnType<typeof run>[],
  isOpen: boolean,
): Pick<Decisions, 'annotations' | 'errors'> {
  const annotations: { key: string; value: string }[] = []
  const errors: string[] = []
  outcomes.forEach(({ value, error }, i) => {
    const { key, valueExpression } = auditAnnotations[i]!
    if (error !== undefined) {
      if (!isOpen) errors.push(error)
    } else if (typeof value === 'string') {
      if (value.trim() !== '') annotations.push({ key, value: value.trim().slice(0, ANNOTATION_MAX) })
    } else if (value !== null && value !== undefined) {
      errors.push(`valueExpression '${valueExpression}' resulted in unsupported return type: ${typeName(value)}. Return type must be either string or null.`) // prettier-ignore
    }
  })
  return { annotations, errors }
}
