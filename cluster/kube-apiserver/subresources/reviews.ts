/**
 * Kinds that are no objects but questions: who am I, what may I do, whose is this token. They are answered at once, and nothing is stored.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/{authorization,authentication}`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import { apiVersionOf, resourceNamed } from '#cluster/api/resources.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { ownerOf } from '../chain/authentication.ts'
import { authorize, hasRbac, mayAsk, verdictOn } from '../chain/authorization.ts'
import { bodyOrOptionsProblem } from '../chain/body-problem.ts'
import { decodeBody } from '../decoding/decoding.ts'
import { rulesFor } from '../rbac/authorizer.ts'
import type { RequestInfo, Verb } from '../chain/route.ts'
import type { State } from '../state.ts'
import { badRequest, methodNotAllowed } from '../status.ts'
import { type Attributes, type Question, questionProblem } from '../validation/questions.ts'

const EVERYBODY = 'system:authenticated'

/** Questions that whoever was recognised may ask, about themselves. */
const OF_ONESELF = ['selfsubjectreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews']

type Answered = HttpResponse & { readonly warnings?: readonly string[] }

export function review(state: State, user: UserInfo, info: RequestInfo, request: HttpRequest, ctx: Context): Answered {
  const { resource, verb } = info
  const isKnown = resource.verbs.includes(verb)
  const isOwn = isKnown && OF_ONESELF.includes(resource.resource) && user.groups.includes(EVERYBODY)
  const refused = isOwn ? undefined : authorize(state, user, info, ctx)
  if (refused) return respond(refused.code, refused)
  if (!isKnown) return respond(405, methodNotAllowed())
  const asked = { info, request }
  const wrong = bodyOrOptionsProblem(state, asked)
  if (wrong) return respond(wrong.code, wrong)
  const decoded = decodeBody(state.schemas, asked, request.body ?? {})
  if ('refused' in decoded) return respond(decoded.refused.code, decoded.refused)
  const body = decoded.body as Question
  if (body.kind !== undefined && body.kind !== resource.kind) {
    return respond(400, badRequest(`${body.kind} in version "${body.apiVersion}" cannot be handled as a ${resource.kind}`)) // prettier-ignore
  }
  const unanswerable = state.schemas && questionProblem(info, body)
  if (unanswerable) return respond(unanswerable.code, unanswerable)
  const status = answerTo(state, user, info, body.spec ?? {}, ctx)
  const metadata = { ...body.metadata, creationTimestamp: null }
  const head = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata }
  return { ...respond(201, { ...head, ...(body.spec && { spec: body.spec }), status }), warnings: decoded.warnings }
}

const respond = (status: number, body: unknown): Answered => ({ type: 'response', status, body })

function answerTo(state: State, user: UserInfo, info: RequestInfo, spec: any, ctx: Context): object {
  switch (info.resource.resource) {
    case 'selfsubjectreviews':
      return { userInfo: shown(user) }
    case 'tokenreviews': {
      const { token = '' } = spec
      if (token === '') return { user: {} }
      const audiences = spec.audiences?.length ? spec.audiences : [state.options.serviceAccountIssuer]
      const owner = ownerOf(state, token, ctx.now, audiences)
      if ('error' in owner) return { user: {}, error: owner.error }
      return { authenticated: true, user: shown(owner.user), audiences: owner.audiences.filter(Boolean) }
    }
    case 'selfsubjectrulesreviews':
      return { ...rulesOf(state, user, spec.namespace ?? ''), incomplete: false }
    case 'selfsubjectaccessreviews':
      return access(state, user, spec)
    default:
      return access(state, { name: spec.user ?? '', groups: spec.groups ?? [] }, spec)
  }
}

const shown = ({ name, groups, uid, extra }: UserInfo): object => ({
  username: name,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
})

/** Rules about resources, and about paths. */
function rulesOf({ options, caches }: State, user: UserInfo, namespace: string) {
  if (options.authorizationMode === 'AlwaysAllow') {
    const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]
    return { resourceRules, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] }
  }
  const rules = hasRbac(options.authorizationMode) ? rulesFor(caches, user, namespace) : []
  return {
    resourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs === undefined),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs !== undefined),
  }
}

function access(state: State, user: UserInfo, { resourceAttributes, nonResourceAttributes }: Attributes) {
  if (resourceAttributes === undefined) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {}
    return { allowed: nonResourceAttributes !== undefined && mayAsk(state, user, verb, path) }
  }
  const { namespace = '', verb = '', group = '', resource = '', subresource = '', name = '' } = resourceAttributes
  const asked = { ...resourceNamed('pods'), group, resource }
  const info = { verb: verb as Verb, resource: asked, namespace, name, subresource }
  const { allowed, reason } = verdictOn(state, user, info)
  return { allowed, ...(reason && { reason }) }
}
