/**
 * What is wrong with the body of a write, or with what is asked beside it, before anybody reads what is in it.
 *
 * Where to read upstream: apiserver `pkg/endpoints/handlers/{create,update,patch,delete}.go`.
 */
import type { Status } from '#cluster/api/types.ts'
import { subresourceOf } from '#cluster/api/subresources.ts'
import { isApply } from '../apply/apply.ts'
import { applyOptionsProblem } from '../apply/tracking.ts'
import { headProblem } from '../decoding/head.ts'
import { languageProblem } from '../handlers/patches.ts'
import type { PendingRequest, State } from '../state.ts'
import { isConnect } from '../subresources/connect.ts'
import { badRequest } from '../status.ts'
import { nameProblems } from '../validation/names.ts'
import { writeOptionsProblem } from '../validation/write-options.ts'
import type { RequestInfo } from './route.ts'

type Asked = Pick<PendingRequest, 'info' | 'request'>

/** The kind of what is sent there: a subresource may have one of its own. */
const sentKind = ({ resource, subresource }: RequestInfo): string =>
  (subresource === '' ? undefined : subresourceOf(resource, subresource).kind) ?? resource.kind

function malformed({ request, info }: Asked): Status | undefined {
  const status = request.malformed
  return status && { ...status, message: status.message?.replace('{kind}', sentKind(info)) }
}

/** A body that is no object. (`null` is one, with nothing in it.) What it was in bytes is known no more; JSON's shortest form is shown. */
function unrecognised({ info, request: { body } }: Asked): Status | undefined {
  if ((info.verb !== 'create' && info.verb !== 'update') || isConnect(info)) return undefined
  const why = headProblem(body)
  if (why === undefined) return undefined
  const shown = body === undefined ? '<empty>' : summaryOf(JSON.stringify(body))
  return badRequest(`the object provided is unrecognized (must be of type ${sentKind(info)}): ${why} (${shown})`) // prettier-ignore
}

/** Bytes of a body that a message shows. */
const SHOWN_MAX = 30

function summaryOf(text: string): string {
  if (text.startsWith('{')) return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)} ...` : text
  const bytes = new TextEncoder().encode(text)
  const hex = [...bytes.slice(0, SHOWN_MAX)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > SHOWN_MAX ? `${hex} ...` : hex
}

/** Names that would lead elsewhere in a path, or in etcd. */
export function misnamed({ name }: RequestInfo): Status | undefined {
  const problems = nameProblems(name, 'path-segment')
  return problems.length === 0 ? undefined : badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${problems.join(';')}`) // prettier-ignore
}

/** What a body is and how long it is comes first, then what is asked beside it, and last what is in it. */
export function bodyOrOptionsProblem({ schemas }: Pick<State, 'schemas'>, asked: Asked): Status | undefined {
  const isPatch = asked.info.verb === 'patch' && !isApply(asked.request)
  const unread = isPatch ? languageProblem(asked.info, asked.request) : undefined
  if (unread) return unread
  const wrong = malformed(asked)
  const isAboutContent = wrong?.code === 400 || wrong?.code === 500
  const unasked = schemas && isApply(asked.request) ? applyOptionsProblem(asked) : undefined
  return (
    (isAboutContent ? undefined : wrong) ??
    writeOptionsProblem(asked.info, asked.request) ??
    unasked ??
    wrong ??
    (schemas && unrecognised(asked)) ??
    misnamed(asked.info)
  )
}
