import { expect, it } from 'vitest'
import { chance } from '../../../scripts/soak.ts'
import { compareEtcds } from './differential.ts'

it.each([1, 2, 3])('the simulated etcd answers as the real one does, seed %i', async (seed) => {
  const { difference, operations, refused } = await compareEtcds(seed, 300, chance(seed))
  expect(difference).toBeUndefined()
  expect(operations).toBeGreaterThanOrEqual(300)
  expect(refused).toBeGreaterThan(10)
})
