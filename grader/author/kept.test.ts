import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { CheckResult } from '../verdict/verdict.ts'
import { defineTexts } from '../verdict/say.ts'
import { judgeKept, updateKept } from './author-node.ts'
import { matrixOf, twins } from './matrix.ts'
import { matrixPage } from './matrix-page.ts'
import { misconceptionOf, readMistake } from './mistake.ts'
import { changedIn, tell, unkeyed } from './told.ts'

const path = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(path, { recursive: true }))
const folder = { id: 'toy', name: '01-a/01-toy', path }

const { texts, say } = defineTexts({ en: { over: '{pod} is one too many' }, es: { over: 'sobra {pod}' } })
const result = (change: Partial<CheckResult> = {}): CheckResult => ({
  ...{ name: 'counts', kind: 'example', weight: 1, status: 'fail', fuel: 1, hint: 'one' },
  ...{ message: 'web-3 is one too many', expected: '2', actual: '3', said: { message: say('over', { pod: 'web-3' }) } },
  ...change,
})
const HEAD = '// check: counts\n// hint: one\n// Counts\n// twice.\n// es: Cuenta dos veces.\n/** Not of the head. */\n'

const BOTH = ['en', 'es'] as const

describe('the head of a wrong solution', () => {
  it('tells check, hint, and the mistake in two languages', () => {
    const text = { en: 'Counts twice.', es: 'Cuenta dos veces.' }
    expect(readMistake(HEAD)).toEqual({ checks: ['counts'], hint: 'one', text })
    const seen = { failed: ['counts'], says: { counts: 'over' } }
    expect(misconceptionOf('a', readMistake(HEAD), seen)).toEqual({ name: 'a', text, hint: 'one', ...seen })
  })
  it('ends at the first line that is no comment', () => {
    expect(readMistake('\n// check: counts\n').checks).toEqual([])
  })
})

describe('what is told', () => {
  it('is kept in both languages', () => {
    expect(tell('a', [result()], texts)).toEqual({
      en: '── a\nfail: counts\n  web-3 is one too many\n  expected: 2\n  got: 3\n  hint: one\n',
      es: '── a\nfail: counts\n  sobra web-3\n  expected: 2\n  got: 3\n  hint: one\n',
    })
  })
  it('has a key, unless nobody speaks', () => {
    const { said: _, ...mute } = result()
    expect(unkeyed([result(), mute, { ...mute, status: 'error' }, { ...mute, status: 'pass' }])).toEqual(['counts'])
  })
  it('shows about which wrong solutions it changed', () => {
    expect(changedIn('── a\nx\n\n── b\ny\n', '── a\nx\n\n── b\nz\n\n── c\nw\n')).toEqual(['b', 'c'])
  })
})

describe('what is kept beside an exercise', () => {
  const told = tell('a', [result()], texts)
  const seen = [misconceptionOf('a', readMistake(HEAD), { failed: ['counts'], says: { counts: 'over' } })]

  it('is asked for only where it is there', () => {
    expect(judgeKept(folder, [told], undefined, seen, BOTH)).toEqual([])
  })

  it('is written once, and then agrees', () => {
    expect(updateKept(folder, [told], seen, BOTH)).toEqual([
      'feedback.en.txt',
      'feedback.es.txt',
      'misconceptions.json',
    ])
    expect(updateKept(folder, [told], seen, BOTH)).toEqual([])
    const known = JSON.parse(readFileSync(join(path, 'misconceptions.json'), 'utf8'))
    expect(judgeKept(folder, [told], known, seen, BOTH)).toEqual([])
  })

  it('is complained of when something else is told or failed now', () => {
    writeFileSync(join(path, 'feedback.es.txt'), told.es.replace('sobra', 'falta'))
    const known = [{ ...seen[0]!, says: { counts: 'under' } }]
    expect(judgeKept(folder, [], [{ ...seen[0]!, failed: [] }], seen, [])).toHaveLength(1)
    expect(judgeKept(folder, [told], known, seen, BOTH)).toEqual([
      'feedback.es.txt: something else is told now about a: read the change, and take it over with: clusterwright check toy --update',
      'misconceptions.json is stale for a: read the change, and take it over with: clusterwright check toy --update',
    ])
  })
})

describe('the matrix', () => {
  const costs = ['first', 'second', 'third'].map((name) => ({ name, kind: 'example' as const, seeds: 1, fuel: 1000 }))
  const run = (name: string, failed: string[], why = 'why') => ({
    ...{ name, text: `${name}'s <text>`, named: ['first'], failed },
    says: { first: why },
  })
  const known = [{ name: 'b', text: { en: '', es: '' }, hint: 'x', failed: ['first', 'third'] }]
  const matrix = matrixOf(
    { id: 'toy', title: 'Toy & co', complaints: [] },
    costs,
    [run('a', ['first']), run('b', ['first']), run('c', ['first']), run('d', ['first'], 'else')],
    known,
  )

  it('knows more than this run saw, and how many are told together', () => {
    expect(matrix.rows.map(({ failed, alike }) => [failed, alike])).toEqual([
      [['first'], 2],
      [['first', 'third'], 1],
      [['first'], 2],
      [['first'], 1],
    ])
  })
  it('names checks that nothing tells apart', () => {
    expect(twins({ ...matrix, rows: matrix.rows.slice(0, 1) })).toEqual([['second', 'third']])
  })
  it('is a page that escapes what authors write', () => {
    const page = matrixPage('A course', [matrix])
    expect(page).toContain('Toy &amp; co')
    expect(page).toContain('title="a\'s &lt;text&gt;"')
    expect(page).not.toContain('<text>')
    expect(page.match(/●/g)).toHaveLength(5)
  })
})
