/** However a ledger was left, it is opened as a whole one: no half line, no line twice, none that does not hold. */
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { internalVerdict } from '../verdict/internal.ts'
import type { Entry } from './ledger.ts'
import { LEDGER, Ledger } from './ledger.ts'

const settings = { mode: 'run', seed: 1, seeds: 200, checksTypes: true } as const
const entry = (file: string, words = 'it broke'): Entry => ({
  ...{ file, source: `digest of ${file}`, settings },
  verdict: internalVerdict({ exercise: 'e', mode: 'run' }, words),
})

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ledger-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const path = (): string => join(folder, LEDGER)
const open = (stale: (entry: Entry) => string | undefined = () => undefined) => Ledger.open(folder, stale)
const filesIn = (): string[] =>
  readFileSync(path(), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as Entry).file)

async function filled(...files: string[]): Promise<string> {
  const { ledger } = await open()
  for (const file of files) ledger.add(entry(file))
  ledger.close()
  return readFileSync(path(), 'utf8')
}

describe('a ledger', () => {
  it('is cut at the last whole line, wherever it was torn', async () => {
    const whole = await filled('a.ts', 'b.ts')
    const second = whole.indexOf('\n') + 1
    for (const length of [second + 1, second + 40, whole.length - 1]) {
      writeFileSync(path(), whole.slice(0, length))
      const { ledger, dropped } = await open()
      expect([...ledger.files]).toEqual(['a.ts'])
      expect([...dropped.keys()]).toEqual(['the line was torn'])
      ledger.add(entry('b.ts'))
      ledger.close()
      expect(readFileSync(path(), 'utf8')).toBe(whole)
    }
  })

  it('leaves out what does not hold, what is damaged and what is there twice, and says why', async () => {
    await filled('a.ts', 'b.ts', 'c.ts', 'a.ts')
    appendFileSync(path(), '{"file":"d.ts"}\n\n')
    const { ledger, dropped } = await open(({ file }) => (file === 'b.ts' ? 'the file has changed' : undefined))
    expect(Object.fromEntries(dropped)).toEqual({
      'the file has changed': 1,
      'there was one before': 1,
      'the line is damaged': 2,
    })
    expect(filesIn()).toEqual(['a.ts', 'c.ts'])
    ledger.add(entry('b.ts'))
    ledger.sort()
    ledger.add(entry('x.ts'))
    ledger.close()
    expect(filesIn()).toEqual(['a.ts', 'b.ts', 'c.ts', 'x.ts'])
    expect(readdirSync(folder)).toEqual([LEDGER])
  })

  it('gives its entries back one by one, with counts, through several chunks of a file', async () => {
    const { ledger } = await open()
    const words = 'ü'.repeat(30_000)
    for (let i = 0; i < 20; i++) ledger.add(entry(`${i}.ts`, words))
    ledger.close()
    const { ledger: again, dropped } = await open()
    expect(dropped.size).toBe(0)
    expect(again.counts()).toEqual({ pass: 0, fail: 0, error: 0, inconclusive: 0, internal: 20 })
    expect([...again.entries()].map(({ verdict }) => verdict.message?.includes(words))).toEqual(Array(20).fill(true))
    expect([...again.entries((status) => status === 'pass')]).toEqual([])
    again.close()
  })
})
