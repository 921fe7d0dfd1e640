import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { REPORTERS } from '../reporters/reporters.ts'
import { recorded } from '../reporters/specimens.test-data.ts'
import { VALIDATORS } from '../reporters/validators.test-tools.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { runCommand } from './dispatch.ts'
import { findExercises } from './exercises-node.ts'
import type { ReportingOptions } from './reporting.ts'
import { Reporting } from './reporting.ts'

const folder = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(at(name), 'utf8')

const { pass, fail, crash } = recorded()

function reporting(reporters: string[], options: Partial<ReportingOptions> = {}) {
  const printed: string[] = []
  const out = { write: (text: string) => printed.push(text) }
  const rest = { lang: undefined, isBatch: false, fallback: ['pretty'], out, paint: (text: string) => text, env: {} }
  return { reports: new Reporting({ reporters, ...rest, ...options }), text: () => printed.join('') }
}

describe('--reporter', () => {
  it.each<[string[], boolean, RegExp]>([
    [['junti'], false, /there is no reporter "junti"; did you mean "junit"\?/],
    [['xml'], false, /there is no reporter "xml"; there are pretty, json, jsonl, junit/],
    [['junit='], false, /--reporter junit= names no file: write junit=FILE, or junit for stdout/],
    [['tap', 'junit'], false, /tap and junit would both be on stdout: write --reporter junit=FILE/],
    [['tap=a', 'junit=a'], false, /two reports would be in "a": give each a file of its own/],
    [
      ['gradescope'],
      true,
      /gradescope holds one submission: write --reporter 'gradescope=DIR\/\{name\}\.json', a file/,
    ],
    [['exercism=all.json'], true, /exercism holds one submission/],
    [[`tap=${folder}`], false, /is a folder: name a file for the report/],
    [
      ['tap=/dev/null/a/b'],
      false,
      /"\/dev\/null\/a\/b" cannot be written \(\w+\): name a file in a folder where you may/,
    ],
  ])('%j (batch: %s) is a usage error', (reporters, isBatch, message) => {
    expect(() => reporting(reporters, { isBatch })).toThrow(message)
  })

  it('writes nothing when one of them is wrong', () => {
    expect(() => reporting([`tap=${at('early.tap')}`, `junit=${folder}`])).toThrow(/is a folder/)
    expect(readdirSync(folder)).toEqual([])
  })

  it('prints the text for people unless something else is printed', () => {
    const { reports, text } = reporting([`tap=${at('a.tap')}`])
    reports.add(fail!)
    reports.finish()
    expect(text()).toMatch(/^toy · submit · fail/)
    expect(read('a.tap')).toMatch(/^TAP version 14/)
    const other = reporting(['tap'])
    other.reports.add(fail!)
    other.reports.finish()
    expect(other.text()).toMatch(/^TAP version 14/)
    expect(other.text()).not.toContain('submit ·')
  })

  it('shows a file when it is whole, and until then the one of before', () => {
    writeFileSync(at('b.xml'), 'before')
    const { reports } = reporting([`junit=${at('b.xml')}`])
    reports.add(fail!)
    expect(read('b.xml')).toBe('before')
    reports.finish()
    expect(read('b.xml')).toMatch(/<\/testsuites>\n$/)
    const broken = reporting([`junit=${at('b.xml')}`])
    broken.reports.add(fail!)
    broken.reports.abandon()
    expect(read('b.xml')).toMatch(/<\/testsuites>\n$/)
    expect(readdirSync(folder).filter((name) => name.includes('draft'))).toEqual([])
  })

  it('gives every submission of a batch a file of its own, inside the folder', () => {
    const { reports } = reporting([`gradescope=${at('each/{name}.json')}`], { isBatch: true, fallback: [] })
    reports.add({ ...pass!, file: 'group-a/ada.ts' })
    reports.add({ ...fail!, file: '../../ada.ts' })
    reports.finish()
    expect(JSON.parse(read('each/group-a/ada.ts.json')).score).toBe(3)
    expect(JSON.parse(read('each/ada.ts.json')).score).toBe(0)
  })

  it('speaks Spanish', () => {
    const { reports, text } = reporting([], { lang: 'es' })
    reports.add(fail!)
    expect(text()).toContain('El Pod big-1 esperaba una respuesta distinta de Success.')
    expect(text()).toMatch(/error conocido: se deja pasar a todos los Pods/)
    expect(() => reporting([], { lang: 'fr' })).toThrow(/--lang is "fr": write en or es/)
  })
})

