/**
 * The package as a stranger has it: packed, installed in an empty folder with no registry to ask, and used by the Node that
 * is there (20 or newer) to make, check and grade a course that nobody here has seen.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Verdict } from '#grader/verdict/verdict.ts'
import { buildPackage } from '../../scripts/package/build.mjs'
import { root } from '../../scripts/set-up/run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'clusterwright-course-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As in a terminal of one's own: nothing of npm's, and not our Node first in PATH. */
const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|FORCE_COLOR)/i.test(name)),
  ),
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((part) => !part.includes('node_modules'))
    .join(delimiter),
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, env: environment, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128
      resolve({ code, stdout, stderr })
    })
  })
}

const bin = join(folder, 'node_modules/clusterwright/clusterwright.js')
/** By the Node of this machine. */
const clusterwright = (...args: string[]) => run('node', [bin, ...args])
const folderOf = (id: string): string => {
  const section = readdirSync(join(folder, 'exercises'))[0]!
  const name = readdirSync(join(folder, 'exercises', section)).find((one) => one.endsWith(id))!
  return join('exercises', section, name)
}

beforeAll(async () => {
  const tarball = await buildPackage()
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const nowhere = ['--offline', '--registry=http://127.0.0.1:9/', `--cache=${join(folder, '.npm')}`]
  const installed = await run('npm', ['install', ...nowhere, '--no-audit', '--no-fund', tarball])
  if (installed.code !== 0) throw new Error(`npm install failed: ${installed.stderr}`)
})

describe('the package, installed offline', () => {
  it('brings all it needs, and nothing beside it', () => {
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['clusterwright'])
    const files = readdirSync(join(folder, 'node_modules/clusterwright'), { recursive: true }).map(String)
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'THIRD-PARTY-NOTICES.txt', 'README.md']))
    // What `kubectl explain` says of a field, where the package that says it is not.
    const described = join(folder, 'node_modules/clusterwright/ports/kube-apiserver/descriptions.json')
    expect(JSON.parse(readFileSync(described, 'utf8'))['core/v1.Container']).toHaveProperty('image')
    expect(files.filter((name) => name.endsWith('.test.ts') || name.includes('fast-check'))).toEqual([])
  })

  it('lists and grades the exercises that come with it, with the verdict of the repository', async () => {
    expect((await clusterwright('list')).stdout).toMatch(/^fit-filter {2}/m)
    const exercise = findExercises().find(({ id }) => id === 'fit-filter')!
    const file = join(exercise.path, 'starter.ts')
    const source = readFileSync(file, 'utf8')
    const [loaded, engine] = await Promise.all([loadExercise(exercise), loadEngineNode()])
    const here = grade({ exercise: loaded, compiled: compileSubmission(source), mode: 'submit', engine, seeds: 5 })
    const { code, stdout } = await clusterwright('grade', 'fit-filter', file, '--seeds', '5', '--json')
    const there = JSON.parse(stdout) as Verdict
    expect([code, there.status, there.digest, there.fuel]).toEqual([1, 'fail', here.digest, here.fuel])
  })
})

