/** Roles and bindings. Upstream: kubernetes/kubernetes `pkg/apis/rbac/validation/validation.go`. */
import type { Role, RoleBinding } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import { invalidName } from '../validation/names.ts'
import { isUnreadable, validateLabelSelector } from '../validation/selectors.ts'
import type { Strategy } from './strategy.ts'

function validateRole(role: Role): FieldError[] {
  return [...validateRules(role), ...validateAggregation((role as { aggregationRule?: any }).aggregationRule)]
}

function validateAggregation(rule: { readonly clusterRoleSelectors?: readonly any[] } | undefined): FieldError[] {
  if (rule === undefined) return []
  const field = 'aggregationRule.clusterRoleSelectors'
  const selectors = rule.clusterRoleSelectors ?? []
  const none = 'at least one clusterRoleSelector required if aggregationRule is non-nil'
  if (selectors.length === 0) return [required(field, none)]
  return selectors.flatMap((selector, i) => [
    ...validateLabelSelector(selector, `${field}[${i}]`),
    ...(isUnreadable(selector) ? [invalidValue(`${field}[${i}]`, selector, 'invalid label selector.')] : []),
  ])
}

function validateRules({ kind, rules }: Role): FieldError[] {
  return (rules ?? []).flatMap(
    ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }, i) => {
      const at = `rules[${i}]`
      const errors = verbs?.length ? [] : [required(`${at}.verbs`, 'verbs must contain at least one value')]
      if (nonResourceURLs.length > 0) {
        const both = apiGroups.length + resources.length + resourceNames.length > 0
        const wrong = (why: string): FieldError => invalidValue(`${at}.nonResourceURLs`, nonResourceURLs, why)
        return [
          ...errors,
          ...(kind === 'Role' ? [wrong('namespaced rules cannot apply to non-resource URLs')] : []),
          ...(both ? [wrong('rules cannot apply to both regular resources and non-resource URLs')] : []),
        ]
      }
      if (apiGroups.length === 0) {
        errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
      }
      if (resources.length === 0) {
        errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'))
      }
      return errors
    },
  )
}

const SUBJECTS = ['ServiceAccount', 'User', 'Group']

const GROUP = 'rbac.authorization.k8s.io'

function validateBinding({ kind: bindingKind, roleRef, subjects = [] }: RoleBinding): FieldError[] {
  const { apiGroup = GROUP, kind = '', name = '' } = roleRef ?? {}
  const isNamespaced = bindingKind === 'RoleBinding'
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  return [
    ...(apiGroup === GROUP || apiGroup === '' ? [] : [notSupported('roleRef.apiGroup', apiGroup, [GROUP])]),
    ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...(name === '' ? [required('roleRef.name')] : invalidName('roleRef.name', name, 'path-segment')),
    ...subjects.flatMap((subject, i) => subjectErrors(subject, isNamespaced, `subjects[${i}]`)),
  ]
}

function subjectErrors(
  { kind, name = '', namespace, apiGroup = '' }: NonNullable<RoleBinding['subjects']>[number],
  isNamespaced: boolean,
  at: string,
): FieldError[] {
  const errors = name === '' ? [required(`${at}.name`)] : []
  if (kind !== 'ServiceAccount') {
    if (!SUBJECTS.includes(kind)) return [...errors, notSupported(`${at}.kind`, kind ?? '', SUBJECTS)]
    const isKnown = apiGroup === GROUP || apiGroup === ''
    return isKnown ? errors : [...errors, notSupported(`${at}.apiGroup`, apiGroup, [GROUP])]
  }
  if (name !== '') errors.push(...invalidName(`${at}.name`, name, 'subdomain'))
  if (apiGroup !== '') errors.push(notSupported(`${at}.apiGroup`, apiGroup, ['']))
  return isNamespaced || namespace ? errors : [...errors, required(`${at}.namespace`)]
}

/** A binding points at one role for good: who would change that makes another one. */
function validateBindingUpdate(binding: RoleBinding, old: RoleBinding): FieldError[] {
  const errors = validateBinding(binding)
  const same = binding.roleRef?.kind === old.roleRef.kind && binding.roleRef?.name === old.roleRef.name
  return same ? errors : [...errors, invalidValue('roleRef', binding.roleRef, 'cannot change roleRef')]
}

export const rolesStrategy: Strategy<Role> = {
  nameRule: 'path-segment',
  hasGeneration: false,
  hasStatus: false,
  validate: validateRole,
  validateUpdate: validateRole,
}

export const bindings: Strategy<RoleBinding> = {
  nameRule: 'path-segment',
  hasGeneration: false,
  hasStatus: false,
  validate: validateBinding,
  validateUpdate: validateBindingUpdate,
}
