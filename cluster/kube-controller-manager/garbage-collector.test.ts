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
