import { expect, it } from 'vitest'
import { isEqual } from '#cluster/api/meta.ts'
import { node, pod } from './builders.ts'
import { nodeInfo, resourcesOf } from './scheduler-guest.ts'

it('builds a Pod step by step, and each step leaves the last one as it was', () => {
  const plain = pod('web')
  const full = plain.requests({ cpu: '1' }).init('fetch', { cpu: '2' }, 'sidecar').on('node-1').labels({ app: 'web' })
  expect(JSON.parse(JSON.stringify(full))).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-web', labels: { app: 'web' } },
    spec: {
      containers: [{ name: 'main', image: 'registry.local/web:1', resources: { requests: { cpu: '1' } } }],
      initContainers: [
        {
          name: 'fetch',
          image: 'registry.local/web:1',
          resources: { requests: { cpu: '2' } },
          restartPolicy: 'Always',
        },
      ],
      nodeName: 'node-1',
    },
    status: { phase: 'Running' },
  })
  expect(plain.spec.nodeName).toBeUndefined()
})

it('is the bare object to whoever compares or copies it', () => {
  expect(isEqual(node('a'), JSON.parse(JSON.stringify(node('a'))))).toBe(true)
})

it('gives a NodeInfo the Pods that are bound there, and whole numbers', () => {
  const info = nodeInfo(node('a').allocatable({ cpu: '0.5', memory: '1Ki' }), [
    pod('x').on('a'),
    pod('y').on('b'),
    pod('z'),
  ])
  expect(info.pods.map(({ metadata }) => metadata.name)).toEqual(['x'])
  expect(info.allocatable).toMatchObject({ cpu: 500, memory: 1024, pods: 110 })
})

it('rounds amounts up, as the API does', () => {
  expect(resourcesOf({ cpu: '1.0001', memory: '100m', 'example.com/gpu': '2' })).toEqual({
    cpu: 1001,
    memory: 1,
    'example.com/gpu': 2,
  })
})
