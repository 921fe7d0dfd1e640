import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, describe, expect, it } from 'vitest'
import { prerequisitesOf, readAuthored } from '../author/author-node.ts'
import { lintExercise } from '../author/lint.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { exerciseOf, findCourse } from './course.ts'
import { runCommand } from './dispatch.ts'
import { loadExercise } from './exercises-node.ts'
import { KINDS, templatesFolder, writeExercise } from './new-exercise.ts'
import { jobsOf, judgeWhole, prove } from './prove.ts'
import { proveTests, testsJobsOf } from './prove-tests.ts'

const base = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(base, { recursive: true }))
let folders = 0
function freshFolder(): string {
  const folder = join(base, String(++folders))
  mkdirSync(folder)
  return folder
}

async function run(workingFolder: string, ...args: string[]) {
  let [stdout, stderr] = ['', '']
  const out = { write: (text: string) => (stdout += text) }
  const err = { write: (text: string) => (stderr += text) }
  const status = await runCommand(args, { out, err, env: {}, workingFolder })
  return { status, stdout, stderr }
}

async function freshCourse(languages = 'en,es'): Promise<string> {
  const folder = freshFolder()
  expect(await run(folder, 'new', 'course', '.', '--languages', languages)).toMatchObject({ status: 0, stderr: '' })
  return folder
}

const matterOf = (file: string) =>
  parse(/^---\n([\s\S]*?)\n---/.exec(readFileSync(file, 'utf8'))![1]!) as Record<string, unknown>

describe.each(KINDS)('the template "%s"', (kind) => {
  const path = join(templatesFolder, kind)
  const folder = { id: kind, title: kind, section: 'x', estimate: 1, path, name: kind }

  it('is a proven exercise', async () => {
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    const jobs = jobsOf(folder).filter(({ kind }) => kind !== 'hostile')
    const results = jobs.map((job) => prove(job, { folder, exercise, engine, seeds: 40 }))
    expect([...results.flatMap(({ complaints }) => complaints), ...judgeWhole(exercise, results)]).toEqual([])
    expect(results.filter(({ job }) => job.kind === 'wrong')).toHaveLength(2)
  })

  it('takes learners’ tests, and its own catch every wrong solution', async () => {
    expect(testsJobsOf(folder).length).toBeGreaterThan(0)
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    expect((await proveTests({ folder, exercise, engine, isThorough: true })).complaints).toEqual([])
  })

  it('once written, the lint has nothing to say about it, in either language', async () => {
    const course = findCourse(undefined, await freshCourse())
    expect(course.languages).toEqual(['es'])
    writeExercise(course, { id: 'fresh', kind, section: undefined, title: undefined })
    const written = exerciseOf(course, 'fresh')
    const { checks } = await loadExercise(folder)
    const prerequisites = prerequisitesOf([written])
    expect(lintExercise(readAuthored(written, checks), { languages: course.languages, prerequisites })).toEqual([])
  })
})

