// Without async functions: a chain of promises, in which the two lookups of a token are made at once.
import type { Claims, KubernetesObject, Parts, Pipeline, Response, Settings, User } from 'clusterwright/pipeline'

const no = (code: number, reason: string): Response => ({ code, reason }) as Response
const UNKNOWN = no(401, 'Unauthorized')

const pipeline: Pipeline = {
  handle: (request, settings, parts) => {
    const { verb, resource, namespace, name, certificate, token, dryRun = false } = request
    const isRead = verb === 'get' || verb === 'list'

    const serve = (user: User): Promise<Response> => {
      const attributes =
        name === undefined ? { user, verb, resource, namespace } : { user, verb, resource, namespace, name }
      const admit = (plugin: string, object: KubernetesObject | undefined) =>
        parts.admit(plugin, object === undefined ? { ...attributes, dryRun } : { ...attributes, dryRun, object })

      const mutate = (left: readonly string[], object: KubernetesObject | undefined): Promise<Response> => {
        const [plugin, ...rest] = left
        if (plugin === undefined) return check(object)
        return admit(plugin, object).then((said) =>
          said.allowed ? mutate(rest, said.object ?? object) : no(said.code, said.reason),
        )
      }
      const check = (object: KubernetesObject | undefined): Promise<Response> =>
        object === undefined
          ? judge(settings.validating, object)
          : parts
              .validate(object)
              .then((faults) => (faults.length === 0 ? judge(settings.validating, object) : no(422, 'Invalid')))
      const judge = (left: readonly string[], object: KubernetesObject | undefined): Promise<Response> => {
        const [plugin, ...rest] = left
        if (plugin === undefined) return store(object)
        return admit(plugin, object).then((said) => (said.allowed ? judge(rest, object) : no(said.code, said.reason)))
      }
      const store = (object: KubernetesObject | undefined): Promise<Response> => {
        const code = verb === 'create' ? 201 : 200
        if (dryRun) return Promise.resolve(object === undefined ? { code } : { code, object })
        if (object === undefined) return parts.remove(namespace, name!).then((left) => left?.refused ?? { code })
        return parts
          .write(verb as 'create' | 'update', object)
          .then((done) => ('refused' in done ? done.refused : { code, object: done }))
      }

      return parts.authorize(attributes).then((allowed): Response | Promise<Response> => {
        if (!allowed) return no(403, 'Forbidden')
        if (verb === 'list') return parts.list(namespace).then((items) => ({ code: 200, items }))
        if (isRead)
          return parts.read(namespace, name!).then((object) => (object ? { code: 200, object } : no(404, 'NotFound')))
        return mutate(settings.mutating, request.object)
      })
    }

    const isGood = (claims: Claims): Promise<boolean> => lookUp(claims, settings, parts)
    const known = certificate
      ? serve({ name: certificate.name, groups: certificate.groups.concat('system:authenticated') })
      : token === undefined
        ? serve({ name: 'system:anonymous', groups: ['system:unauthenticated'] })
        : parts.verify(token).then((claims) =>
            claims === undefined
              ? UNKNOWN
              : isGood(claims).then((good) =>
                  good
                    ? serve({
                        name: `system:serviceaccount:${claims.namespace}:${claims.serviceAccount.name}`,
                        groups: ['serviceaccounts', `serviceaccounts:${claims.namespace}`, 'authenticated'].map(
                          (group) => `system:${group}`,
                        ),
                      })
                    : UNKNOWN,
                ),
          )
    return known.catch(() => no(500, 'InternalError'))
  },
}

export default pipeline

function lookUp(claims: Claims, settings: Settings, parts: Parts): Promise<boolean> {
  if (!claims.audiences.includes(settings.audience) || settings.now >= claims.expiresAt) return Promise.resolve(false)
  const { namespace, serviceAccount, pod } = claims
  return Promise.all([
    parts.uidOf('ServiceAccount', namespace, serviceAccount.name),
    pod ? parts.uidOf('Pod', namespace, pod.name) : undefined,
  ]).then(([account, runner]) => account === serviceAccount.uid && runner === pod?.uid)
}
