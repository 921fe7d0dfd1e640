import { describe, expect, it } from 'vitest'
import type { CheckResult, Verdict } from '../verdict/verdict.ts'
import { pretty } from './pretty.ts'
import type { Graded } from './reporter.ts'
import { unpainted } from './reporter.ts'
import { sourceLines, storyLines } from './telling.ts'

const base: Omit<Verdict, 'checks' | 'status'> = {
  schema: 2,
  engine: 'test',
  exercise: 'toy',
  exerciseVersion: 'v1',
  mode: 'submit',
  diagnostics: [],
  feedback: [],
  console: [],
  consoleTruncated: false,
  fuel: 1_234_567,
  digest: 'abcdef0123456789',
}
const check = (change: Partial<CheckResult>): CheckResult => ({
  name: 'a check',
  kind: 'example',
  weight: 1,
  status: 'pass',
  fuel: 1,
  ...change,
})
const source = 'one\n  two\nthree'
const report = (verdict: Verdict, more: Omit<Graded, 'verdict'>): string =>
  pretty.start({ locale: 'en', paint: unpainted }).add({ verdict, ...more })

describe('a report', () => {
  it('is quiet about what passed', () => {
    const text = report(
      { ...base, status: 'pass', checks: [check({ seeds: { tried: 200 } })] },
      { source, file: 'my.ts' },
    )
    expect(text).toBe(
      'toy · submit · pass\n\n  ✓ a check · 200 seeds\n\n1,234,567 units of fuel · digest abcdef012345\n',
    )
  })

  it.each([
    ['all there are', 'pass', { complete: true, bound: {} }, 'all 68 schedules'],
    ['a bound', 'pass', { complete: false, bound: { deviations: 2 } }, 'all 68 schedules with up to 2 out of turn'],
    ['a budget that was spent', 'inconclusive', { complete: false, bound: {} }, '68 schedules'],
  ] as const)('says of an exploration no more than it has tried: %s', (_, status, rest, words) => {
    const explored = check({ status, seeds: { tried: 2 }, exploration: { schedules: 68, states: 60, ...rest } })
    const text = report({ ...base, status, checks: [explored] }, { source, file: 'my.ts' })
    expect(text).toContain(` a check · ${words}\n`)
  })

  it('tells the whole story of the first failure, and the others in short', () => {
    const failure = check({
      status: 'fail',
      message: 'Pod web was let through.',
      expected: 'no',
      actual: 'yes',
      position: { line: 2, column: 3 },
      hint: 'key',
      seeds: { tried: 2, failing: 2, shrunk: { from: 900, to: 120 } },
    })
    const options = {
      source,
      file: 'my.ts',
      hint: (key: string) =>
        key === 'key' ? 'What counts?\n\nThink of\ninit containers.\n\n```ts\nif (a)\n  b()\n```' : undefined,
    }
    const text = report(
      {
        ...base,
        status: 'fail',
        checks: [failure, { ...failure, name: 'second', message: 'Pod db was let through.' }],
      },
      options,
    )
    expect(text).toContain(
      [
        '  ✗ a check',
        '      Pod web was let through.',
        '      expected  no',
        '      got       yes',
        '      my.ts:2 │   two',
        '              │   ^',
        '      Found with seed 2, the 2nd that was tried (again: --seed 2 --seeds 1). The case was made smaller,',
        '      from 900 to 120 characters of JSON, and still fails.',
        '',
        '      hint  What counts?',
        '      Think of init containers.',
        '          if (a)',
        '            b()',
        '',
        '  ✗ second',
        '      Pod db was let through.',
        '',
      ].join('\n'),
    )
  })

  it('says once what every check ran into, whatever it was asked just then', () => {
    const ranOut = (name: string, during: string) =>
      check({ name, status: 'error', message: `Stopped near line 1 (in ${during})` })
    const checks = [ranOut('one', 'the cycle of Pod web'), ranOut('two', 'filter(web, node-1)'), ranOut('three', 'x')]
    const text = report({ ...base, status: 'error', checks }, { source, file: 'my.ts' })
    expect(text.split('Stopped near line 1')).toHaveLength(2)
    expect(text).toContain('  ! two\n      As above.\n  ! three\n      As above.\n')
  })

  it('gives no hint about the rule where the code broke down', () => {
    const broken = check({ status: 'error', message: 'TypeError: x is not a function', hint: 'key' })
    const text = report({ ...base, status: 'error', checks: [broken] }, { source, file: 'my.ts', hint: () => 'Think.' })
    expect(text).not.toContain('hint')
  })

  it('says what the compiler refused once, with its line, and does not list what was not run', () => {
    const message = "'}' expected."
    const verdict: Verdict = {
      ...base,
      status: 'error',
      message: `The file does not compile: line 2: ${message}`,
      diagnostics: [{ line: 2, column: 3, code: 1005, message, severity: 'syntax' }],
      checks: [check({ status: 'skipped' }), check({ name: 'second', status: 'skipped' })],
      fuel: 0,
    }
    expect(report(verdict, { source, file: 'my.ts' })).toBe(
      [
        'toy · submit · error: it cannot be run',
        '',
        "my.ts:2:3 · cannot run · '}' expected. (TS1005)",
        '  my.ts:2 │   two',
        '          │   ^',
        '',
        '  - none of the 2 checks was run',
        '',
        '0 units of fuel · digest abcdef012345',
        '',
      ].join('\n'),
    )
  })

  it('points at the column', () => {
    expect(sourceLines({ line: 3, column: 1 }, { source, file: 'my.ts' })).toEqual(['my.ts:3 │ three', '        │ ^'])
  })

  it('draws a story with a column for each lane and a row for each moment', () => {
    const story = {
      lanes: [
        { name: 'scheduler', entries: [{ atMicros: 1_000_000, label: 'binds a', tone: 'plain' as const }] },
        { name: 'node-1', entries: [{ atMicros: 2_500_000, label: 'overfilled', tone: 'bad' as const }] },
      ],
    }
    expect(storyLines(story)).toEqual([
      '            scheduler │ node-1',
      '   1.000 s  ● binds a │ │',
      '   2.500 s  │         │ ✗ overfilled',
    ])
  })
})
