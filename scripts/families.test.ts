/**
 * The runners of benchmarks and soaks, and how they find their members.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readable, table } from './bench.ts'
import { discover } from './discover.ts'
import { runSoak, wholeNumber } from './soak.ts'
import type { Soak } from './soak.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'families-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const member = (file: string, name: string): void =>
  writeFileSync(join(folder, file), `export default { name: '${name}', run() {} }\n`)

describe('members of a family', () => {
  it('are found by their files, in order, or chosen by name', async () => {
    member('second.ts', 'second')
    member('first.ts', 'first')
    expect((await discover(folder, [])).map(({ name }) => name)).toEqual(['first', 'second'])
    expect((await discover(folder, ['second'])).map(({ name }) => name)).toEqual(['second'])
  })

  it('are refused when the name is unknown', async () => {
    member('first.ts', 'first')
    await expect(discover(folder, ['frist'])).rejects.toThrow('There is no "frist". Known: first.')
  })

  it('are refused when the name is not the file’s', async () => {
    member('first.ts', 'second')
    await expect(discover(folder, [])).rejects.toThrow("first.ts has no default export {name: 'first', run}")
  })

  it('are refused when a file exports none', async () => {
    writeFileSync(join(folder, 'first.ts'), 'export const name = 1\n')
    await expect(discover(folder, [])).rejects.toThrow('first.ts has no default export')
  })

  it('are not even loaded when others are asked for', async () => {
    member('first.ts', 'first')
    writeFileSync(join(folder, 'broken.ts'), "import './gone.ts'\n")
    expect((await discover(folder, ['first'])).map(({ name }) => name)).toEqual(['first'])
  })

  it('are missed when there are none, or no folder', async () => {
    await expect(discover(folder, [])).rejects.toThrow('There is nothing to run')
    await expect(discover(join(folder, 'gone'), [])).rejects.toThrow('There is nothing to run')
  })
})

describe('a benchmark’s table', () => {
  it.each([
    [3_214_567, '3,210,000'],
    [41.23, '41.2'],
    [0.015_31, '0.0153'],
    [1000, '1,000'],
    [0, '0'],
  ])('%d reads %s', (value, text) => {
    expect(readable(value)).toBe(text)
  })

  it('aligns its columns and prints the ratio to what a row is held against', () => {
    const rows = [
      { what: 'events', value: 3_000_000, unit: 'events/s', against: { what: 'a bare loop', value: 6_000_000 } },
      { what: 'warm verdict', value: 120, unit: 'ms', note: 'the VM’s start' },
    ]
    expect(table(rows)).toEqual([
      '  events        3,000,000 events/s  0.5 × a bare loop (6,000,000)',
      '  warm verdict              120 ms                                 the VM’s start',
    ])
  })
})

describe('a soak', () => {
  const soak = (run: Soak['run']): Soak => ({ name: 'kernel', seeds: 3, run })

  it('runs each seed in order and passes when none says what went wrong', async () => {
    const seen: number[] = []
    expect(
      await runSoak(
        soak((seed) => void seen.push(seed)),
        5,
        3,
      ),
    ).toEqual([])
    expect(seen).toEqual([5, 6, 7])
  })

  it('prints the seed and the command that runs it again', async () => {
    const failures = await runSoak(
      soak((seed) => (seed === 2 ? 'two leaders' : undefined)),
      1,
      3,
    )
    expect(failures).toEqual(['seed 2: two leaders\n    again: npm run soak -- kernel --first-seed 2 --seeds 1'])
  })

  it('takes what is thrown for a failure, and gives up after twenty', async () => {
    const failures = await runSoak(
      soak(() => {
        throw new Error('broken')
      }),
      1,
      1000,
    )
    expect(failures).toHaveLength(20)
    expect(failures[0]).toContain('broken')
  })

  it.each(['0', '-1', '1.5', 'ten', ''])('refuses %j seeds', (text) => {
    expect(() => wholeNumber('--seeds', text)).toThrow('give a whole number from 1 on')
  })
})
