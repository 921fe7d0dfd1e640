/**
 * What is asked of a container's log: how much of it, and since when.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/core/validation/validation.go` (ValidatePodLogOptions),
 * `pkg/registry/core/pod/rest/log.go`.
 */
import { parseTime } from '#cluster/api/meta.ts'
import type { Status } from '#cluster/api/types.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { FieldError } from '../status.ts'
import { badRequest, forbiddenValue, invalid, invalidValue } from '../status.ts'

type Query = Readonly<Record<string, string>>

const WHOLE = ['tailLines', 'limitBytes', 'sinceSeconds'] as const
const POSITIVE = 'must be greater than 0'

/** Undefined: nothing is wrong. */
export function logOptionsProblem({ resource, name }: RequestInfo, query: Query): Status | undefined {
  for (const option of WHOLE) {
    const text = query[option]
    if (text && !/^[+-]?\d+$/.test(text)) return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`) // prettier-ignore
  }
  const { sinceTime } = query
  if (sinceTime && parseTime(sinceTime) === undefined) {
    const text = JSON.stringify(sinceTime)
    return badRequest(`parsing time ${text} as "2006-01-02T15:04:05Z07:00": cannot parse ${text} as "2006"`)
  }
  const errors = errorsIn(query)
  return errors.length === 0 ? undefined : invalid({ ...resource, group: '', kind: 'PodLogOptions' }, name, errors)
}

function errorsIn(query: Query): FieldError[] {
  const errors: FieldError[] = []
  const [tail, limit, seconds] = WHOLE.map((option) => (query[option] ? Number(query[option]) : undefined))
  if (tail !== undefined && tail < 0) errors.push(invalidValue('tailLines', tail, 'must be greater than or equal to 0'))
  if (limit !== undefined && limit < 1) errors.push(invalidValue('limitBytes', limit, POSITIVE))
  if (seconds !== undefined && query['sinceTime']) {
    errors.push(forbiddenValue('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  } else if (seconds !== undefined && seconds < 1) errors.push(invalidValue('sinceSeconds', seconds, POSITIVE))
  return errors
}
