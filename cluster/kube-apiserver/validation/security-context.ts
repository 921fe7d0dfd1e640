/**
 * Rules for security contexts, of Pods and of containers.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidatePodSecurityContext, ValidateSecurityContext).
 */
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../status.ts'
import { validateRelativePath } from './volumes.ts'
import { validateWindowsOptions } from './windows.ts'

type Fields = Readonly<Record<string, any>>

const ID_MAX = 2_147_483_647

function idErrors(id: number | undefined, field: string): FieldError[] {
  if (id === undefined || (id >= 0 && id <= ID_MAX)) return []
  return [invalidValue(field, id, `must be between 0 and ${ID_MAX}, inclusive`)]
}

const SECCOMP = ['Localhost', 'RuntimeDefault', 'Unconfined']

function seccompErrors(profile: Fields | undefined, field: string): FieldError[] {
  if (!profile) return []
  const { type = '', localhostProfile } = profile
  const errors: FieldError[] = []
  if (type === '') errors.push(required(`${field}.type`, 'type is required when seccompProfile is set'))
  else if (!SECCOMP.includes(type)) errors.push(notSupported(`${field}.type`, type, SECCOMP))
  const at = `${field}.localhostProfile`
  if (type !== 'Localhost') {
    const detail = 'can only be set when seccomp type is Localhost'
    return localhostProfile === undefined ? errors : [...errors, invalidValue(at, profile, detail)]
  }
  if (localhostProfile === undefined) return [...errors, required(at, 'must be set when seccomp type is Localhost')]
  return [...errors, ...validateRelativePath(localhostProfile, at)]
}

const SYSCTL_FORM = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const SYSCTL = new RegExp(`^${SYSCTL_FORM}$`)

function sysctlErrors(sysctls: readonly Fields[] | undefined, field: string): FieldError[] {
  const names = new Set<string>()
  return (sysctls ?? []).flatMap(({ name = '' }, index) => {
    const at = `${field}[${index}].name`
    const isAgain = names.has(name)
    names.add(name)
    if (name === '') return [required(at)]
    if (name.length > 253 || !SYSCTL.test(name)) {
      return [invalidValue(at, name, `must have at most 253 characters and match regex ${SYSCTL_FORM}`)]
    }
    return isAgain ? [duplicateValue(at, name)] : []
  })
}

const CHANGE_POLICIES = ['Always', 'OnRootMismatch']

/** @param spec of the Pod, for what must agree with it */
export function validatePodSecurityContext(spec: Fields, path: string): FieldError[] {
  const context: Fields = spec['securityContext'] ?? {}
  const field = `${path}.securityContext`
  const errors: FieldError[] = []
  if (spec['hostNetwork']) {
    const detail = 'must match `hostPort` when `hostNetwork` is true'
    spec['containers']?.forEach(({ ports = [] }: Fields, index: number) =>
      ports.forEach(({ hostPort = 0, containerPort = 0 }: Fields, at: number) => {
        if (hostPort === containerPort) return
        errors.push(invalidValue(`${path}.containers[${index}].ports[${at}].containerPort`, containerPort, detail))
      }),
    )
  }
  errors.push(...idErrors(context['fsGroup'], `${field}.fsGroup`))
  errors.push(...idErrors(context['runAsUser'], `${field}.runAsUser`))
  errors.push(...idErrors(context['runAsGroup'], `${field}.runAsGroup`))
  context['supplementalGroups']?.forEach((id: number, index: number) =>
    errors.push(...idErrors(id, `${field}.supplementalGroups[${index}]`)),
  )
  if (spec['shareProcessNamespace'] && spec['hostPID']) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled'
    errors.push(invalidValue(`${field}.shareProcessNamespace`, true, detail))
  }
  errors.push(...sysctlErrors(context['sysctls'], `${field}.sysctls`))
  const { fsGroupChangePolicy } = context
  if (fsGroupChangePolicy !== undefined && !CHANGE_POLICIES.includes(fsGroupChangePolicy)) {
    errors.push(notSupported(`${field}.fsGroupChangePolicy`, fsGroupChangePolicy, CHANGE_POLICIES))
  }
  errors.push(...seccompErrors(context['seccompProfile'], `${field}.seccompProfile`))
  return [...errors, ...validateWindowsOptions(context, field)]
}

const PROC_MOUNTS = ['Default', 'Unmasked']

export function validateSecurityContext(context: Fields | undefined, field: string): FieldError[] {
  if (!context) return []
  const errors = [
    ...idErrors(context['runAsUser'], `${field}.runAsUser`),
    ...idErrors(context['runAsGroup'], `${field}.runAsGroup`),
  ]
  const { procMount, allowPrivilegeEscalation } = context
  if (procMount !== undefined && !PROC_MOUNTS.includes(procMount)) {
    errors.push(notSupported(`${field}.procMount`, procMount, PROC_MOUNTS))
  }
  errors.push(...seccompErrors(context['seccompProfile'], `${field}.seccompProfile`))
  errors.push(...(allowPrivilegeEscalation === false ? gainsErrors(context, field) : []))
  return [...errors, ...validateWindowsOptions(context, field)]
}

/** Who may not gain privileges does not have them all already. */
function gainsErrors(context: Fields, field: string): FieldError[] {
  const { privileged, capabilities } = context
  const errors: FieldError[] = []
  if (privileged) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'
    errors.push(invalidValue(field, context, detail))
  }
  for (const capability of capabilities?.add ?? []) {
    if (capability !== 'CAP_SYS_ADMIN') continue
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
    errors.push(invalidValue(field, context, detail))
  }
  return errors
}
