/** Roles and bindings. Upstream: kubernetes/kubernetes `pkg/apis/rbac/validation/validation.go`. */
import type { Role, RoleBinding } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import type { Strategy } from './strategy.ts'

function validateRole({ kind, rules = [] }: Role): FieldError[] {
  return rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }, i) => {
    const at = `rules[${i}]`
    if (!verbs?.length) return [required(`${at}.verbs`, 'verbs must contain at least one value')]
    if (nonResourceURLs.length > 0) {
      const both = apiGroups.length + resources.length + resourceNames.length > 0
      const wrong = (why: string): FieldError => invalidValue(`${at}.nonResourceURLs`, nonResourceURLs, why)
      return [
        ...(kind === 'Role' ? [wrong('namespaced rules cannot apply to non-resource URLs')] : []),
        ...(both ? [wrong('rules cannot apply to both regular resources and non-resource URLs')] : []),
      ]
    }
    if (apiGroups.length === 0)
      return [required(`${at}.apiGroups`, 'resource rules must supply at least one api group')]
    return resources.length === 0
      ? [required(`${at}.resources`, 'resource rules must supply at least one resource')]
      : []
  })
}

const SUBJECTS = ['ServiceAccount', 'User', 'Group']

function validateBinding({ roleRef, subjects = [] }: RoleBinding): FieldError[] {
  const errors: FieldError[] = []
  if (!roleRef?.name) errors.push(required('roleRef.name'))
  if (!['Role', 'ClusterRole'].includes(roleRef?.kind)) {
    errors.push(notSupported('roleRef.kind', roleRef?.kind, ['Role', 'ClusterRole']))
  }
  for (const [i, { kind, name }] of subjects.entries()) {
    if (!name) errors.push(required(`subjects[${i}].name`))
    if (!SUBJECTS.includes(kind)) errors.push(notSupported(`subjects[${i}].kind`, kind, SUBJECTS))
  }
  return errors
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
