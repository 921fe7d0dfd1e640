import { expect, test } from 'vitest'
import { Table } from './table.ts'

const keysOf = (table: Table<string, number>): string => [...table.keys()].join('')

test('the oldest goes first, and what is put in again is new', () => {
  const table = new Table<string, number>([...'abcd'].map((key, i) => [key, i]))
  expect(table.takeOldest()).toBe('a')
  table.delete('b')
  table.set('b', 5).set('a', 6)
  expect([table.takeOldest(), keysOf(table)]).toEqual(['c', 'dba'])
  table.set('d', 7)
  expect([table.takeOldest(), table.takeOldest(), table.takeOldest(), table.takeOldest()]).toEqual(['d', 'b', 'a', undefined]) // prettier-ignore
  table.set('e', 1)
  expect([table.takeOldest(), table.size]).toEqual(['e', 0])
})

test('a fork keeps what its twin takes', () => {
  const table = new Table<string, number>([...'abcd'].map((key, i) => [key, i]))
  table.takeOldest()
  const twin = table.fork()
  expect([table.takeOldest(), twin.takeOldest(), table.takeOldest()]).toEqual(['b', 'b', 'c'])
  expect([keysOf(table), keysOf(twin)]).toEqual(['d', 'cd'])
  table.clear()
  expect(table.set('x', 1).takeOldest()).toBe('x')
})

test('thousands pass through, and each leaves in its turn', () => {
  const table = new Table<number, true>()
  for (let i = 0; i < 10_000; i++) {
    table.set(i, true)
    if (i >= 100) expect(table.takeOldest()).toBe(i - 100)
  }
  expect(table.size).toBe(100)
})

test('whoever iterates sees what comes and goes meanwhile, however few entries there are', () => {
  const table = new Table<string, number>()
  table.set('a', 1)
  const seen: string[] = []
  for (const key of table.keys()) {
    seen.push(key)
    table.delete(key)
    if (key === 'a') table.set('b', 2)
  }
  expect([seen, table.size]).toEqual([['a', 'b'], 0])
})

test('a fork of a Table with one entry is on its own', () => {
  const table = new Table<string, number>().set('a', 1)
  const twin = table.fork()
  table.delete('a')
  twin.set('b', 2)
  expect([table.size, [...twin]]).toEqual([
    0,
    [
      ['a', 1],
      ['b', 2],
    ],
  ])
})
