// The pipeline as a list of gates, each of which hands on or ends it by throwing a refusal.
import type {
  Attributes,
  KubernetesObject,
  Parts,
  Pipeline,
  Refusal,
  Response,
  Settings,
  User,
} from 'clusterwright/pipeline'

class No extends Error {
  readonly refusal: Refusal
  constructor(code: number, reason: string) {
    super(reason)
    this.name = 'No'
    this.refusal = { code, reason }
  }
}

interface Passing {
  user: User
  object: KubernetesObject | undefined
}

export default class Chain implements Pipeline {
  async handle(request: Parameters<Pipeline['handle']>[0], settings: Settings, parts: Parts): Promise<Response> {
    const passing: Passing = {
      user: { name: 'system:anonymous', groups: ['system:unauthenticated'] },
      object: request.object,
    }
    const attributes = (): Attributes => ({
      user: passing.user,
      verb: request.verb,
      resource: request.resource,
      namespace: request.namespace,
      ...(request.name === undefined ? {} : { name: request.name }),
    })
    const admit = (plugin: string) =>
      parts.admit(plugin, {
        ...attributes(),
        dryRun: request.dryRun === true,
        ...(passing.object ? { object: passing.object } : {}),
      })
    const gates: (() => Promise<unknown>)[] = [
      async () => {
        const { certificate } = request
        if (certificate) passing.user = { ...certificate, groups: ['system:authenticated', ...certificate.groups] }
        if (certificate || request.token === undefined) return
        const claims = await parts.verify(request.token)
        if (!claims) throw new No(401, 'Unauthorized')
        const { namespace, serviceAccount: account, pod } = claims
        if (pod && (await parts.uidOf('Pod', namespace, pod.name)) !== pod.uid) throw new No(401, 'Unauthorized')
        if ((await parts.uidOf('ServiceAccount', namespace, account.name)) !== account.uid)
          throw new No(401, 'Unauthorized')
        if (!(settings.now < claims.expiresAt) || claims.audiences.indexOf(settings.audience) < 0)
          throw new No(401, 'Unauthorized')
        passing.user = {
          name: ['system', 'serviceaccount', namespace, account.name].join(':'),
          groups: ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`],
        }
      },
      async () => {
        if (!(await parts.authorize(attributes()))) throw new No(403, 'Forbidden')
      },
    ]
    if (request.verb !== 'get' && request.verb !== 'list') {
      for (const plugin of settings.mutating)
        gates.push(async () => {
          const said = await admit(plugin)
          if (!said.allowed) throw new No(said.code, said.reason)
          passing.object = said.object ?? passing.object
        })
      gates.push(async () => {
        if (passing.object && (await parts.validate(passing.object)).length) throw new No(422, 'Invalid')
      })
      for (const plugin of settings.validating)
        gates.push(async () => {
          const said = await admit(plugin)
          if (!said.allowed) throw new No(said.code, said.reason)
        })
    }
    try {
      for (const gate of gates) await gate()
      return await this.#serve(request, passing.object, parts)
    } catch (error) {
      return error instanceof No ? error.refusal : { code: 500, reason: 'InternalError' }
    }
  }

  async #serve(
    { verb, namespace, name = '', dryRun }: Parameters<Pipeline['handle']>[0],
    object: KubernetesObject | undefined,
    parts: Parts,
  ): Promise<Response> {
    switch (verb) {
      case 'list':
        return { code: 200, items: await parts.list(namespace) }
      case 'get': {
        const found = await parts.read(namespace, name)
        if (!found) throw new No(404, 'NotFound')
        return { code: 200, object: found }
      }
      case 'delete': {
        if (dryRun) return { code: 200 }
        const outcome = await parts.remove(namespace, name)
        return outcome ? outcome.refused : { code: 200 }
      }
      default: {
        const code = verb === 'create' ? 201 : 200
        if (dryRun) return { code, object: object! }
        const outcome = await parts.write(verb, object!)
        return 'refused' in outcome ? outcome.refused : { code, object: outcome }
      }
    }
  }
}
