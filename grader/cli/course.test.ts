import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { builtInCourse, exerciseOf, exercisesOf, findCourse } from './course.ts'

const base = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(base, { recursive: true }))
let folders = 0

/** A folder with these files. */
function folderWith(files: Record<string, string>): string {
  const root = join(base, String(++folders))
  mkdirSync(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const task = (id: string) => `---\nid: ${id}\ntitle: A task\nsection: tasks\n---\n`

describe('the course that is meant', () => {
  it('is found from a folder within it', () => {
    const root = folderWith({ 'clusterwright.yaml': 'name: Mine\n', 'exercises/01-a/01-b/task.mdx': task('mine') })
    const course = findCourse(undefined, join(root, 'exercises/01-a/01-b'))
    expect(course).toMatchObject({ name: 'Mine', root, languages: [], isBuiltIn: false, isPacked: false })
    expect(exercisesOf(course).map(({ id }) => id)).toEqual(['mine'])
    expect(exerciseOf(course, 'mine').path).toBe(join(root, 'exercises/01-a/01-b'))
  })

  it('needs no marker where there are exercises', () => {
    const root = folderWith({ 'exercises/01-a/01-b/task.mdx': task('mine') })
    expect(findCourse(undefined, root)).toMatchObject({ root, isBuiltIn: false })
  })

  it('is the built-in one elsewhere, though somebody has a folder "exercises" of another kind', () => {
    const root = folderWith({ 'exercises/chapter-1/exercise-1.py': '' })
    expect(findCourse(undefined, join(root, 'exercises'))).toEqual(builtInCourse())
    expect(exercisesOf(findCourse(undefined, root)).map(({ id }) => id)).toContain('fit-filter')
  })

  it('can be named', () => {
    const root = folderWith({ 'clusterwright.yaml': 'name: Mine\n' })
    expect(findCourse('.', root).root).toBe(root)
    expect(findCourse(root, '/').root).toBe(root)
    expect(findCourse('built-in', root)).toEqual(builtInCourse())
  })

  it.each([
    ['name: [', /clusterwright\.yaml is not YAML/],
    ['title: x', /clusterwright\.yaml has no "name": write a line such as/],
  ])('with a marker that says %j is refused', (marker, message) => {
    const root = folderWith({ 'clusterwright.yaml': marker })
    expect(() => findCourse(undefined, root)).toThrow(message)
  })

  it('says where an exercise is that it does not have', () => {
    const root = folderWith({ 'exercises/01-a/01-b/task.mdx': task('mine') })
    const course = findCourse(undefined, root)
    expect(() => exerciseOf(course, 'mime')).toThrow(/there is no exercise "mime" in .*; did you mean "mine"\?/)
    expect(() => exerciseOf(course, 'fit-filter')).toThrow(/the built-in course has it: add --course built-in/)
  })

  it.each([
    [{ 'exercises/a/b/task.mdx': 'no front matter' }, /exercises\/a\/b\/task\.mdx needs "id" and "title"/],
    [{ 'exercises/a/b/task.mdx': '---\nid: [\n---\n' }, /exercises\/a\/b\/task\.mdx: its front matter is not YAML/],
    [{ 'exercises/a/b/task.mdx': task('x'), 'exercises/a/c/task.mdx': task('x') }, /two exercises have the id "x"/],
  ])('whose exercises are broken is still it, and says what is wrong: %j', (files, message) => {
    const course = findCourse(undefined, folderWith(files as Record<string, string>))
    expect(() => exercisesOf(course)).toThrow(message)
  })
})
