import { expect, it } from 'vitest'
import { groupByCheck } from './console-view.ts'

it('lines of one check that follow each other stand together, in the order they were written', () => {
  const line = (check: string, text: string) => ({ check, text, level: 'log' as const })
  const groups = groupByCheck([line('a', '1'), line('a', '2'), line('b', '3'), line('a', '4')])
  expect(groups.map(({ check, entries }) => [check, entries.map((entry) => entry.text).join('')])).toEqual([
    ['a', '12'],
    ['b', '3'],
    ['a', '4'],
  ])
})
