import { describe, expect, it } from 'vitest'
import { node, pod, type Stay } from 'clusterwright/kit'
import { chanceFrom } from 'clusterwright/kit'
import { billOf } from './bill.ts'
import { REFERENCES } from './references.ts'
import { workloadFrom } from './workload.ts'

// A node of 8 CPUs and 32 GiB has the size 12, one of 16 CPUs and 32 GiB 20; a Pod of 2 CPUs and 8 GiB has 3.
const nodes = [
  node('small').allocatable({ cpu: '8', memory: '32Gi' }),
  node('large').allocatable({ cpu: '16', memory: '32Gi' }),
]
const web = (name: string, atSecond: number, seconds: number) => ({
  atMicros: atSecond * 1e6,
  pod: pod(name).requests({ cpu: '2', memory: '8Gi' }),
  runsMicros: seconds * 1e6,
})
const stay = (arrivedSecond: number, boundSecond: number, nodeName: string): Stay => ({
  arrivedMicros: arrivedSecond * 1e6,
  boundMicros: boundSecond * 1e6,
  nodeName,
})

describe('the bill', () => {
  const arrivals = [web('a', 0, 10), web('b', 5, 10), web('c', 30, 10)]

  it('pays for a node as long as somebody is on it, once for all who are', () => {
    // small: 0 to 15 and 30 to 40, 25 s of 12; 30 Pod seconds of 3 are the work.
    const stays = [stay(0, 0, 'small'), stay(5, 5, 'small'), stay(30, 30, 'small')]
    const idle = Math.round((1 - 90 / 300) * 1e4) / 1e4
    expect(billOf({ nodes, arrivals }, stays)).toEqual({
      ...{ bill: Math.round((300 / 90) * 1e4) / 1e4, idle, nodes: 0.625, bindP50: 0, bindP99: 0 },
    })
  })

  it('pays twice for waiting, by size', () => {
    // 25 s of 12, and 4 s of 3 twice.
    const stays = [stay(0, 0, 'small'), stay(5, 5, 'small'), stay(30, 34, 'small')]
    expect(billOf({ nodes, arrivals }, stays)).toMatchObject({
      ...{ bill: Math.round((324 / 90) * 1e4) / 1e4, bindP50: 0, bindP99: 4 },
    })
  })

  it('pays more for a larger node, and for two', () => {
    const one = billOf({ nodes, arrivals }, [stay(0, 0, 'large'), stay(5, 5, 'large'), stay(30, 30, 'large')])
    const two = billOf({ nodes, arrivals }, [stay(0, 0, 'large'), stay(5, 5, 'small'), stay(30, 30, 'large')])
    expect([one.bill, two.bill]).toEqual([500, 520].map((paid) => Math.round((paid / 90) * 1e4) / 1e4))
  })
})

it('the references differ: whoever packs pays less than whoever spreads, and ours less than most', () => {
  const totals = new Map(REFERENCES.map(({ name }) => [name, 0]))
  for (let seed = 1; seed <= 8; seed++) {
    const plan = workloadFrom(chanceFrom(seed, 'references'))
    for (const { name, measure } of REFERENCES) totals.set(name, totals.get(name)! + measure(plan, seed)['bill']!)
  }
  const order = [...totals].sort(([, a], [, b]) => a - b).map(([name]) => name)
  expect(order[0]).toBe('course')
  expect(order.slice(-2)).toEqual(['BalancedAllocation', 'LeastAllocated'])
})
