import { describe, expect, it } from 'vitest'
import { readCall } from './controller-calls.ts'
import { wrongObject, wrongPatch, wrongSelector } from './call-shape.ts'

const pod = (spec: object, metadata: object = {}) => ({ kind: 'Pod', metadata: { name: 'web', ...metadata }, spec })
const containers = [{ name: 'web', image: 'nginx', resources: { requests: { cpu: 1, memory: '1Gi' } } }]
/** What neither a text nor a number can be made of. */
const odd = { toString: 1, valueOf: 1 }

describe('an object', () => {
  it.each([
    ['a Pod', pod({ containers, tolerations: [{ key: 'a', operator: 'Exists' }], nodeName: null })],
    ['fields that nothing here reads', pod({ containers, volumes: 7 }, { managedFields: [odd] })],
    ['names of every object’s prototype', pod({ containers }, { labels: { ['__proto__']: 'x', constructor: 'y' } })],
  ])('may be %s', (_name, object) => {
    expect(wrongObject('Pod', object)).toBeUndefined()
  })

  it.each([
    [pod({ containers }, { labels: { app: odd } }), 'metadata.labels.app must be a text, and is an object'],
    [pod({ containers }, { labels: { app: null } }), 'metadata.labels.app is null'],
    [pod({ containers }, { finalizers: 'x' }), 'metadata.finalizers must be a list, and is a string'],
    [pod({ containers }, { ownerReferences: [null] }), 'metadata.ownerReferences[0] is null'],
    [pod({ containers }, { namespace: odd }), 'metadata.namespace must be a text, and is an object'],
    [pod({ containers: [null] }), 'spec.containers[0] is null'],
    [pod({ containers: odd }), 'spec.containers must be a list, and is an object'],
    [
      pod({ containers, terminationGracePeriodSeconds: 0.5 }),
      'spec.terminationGracePeriodSeconds must be a whole number, and is a number',
    ],
    [pod({}), 'spec.containers is required'],
    [{ kind: 'Pod' }, 'metadata is required'],
    [[], 'the object must be an object, and is a list'],
  ])('may not be %j', (object, wrong) => {
    expect(wrongObject('Pod', object)).toBe(wrong)
  })
})

it.each([
  [{ metadata: { labels: { app: null }, annotations: null } }, undefined],
  [{ status: null }, undefined],
  [{ spec: { replicas: '3' } }, 'spec.replicas must be a whole number, and is a string'],
  [{ spec: { selector: null } }, 'spec.selector is required, and cannot be taken away'],
  [{ metadata: null }, 'metadata is required, and cannot be taken away'],
  [[{ op: 'add' }], 'a merge patch is an object'],
  [null, 'a merge patch is an object'],
])('the patch %j of a ReplicaSet: %s', (patch, wrong) => {
  expect(wrongPatch('ReplicaSet', patch)).toBe(wrong)
})

it.each([
  [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] }, undefined],
  [{ matchExpressions: 5 }, 'selector.matchExpressions must be a list, and is a number'],
  [{ matchLabels: { app: odd } }, 'selector.matchLabels.app must be a text, and is an object'],
  ['app=web', 'selector must be an object, and is a string'],
])('the selector %j: %s', (selector, wrong) => {
  expect(wrongSelector(selector)).toBe(wrong)
})

it.each([
  ['get', ['Pod', { name: 'a', namespace: odd }], 'client.get: namespace must be a text'],
  ['list', ['Pod', { namespace: odd }], 'client.list: namespace must be a text'],
  ['list', ['Pod', 7], 'client.list: its options must be an object'],
  ['create', [pod({ containers: 1 })], 'client.create: spec.containers must be a list, and is a number'],
  ['patch', ['Pod', { name: 'a' }, 'x'], 'client.patch: a merge patch is an object'],
  ['delete', ['Pod', { name: 'a' }, 'x'], 'client.delete: its options must be an object'],
])('client.%s(%j) is refused: %s', (method, args, message) => {
  expect(() => readCall({ id: 1, method, args })).toThrow(message)
})
