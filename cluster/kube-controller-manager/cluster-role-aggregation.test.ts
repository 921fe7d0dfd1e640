import { expect, it } from 'vitest'
import type { Component } from '#cluster/kernel/component.ts'
import { clusterRoleAggregationController } from './cluster-role-aggregation.ts'
import { controllerManager } from '#cluster/client/controller.ts'
import { Plane } from './control-plane.test-world.ts'

const manager = controllerManager('kube-controller-manager', [clusterRoleAggregationController])
const COMPONENTS = {
  'kube-controller-manager': { ...manager, init: (options: object) => manager.init({ ...options, enabled: ['clusterrole-aggregation'] } as never) } as Component, // prettier-ignore
}

const role = (name: string, labels: object, more: object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, ...more }) // prettier-ignore
const reads = (resource: string) => ({
  rules: [{ verbs: ['get'], apiGroups: ['shop.example'], resources: [resource] }],
})

it('a role gathers the rules of those that bear its label, one after the other', () => {
  const plane = new Plane({ components: COMPONENTS, nodes: 0 }).seconds(3)
  const resources = () =>
    plane.cached('clusterroles').find(({ metadata }) => metadata.name === 'readers')?.rules?.flatMap((rule: any) => rule.resources) // prettier-ignore
  plane.create(role('readers', {}, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { for: 'readers' } }] }, rules: [] })) // prettier-ignore
  plane.create(role('orders', { for: 'readers' }, reads('orders')))
  plane.until(() => resources()?.join() === 'orders')
  plane.create(role('carts', { for: 'readers' }, reads('carts')))
  plane.create(role('secret', {}, reads('prices')))
  plane.until(() => resources()?.join() === 'carts,orders')
  expect(plane.seconds(2) && resources()).toEqual(['carts', 'orders'])
})
