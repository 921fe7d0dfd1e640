import { describe, expect, it } from 'vitest'
import { tableOf, wantsTable } from './metrics-table.ts'

const rowsOf = (items: Parameters<typeof tableOf>[0]) =>
  tableOf(items) as { columnDefinitions: { name: string }[]; rows: { cells: string[] }[] }

describe('what was measured, as rows', () => {
  it('is of a node what it uses', () => {
    const node = (name: string, cpu: string, memory: string) => ({ metadata: { name }, window: '15s', usage: { memory, cpu } }) // prettier-ignore
    const { columnDefinitions, rows } = rowsOf([node('a', '300000000n', '0Ki'), node('b', '1234567n', '2048Ki')])
    expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'cpu', 'memory', 'Window'])
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['a', '300m', '0', '15s'],
      ['b', '1234567n', '2Mi', '15s'],
    ])
  })

  it('is of a Pod the sum of its containers', () => {
    const containers = ['1500000000n', '500000000n'].map((cpu, i) => ({ name: `c${i}`, usage: { cpu, memory: '1536Ki' } })) // prettier-ignore
    expect(rowsOf([{ metadata: { name: 'web' }, window: '15s', containers }]).rows[0]!.cells).toEqual(['web', '2', '3Mi', '15s']) // prettier-ignore
  })
})

it.each([
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', true],
  ['application/json', false],
  ['application/json,application/json;as=Table;v=v1;g=meta.k8s.io', false],
  [undefined, false],
])('who accepts %s gets one: %s', (accept, isWanted) => {
  expect(wantsTable(accept)).toBe(isWanted)
}) // prettier-ignore
