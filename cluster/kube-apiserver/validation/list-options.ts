/**
 * What may be asked of a list or a watch: numbers that are some, and versions that are matched where that makes sense.
 *
 * Where to read upstream: apimachinery `pkg/apis/meta/internalversion/validation/validation.go`, `pkg/runtime/converter.go`.
 */
import type { Status } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { badRequest, forbiddenValue, invalidListOptions, notSupported } from '../status.ts'

type Query = Readonly<Record<string, string>>

const MATCHES = ['Exact', 'NotOlderThan', '']
const FIELD = 'resourceVersionMatch'

/** Undefined: nothing is wrong. */
export function listOptionsProblem(query: Query, isWatch: boolean): Status | undefined {
  for (const option of ['limit', 'timeoutSeconds']) {
    const text = query[option]
    if (text && !/^[+-]?\d+$/.test(text)) return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`) // prettier-ignore
  }
  const wrong = isWatch ? watchProblem(query) : listProblem(query)
  return wrong && invalidListOptions(wrong)
}

/** How a version is to be matched makes sense with a version alone. */
function listProblem({
  resourceVersion = '',
  [FIELD]: match = '',
  continue: token = '',
  sendInitialEvents,
}: Query): FieldError | undefined {
  if (match !== '') {
    if (token !== '') return forbiddenValue(FIELD, `${FIELD} is forbidden when continue is provided`)
    if (resourceVersion === '') return forbiddenValue(FIELD, `${FIELD} is forbidden unless resourceVersion is provided`)
    if (!MATCHES.includes(match)) return notSupported(FIELD, match, MATCHES)
    if (match === 'Exact' && resourceVersion === '0') return forbiddenValue(FIELD, `${FIELD} "Exact" is forbidden for resourceVersion "0"`) // prettier-ignore
  }
  return sendInitialEvents ? forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list') : undefined
}

function watchProblem({ [FIELD]: match = '', continue: token = '', sendInitialEvents }: Query): FieldError | undefined {
  if (sendInitialEvents && match !== 'NotOlderThan') {
    return forbiddenValue(FIELD, `sendInitialEvents requires setting ${FIELD} to NotOlderThan`)
  }
  if (match === '') return undefined
  if (!sendInitialEvents) return forbiddenValue(FIELD, `${FIELD} is forbidden for watch unless sendInitialEvents is provided`) // prettier-ignore
  return token === '' ? undefined : forbiddenValue(FIELD, `${FIELD} is forbidden with continue`)
}
