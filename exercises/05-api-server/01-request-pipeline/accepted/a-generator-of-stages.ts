// Stages as a generator: each yields the call that comes next, and a runner awaits them; whatever it returns is the answer.
import type {
  Admission,
  ApiRequest,
  Claims,
  KubernetesObject,
  Parts,
  Pipeline,
  Response,
  Settings,
  User,
} from 'clusterwright/pipeline'

type Call = () => Promise<unknown>
type Steps<T> = Generator<Call, T, any>
const no = (code: number, reason: string): Response => ({ code, reason }) as Response

function* who({ certificate, token }: ApiRequest, { audience, now }: Settings, parts: Parts): Steps<User | undefined> {
  if (certificate) return { name: certificate.name, groups: ['system:authenticated', ...certificate.groups] }
  if (token === undefined) return { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  const claims: Claims | undefined = yield () => parts.verify(token)
  if (!claims) return undefined
  const { namespace: ns, serviceAccount, pod } = claims
  const owners = [['ServiceAccount', serviceAccount] as const, ...(pod ? [['Pod', pod] as const] : [])]
  for (const [kind, { name, uid }] of owners) {
    const found: string | undefined = yield () => parts.uidOf(kind, ns, name)
    if (found !== uid) return undefined
  }
  if (claims.audiences.every((one) => one !== audience) || now >= claims.expiresAt) return undefined
  const name = `system:serviceaccount:${ns}:${serviceAccount.name}`
  return { name, groups: ['system:authenticated', `system:serviceaccounts:${ns}`, 'system:serviceaccounts'] }
}

function* stages(request: ApiRequest, settings: Settings, parts: Parts): Steps<Response> {
  const user = yield* who(request, settings, parts)
  if (!user) return no(401, 'Unauthorized')
  const { verb, resource, namespace, name, dryRun = false } = request
  const about = { user, verb, resource, namespace, ...(name === undefined ? {} : { name }) }
  if (!(yield () => parts.authorize(about))) return no(403, 'Forbidden')
  if (verb === 'list') return { code: 200, items: yield () => parts.list(namespace) }
  if (verb === 'get') {
    const object: KubernetesObject | undefined = yield () => parts.read(namespace, name!)
    return object === undefined ? no(404, 'NotFound') : { code: 200, object }
  }
  let { object } = request
  const phases = [
    ...settings.mutating.map((one) => [one, true] as const),
    undefined,
    ...settings.validating.map((one) => [one, false] as const),
  ]
  for (const phase of phases) {
    if (!phase) {
      const wrong: readonly string[] = object ? yield () => parts.validate(object!) : []
      if (wrong.length > 0) return no(422, 'Invalid')
      continue
    }
    const said: Admission = yield () => parts.admit(phase[0], { ...about, dryRun, ...(object ? { object } : {}) })
    if (!said.allowed) return no(said.code, said.reason)
    if (phase[1] && said.object && object) object = said.object
  }
  const code = verb === 'create' ? 201 : 200
  if (dryRun) return object ? { code, object } : { code }
  const done = yield () => (verb === 'delete' ? parts.remove(namespace, name!) : parts.write(verb, object!))
  if (done?.refused) return done.refused
  return done ? { code, object: done } : { code }
}

const pipeline: Pipeline = {
  async handle(request, settings, parts) {
    const going = stages(request, settings, parts)
    try {
      let next = going.next()
      while (!next.done) next = going.next(await next.value())
      return next.value
    } catch {
      return no(500, 'InternalError')
    }
  },
}

export default pipeline
