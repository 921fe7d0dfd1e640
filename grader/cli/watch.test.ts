import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { exercisesOf, findCourse } from './course.ts'
import { watchExercises } from './watch.ts'

const root = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(root, { recursive: true }))

it('hands over what changes, one batch after the other, until it is interrupted', async () => {
  for (const id of ['a', 'b']) {
    mkdirSync(join(root, 'exercises/01-one', id), { recursive: true })
    writeFileSync(join(root, 'exercises/01-one', id, 'task.mdx'), `---\nid: ${id}\ntitle: A\n---\n`)
  }
  const course = findCourse(undefined, root)
  const write = (id: string, file: string) => writeFileSync(join(root, 'exercises/01-one', id, file), '')
  const interrupt = new AbortController()
  const proven: string[] = []
  await watchExercises({
    course,
    folders: () => exercisesOf(course),
    signal: interrupt.signal,
    first: exercisesOf(course),
    async prove(folders) {
      proven.push(folders.map(({ id }) => id).join(' '))
      if (proven.length === 1) write('b', 'checks.ts')
      // Changes while it proves are the next batch; what it writes itself is none.
      if (proven.length === 2) for (const file of ['solution.ts', 'feedback.en.txt']) write('a', file)
      if (proven.length === 3) interrupt.abort()
    },
  })
  expect(proven).toEqual(['a b', 'b', 'a'])
})
