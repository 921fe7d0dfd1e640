// check: who has no team gets one, who has one keeps it
// hint: write
// Gives everybody the same team.
// es: Da a todos el mismo equipo.
import type { Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  async reconcile(request, client) {
    const pod = await client.get('Pod', request)
    if (!pod || pod.metadata.labels?.['team'] === 'unassigned') return
    await client.patch('Pod', request, { metadata: { labels: { team: 'unassigned' } } })
  },
}

export default reconciler
