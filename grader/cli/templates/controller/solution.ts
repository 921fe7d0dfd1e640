import type { Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  async reconcile(request, client) {
    const pod = await client.get('Pod', request)
    if (!pod || pod.metadata.labels?.['team'] !== undefined) return
    await client.patch('Pod', request, { metadata: { labels: { team: 'unassigned' } } })
  },
}

export default reconciler