describe('new exercise', () => {
  it('writes a whole folder, and says what is next', async () => {
    const course = await freshCourse()
    const { status, stdout } = await run(course, 'new', 'exercise', 'my-filter', '--title', 'Mine: a "filter"')
    expect([status, stdout]).toEqual([0, expect.stringContaining('npx clusterwright check my-filter')])
    const folder = join(course, 'exercises/01-first-steps/01-my-filter')
    expect(readdirSync(folder).sort()).toEqual(readdirSync(join(templatesFolder, 'scheduler')).sort())
    expect(matterOf(join(folder, 'task.mdx'))).toMatchObject({
      id: 'my-filter',
      title: 'Mine: a "filter"',
      section: 'first-steps',
    })
    expect(matterOf(join(folder, 'task.es.mdx'))).toMatchObject({ title: 'Mine: a "filter"' })
    expect((await run(course, 'list')).stdout).toBe('my-filter  Mine: a "filter" (first-steps · 15 min)\n')
  })

  it('has nothing in Spanish where the course has not', async () => {
    const course = await freshCourse('en')
    await run(course, 'new', 'exercise', 'mine')
    const files = readdirSync(join(course, 'exercises/01-first-steps/01-mine'))
    expect(files.filter((name) => name.includes('.es.'))).toEqual([])
    expect(files).toContain('task.mdx')
    expect(existsSync(join(course, 'content/es'))).toBe(false)
  })

  it('numbers what comes in order, and finds a section by its name', async () => {
    const course = await freshCourse()
    await run(course, 'new', 'exercise', 'one', '--section', 'nodes')
    await run(course, 'new', 'exercise', 'two', '--section', 'pods', '--kind', 'controller')
    await run(course, 'new', 'exercise', 'three', '--section', 'nodes', '--kind', 'cni')
    await run(join(course, 'exercises'), 'new', 'exercise', 'four')
    const below = (section: string) => readdirSync(join(course, 'exercises', section)).sort()
    expect(below('01-nodes')).toEqual(['01-one', '02-three'])
    expect(below('02-pods')).toEqual(['01-two', '02-four'])
  })

  it.each([
    [['new'], /new takes what to make: new exercise <id>, or new course <dir>/],
    [['new', 'exercice', 'a'], /new makes no "exercice"; did you mean "exercise"\?/],
    [['new', 'exercise'], /new exercise takes one id/],
    [['new', 'exercise', 'My_Filter'], /the id is "My_Filter": write small letters, digits and single hyphens/],
    [['new', 'exercise', '../up'], /the id is "\.\.\/up"/],
    [['new', 'exercise', 'a', '--section', 'B!'], /--section is "B!"/],
    [['new', 'exercise', 'a', '--kind', 'etcd'], /--kind is "etcd": write scheduler, controller or cni/],
    [['new', 'exercise', 'there'], /there is an exercise "there" already, in exercises\/01-first-steps\/01-there/],
    [['new', 'course', 'x', '--kind', 'cni'], /new course takes no --kind/],
    [['new', 'course', 'x', '--languages', 'fr'], /--languages is "fr": write en or en,es/],
    [['new', 'exercise', 'a', '--languages', 'en'], /new exercise takes no --languages/],
    [['new', 'course', '.'], /"\." has a .*README\.md already|"\." has a .* already/],
    [['new', 'course', 'package.json'], /"package\.json" is a file/],
  ] as [string[], RegExp][])('%j is refused with the remedy', async (args, message) => {
    const course = await freshCourse()
    await run(course, 'new', 'exercise', 'there')
    const before = readdirSync(course, { recursive: true }).length
    const { status, stdout, stderr } = await run(course, ...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(readdirSync(course, { recursive: true })).toHaveLength(before)
  })
})

describe('new course', () => {
  it('writes what a course needs', async () => {
    const folder = freshFolder()
    const { status, stdout } = await run(folder, 'new', 'course', 'mine', '--languages', 'en,es')
    expect([status, stdout]).toEqual([0, expect.stringContaining('cd mine')])
    const read = (name: string) => readFileSync(join(folder, 'mine', name), 'utf8')
    expect(parse(read('clusterwright.yaml'))).toEqual({ name: 'mine', languages: ['en', 'es'] })
    expect(read('README.md').split('\n')[0]).toBe('# The course `mine`')
    expect(JSON.parse(read('package.json'))).toMatchObject({ name: 'mine', private: true, type: 'module' })
    expect(parse(read('.github/workflows/check.yml'))).toMatchObject({ jobs: { check: {} } })
    expect(read('.gitignore')).toBe('node_modules/\ntest-results/\n')
    for (const place of ['exercises', 'content/en', 'content/es'])
      expect(existsSync(join(folder, 'mine', place))).toBe(true)
  })

  it('leaves a package.json as it is', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'package.json'), '{}\n')
    expect((await run(folder, 'new', 'course', '.')).status).toBe(0)
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('{}\n')
  })
})
