import { expect, it } from 'vitest'
import { Plane } from './control-plane.test-world.ts'

it('asks once for a live owner of a kind that nobody watches, and leaves what it owns alone', () => {
  const plane = new Plane().seconds(3)
  const spec = { containers: [{ name: 'c', image: 'c' }] }
  const template = { spec: { ...spec, restartPolicy: 'Never' } }
  const owner = plane.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'own', namespace: 'default' }, spec: { template } }) // prettier-ignore
  const reference = { apiVersion: 'batch/v1', kind: 'Job', name: 'own', uid: owner.metadata.uid, controller: true }
  let looks = 0
  plane.world.trace = {
    event: ({ event }) => {
      const body = event.type === 'opened' ? (event.body as { path?: string; method?: string }) : {}
      if (body.method === 'GET' && body.path?.endsWith('/jobs/own')) looks++
    },
    command: () => undefined,
  }
  plane.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', ownerReferences: [reference] }, spec }) // prettier-ignore
  plane.seconds(30)
  expect(looks).toBe(1)
  expect(plane.pods().map(({ metadata }) => metadata.name)).toEqual(['p'])
})

/** A control plane that knows every kind, with a kind of its own, `websites.example.com`, and one object of it. */
function withWebsites() {
  const plane = new Plane({ nodes: 0, enabled: ['resource-monitors'] }).seconds(3).defineWebsites()
  const path = '/apis/example.com/v1/namespaces/default/websites'
  const create = (name: string, ownerReferences: object[] = []) =>
    plane.request({
      ...{ method: 'POST', path },
      body: { apiVersion: 'example.com/v1', kind: 'Website', metadata: { name, ownerReferences } },
    }).body
  const site = create('site')
  const reference = {
    ...{ apiVersion: 'example.com/v1', kind: 'Website', name: 'site', uid: site.metadata.uid },
    ...{ controller: true, blockOwnerDeletion: true },
  }
  const owned = (kind: string, name: string) =>
    plane.create({
      ...{ apiVersion: 'v1', kind, metadata: { name, namespace: 'default', ownerReferences: [reference] } },
      ...(kind === 'ConfigMap' && { data: {} }),
    })
  const statusOf = (at: string) => plane.request({ method: 'GET', path: at }).status
  const configMap = '/api/v1/namespaces/default/configmaps/page'
  return { plane, path, create, reference, owned, statusOf, configMap }
}

it('takes away what an object of a kind of one’s own leaves behind, whatever its kind', () => {
  const { plane, path, create, reference, owned, statusOf, configMap } = withWebsites()
  owned('ConfigMap', 'page')
  create('mirror', [reference])
  plane.seconds(30)
  expect([statusOf(configMap), statusOf(`${path}/mirror`)]).toEqual([200, 200])
  plane.request({ method: 'DELETE', path: `${path}/site` })
  plane.seconds(5)
  expect([statusOf(configMap), statusOf(`${path}/mirror`)]).toEqual([404, 404])
})

it('lets an object of a kind of one’s own go last in the foreground, and be forgotten by its orphans', () => {
  const { plane, path, create, reference, owned, statusOf, configMap } = withWebsites()
  owned('ConfigMap', 'page')
  create('mirror', [reference])
  plane.seconds(3)
  plane.request({ method: 'DELETE', path: `${path}/site`, body: { propagationPolicy: 'Orphan' } })
  plane.seconds(5)
  const owners = [configMap, `${path}/mirror`].map(
    (at) => plane.request({ method: 'GET', path: at }).body.metadata.ownerReferences ?? [],
  )
  expect([statusOf(`${path}/site`), ...owners]).toEqual([404, [], []])

  const again = create('site')
  const held = { ...reference, uid: again.metadata.uid }
  create('held', [held])
  plane.seconds(3)
  plane.request({ method: 'DELETE', path: `${path}/site`, body: { propagationPolicy: 'Foreground' } })
  plane.seconds(5)
  expect([statusOf(`${path}/site`), statusOf(`${path}/held`)]).toEqual([404, 404])
})

it('does not take a kind of one’s own for a built-in one of the same name', () => {
  const { plane, owned, statusOf, configMap } = withWebsites()
  const reference = { apiVersion: 'serving.example.com/v1', kind: 'Service', name: 'page', uid: 'somebody' }
  plane.create({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', data: {} },
    metadata: { name: 'page', namespace: 'default', ownerReferences: [reference] },
  })
  owned('Secret', 'key')
  plane.seconds(40)
  expect(statusOf(configMap)).toBe(200)
})

it('knows a kind until its definition goes', () => {
  const { plane, statusOf, path } = withWebsites()
  plane.request({
    ...{ method: 'DELETE', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/websites.example.com' },
  })
  plane.seconds(10)
  expect(statusOf(path)).toBe(404)
  expect(plane.world.stateOf('cp-1/kube-controller-manager').customs).toEqual([])
})
