import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Ajv from 'ajv/dist/2020.js'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VALIDATORS } from '../reporters/validators.test-tools.ts'
import { runCommand } from './dispatch.ts'
import { findExercises } from './exercises-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (...names: string[]): string => join(folder, ...names)
const json = (...names: string[]): any => JSON.parse(readFileSync(at(...names), 'utf8'))
const exercise = findExercises().find(({ id }) => id === 'fit-filter')!

async function run(...args: string[]) {
  let [stdout, stderr] = ['', '']
  const out = { write: (text: string) => (stdout += text) }
  const err = { write: (text: string) => (stderr += text) }
  const status = await runCommand(args, { out, err, env: {} })
  return { status, stdout, stderr }
}

const CLUSTERWRIGHT = `${process.execPath} ${join(import.meta.dirname, 'clusterwright.ts')}`
/**
 * The same command on two seeds and without the second wall, which costs seconds to build. Whoever does not ask for an official
 * grade is refused: that is what scripts are to ask for, and one of them gets it.
 */
const QUICK = `sh ${at('quick.sh')}`
writeFileSync(
  at('quick.sh'),
  [
    'case " $* " in *" --official --workers 1 "*" --out "*) ;; *) echo "not official" >&2; exit 2 ;; esac',
    'skip=',
    'for word; do',
    '  shift',
    '  if [ -n "$skip" ]; then skip=; continue; fi',
    '  case $word in --official) ;; --workers | --out) skip=1 ;; *) set -- "$@" "$word" ;; esac',
    'done',
    `exec ${CLUSTERWRIGHT} "$@" --seeds 2`,
    '',
  ].join('\n'),
)

/** Runs a script that was written, with a command of this repository in place of the installed one. */
function start(script: string, args: string[], env: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(script, args, {
    env: { ...process.env, CLUSTERWRIGHT: QUICK, ...env },
    encoding: 'utf8',
  })
  return { status, stderr }
}

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()

function handIn(path: string, source = join(exercise.path, 'solution.ts')): void {
  mkdirSync(dirname(path), { recursive: true })
  copyFileSync(source, path)
}

beforeAll(async () => {
  writeFileSync(at('clusterwright-9.9.9.tgz'), 'a tarball')
  for (const platform of ['gradescope', 'exercism', 'prairielearn']) {
    const more = ['--out', at(platform), '--package', at('clusterwright-9.9.9.tgz')]
    const { status, stderr } = await run('export', 'fit-filter', '--to', platform, ...more)
    if (status !== 0) throw new Error(stderr)
  }
}, 60_000)

