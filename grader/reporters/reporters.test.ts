import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import type { Graded, Reporter } from './reporter.ts'
import { unpainted } from './reporter.ts'
import { REPORTERS } from './reporters.ts'
import { gradedNow, recorded } from './specimens.test-data.ts'
import { VALIDATORS } from './validators.test-tools.ts'

/** As they were given once, so that golden texts change with reports alone. */
const all = recorded()

function documentOf(reporter: Reporter, graded: readonly Graded[], locale: 'en' | 'es' = 'en'): string {
  const report = reporter.start({ locale, paint: unpainted })
  return [report.opening, ...graded.map((one) => report.add(one)), report.end()].join('')
}

const complaints = (reporter: Reporter, text: string): Promise<string[]> => VALIDATORS[reporter.name]!.check(text)

describe.each(REPORTERS.map((reporter) => [reporter.name, reporter] as const))('%s', (name, reporter) => {
  it('tells every kind of verdict, each in a document that its format accepts', async () => {
    const told: string[] = []
    for (const [kind, graded] of Object.entries(all)) {
      const text = documentOf(reporter, [graded])
      expect(await complaints(reporter, text), kind).toEqual([])
      told.push(`════ ${kind}\n${text}`)
    }
    await expect(told.join('\n')).toMatchFileSnapshot(`testdata/${name}.txt`)
  })

  it('speaks Spanish in a document that is as sound', async () => {
    const kinds = Object.values(all)
    const documents = reporter.holds === 'many' ? [kinds] : kinds.map((one) => [one])
    for (const batch of documents) expect(await complaints(reporter, documentOf(reporter, batch, 'es'))).toEqual([])
  })

  it('says the same twice', () => {
    const batch = reporter.holds === 'many' ? Object.values(all) : [all['fail']!]
    expect(documentOf(reporter, batch)).toBe(documentOf(reporter, batch))
  })

  it('is broken by no name, message, value or log line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileText, { minLength: 12, maxLength: 12 }),
        fc.constantFrom(...KINDS),
        async (texts, kind) => {
          const text = documentOf(reporter, [hostile(all[kind]!, texts)])
          expect(await complaints(reporter, text)).toEqual([])
        },
      ),
      // These two read their schema anew for each document.
      { numRuns: name === 'junit' || name === 'ctrf' ? 20 : 150, seed: 7 },
    )
  })
})

it('verdicts of today are told as well as those that were recorded', async () => {
  const today = await gradedNow()
  const statuses = (some: Record<string, Graded>) =>
    Object.entries(some).map(([kind, { verdict }]) => [kind, verdict.status])
  expect(statuses(today)).toEqual(statuses(all))
  for (const reporter of REPORTERS) {
    const batches = reporter.holds === 'many' ? [Object.values(today)] : Object.values(today).map((one) => [one])
    for (const batch of batches)
      expect(await complaints(reporter, documentOf(reporter, batch)), reporter.name).toEqual([])
  }
}, 60_000)

describe('a batch', () => {
  const many = REPORTERS.filter(({ holds }) => holds === 'many')

  it.each(many.map((reporter) => [reporter.name, reporter] as const))(
    'is one document of %s, and so is none',
    async (_name, reporter) => {
      expect(await complaints(reporter, documentOf(reporter, Object.values(all)))).toEqual([])
      expect(await complaints(reporter, documentOf(reporter, []))).toEqual([])
    },
  )

  it('of 40 submissions shows ten annotations of a kind, the worst first, and counts the rest', () => {
    const reporter = REPORTERS.find(({ name }) => name === 'github')!
    const batch = [...Array<Graded>(30).fill(all['fail']!), ...Array<Graded>(9).fill(all['crash']!), all['internal']!]
    const lines = documentOf(reporter, batch).trimEnd().split('\n')
    expect(lines.map((line) => line.split(/[ :]/, 3)[2])).toEqual([
      ...Array(10).fill('error'),
      ...Array(10).fill('notice'),
    ])
    expect(lines[0]).toContain('The check itself broke down')
    expect(lines[1]).toContain('Error: no web')
    expect(lines[9]).toBe('::error::40 more, see the summary')
  })

  it('of many files with long stories is held in no memory: each piece is told and forgotten', () => {
    for (const reporter of many) {
      const report = reporter.start({ locale: 'en', paint: unpainted })
      const first = report.add(all['fail']!).length
      for (let i = 0; i < 200; i++) report.add(all['fail']!)
      expect(report.end().length, reporter.name).toBeLessThan(first + 12_000)
    }
  })
})

describe('what breaks on our side is never scored', () => {
  const told = (name: string): any =>
    JSON.parse(
      documentOf(
        REPORTERS.find((one) => one.name === name)!,
        [all['internal']!],
      ),
    )

  it('gradescope: no score, at the top or at a test, and words', () => {
    const { score, tests, output } = told('gradescope')
    expect([score, tests.some((test: object) => 'score' in test)]).toEqual([undefined, false])
    expect(output).toMatch(/our mistake, not yours.*not counted/s)
  })
  it('prairielearn: not gradable', () => {
    expect(told('prairielearn')).toMatchObject({
      gradable: false,
      format_errors: [expect.stringMatching(/our mistake/)],
    })
  })
  it('exercism: error', () => expect(told('exercism').status).toBe('error'))
  it('junit: an error, no failure', () => {
    const text = documentOf(
      REPORTERS.find((one) => one.name === 'junit')!,
      [all['internal']!],
    )
    expect([text.includes('<failure'), text.includes('<error type="internal"')]).toEqual([false, true])
  })
})

