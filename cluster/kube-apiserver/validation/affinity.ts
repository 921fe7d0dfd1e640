/** Rules for where a Pod may be: affinity, tolerations, spreading. Upstream: `pkg/apis/core/validation/validation.go`. */
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../status.ts'
import { invalidKey, invalidName, labelValueProblems } from './names.ts'
import { validateLabelSelector, validateNodeSelector, validateNodeSelectorTerm } from './selectors.ts'

type Fields = Readonly<Record<string, any>>

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

const weightErrors = ({ weight = 0 }: Fields, field: string): FieldError[] =>
  weight > 0 && weight <= 100 ? [] : [invalidValue(`${field}.weight`, weight, 'must be in the range 1-100')]

const each = (list: readonly Fields[] | undefined, field: string, check: (item: Fields, at: string) => FieldError[]) =>
  (list ?? []).flatMap((item, index) => check(item, `${field}[${index}]`))

function podTerm(term: Fields | undefined, field: string): FieldError[] {
  const { labelSelector, namespaces = [], namespaceSelector, topologyKey = '' } = term ?? {}
  return [
    ...validateLabelSelector(labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...namespaces.flatMap((name: string) => invalidName(`${field}.namespace`, name, 'label')),
    ...(topologyKey === '' ? [required(`${field}.topologyKey`, 'can not be empty')] : []),
    ...invalidKey(`${field}.topologyKey`, topologyKey),
  ]
}

const podAffinity = (affinity: Fields, field: string): FieldError[] => [
  ...each(affinity[REQUIRED], `${field}.${REQUIRED}`, podTerm),
  ...each(affinity[PREFERRED], `${field}.${PREFERRED}`, (term, at) => [
    ...weightErrors(term, at),
    ...podTerm(term['podAffinityTerm'], `${at}.podAffinityTerm`),
  ]),
]

const nodeAffinity = (affinity: Fields, field: string): FieldError[] => [
  ...(affinity[REQUIRED] ? validateNodeSelector(affinity[REQUIRED], `${field}.${REQUIRED}`) : []),
  ...each(affinity[PREFERRED], `${field}.${PREFERRED}`, (term, at) => [
    ...weightErrors(term, at),
    ...validateNodeSelectorTerm(term['preference'], `${at}.preference`),
  ]),
]

export function validateAffinity(affinity: Fields | undefined, field: string): FieldError[] {
  if (!affinity) return []
  return [
    ...(affinity['nodeAffinity'] ? nodeAffinity(affinity['nodeAffinity'], `${field}.nodeAffinity`) : []),
    ...(affinity['podAffinity'] ? podAffinity(affinity['podAffinity'], `${field}.podAffinity`) : []),
    ...(affinity['podAntiAffinity'] ? podAffinity(affinity['podAntiAffinity'], `${field}.podAntiAffinity`) : []),
  ]
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const validateEffect = (effect: string, field: string): FieldError[] =>
  EFFECTS.includes(effect) ? [] : [notSupported(field, effect, EFFECTS)]

function validateToleration(toleration: Fields, field: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration
  const errors = key === '' ? [] : invalidKey(`${field}.key`, key)
  if (key === '' && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
    errors.push(invalidValue(`${field}.operator`, operator, detail))
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(invalidValue(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
  }
  if (operator === 'Equal' || operator === '') {
    const problems = labelValueProblems(value)
    if (problems.length > 0) errors.push(invalidValue(`${field}.operator`, value, problems.join(';')))
  } else if (operator !== 'Exists') errors.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists']))
  else if (value !== '') {
    errors.push(invalidValue(`${field}.operator`, toleration, "value must be empty when `operator` is 'Exists'"))
  }
  return effect === '' ? errors : [...errors, ...validateEffect(effect, `${field}.effect`)]
}

export const validateTolerations = (tolerations: readonly Fields[] | undefined, field: string): FieldError[] =>
  each(tolerations, field, validateToleration)

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway']

export function validateSpreading(constraints: readonly Fields[] | undefined, field: string): FieldError[] {
  return (constraints ?? []).flatMap((constraint, index) => {
    const at = `${field}[${index}]`
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint
    const again = constraints!
      .slice(index + 1)
      .some((other) => other['topologyKey'] === topologyKey && other['whenUnsatisfiable'] === whenUnsatisfiable)
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
    return [
      ...(maxSkew > 0 ? [] : [invalidValue(`${at}.maxSkew`, maxSkew, 'must be greater than zero')]),
      ...(topologyKey === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
      ...(ACTIONS.includes(whenUnsatisfiable)
        ? []
        : [notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ACTIONS)]),
      ...(again ? [duplicateValue(`${at}.{topologyKey, whenUnsatisfiable}`, pair)] : []),
      ...validateLabelSelector(labelSelector, `${at}.labelSelector`),
    ]
  })
}
