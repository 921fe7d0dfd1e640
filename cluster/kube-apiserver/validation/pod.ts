/** Rules for a Pod that its template is not held to. Upstream: `pkg/apis/core/validation/validation.go` (validatePodMetadataAndSpec). */
import type { PodSpec } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue } from '../status.ts'
import { validatePodSpec } from './pod-spec.ts'

type Fields = Readonly<Record<string, any>>

export function validatePod(spec: PodSpec | undefined): FieldError[] {
  const errors = validatePodSpec(spec, 'spec')
  const { volumes, serviceAccountName, containers, initContainers } = (spec ?? {}) as Fields
  if (!serviceAccountName) {
    volumes?.forEach(({ projected }: Fields, index: number) =>
      projected?.sources?.forEach(({ serviceAccountToken }: Fields, at: number) => {
        if (!serviceAccountToken) return
        const field = `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`
        errors.push(forbiddenValue(field, 'must not be specified when serviceAccountName is not set'))
      }),
    )
  }
  errors.push(...untrimmedImages(containers ?? [], 'spec.containers'))
  errors.push(...untrimmedImages(initContainers ?? [], 'spec.initContainers'))
  return errors
}

export const untrimmedImages = (containers: readonly Fields[], field: string): FieldError[] =>
  containers.flatMap(({ image = '' }, index) =>
    image.trim() === image
      ? []
      : [invalidValue(`${field}[${index}].image`, image, 'must not have leading or trailing whitespace')],
  )
