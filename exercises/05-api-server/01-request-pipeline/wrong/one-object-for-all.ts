// check: requests that come one after the other, or at once, share nothing
// hint: once
// Keeps the object in one variable for all requests.
// es: Guarda el objeto en una sola variable para todas las peticiones.
import type {
  ApiRequest,
  KubernetesObject,
  Parts,
  Pipeline,
  Refusal,
  Response,
  Review,
  Settings,
  User,
} from 'clusterwright/pipeline'

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

let object: KubernetesObject | undefined

const pipeline: Pipeline = {
  async handle(request, settings, parts) {
    try {
      return await answer(request, settings, parts)
    } catch {
      return { code: 500, reason: 'InternalError' }
    }
  },
}

export default pipeline

async function answer(request: ApiRequest, settings: Settings, parts: Parts): Promise<Response> {
  const user = await authenticate(request, settings, parts)
  if (!user) return { code: 401, reason: 'Unauthorized' }
  const { verb, resource, namespace, name } = request
  const attributes = { user, verb, resource, namespace, ...(name !== undefined && { name }) }
  if (!(await parts.authorize(attributes))) return { code: 403, reason: 'Forbidden' }
  if (verb === 'list') return { code: 200, items: await parts.list(namespace) }
  if (verb === 'get') {
    const object = await parts.read(namespace, name!)
    return object ? { code: 200, object } : { code: 404, reason: 'NotFound' }
  }
  const admitted = await admit({ ...attributes, dryRun: request.dryRun ?? false }, request.object, settings, parts)
  if ('code' in admitted) return admitted
  return write(request, admitted.object, parts)
}

// ── who? ────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function authenticate(
  { certificate, token }: ApiRequest,
  { audience, now }: Settings,
  parts: Parts,
): Promise<User | undefined> {
  if (certificate) return { ...certificate, groups: [...certificate.groups, 'system:authenticated'] }
  if (token === undefined) return ANONYMOUS
  const claims = await parts.verify(token)
  if (!claims || !claims.audiences.includes(audience) || claims.expiresAt <= now) return undefined
  const { namespace, serviceAccount, pod } = claims
  if ((await parts.uidOf('ServiceAccount', namespace, serviceAccount.name)) !== serviceAccount.uid) return undefined
  if (pod && (await parts.uidOf('Pod', namespace, pod.name)) !== pod.uid) return undefined
  return {
    name: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

// ── what should it be, and may it be? ───────────────────────────────────────────────────────────────────────────────

async function admit(
  attributes: Omit<Review, 'object'>,
  sent: KubernetesObject | undefined,
  { mutating, validating }: Settings,
  parts: Parts,
): Promise<{ readonly object: KubernetesObject | undefined } | Refusal> {
  object = sent
  const review = (): Review => ({ ...attributes, ...(object && { object }) })
  for (const plugin of mutating) {
    const admission = await parts.admit(plugin, review())
    if (!admission.allowed) return { code: admission.code, reason: admission.reason }
    if (object && admission.object) object = admission.object
  }
  if (object && (await parts.validate(object)).length > 0) return { code: 422, reason: 'Invalid' }
  for (const plugin of validating) {
    const admission = await parts.admit(plugin, review())
    if (!admission.allowed) return { code: admission.code, reason: admission.reason }
  }
  return { object }
}

// ── the one write ───────────────────────────────────────────────────────────────────────────────────────────────────

async function write(
  { verb, namespace, name, dryRun }: ApiRequest,
  object: KubernetesObject | undefined,
  parts: Parts,
): Promise<Response> {
  if (verb === 'delete') {
    const gone = dryRun ? undefined : await parts.remove(namespace, name!)
    return gone?.refused ?? { code: 200 }
  }
  const stored = dryRun ? object! : await parts.write(verb as 'create' | 'update', object!)
  if ('refused' in stored) return stored.refused
  return { code: verb === 'create' ? 201 : 200, object: stored }
}
