/** Ranges of Services' addresses: ready as soon as they are there, and held while an address is in no other. */
import { expect, it } from 'vitest'
import type { Component } from '#cluster/kernel/component.ts'
import { controllerManager } from '#cluster/client/controller.ts'
import { deleteRequest } from '#cluster/client/api-client.ts'
import { Plane } from './control-plane.test-world.ts'
import { serviceCIDRController } from './service-cidrs.ts'

const manager = controllerManager('kube-controller-manager', [serviceCIDRController])
const COMPONENTS = {
  'kube-controller-manager': { ...manager, init: (options: object) => manager.init({ ...options, enabled: ['service-cidr'] } as never) } as Component, // prettier-ignore
}
const LABELS = { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' }
const cidr = (name: string, range: string) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, spec: { cidrs: [range] } }) // prettier-ignore
const address = (name: string, labels: object) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name, labels }, spec: { parentRef: { resource: 'services', name: 'a' } } }) // prettier-ignore

function newPlane(): { plane: Plane; more: () => any; ready: () => string | undefined } {
  const plane = new Plane({ components: COMPONENTS, nodes: 0 }).seconds(3)
  plane.create(cidr('more', '10.7.0.0/24'))
  const more = () => plane.cached('servicecidrs').find(({ metadata }) => metadata.name === 'more')
  const ready = () => {
    const found = (more() as any)?.status?.conditions?.[0]
    return found && `${found.status} ${found.reason} ${found.message}`
  }
  plane.until(() => ready() === 'True  Kubernetes Service CIDR is ready')
  return { plane, more, ready }
}

const isHeld = (found: any): boolean => found?.metadata.finalizers?.includes('networking.k8s.io/service-cidr-finalizer')

it('a range is ready, and has a finalizer', () => {
  const { plane, more } = newPlane()
  plane.seconds(1)
  expect(isHeld(more())).toBe(true)
})

it('one that goes is held by an address that is in no other, and goes when another has it', () => {
  const { plane, more, ready } = newPlane()
  plane.create(address('10.7.0.9', LABELS))
  plane.request(deleteRequest('servicecidrs', more() as never))
  plane.until(() => ready()?.startsWith('False Terminating There are still IPAddresses') === true)
  plane.seconds(15)
  expect(isHeld(more())).toBe(true)
  plane.create(cidr('larger', '10.7.0.0/16'))
  plane.until(() => more() === undefined)
})

it('an address that somebody took by hand holds nothing, and nothing goes before all allocators have heard of it', () => {
  const { plane, more } = newPlane()
  plane.create(address('10.7.0.9', {}))
  plane.request(deleteRequest('servicecidrs', more() as never))
  plane.seconds(8)
  expect(isHeld(more())).toBe(true)
  plane.seconds(4)
  expect(more()).toBeUndefined()
})
