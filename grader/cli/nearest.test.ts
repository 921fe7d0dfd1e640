import { expect, it } from 'vitest'
import { nearest } from './nearest.ts'

it.each([
  ['fitfilter', 'fit-filter'],
  ['fit', 'fit-filter'],
  ['replicset', 'replicaset'],
  ['something-else', undefined],
])('%s probably means %s', (typed, meant) => {
  expect(nearest(typed, ['fit-filter', 'replicaset', 'ipam-host-local'])).toBe(meant)
})