it('PrairieLearn gets at most 1 MB, whatever a submission writes', async () => {
  const fail = all['fail']!
  const line = { check: 'a Pod that fits is let through', level: 'log' as const, text: '🜁'.repeat(30_000) }
  const checks = Array.from({ length: 40 }, (_, index) => ({
    ...fail.verdict.checks[1]!,
    name: `${index}`,
    message: '🜁'.repeat(60_000),
  }))
  const flooded = { ...fail, verdict: { ...fail.verdict, checks, console: Array.from({ length: 50 }, () => line) } }
  const reporter = REPORTERS.find(({ name }) => name === 'prairielearn')!
  const text = documentOf(reporter, [flooded])
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000)
  expect(JSON.parse(text).tests).toHaveLength(40)
  expect(await complaints(reporter, text)).toEqual([])
})

describe('each validator complains', () => {
  it.each<[name: string, what: string, from: string | RegExp, to: string]>([
    ['pretty', 'a control character', 'toy', 'to\u001by'],
    ['json', 'a field that nobody documents', '"schema": 2', '"schema": 2, "mood": "good"'],
    ['json', 'a status that there is not', '"status": "error"', '"status": "broken"'],
    ['jsonl', 'a field that is missing', '"schema":2,', ''],
    ['junit', 'an element in the wrong place', '<system-out>', '<system-in></system-in><system-out>'],
    ['junit', 'a tag that is not closed', '</error>', ''],
    ['tap', 'a line that is not TAP', '    1..3', '    and so on'],
    ['tap', 'a plan that is not kept', '    1..3', '    1..4'],
    ['ctrf', 'a status that there is not', '"failed"', '"bad"'],
    ['sarif', 'a line before the first', /"startLine":\d+/, '"startLine":0'],
    ['sarif', 'a level that there is not', '"level":"error"', '"level":"fatal"'],
    ['github', 'a colon in a property', 'title=toy', 'title=to:y'],
    ['github', 'text that is not a command', '::error', 'error'],
    ['markdown', 'a link', 'Error', '[Error](http://a.b)'],
    ['markdown', 'HTML', 'Error', '<b>Error</b>'],
    ['exercism', 'a pass with a failure in it', '"status": "fail"', '"status": "pass"'],
    ['gradescope', 'a visibility that there is not', '"visible"', '"to some"'],
    ['prairielearn', 'a score above 1', '"score": 0', '"score": 100'],
    ['prairielearn', 'a score where nothing is gradable', '"gradable": true', '"gradable": false'],
  ])('%s: %s', async (name, _what, from, to) => {
    const text = documentOf(
      REPORTERS.find((one) => one.name === name)!,
      [all['crash']!],
    )
    const broken = text.replace(from, to)
    expect(broken).not.toBe(text)
    expect(await VALIDATORS[name]!.check(broken)).not.toEqual([])
  })
})

const KINDS = ['fail', 'story', 'crash', 'refused', 'unloadable', 'internal', 'inconclusive', 'partial'] as const

const NASTY = [
  ...['', ' ', '\n', '\r\n', '\0', '\u001b[31mred\u001b[0m', '\u202eabc', '\ud800', '\udfff', '\uffff', '\ufeff', '🜁'],
  ...[']]>', '<!--', '</testcase>', '&amp;', '&#0;', '"', "'", '<script>alert(1)</script>', '![x](http://a.b/c)'],
  ...[
    '# SKIP',
    '# TODO',
    '\\#',
    '\\',
    'ok 1',
    '1..0',
    'Bail out!',
    '---',
    '...',
    '  ---\n',
    '- : {',
    '!!js',
    '*a',
    '&a',
  ],
  ...['::error::x', '::stop-commands::x', '##[error]x', '%0A', '%', 'a:b,c', '\n::set-output name=x::y'],
  ...[
    '```',
    '````\n```',
    '| a | b |',
    '**b**',
    '_i_',
    '[l](u)',
    'http://a.b',
    'www.a.b',
    'a@b.cd',
    '1. x',
    '> q',
    '---\n',
  ],
  ...[
    '{count}',
    '{"a":1}',
    '__proto__',
    '../../etc/passwd',
    'C:\\x\\y.ts',
    'a b.ts',
    'é',
    'e\u0301',
    'x'.repeat(70_000),
  ],
]

const hostileText = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NASTY) }, fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 4,
  })
  .map((parts) => parts.join(''))

/** Every text that a learner or an author has a hand in is replaced. */
function hostile(graded: Graded, texts: readonly string[]): Graded {
  const [name, message, expected, actual, log, file, source, label, fault, diagnosed, path, key] = texts as [
    ...(string[] & { length: 12 }),
  ]
  const { verdict } = graded
  return {
    ...graded,
    file: file!,
    source: source!,
    verdict: {
      ...verdict,
      ...(verdict.message !== undefined && { message: message! }),
      diagnostics: verdict.diagnostics.map((one) => ({ ...one, message: diagnosed! })),
      feedback: verdict.feedback.map((one) => ({ ...one, message: message! })),
      console: [
        { check: name!, level: 'error', text: log! },
        ...verdict.console.map((one) => ({ ...one, text: log! })),
      ],
      checks: verdict.checks.map((one) => ({
        ...one,
        name: name!,
        ...(one.message !== undefined && { message: message!, expected: expected!, actual: actual! }),
        ...(one.story && {
          story: {
            lanes: one.story.lanes.map((lane) => ({
              ...lane,
              entries: lane.entries.map((e) => ({ ...e, label: label! })),
            })),
          },
        }),
        ...(one.faults && { faults: [{ kind: 'fault' as const, text: fault! }] }),
        ...(one.difference && { difference: [{ path: path!, expected: { [key!]: actual! } }] }),
      })),
    },
  }
}
