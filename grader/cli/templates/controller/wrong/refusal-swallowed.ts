// check: every Pod has a team in the end, whatever is refused on the way
// hint: again
// Takes a refusal for the end of the matter.
// es: Toma un rechazo por el final del asunto.
import type { Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  async reconcile(request, client) {
    const pod = await client.get('Pod', request)
    if (!pod || pod.metadata.labels?.['team'] !== undefined) return
    try {
      await client.patch('Pod', request, { metadata: { labels: { team: 'unassigned' } } })
    } catch {
      console.warn('refused')
    }
  },
}

export default reconciler
