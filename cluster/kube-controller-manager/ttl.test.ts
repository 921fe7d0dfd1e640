/** How long kubelets may go by what they have read: the longer, the more nodes. */
import { expect, it } from 'vitest'
import { Plane } from './control-plane.test-world.ts'

const ttls = (plane: Plane): (string | undefined)[] =>
  plane.cached('nodes').map(({ metadata }) => metadata.annotations?.['node.alpha.kubernetes.io/ttl'])

it('a few nodes go by nothing, and from the hundred and first on each that is heard of goes by it for longer', () => {
  const plane = new Plane({ nodes: 100, enabled: ['ttl'] })
  plane.until(() => ttls(plane).length === 100 && ttls(plane).every((ttl) => ttl === '0'))
  plane.addNode('one-more')
  plane.until(() => ttls(plane).includes('15'))
  plane.until(() => ttls(plane).every((ttl) => ttl === '15'), 400)
  expect(ttls(plane)).toHaveLength(101)
})
