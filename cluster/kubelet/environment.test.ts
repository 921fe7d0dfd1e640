import { describe, expect, it } from 'vitest'
import type { Container, Pod } from '#cluster/api/types.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { environmentOf, expand } from './environment.ts'

const BODIES = {
  'configmaps/cm': { data: { a: '1', b: '2' } },
  'secrets/s': { data: { p: btoa('secret') } },
}
const made = (container: Partial<Container>) => {
  const all = { name: 'app', image: 'app', ...container }
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec: { containers: [all] } } // prettier-ignore
  const found = environmentOf(pod, all, BODIES)
  return typeof found === 'string' ? found : found.map(({ key, value }) => `${key}=${value}`).join(' ')
}
const from = (valueFrom: object) => made({ env: [{ name: 'A', valueFrom }] })

describe('a variable', () => {
  it.each([
    ['of a ConfigMap', { configMapKeyRef: { name: 'cm', key: 'a' } }, 'A=1'],
    ['of a Secret', { secretKeyRef: { name: 's', key: 'p' } }, 'A=secret'],
    ['of a ConfigMap that is not there', { configMapKeyRef: { name: 'no', key: 'a' } }, 'configmap "no" not found'],
    [
      'of a key that is not there',
      { secretKeyRef: { name: 's', key: 'q' } },
      "couldn't find key q in Secret default/s",
    ],
    ['that may be missing', { configMapKeyRef: { name: 'no', key: 'a', optional: true } }, ''],
    ['of the Pod', { fieldRef: { fieldPath: 'metadata.name' } }, 'A=p'],
  ])('%s', (_, source, expected) => expect(from(source)).toBe(expected))

  it('of what the container asks for, by the divisor', () => {
    const resources = { limits: { memory: '64Mi', cpu: '1500m' } }
    const ref = (resource: string, divisor?: string) => ({ name: resource.slice(7), valueFrom: { resourceFieldRef: { resource, ...(divisor && { divisor }) } } }) // prettier-ignore
    const env = [ref('limits.memory', '1Mi'), ref('limits.cpu'), ref('limits.cpu', '1m')]
    expect(made({ resources, env })).toBe('memory=64 cpu=1500')
  })

  it('of a whole ConfigMap stands behind one of its own, and may name others', () => {
    const envFrom = [{ prefix: 'X_', configMapRef: { name: 'cm' } }, { secretRef: { name: 's' } }]
    const env = [{ name: 'X_a', value: 'own' }, { name: 'all', value: '$(X_a)-$(X_b)-$(none)-$$(X_a)' }] // prettier-ignore
    expect(made({ envFrom, env })).toBe('X_a=own X_b=2 p=secret all=own-2-$(none)-$(X_a)')
    expect(made({ envFrom: [{ configMapRef: { name: 'no' } }] })).toBe('configmap "no" not found')
    expect(made({ envFrom: [{ configMapRef: { name: 'no', optional: true } }] })).toBe('')
  })

  it('is put into arguments', () => expect(expand('--at=$(A)', new Map([['A', 'x']]))).toBe('--at=x'))
})

const POD = `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: web
      env: [{ name: MESSAGE, valueFrom: { configMapKeyRef: { name: cm, key: greeting } } }]
`

function kubectl(world: World, args: string[], stdin?: string): void {
  const body = { type: 'kubectl', id: 0, args, ...(stdin !== undefined && { stdin }) } as Body
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  world.run({ untilMicros: world.now + 14_000_000 })
}

it('a container waits for the ConfigMap that it takes from, and says so', () => {
  const world = bootCluster({ seed: 1, nodes: 1, dns: false, controlPlaneNode: false })
  world.run({ untilMicros: 10_000_000 })
  kubectl(world, ['apply', '-f', '-'], POD)
  const status = () => [...world.stateOf<any>('node-1/kubelet').pods.items.values()][0].status.containerStatuses[0]
  expect(status().state.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "cm" not found' })
  kubectl(world, ['create', 'configmap', 'cm', '--from-literal=greeting=hi'])
  expect(status().state.running).toBeDefined()
})
