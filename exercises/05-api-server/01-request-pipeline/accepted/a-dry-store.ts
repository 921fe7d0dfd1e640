// A dry run is a store that keeps nothing: the parts are wrapped, and the pipeline does not know of it but in what it tells plugins.
import type {
  ApiRequest,
  KubernetesObject,
  Parts,
  Pipeline,
  Refusal,
  Response,
  Settings,
  User,
} from 'clusterwright/pipeline'

const dry = (parts: Parts): Parts => ({
  ...parts,
  write: async (_, object) => object,
  remove: async () => undefined,
})

class Refused extends Error {
  readonly refusal: Refusal
  constructor(code: number, reason: string) {
    super(reason)
    this.refusal = { code, reason }
  }
}
const orElse = <T>(value: T, code: number, reason: string): NonNullable<T> => {
  if (value === undefined || value === null || value === false) throw new Refused(code, reason)
  return value as NonNullable<T>
}

async function identify({ certificate, token }: ApiRequest, settings: Settings, parts: Parts): Promise<User> {
  if (certificate) return { ...certificate, groups: certificate.groups.concat(['system:authenticated']) }
  if (token === undefined) return { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  const claims = orElse(await parts.verify(token), 401, 'Unauthorized')
  const { namespace, serviceAccount: account, pod } = claims
  const [accountUid, podUid] = await Promise.all([
    parts.uidOf('ServiceAccount', namespace, account.name),
    pod && parts.uidOf('Pod', namespace, pod.name),
  ])
  const isGood =
    accountUid === account.uid &&
    podUid === pod?.uid &&
    claims.audiences.includes(settings.audience) &&
    settings.now < claims.expiresAt
  orElse(isGood, 401, 'Unauthorized')
  return {
    name: `system:serviceaccount:${namespace}:${account.name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

async function lead(request: ApiRequest, settings: Settings, parts: Parts): Promise<Response> {
  const { token: _, certificate: __, object: sent, dryRun, ...rest } = request
  const attributes = { ...rest, user: await identify(request, settings, parts) }
  orElse(await parts.authorize(attributes), 403, 'Forbidden')
  const { verb, namespace, name = '' } = request
  if (verb === 'list') return { code: 200, items: await parts.list(namespace) }
  if (verb === 'get') return { code: 200, object: orElse(await parts.read(namespace, name), 404, 'NotFound') }
  const review = { ...attributes, dryRun: dryRun === true }
  const ask = async (plugin: string, object: KubernetesObject | undefined): Promise<KubernetesObject | undefined> => {
    const said = await parts.admit(plugin, { ...review, ...(object && { object }) })
    if (!said.allowed) throw new Refused(said.code, said.reason)
    return object && (said.object ?? object)
  }
  const object = await settings.mutating.reduce(async (so, plugin) => ask(plugin, await so), Promise.resolve(sent))
  if (object) orElse((await parts.validate(object)).length === 0, 422, 'Invalid')
  await settings.validating.reduce(
    async (before, plugin) => (await before, void (await ask(plugin, object))),
    Promise.resolve(),
  )
  if (verb === 'delete') {
    const left = await parts.remove(namespace, name)
    return left?.refused ?? { code: 200 }
  }
  const stored = await parts.write(verb, object!)
  return 'refused' in stored ? stored.refused : { code: verb === 'create' ? 201 : 200, object: stored }
}

export default {
  handle: (request, settings, parts) =>
    lead(request, settings, request.dryRun ? dry(parts) : parts).catch((thrown: unknown) =>
      thrown instanceof Refused ? thrown.refusal : { code: 500, reason: 'InternalError' },
    ),
} satisfies Pipeline