describe('clusterwright export', () => {
  it.each<[string[], RegExp]>([
    [[], /export takes one exercise/],
    [['fit-filter'], /say for which platform: --to gradescope\|exercism\|prairielearn\|zip/],
    [['fit-filter', '--to', 'gradscope'], /there is no platform "gradscope"; did you mean "gradescope"\?/],
    [['fit-filter', '--to', 'exercism'], /say where the files go: --out DIR/],
    [['fit-filter', '--to', 'exercism', '--out', folder], /is not empty: name a new folder/],
    [['fit-filter', '--to', 'zip', '--out', at('x')], /name a new file that ends in \.zip/],
    [['fit-filter', '--to', 'exercism', '--out', at('x'), '--package', at('no.tgz')], /there is no file ".*no\.tgz"/],
    [
      ['fit-filter', '--to', 'exercism', '--out', at('x'), '--package', import.meta.filename],
      /no name such as clusterw/,
    ],
  ])('%j is a usage error that names the remedy', async (args, message) => {
    const { status, stderr } = await run('export', ...args)
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  it.each([
    ['gradescope', ['clusterwright-9.9.9.tgz', 'run_autograder', 'setup.sh']],
    [
      'exercism',
      [
        ...['.docs/hints.md', '.docs/instructions.md', '.meta/config.json', '.meta/example.ts'],
        ...['fit-filter.checks.md', 'fit-filter.ts'],
      ]
        .map((name) => `exercises/practice/fit-filter/${name}`)
        .concat('test-runner/Dockerfile', 'test-runner/bin/run.sh', 'test-runner/clusterwright-9.9.9.tgz'),
    ],
    [
      'prairielearn',
      ['image/Dockerfile', 'image/clusterwright-9.9.9.tgz'].concat(
        ['info.json', 'question.html', 'starter.ts', 'tests/run.sh'].map((name) => `questions/fit-filter/${name}`),
      ),
    ],
  ])('for %s writes the layout that it wants; scripts can be run, and are sound', (platform, files) => {
    expect(filesIn(at(platform))).toEqual(files)
    for (const file of files) {
      const text = readFileSync(at(platform, file), 'utf8')
      if (!text.startsWith('#!')) continue
      expect(statSync(at(platform, file)).mode & 0o111, file).toBe(0o111)
      const shell = text.startsWith('#!/bin/sh') ? 'sh' : 'bash'
      expect(spawnSync(shell, ['-n', at(platform, file)], { encoding: 'utf8' }).stderr, file).toBe('')
    }
  })

  it('exercism: config.json has what a track asks for, and names files that are there', () => {
    const config = json('exercism/exercises/practice/fit-filter/.meta/config.json')
    expect(Object.keys(config)).toEqual(['authors', 'files', 'blurb'])
    expect(config.blurb.length).toBeLessThanOrEqual(350)
    for (const kind of ['solution', 'test', 'example'])
      for (const file of config.files[kind])
        expect(statSync(at('exercism/exercises/practice/fit-filter', file)).size).toBeGreaterThan(0)
  })

  it('prairielearn: info.json is a question’s, and the page keeps the task’s braces and tags as text', () => {
    const text = { type: 'string', minLength: 1 }
    const options = {
      enabled: { const: true },
      image: text,
      entrypoint: text,
      timeout: { type: 'integer', maximum: 600 },
    }
    const check = new Ajv().compile({
      type: 'object',
      additionalProperties: false,
      required: ['uuid', 'type', 'title', 'topic'],
      properties: {
        uuid: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' },
        ...{ title: text, topic: text, type: { const: 'v3' }, singleVariant: { type: 'boolean' } },
        ...{ tags: { type: 'array', items: text }, gradingMethod: { const: 'External' } },
        externalGradingOptions: {
          ...{ type: 'object', additionalProperties: false, required: ['image', 'entrypoint'] },
          properties: { ...options, enableNetworking: { const: false } },
        },
      },
    })
    expect(check(json('prairielearn/questions/fit-filter/info.json')) ? [] : check.errors).toEqual([])
    const page = readFileSync(at('prairielearn/questions/fit-filter/question.html'), 'utf8')
    expect(page.replace(/<\/?(?:pl-[\w-]+|markdown)[^>]*>/g, '')).not.toMatch(/<|\{\{/)
  })
})

describe('what was written grades, for real', () => {
  const grade = { timeout: 240_000 }

  it('gradescope: full score for the solution, words for two files', grade, async () => {
    handIn(at('autograder/submission/whatever.ts'))
    const env = { AUTOGRADER: at('autograder'), CLUSTERWRIGHT }
    expect(start(at('gradescope/run_autograder'), [], env).status).toBe(0)
    const text = readFileSync(at('autograder/results/results.json'), 'utf8')
    expect(await VALIDATORS['gradescope']!.check(text)).toEqual([])
    expect(JSON.parse(text).score).toBeGreaterThan(0)
    handIn(at('autograder/submission/another.ts'))
    expect(start(at('gradescope/run_autograder'), [], env).status).toBe(0)
    expect(json('autograder/results/results.json')).toMatchObject({
      score: 0,
      output: expect.stringMatching(/exactly one file/),
    })
  })

  it('gradescope: no score when the grader itself is not there', grade, async () => {
    handIn(at('broken/submission/main.ts'))
    const env = { AUTOGRADER: at('broken'), CLUSTERWRIGHT: 'false' }
    expect(start(at('gradescope/run_autograder'), [], env).status).toBe(0)
    const results = json('broken/results/results.json')
    expect([results.score, results.output]).toEqual([undefined, expect.stringMatching(/nothing about your code/)])
  })

  it('exercism: fail for the starter, with 0', grade, async () => {
    handIn(at('input/fit-filter.ts'), join(exercise.path, 'starter.ts'))
    expect(
      start(at('exercism/test-runner/bin/run.sh'), ['fit-filter', `${at('input')}/`, `${at('output')}/`]).status,
    ).toBe(0)
    const text = readFileSync(at('output/results.json'), 'utf8')
    expect(await VALIDATORS['exercism']!.check(text)).toEqual([])
    expect(JSON.parse(text).status).toBe('fail')
    const tasks = JSON.parse(text).tests.map(({ task_id: task }: { task_id?: number }) => task)
    expect(new Set(tasks)).toEqual(new Set([1, 2]))
    expect(start(at('exercism/test-runner/bin/run.sh'), ['fit-filter']).status).toBe(2)
  })

  it('prairielearn: what does not compile costs no attempt', grade, async () => {
    mkdirSync(at('grade/student'), { recursive: true })
    writeFileSync(at('grade/student/main.ts'), 'export default {\n  filter( {{{\n}\n')
    expect(start(at('prairielearn/questions/fit-filter/tests/run.sh'), [], { GRADE: at('grade') }).status).toBe(0)
    const text = readFileSync(at('grade/results/results.json'), 'utf8')
    expect(await VALIDATORS['prairielearn']!.check(text)).toEqual([])
    const { gradable, format_errors: errors } = JSON.parse(text)
    expect([gradable, errors[0]]).toEqual([false, expect.stringContaining('main.ts:2:12')])
  })
})

describe('one archive for any other system', () => {
  const pack = (file: string) =>
    run('export', 'fit-filter', '--to', 'zip', '--out', at(file), '--package', at('clusterwright-9.9.9.tgz'))

  it('holds all that is needed, the same bytes whenever it is packed, and nobody’s file is overwritten', async () => {
    expect(await pack('one.zip')).toMatchObject({ status: 0, stderr: '' })
    expect((await pack('two.zip')).status).toBe(0)
    const bytes = readFileSync(at('one.zip'))
    expect(bytes.equals(readFileSync(at('two.zip')))).toBe(true)
    const files = unzipSync(bytes)
    expect(Object.keys(files).sort()).toEqual([
      ...['README.md', 'fit-filter.ts', 'grader/clusterwright-9.9.9.tgz', 'grader/grade.sh', 'grader/setup.sh'],
      'task.md',
    ])
    expect(strFromU8(files['fit-filter.ts']!)).toBe(readFileSync(join(exercise.path, 'starter.ts'), 'utf8'))
    expect(strFromU8(files['grader/clusterwright-9.9.9.tgz']!)).toBe('a tarball')
    expect(await pack('one.zip')).toMatchObject({ status: 2, stderr: expect.stringMatching(/already: name a new/) })
  })

  it(
    'once unpacked by another program, grades: the solution passes and the starter fails',
    { timeout: 240_000 },
    () => {
      const unpacked = spawnSync('python3', ['-m', 'zipfile', '-e', at('one.zip'), at('unpacked')], {
        encoding: 'utf8',
      })
      expect([unpacked.status, unpacked.stderr]).toEqual([0, ''])
      const outcomeOf = (file: string): unknown => {
        const { status, stderr } = start('sh', [at('unpacked/grader/grade.sh'), file, at('zip-results.json')])
        expect([status, stderr]).toEqual([0, expect.anything()])
        return json('zip-results.json').status
      }
      expect(outcomeOf(join(exercise.path, 'solution.ts'))).toBe('pass')
      expect(outcomeOf(at('unpacked/fit-filter.ts'))).toBe('fail')
      expect(start('sh', [at('unpacked/grader/grade.sh'), at('none.ts'), at('x.json')]).status).toBe(2)
    },
  )
})

it('an exercise of one’s own takes its course along, without its solutions, and is graded from there', async () => {
  const home = at('mine/exercises/01-first/02-mine')
  cpSync(exercise.path, home, { recursive: true })
  writeFileSync(
    join(home, 'task.mdx'),
    readFileSync(join(home, 'task.mdx'), 'utf8').replace('id: fit-filter', 'id: mine'),
  )
  writeFileSync(at('mine/clusterwright.yaml'), 'name: Mine\n')
  const { status, stderr } = await run(
    'export',
    'mine',
    '--to',
    'gradescope',
    '--out',
    at('own'),
    '--course',
    at('mine'),
  )
  expect([status, stderr]).toEqual([0, ''])
  const files = filesIn(at('own'))
  expect(files).toContain('course/clusterwright.yaml')
  expect(files).toContain('course/exercises/01-first/02-mine/checks.ts')
  expect(files.filter((name) => /solution|wrong\//.test(name))).toEqual([])
  cpSync(at('own'), at('container/source'), { recursive: true })
  handIn(at('container/submission/main.ts'))
  expect(start(at('container/source/run_autograder'), [], { AUTOGRADER: at('container') }).status).toBe(0)
  expect(json('container/results/results.json').extra_data).toMatchObject({ exercise: 'mine', status: 'pass' })
}, 240_000)

it('clusterwright schema verdict prints a schema', async () => {
  const { status, stdout } = await run('schema', 'verdict')
  expect([status, new Ajv().validateSchema(JSON.parse(stdout))]).toEqual([0, true])
  expect((await run('schema', 'verdit')).stderr).toMatch(/did you mean "verdict"\?/)
})
