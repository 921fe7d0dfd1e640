/**
 * Annotations by which a Pod says something to the server or to its node, most of them from before there were fields for it.
 *
 * What we leave out: tolerations in an annotation.
 * Upstream: `pkg/apis/core/validation/validation.go` (ValidatePodSpecificAnnotations).
 */
import type { Pod } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import { validateRelativePath } from './volumes.ts'

const AT = 'metadata.annotations'
const MIRROR = 'kubernetes.io/config.mirror'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'
const LOCALHOST = 'localhost/'

const INT32 = /^(0|-?[1-9]\d{0,9})$/
const isInt32 = (text: string): boolean => INT32.test(text) && Number(text) === (Number(text) | 0)

function seccompErrors(profile: string, field: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return []
  if (profile.startsWith(LOCALHOST)) return validateRelativePath(profile.slice(LOCALHOST.length), field)
  return [invalidValue(field, profile, 'must be a valid seccomp profile')]
}

function apparmorErrors({ spec }: Pod, key: string, profile: string): FieldError[] {
  const name = key.slice(APPARMOR.length)
  const field = `${AT}[${key}]`
  const isThere = [...(spec.initContainers ?? []), ...spec.containers].some((container) => container.name === name)
  const isKnown = ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith(LOCALHOST)
  return [
    ...(isThere ? [] : [invalidValue(field, name, 'container not found')]),
    ...(isKnown ? [] : [invalidValue(field, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)]),
  ]
}

export function validatePodAnnotations(pod: Pod): FieldError[] {
  const { annotations } = pod.metadata
  if (annotations === undefined) return []
  const errors: FieldError[] = []
  const mirrored = annotations[MIRROR]
  if (mirrored !== undefined && !pod.spec?.nodeName) {
    errors.push(invalidValue(`${AT}[${MIRROR}]`, mirrored, 'must set spec.nodeName if mirror pod annotation is set'))
  }
  const cost = annotations[DELETION_COST]
  if (cost !== undefined && !isInt32(cost)) {
    errors.push(invalidValue(`${AT}[${DELETION_COST}]`, cost, 'must be a 32bit integer'))
  }
  const ofPod = annotations[SECCOMP_POD]
  if (ofPod !== undefined) errors.push(...seccompErrors(ofPod, `${AT}.${SECCOMP_POD}`))
  for (const key of Object.keys(annotations)) {
    if (key.startsWith(SECCOMP_CONTAINER)) errors.push(...seccompErrors(annotations[key]!, `${AT}.${key}`))
  }
  for (const key of Object.keys(annotations)) {
    if (key.startsWith(APPARMOR) && pod.spec?.containers) errors.push(...apparmorErrors(pod, key, annotations[key]!))
  }
  return errors
}
