import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RULES } from '../author/lint.ts'
import { VALIDATORS } from '../reporters/validators.test-tools.ts'
import type { ProvenExercise } from './check-reports.ts'
import { CHECK_REPORTERS } from './check-reports.ts'
import { checkReporting } from './check-reporting.ts'

const folder = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(folder, { recursive: true }))

const sound: ProvenExercise = { id: 'sound', name: '01-a/01-sound', unproven: [], findings: [] }
const file = 'exercises/01-a/02-un sound/'
const unsound: ProvenExercise = {
  id: 'un-sound',
  name: '01-a/02-un sound',
  unproven: ['wrong/x.ts is not caught by "y" (pass)', 'check "z" is failed by no wrong solution: \u001b[31mwrite one'],
  findings: [
    ...(Object.keys(RULES) as (keyof typeof RULES)[]).map((rule, index) => ({
      ...{ rule, level: 'error' as const, file: `${file}task.mdx`, line: index + 1, message: `breaks ${rule}` },
    })),
    { rule: 'CW1007', level: 'warning', file: `${file}wrong/a.ts`, message: 'a whole file' },
  ],
}
const located = (path: string): string => `course/${path}`
const documentOf = (name: string, ...exercises: ProvenExercise[]): string =>
  CHECK_REPORTERS.find((one) => one.name === name)!.report(exercises, located)

describe('sarif', () => {
  it('accepts what was found and what was not, by its schema', async () => {
    for (const exercises of [[], [sound], [sound, unsound]])
      expect(await VALIDATORS['sarif']!.check(documentOf('sarif', ...exercises))).toEqual([])
  })

  it('has a rule for each finding, its level, its file and its line', () => {
    const [run] = JSON.parse(documentOf('sarif', unsound)).runs
    const rules: string[] = run.tool.driver.rules.map(({ id }: { id: string }) => id)
    expect(rules).toEqual([...Object.keys(RULES), 'CW2001'])
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]).toBe(ruleId)
    const told = run.results.map(({ ruleId, level, locations: [{ physicalLocation: at }] }: any) =>
      [ruleId, level, at.artifactLocation.uri.replace('course/exercises/01-a/02-un%20sound/', ''), at.region?.startLine]
        .filter((part) => part !== undefined)
        .join(' '),
    )
    expect(told).toEqual([
      ...Object.keys(RULES).map((rule, index) => `${rule} error task.mdx ${index + 1}`),
      'CW1007 warning wrong/a.ts',
      'CW2001 error wrong/x.ts',
      'CW2001 error checks.ts',
    ])
  })
})

it('github has annotations that its runner reads, ten of a kind at most', async () => {
  const text = documentOf('github', unsound)
  expect(await VALIDATORS['github']!.check(text)).toEqual([])
  expect(text).toContain(
    '::error file=course/exercises/01-a/02-un sound/task.mdx,line=1,title=un-sound · CW1001::breaks CW1001\n',
  )
  expect(text).toContain('::error::2 more, see the summary')
})

it('json says of each exercise whether it is proven', () => {
  const { exercises } = JSON.parse(documentOf('json', sound, unsound))
  expect(exercises).toMatchObject([
    { id: 'sound', isProven: true, findings: [] },
    { id: 'un-sound', folder: 'exercises/01-a/02-un sound', isProven: false },
  ])
  expect(exercises[1].findings).toHaveLength(12)
})

describe('check --reporter', () => {
  function written(asked: string[], env: Record<string, string> = {}) {
    let [stdout, stderr] = ['', '']
    const out = { write: (text: string) => (stdout += text) }
    const err = { write: (text: string) => (stderr += text) }
    const reporting = checkReporting(asked, { out, err, env, workingFolder: folder, root: join(folder, 'course') })
    reporting.text.write('text for people\n')
    reporting.write([unsound])
    return { stdout, stderr }
  }

  it('writes a file, seen from where people stand, and leaves stdout to people', () => {
    const { stdout } = written(['sarif=out/check.sarif', 'json=out/check.json'])
    expect(stdout).toBe('text for people\n')
    const uri = JSON.parse(readFileSync(join(folder, 'out/check.json'), 'utf8')).exercises[0].findings[0].file
    expect(uri).toBe('course/exercises/01-a/02-un sound/task.mdx')
    expect(readFileSync(join(folder, 'out/check.sarif'), 'utf8')).toContain('"CW1001"')
  })

  it('has stdout for data alone', () => {
    const { stdout, stderr } = written(['json'])
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 })
    expect(stderr).toBe('text for people\n')
  })

  it('annotates by itself in GitHub Actions, unless there are data on stdout', () => {
    const env = { GITHUB_ACTIONS: 'true' }
    expect(written([], env).stdout).toMatch(/^text for people\n::error /)
    expect(written(['sarif'], env).stdout).not.toContain('::error')
    expect(written(['github'], env).stdout.match(/CW1001::/g)).toHaveLength(1)
  })

  it.each<[string[], RegExp]>([
    [['sarfi'], /check has no reporter "sarfi"; did you mean "sarif"\?/],
    [['sarif='], /names no file/],
    [['sarif', 'json'], /sarif and json would both be on stdout/],
    [['pretty=x'], /leave out the file/],
  ])('%j is a usage error', (asked, message) => {
    expect(() => written(asked)).toThrow(message)
  })
})
