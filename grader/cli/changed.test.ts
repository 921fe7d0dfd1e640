import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { changedSince, touchedBy } from './changed.ts'
import type { Course } from './course.ts'
import { exercisesOf, findCourse } from './course.ts'

const base = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(base, { recursive: true }))
let folders = 0

function write(root: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

const task = (id: string) => `---\nid: ${id}\ntitle: A task\n---\n`

/** A course with the exercises a, b (section one) and c (section two). */
function freshCourse(): Course {
  const root = join(base, String(++folders))
  write(root, {
    'clusterwright.yaml': 'name: Mine\n',
    'exercises/01-one/01-a/task.mdx': task('a'),
    'exercises/01-one/02-b/task.mdx': task('b'),
    'exercises/02-two/01-c/task.mdx': task('c'),
  })
  return findCourse(undefined, root)
}

function git({ root }: Course, ...args: string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main']
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

function committed(): Course {
  const course = freshCourse()
  git(course, 'init')
  git(course, 'add', '.')
  git(course, 'commit', '-m', 'first')
  return course
}

const idsSince = (course: Course, revision?: string): string[] =>
  changedSince(revision, course, exercisesOf(course)).folders.map(({ id }) => id)

describe('what has changed, by git', () => {
  it('is nothing at first', () => {
    expect(idsSince(committed())).toEqual([])
  })

  it('is what a branch has committed, what is not committed yet, and what git has never seen', () => {
    const course = committed()
    git(course, 'checkout', '-b', 'work')
    write(course.root, { 'exercises/01-one/01-a/checks.ts': '' })
    git(course, 'add', '.')
    git(course, 'commit', '-m', 'second')
    expect(idsSince(course)).toEqual(['a'])
    write(course.root, { 'exercises/01-one/02-b/task.mdx': task('b') + 'more\n' })
    write(course.root, { 'exercises/02-two/01-c/wrong/new one.ts': '', 'README.md': '' })
    expect(idsSince(course)).toEqual(['a', 'b', 'c'])
    expect(idsSince(course, 'HEAD')).toEqual(['b', 'c'])
  })

  it('is measured from where the branch left main, not from main', () => {
    const course = committed()
    git(course, 'checkout', '-b', 'work')
    git(course, 'checkout', 'main')
    write(course.root, { 'exercises/01-one/01-a/checks.ts': '' })
    git(course, 'add', '.')
    git(course, 'commit', '-m', 'on main')
    git(course, 'checkout', 'work')
    expect(idsSince(course)).toEqual([])
  })

  it.each([
    ['outside a repository', freshCourse, undefined, /is in no git repository: run "git init" there, or name/],
    ['an unknown revision', committed, 'nowhere', /--base is "nowhere", which git does not know/],
  ] as [string, () => Course, string | undefined, RegExp][])('%s is refused', (_, make, revision, message) => {
    expect(() => idsSince(make(), revision)).toThrow(message)
  })

  it('needs to be told what to compare with where there is no main', () => {
    const course = committed()
    git(course, 'branch', '-m', 'trunk')
    expect(() => idsSince(course)).toThrow(/say what to compare with, --base REV/)
  })
})

describe('a file touches', () => {
  const all = exercisesOf(freshCourse())
  it.each([
    ['exercises/01-one/01-a/task.mdx', ['a']],
    ['exercises/01-one/01-a/wrong/x.ts', ['a']],
    ['exercises/01-one/shared.ts', ['a', 'b']],
    ['exercises/shared.ts', ['a', 'b', 'c']],
    ['content/en/01-a.mdx', []],
    ['exercises/01-one/01-ab/task.mdx', []],
  ])('%s: %j', (file, ids) => {
    expect(touchedBy([file], all).map(({ id }) => id)).toEqual(ids)
  })
})
