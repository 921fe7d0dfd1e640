import { expect, it } from 'vitest'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { deployment, Plane } from './control-plane.test-world.ts'
import { kubeControllerManager } from './kube-controller-manager.ts'

const withOptions = (component: Component<any, any>, more: object): Component => ({ ...component, init: (options) => component.init({ ...(options as object), ...more }) }) // prettier-ignore

const COMPONENTS = {
  'kube-apiserver': withOptions(kubeApiserver as Component<any, any>, { admissionPlugins: ['ResourceQuota'] }),
  'kube-controller-manager': withOptions(kubeControllerManager, { enabled: ['resourcequota'] }),
}

it('a quota holds a Deployment to its size, and gives back what has gone', () => {
  const plane = new Plane({ components: COMPONENTS }).seconds(5)
  plane.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'default' }, spec: { hard: { pods: '2', configmaps: '9' } } } as never) // prettier-ignore
  const used = () => (plane.get('resourcequotas', 'q') as any)?.status?.used
  plane.until(() => used()?.pods === '0')
  plane.create(deployment('web', 4))
  plane.until(() => plane.pods().length === 2 && used().pods === '2')
  plane.seconds(5)
  expect(plane.pods()).toHaveLength(2)
  expect(plane.kubectl('kubectl get events')).toContain(
    'exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
  )
  plane.kubectl('kubectl delete deployment web')
  plane.until(() => plane.pods().length === 0 && used().pods === '0')
})
