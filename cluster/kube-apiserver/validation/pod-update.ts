/** What of a Pod may be changed. Upstream: `pkg/apis/core/validation/validation.go` (ValidatePodUpdate). */
import { isEqual } from '#cluster/api/meta.ts'
import type { PodSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, required } from '../status.ts'
import { untrimmedImages, validatePod } from './pod.ts'

type Fields = Readonly<Record<string, any>>

const UPDATE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

const LISTS = ['containers', 'initContainers'] as const

/** A Pod is what it is: only images, further tolerations and the lifting of scheduling gates may change. */
export function validatePodSpecUpdate(spec: PodSpec, old: PodSpec): FieldError[] {
  if (spec === old) return []
  const errors = validatePod(spec)
  for (const list of LISTS) {
    const [next, before]: (readonly Fields[])[] = [(spec as Fields)[list] ?? [], (old as Fields)[list] ?? []]
    if (next!.length !== before!.length) {
      return [...errors, forbiddenValue(`spec.${list}`, 'pod updates may not add or remove containers')]
    }
    next!.forEach(({ image }, index) => {
      if (!image) errors.push(required(`spec.${list}[${index}].image`))
    })
    errors.push(...untrimmedImages(next!, `spec.${list}`))
  }
  const deadline = deadlineErrors(spec, old)
  // Nobody looks further where the deadline is put off.
  if (deadline.some(({ message }) => message.includes('must be'))) return [...errors, ...deadline]
  errors.push(...deadline, ...keptTolerations(spec, old), ...freshGates(spec, old))
  if (!isEqual(fixedPart(spec), fixedPart(old))) errors.push(forbiddenValue('spec', UPDATE_TEXT))
  return errors
}

const INT32_MAX = 2_147_483_647

function deadlineErrors(spec: Fields, old: Fields): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  const { activeDeadlineSeconds: next } = spec
  const { activeDeadlineSeconds: before } = old
  if (next === undefined) {
    return before === undefined
      ? []
      : [invalidValue(field, null, 'must not update from a positive integer to nil value')]
  }
  if (next < 0 || next > INT32_MAX) return [invalidValue(field, next, `must be between 0 and ${INT32_MAX}, inclusive`)]
  return before !== undefined && before < next
    ? [invalidValue(field, next, 'must be less than or equal to previous value')]
    : []
}

function keptTolerations(spec: PodSpec, old: PodSpec): FieldError[] {
  const withoutTime = ({ tolerationSeconds: _, ...rest }: Fields): Fields => rest
  const kept = (old.tolerations ?? []).every((toleration) =>
    spec.tolerations?.some((other) => isEqual(withoutTime(other), withoutTime(toleration))),
  )
  const detail = 'existing toleration can not be modified except its tolerationSeconds'
  return kept ? [] : [forbiddenValue('spec.tolerations', detail)]
}

function freshGates(spec: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  return (spec.schedulingGates ?? [])
    .filter(({ name }) => !before.has(name))
    .map(({ name }) => {
      const detail = `only deletion is allowed, but found new scheduling gate '${name}'`
      return forbiddenValue('spec.schedulingGates', detail)
    })
}

function fixedPart(spec: PodSpec): unknown {
  const withoutImage = (containers: readonly Fields[] | undefined) => containers?.map(({ image: _, ...rest }) => rest)
  const { containers, initContainers, tolerations: _, schedulingGates: __, ...rest } = spec
  const { activeDeadlineSeconds: ___, ...fixed } = rest as typeof rest & { activeDeadlineSeconds?: number }
  return { ...fixed, containers: withoutImage(containers), initContainers: withoutImage(initContainers) }
}
