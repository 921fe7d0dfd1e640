/**
 * Ephemeral containers: what may be added to a running Pod, and that who is in it stays there, as it is.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/core/validation/validation.go` (validateEphemeralContainers,
 * ValidatePodEphemeralContainersUpdate).
 */
import { isEqual } from '#cluster/api/meta.ts'
import type { EphemeralContainer, Pod } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notFoundValue, required } from '../status.ts'
import { nameProblem } from './names.ts'

const PATH = 'spec.ephemeralContainers'
/** Nobody restarts it, nobody routes to it, and the node has counted the Pod already. */
const NOT_FOR_THEM = ['ports', 'resources', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'restartPolicy', 'resizePolicy'] // prettier-ignore

export function ephemeralErrors({ spec }: Pod, { spec: before }: Pod): FieldError[] {
  const kept = (before.ephemeralContainers ?? []).flatMap((old) => {
    const now = spec.ephemeralContainers?.find(({ name }) => name === old.name)
    if (isEqual(now, old)) return []
    const what = now ? 'changed' : 'removed'
    return [forbiddenValue(PATH, `existing ephemeral containers ${JSON.stringify(old.name)} may not be ${what}`)]
  })
  const others = new Set([...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name))
  const names = new Set(others)
  return [...kept, ...(spec.ephemeralContainers ?? []).flatMap((helper, i) => errorsOf(helper, `${PATH}[${i}]`, others, names))] // prettier-ignore
}

function errorsOf(
  helper: EphemeralContainer,
  path: string,
  others: ReadonlySet<string>,
  names: Set<string>,
): FieldError[] {
  // prettier-ignore
  const { name, image, targetContainerName } = helper
  const errors: FieldError[] = []
  if (!name) errors.push(required(`${path}.name`))
  else {
    const problem = nameProblem(name, 'label')
    if (problem) errors.push(invalidValue(`${path}.name`, name, problem))
    else if (names.has(name)) errors.push(duplicateValue(`${path}.name`, name))
    names.add(name)
  }
  if (!image) errors.push(required(`${path}.image`))
  if (targetContainerName && !others.has(targetContainerName))
    errors.push(notFoundValue(`${path}.targetContainerName`, targetContainerName))
  for (const field of NOT_FOR_THEM) {
    const value = (helper as unknown as Readonly<Record<string, unknown>>)[field]
    const isEmpty = value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0) // prettier-ignore
    if (!isEmpty) errors.push(forbiddenValue(`${path}.${field}`, 'cannot be set for an Ephemeral Container'))
  }
  return errors
}