describe('in GitHub Actions', () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: at('summary.md') }

  it('the runner obeys annotations, and nothing that a submission writes', () => {
    const log = { check: 'x', level: 'log' as const, text: '::set-env name=PATH::/tmp' }
    const { reports, text } = reporting([], { env })
    reports.add({ ...crash!, verdict: { ...crash!.verdict, console: [log] } })
    reports.finish()
    const [, word] = /^::stop-commands::(\S{30,})\n/.exec(text())!
    const [quiet, heard] = text().split(`\n::${word}::\n`)
    expect(quiet).toContain('::set-env')
    expect(heard).toMatch(/^::error file=class\/alice\.ts,line=3,/)
    expect(heard).not.toContain('set-env')
  })

  it('the summary is appended to, and stays below 1 MiB', () => {
    writeFileSync(env.GITHUB_STEP_SUMMARY, 'of an earlier step\n')
    const { reports } = reporting([], { env })
    for (let i = 0; i < 3000; i++) reports.add(fail!)
    reports.finish()
    const summary = read('summary.md')
    expect(summary).toMatch(/^of an earlier step\n❌/)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024)
    expect(summary).toMatch(/… [\d,]+ parts more, which the summary has no room for\n$/)
  })

  it('data on stdout stay alone', () => {
    const { reports, text } = reporting(['json'], { env })
    reports.add(fail!)
    reports.finish()
    expect(JSON.parse(text()).status).toBe('fail')
  })
})

describe('a folder of submissions', () => {
  const exercise = findExercises().find(({ id }) => id === 'fit-filter')!

  it('is reported in the order of the names, a document for all or one for each', async () => {
    mkdirSync(at('class/group'), { recursive: true })
    copyFileSync(join(exercise.path, 'solution.ts'), at('class/group/ada.ts'))
    writeFileSync(at('class/bob.ts'), 'export default {\n  filter( {{{\n}\n')
    const printed: string[] = []
    const out = { write: (text: string) => printed.push(text) }
    const err = { write() {} }
    const args = ['grade', 'fit-filter', at('class'), '--out', at('out'), '--seeds', '2', '--workers', '1']
    const asked = [
      'jsonl',
      `junit=${at('class.xml')}`,
      `sarif=${at('class.sarif')}`,
      `gradescope=${at('scores/{name}.json')}`,
    ]
    const reporters = asked.flatMap((one) => ['--reporter', one])
    expect(await runCommand([...args, ...reporters], { out, err, env: {} })).toBe(1)
    const lines = printed
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; verdict: Verdict })
    expect(lines.map(({ file, verdict }) => [file, verdict.status])).toEqual([
      ['bob.ts', 'error'],
      ['group/ada.ts', 'pass'],
    ])
    for (const name of ['junit', 'sarif']) {
      const text = read(name === 'junit' ? 'class.xml' : 'class.sarif')
      expect(await VALIDATORS[name]!.check(text), name).toEqual([])
      expect(text).toContain(name === 'junit' ? 'name="group/ada.ts"' : 'class/bob.ts')
    }
    expect(JSON.parse(read('scores/group/ada.ts.json')).score).toBeGreaterThan(0)
    expect(JSON.parse(read('scores/bob.ts.json')).score).toBe(0)
  }, 120_000)
})

describe('one submission, every reporter', () => {
  const exercise = findExercises().find(({ id }) => id === 'replicaset')!
  const submission = join(exercise.path, 'wrong', 'no-expectations.ts')

  it('writes a file for each that its format’s own validator accepts', async () => {
    const asked = REPORTERS.flatMap(({ name }) => ['--reporter', `${name}=${at(`all/${name}`)}`])
    const streams = { out: { write() {} }, err: { write() {} }, env: {} }
    const status = await runCommand(['grade', 'replicaset', submission, '--seeds', '4', ...asked], streams)
    expect(status).toBe(1)
    for (const { name } of REPORTERS) {
      const text = read(`all/${name}`)
      expect(text.length, name).toBeGreaterThan(100)
      expect(await VALIDATORS[name]!.check(text), name).toEqual([])
    }
    expect(existsSync(at('all/github'))).toBe(true)
  }, 120_000)
})
