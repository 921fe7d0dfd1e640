/** Whom the kubelet ends first, when memory runs short. */
import { describe, expect, it } from 'vitest'
import { type Candidate, ranked } from './eviction.ts'

const pod = (uid: string, usageBytes: number, requestBytes: number, priority = 0): Candidate => ({ uid, usageBytes, requestBytes, priority }) // prettier-ignore

describe('ranked', () => {
  it.each<[string, Candidate[], string[]]>([
    ['beyond the request comes before all else', [pod('within', 900, 1000), pod('beyond', 2, 1, 1000)], ['beyond', 'within']],
    ['then lower priority', [pod('high', 900, 0, 10), pod('low', 10, 0, 5)], ['low', 'high']],
    ['then more beyond', [pod('little', 110, 100), pod('much', 500, 100)], ['much', 'little']],
    ['use as requested is not beyond it', [pod('exact', 100, 100), pod('beyond', 101, 100)], ['beyond', 'exact']],
    ['of those within, the one that leaves least of its request', [pod('a', 10, 100), pod('b', 90, 100)], ['b', 'a']],
    ['equals by their uid, so that it is the same everywhere', [pod('b', 1, 0), pod('a', 1, 0)], ['a', 'b']],
  ])('%s', (_, candidates, order) => {
    expect(ranked(candidates).map(({ uid }) => uid)).toEqual(order)
  }) // prettier-ignore
})
