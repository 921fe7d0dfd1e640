import { describe, expect, it } from 'vitest'
import { differences } from './difference.ts'

describe('where two values differ', () => {
  it.each([
    ['nowhere', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ['the order of keys is no difference', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [
      'at a field deep inside',
      { status: { replicas: 3, readyReplicas: 3 } },
      { status: { replicas: 3, readyReplicas: 2 } },
      [{ path: 'status.readyReplicas', expected: 3, actual: 2 }],
    ],
    ['where one lacks a field', { a: 1 }, {}, [{ path: 'a', expected: 1 }]],
    ['where one has a field too many', {}, { a: null, b: 0 }, [{ path: 'b', actual: 0 }]],
    [
      'at an item of a list',
      { l: ['x', 'y'] },
      { l: ['x', 'z', 'w'] },
      [
        { path: 'l[1]', expected: 'y', actual: 'z' },
        { path: 'l[2]', actual: 'w' },
      ],
    ],
    ['as a whole', 3, 'three', [{ path: '', expected: 3, actual: 'three' }]],
    ['under a key with a dot', { 'a.b': 1 }, { 'a.b': 2 }, [{ path: '["a.b"]', expected: 1, actual: 2 }]],
    ['under a key of every object', { constructor: 1 }, {}, [{ path: 'constructor', expected: 1 }]],
  ])('%s', (_, expected, actual, found) => {
    expect(differences(expected, actual)).toEqual(found)
  })

  it('tells no more than so many', () => {
    const all = Array.from({ length: 100 }, (_, i) => i)
    expect(differences(all, [], 5)).toHaveLength(5)
  })
})
