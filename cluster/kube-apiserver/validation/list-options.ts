/**
 * What may be asked of a list or a watch: numbers that are some, and versions that are matched where that makes sense.
 *
 * Where to read upstream: apimachinery `pkg/apis/meta/internalversion/validation/validation.go`, `pkg/runtime/converter.go`.
 */
import type { Status } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { badRequest, forbiddenValue, internal, invalidListOptions, notSupported } from '../status.ts'
import { int64Problem } from './whole-numbers.ts'

type Query = Readonly<Record<string, string>>

const MATCHES = ['Exact', 'NotOlderThan', '']
const FIELD = 'resourceVersionMatch'

/** Of a version that is none, whoever finds it out first tells. Only the lists’ storage says that it is the client’s fault. */
export function versionProblem(resourceVersion: string, isList: boolean): Status | undefined {
  if (resourceVersion === '' || /^\d+$/.test(resourceVersion)) return undefined
  const shown = JSON.stringify(resourceVersion)
  const text = `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`
  return isList ? badRequest(text) : internal(text)
}

/** Undefined: nothing is wrong. */
export function listOptionsProblem(query: Query, isWatch: boolean): Status | undefined {
  for (const option of ['limit', 'timeoutSeconds']) {
    const problem = int64Problem(query[option])
    if (problem !== undefined) return badRequest(problem)
  }
  const errors = isWatch ? watchErrors(query) : listErrors(query)
  return errors.length === 0 ? undefined : invalidListOptions(errors)
}

/** How a version is to be matched makes sense with a version alone. */
function listErrors(query: Query): FieldError[] {
  const { resourceVersion = '', [FIELD]: match = '', continue: token = '', sendInitialEvents } = query
  const errors: FieldError[] = []
  if (match !== '') {
    if (resourceVersion === '') errors.push(forbiddenValue(FIELD, `${FIELD} is forbidden unless resourceVersion is provided`)) // prettier-ignore
    if (token !== '') errors.push(forbiddenValue(FIELD, `${FIELD} is forbidden when continue is provided`))
    if (!MATCHES.includes(match)) errors.push(notSupported(FIELD, match, MATCHES))
    if (match === 'Exact' && resourceVersion === '0') errors.push(forbiddenValue(FIELD, `${FIELD} "exact" is forbidden for resourceVersion "0"`)) // prettier-ignore
  }
  if (sendInitialEvents) errors.push(forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

function watchErrors({ [FIELD]: match = '', continue: token = '', sendInitialEvents }: Query): FieldError[] {
  const errors: FieldError[] = []
  if (sendInitialEvents && match !== 'NotOlderThan') {
    errors.push(forbiddenValue(FIELD, `sendInitialEvents requires setting ${FIELD} to NotOlderThan`))
  }
  if (match === '') return errors
  if (!sendInitialEvents) errors.push(forbiddenValue(FIELD, `${FIELD} is forbidden for watch unless sendInitialEvents is provided`)) // prettier-ignore
  if (match !== 'NotOlderThan') errors.push(notSupported(FIELD, match, ['NotOlderThan']))
  if (token !== '') errors.push(forbiddenValue(FIELD, `${FIELD} is forbidden when continue is provided`))
  return errors
}
