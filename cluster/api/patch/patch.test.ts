import { describe, expect, it } from 'vitest'
import type { Operation } from './json-patch.ts'
import { jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'

describe('a JSON merge patch', () => {
  it.each([
    [{ a: 1, b: 2 }, { b: 3 }, { a: 1, b: 3 }],
    [{ a: 1, b: 2 }, { b: null }, { a: 1 }],
    [{ a: { x: 1, y: 2 } }, { a: { y: null, z: 3 } }, { a: { x: 1, z: 3 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: 'text' }, { a: { x: 1 } }, { a: { x: 1 } }],
    [{ a: 1 }, { b: { c: null } }, { a: 1, b: {} }],
    [{ a: 1 }, 'text', 'text'],
  ])('of %j with %j is %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected)
  })
})

describe('a JSON patch', () => {
  it.each([
    [{ a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    [{ a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    [{ a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    [{ a: [1, 2] }, [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    [{ a: 1 }, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
    [{ a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    [{ a: 1 }, [{ op: 'copy', from: '/a', path: '/b' }], { a: 1, b: 1 }],
    [
      { 'a/b': 1, 'c~d': 2 },
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'replace', path: '/c~0d', value: 3 },
      ],
      { 'c~d': 3 },
    ],
    [{ a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
    [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    [{ a: 1 }, [{ op: 'add', path: 'what/b', value: 2 }], { a: 1, b: 2 }],
    [{ a: 1 }, [{ op: 'replace', path: '/a' }], { a: null }],
    [{ a: { b: [1] } }, [{ op: 'test', path: '/a/b', value: [1] }], { a: { b: [1] } }],
  ])('of %j with %j is %j', (document, operations, expected) => {
    expect(jsonPatch(document, operations as Operation[])).toEqual(expected)
  })

  it.each([
    [{ a: 1 }, { op: 'test', path: '/a', value: 2 }, /testing path \/a value failed/],
    [{ a: 1 }, { op: 'remove', path: '/b' }, /missing path: "\/b"/],
    [{ a: 1 }, { op: 'replace', path: '/b', value: 1 }, /missing path: "\/b"/],
    [{ a: [1] }, { op: 'add', path: '/a/3', value: 1 }, /invalid index/],
    [{ a: [1] }, { op: 'add', path: '/a/x', value: 1 }, /is no index of a list/],
    [{ a: 1 }, { op: 'add', path: 'a', value: 1 }, /missing path: "a"/],
    [{ a: 1 }, { op: 'add', path: '', value: {} }, /missing path: ""/],
    [{ a: 1 }, { op: 'replace', path: '', value: 5 }, /must be object or array/],
    [{ a: 1 }, { op: 'copy', path: '/b' }, /failed to decode from/],
    [{ a: 1 }, { op: 'remove' }, /failed to decode path/],
    [{ a: 1 }, null, /undefined operation failed/],
    [{ a: 1 }, { op: 'test', path: '/b/c', value: null }, /missing path: "\/b\/c"/],
    [{ a: 1 }, { op: 'mend', path: '/a' }, /unknown operation "mend"/],
  ])('of %j with %j is refused', (document, operation, message) => {
    expect(() => jsonPatch(document, [operation as Operation])).toThrow(message)
  })

  it('leaves the document as it was', () => {
    const document = Object.freeze({ a: Object.freeze([1, 2]) })
    expect(jsonPatch(document, [{ op: 'add', path: '/a/-', value: 3 }])).toEqual({ a: [1, 2, 3] })
    expect(document).toEqual({ a: [1, 2] })
  })
})

describe('a strategic merge patch', () => {
  const containers = [
    { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
    { name: 'b', image: 'b:1' },
  ]

  it.each([
    [
      'merges items by their key',
      { containers: [{ name: 'b', image: 'b:2' }] },
      [containers[0], { name: 'b', image: 'b:2' }],
    ],
    ['puts items that are new before the others', { containers: [{ name: 'c' }] }, [{ name: 'c' }, ...containers]],
    [
      'goes into lists within items',
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
      [
        {
          ...containers[0],
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
        containers[1],
      ],
    ],
    ['deletes an item', { containers: [{ name: 'a', $patch: 'delete' }] }, [containers[1]]],
    ['replaces a list', { containers: [{ $patch: 'replace' }, { name: 'c' }] }, [{ name: 'c' }]],
    [
      'puts items in an order',
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      [containers[1], containers[0]],
    ],
  ])('%s', (_, patch, expected) => {
    expect(strategicMergePatch({ containers }, patch)).toEqual({ containers: expected })
  })

  it('has what is new where the order says, and leaves the others where they were', () => {
    const list = (names: string) => [...names].map((name) => ({ name }))
    const after = (before: string, order: string, added: string) =>
      (strategicMergePatch({ containers: list(before) }, { '$setElementOrder/containers': list(order), containers: list(added) }) as { containers: { name: string }[] }).containers.map(({ name }) => name).join('') // prettier-ignore
    expect(after('xa', 'ac', 'c')).toBe('xac')
    expect(after('ax', 'ac', 'c')).toBe('acx')
    expect(after('xab', 'ba', '')).toBe('xba')
  })

  it('puts new values of a list that grows before the others too', () => {
    expect(strategicMergePatch({ finalizers: ['a', 'b'] }, { finalizers: ['c', 'b'] })).toEqual({ finalizers: ['c', 'a', 'b'] }) // prettier-ignore
  })

  it.each([
    [
      'keys of container ports are the container’s',
      { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] },
    ],
    [
      'keys of Service ports are the Service’s',
      { spec: { ports: [{ port: 80 }, { port: 81 }] } },
      { spec: { ports: [{ port: 81, name: 'x' }] } },
      { spec: { ports: [{ port: 80 }, { port: 81, name: 'x' }] } },
    ],
    [
      'ports of an EndpointSlice, or of a rule of a network policy, have none',
      { ports: [{ port: 80 }], spec: { ingress: [{ ports: [{ port: 80 }] }] } },
      { ports: [{ port: 81 }], spec: { ingress: [{ ports: [{ port: 81 }] }] } },
      { ports: [{ port: 81 }], spec: { ingress: [{ ports: [{ port: 81 }] }] } },
    ],
    [
      'conditions go by type',
      { conditions: [{ type: 'Ready', status: 'False', reason: 'R' }] },
      { conditions: [{ type: 'Ready', status: 'True' }] },
      { conditions: [{ type: 'Ready', status: 'True', reason: 'R' }] },
    ],
    ['lists without a key are replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    ['finalizers grow', { finalizers: ['a'] }, { finalizers: ['a', 'b'] }, { finalizers: ['a', 'b'] }],
    [
      'finalizers shrink by name',
      { finalizers: ['a', 'b'] },
      { '$deleteFromPrimitiveList/finalizers': ['a'] },
      { finalizers: ['b'] },
    ],
    ['null removes a field', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['an object is replaced whole', { s: { a: 1 } }, { s: { $patch: 'replace', b: 2 } }, { s: { b: 2 } }],
    [
      'only the keys to be retained stay',
      { s: { type: 'X', x: 1 } },
      { s: { $retainKeys: ['type'], type: 'Y' } },
      { s: { type: 'Y' } },
    ],
  ])('%s', (_, target, patch, expected) => {
    expect(strategicMergePatch(target, patch)).toEqual(expected)
  })

  it.each([
    [{ containers: [{ image: 'x' }] }, /does not contain declared merge key: name/],
    [{ $patch: 'mend' }, /^unknown patch type: mend in map: map\[\$patch:mend\]$/],
    [{ s: { $retainKeys: ['type'], x: 1 } }, /^invalid patch format of retainKeys$/],
    [{ '$setElementOrder/containers': 'x' }, /^expected a \[\]interface {}, but received a string$/],
    [{ '$deleteFromPrimitiveList/finalizers': 'x' }, /^invalid patch format of primitive list$/],
  ])('%j is refused', (patch, message) => {
    expect(() => strategicMergePatch({ containers }, patch)).toThrow(message)
  })
})

it.each([
  ['a merge patch', mergePatch],
  ['a strategic merge patch', strategicMergePatch],
])('%s with a key named __proto__ changes content, not the prototype', (_, apply) => {
  const result = apply({}, JSON.parse('{"__proto__": {"polluted": true}}')) as object
  expect([Object.getPrototypeOf(result), Object.hasOwn(result, '__proto__')]).toEqual([Object.prototype, true])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})
