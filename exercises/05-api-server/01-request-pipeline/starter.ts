import type { Pipeline, User } from 'clusterwright/pipeline'

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

const pipeline: Pipeline = {
  async handle(request, settings, parts) {
    const { verb, namespace, name = '', object } = request
    const user = ANONYMOUS

    // TODO: who is it? May they? What do the plugins say, and the schema? Then one write, unless it is a dry run.

    if (verb === 'list') return { code: 200, items: await parts.list(namespace) }
    if (verb === 'get') {
      const found = await parts.read(namespace, name)
      return found ? { code: 200, object: found } : { code: 404, reason: 'NotFound' }
    }
    if (verb === 'delete') {
      const gone = await parts.remove(namespace, name)
      return gone ? gone.refused : { code: 200 }
    }
    const stored = await parts.write(verb, object!)
    return 'refused' in stored ? stored.refused : { code: 200, object: stored }
  },
}

export default pipeline
