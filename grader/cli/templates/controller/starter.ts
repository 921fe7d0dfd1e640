import type { Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  async reconcile(request, client, ctx) {
    const pod = await client.get('Pod', request)
    // TODO: does it have a team? If not, give it one.
  },
}

export default reconciler
