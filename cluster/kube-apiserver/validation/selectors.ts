/** Rules for selectors of labels and of nodes. Upstream: apimachinery `pkg/apis/meta/v1/validation`, `pkg/apis/core/validation/validation.go`. */
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { invalidKey, invalidName, labelValueProblems, validateLabels } from './names.ts'

type Fields = Readonly<Record<string, any>>

const LISTED = "must be specified when `operator` is 'In' or 'NotIn'"
const UNLISTED = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
const NO_OPERATOR = 'not a valid selector operator'

function operatorErrors({ operator, values = [] }: Fields, field: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length === 0 ? [required(`${field}.values`, LISTED)] : []
    case 'Exists':
    case 'DoesNotExist':
      return values.length > 0 ? [forbiddenValue(`${field}.values`, UNLISTED)] : []
    default:
      return [invalidValue(`${field}.operator`, operator ?? '', NO_OPERATOR)]
  }
}

export function validateLabelSelector(selector: Fields | undefined, field: string): FieldError[] {
  if (!selector) return []
  const errors: FieldError[] = []
  validateLabels(selector['matchLabels'], `${field}.matchLabels`, errors)
  selector['matchExpressions']?.forEach((requirement: Fields, index: number) => {
    const at = `${field}.matchExpressions[${index}]`
    errors.push(...operatorErrors(requirement, at), ...invalidKey(`${at}.key`, requirement['key'] ?? ''))
  })
  return errors
}

/** A selector of labels that there cannot be, which nothing can be held to. */
export const isUnreadable = (selector: Fields | undefined): boolean =>
  selector !== undefined &&
  (validateLabelSelector(selector, '').length > 0 ||
    (selector['matchExpressions'] ?? []).some(({ values = [] }: Fields) =>
      values.some((value: string) => labelValueProblems(value).length > 0),
    ))

function nodeRequirement(requirement: Fields, field: string): FieldError[] {
  const { operator, values = [], key = '' } = requirement
  const isOrder = operator === 'Gt' || operator === 'Lt'
  const single = "must be specified single value when `operator` is 'Lt' or 'Gt'"
  const errors = isOrder
    ? values.length === 1
      ? []
      : [required(`${field}.values`, single)]
    : operatorErrors(requirement, field)
  return [...errors, ...invalidKey(`${field}.key`, key)]
}

function fieldRequirement({ operator, values = [], key = '' }: Fields, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalidValue(`${field}.operator`, operator ?? '', NO_OPERATOR))
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.push(required(`${field}.values`, detail))
  }
  if (key !== 'metadata.name') return [...errors, invalidValue(`${field}.key`, key, 'not a valid field selector key')]
  values.forEach((value: string, index: number) =>
    errors.push(...invalidName(`${field}.values[${index}]`, value, 'subdomain')),
  )
  return errors
}

export function validateNodeSelectorTerm(term: Fields, field: string): FieldError[] {
  const of = (list: string, check: (requirement: Fields, at: string) => FieldError[]): FieldError[] =>
    (term?.[list] ?? []).flatMap((item: Fields, index: number) => check(item, `${field}.${list}[${index}]`))
  return [...of('matchExpressions', nodeRequirement), ...of('matchFields', fieldRequirement)]
}

export function validateNodeSelector(selector: Fields, field: string): FieldError[] {
  const terms: readonly Fields[] = selector['nodeSelectorTerms'] ?? []
  const at = `${field}.nodeSelectorTerms`
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')]
  return terms.flatMap((term, index) => validateNodeSelectorTerm(term, `${at}[${index}]`))
}
