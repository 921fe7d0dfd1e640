import { expect, it } from 'vitest'
import { Plane } from './control-plane.test-world.ts'

it('takes along what a definition has brought into it', () => {
  const plane = new Plane({ nodes: 0, enabled: ['resource-monitors'] }).seconds(3).defineWebsites()
  plane.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  const websites = '/apis/example.com/v1/websites'
  const body = { apiVersion: 'example.com/v1', kind: 'Website', metadata: { name: 'site' } }
  plane.request({ method: 'POST', path: '/apis/example.com/v1/namespaces/shop/websites', body })
  expect(plane.request({ method: 'GET', path: websites }).body.items).toHaveLength(1)
  plane.request({ method: 'DELETE', path: '/api/v1/namespaces/shop' })
  plane.seconds(20)
  expect(plane.request({ method: 'GET', path: '/api/v1/namespaces/shop' }).status).toBe(404)
  expect(plane.request({ method: 'GET', path: websites }).body.items).toEqual([])
})