describe('a course made with it', () => {
  it('is made on a machine that has what it needs', async () => {
    const { code, stdout } = await clusterwright('doctor')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓ Node .*\n✓ engine .*: the pinned one/)])
  })

  it('is made by two commands', async () => {
    expect(await clusterwright('new', 'course', '.')).toMatchObject({ code: 0, stderr: '' })
    for (const kind of ['scheduler', 'controller', 'cni'])
      expect(await clusterwright('new', 'exercise', `my-${kind}`, '--kind', kind)).toMatchObject({
        code: 0,
        stderr: '',
      })
    const { code, stdout } = await clusterwright('list', '--json')
    const ids = (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)
    expect([code, ids]).toEqual([0, ['my-scheduler', 'my-controller', 'my-cni']])
  })

  it('refuses a second exercise of one id', async () => {
    const { code, stderr } = await clusterwright('new', 'exercise', 'my-cni')
    expect([code, stderr]).toEqual([2, expect.stringContaining('there is an exercise "my-cni" already')])
  })

  it('is proven as it is', async () => {
    const { code, stdout } = await clusterwright('check', 'my-cni', '--seeds', '10')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/✓ 1 exercise in .*: \d+ passed, 0 failed\n$/)])
    expect(existsSync(join(folder, 'test-results/check.html'))).toBe(true)
  })

  it('is passed by a solution, not by a starter', async () => {
    const id = 'my-controller'
    const file = (name: string) => join(folderOf(id), name)
    const [solved, begun] = await Promise.all([
      clusterwright('grade', id, file('solution.ts'), '--seeds', '5'),
      clusterwright('grade', id, file('starter.ts'), '--seeds', '5'),
    ])
    expect([solved.code, solved.stdout]).toEqual([0, expect.stringMatching(/^my-controller · submit · pass/)])
    expect([begun.code, begun.stdout]).toEqual([
      1,
      expect.stringMatching(/✗ who has no team gets one[^]*expected {2}team/),
    ])
  })

  it('may spread its checks over files, and hears where one is wrong', async () => {
    const path = join(folder, folderOf('my-scheduler'))
    const checks = join(path, 'checks.ts')
    const before = readFileSync(checks, 'utf8')
    const marked = "const MAINTENANCE = 'example.com/maintenance'\n"
    writeFileSync(checks, before.replace(marked, "import { MAINTENANCE } from './words.ts'\n"))
    writeFileSync(join(path, 'words.ts'), "export const MAINTENANCE: string = 'example.com/maintenance'\n")
    const grading = ['grade', 'my-scheduler', join(path, 'solution.ts'), '--mode', 'run']
    expect(before).toContain(marked)
    expect(await clusterwright(...grading)).toMatchObject({ code: 0 })
    writeFileSync(join(path, 'words.ts'), '\nexport const = 1\n')
    const { code, stderr } = await clusterwright(...grading)
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/my-scheduler\/checks\.ts does not load: .*words\.ts:2:14 Variable declaration/),
    ])
    writeFileSync(checks, before)
    rmSync(join(path, 'words.ts'))
  })

  it('has types for its author’s editor, which find the one mistake there is', async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    writeFileSync(join(folder, 'exercises/wrong.ts'), "import { example } from 'clusterwright/kit'\nexample(1)\n")
    const { code, stdout } = await run('node', [tsc, '-p', '.', '--pretty', 'false'])
    rmSync(join(folder, 'exercises/wrong.ts'))
    expect([code, stdout.trim().split('\n')]).toEqual([
      2,
      [expect.stringMatching(/^exercises\/wrong\.ts\(2,1\): error TS2554/)],
    ])
  })

  it('grades a folder of submissions behind the second wall', async () => {
    const path = folderOf('my-cni')
    const submissions = join(folder, 'submissions')
    for (const name of ['solution.ts', 'starter.ts']) cpSync(join(folder, path, name), join(submissions, name))
    const { code, stderr } = await clusterwright('grade', 'my-cni', 'submissions', '--out', 'graded', '--seeds', '5')
    const lines = readFileSync(join(folder, 'graded/verdicts.jsonl'), 'utf8').trim().split('\n')
    expect([code, lines.length], stderr).toEqual([1, 2])
    expect(lines.map((line) => /"status":"(\w+)"/.exec(line)?.[1])).toEqual(['pass', 'fail'])
  })

  it('is graded by the newest Node as by the oldest', async () => {
    const args = ['grade', 'my-cni', join(folderOf('my-cni'), 'starter.ts'), '--seeds', '5', '--json']
    const [theirs, ours] = await Promise.all([clusterwright(...args), run(process.execPath, [bin, ...args])])
    expect(JSON.parse(ours.stdout)).toEqual(JSON.parse(theirs.stdout))
  })
})
