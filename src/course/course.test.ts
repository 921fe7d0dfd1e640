import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { byPart, contentLocale, nextWritten, previousWritten, readCourse, readExercise } from './course.ts'
import { lessonFile, lessonId, lessonIdOfFile, parts, sections } from './sections.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true })
})

function projectWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'course-'))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const task = (id: string, section: string) =>
  `---\nid: ${id}\ntitle: T ${id}\nsection: ${section}\nestimate: 30\n---\nText`

it.each([
  ['/lessons/scheduler/', 'en'],
  ['/es/lessons/scheduler/', 'en'],
  ['/es/lessons/api-server/', 'es'],
  ['/es/course/', 'es'],
])('the content of %s is in %s', (pathname, locale) => {
  const [scheduler, apiServer] = ['scheduler', 'api-server'].map((slug) => sections.find((one) => one.slug === slug)!)
  const root = projectWith({
    [`content/en/${lessonFile(scheduler!)}`]: '',
    [`content/en/${lessonFile(apiServer!)}`]: '',
    [`content/es/${lessonFile(apiServer!)}`]: '',
  })
  expect(contentLocale(pathname, readCourse(root))).toBe(locale)
})

describe('the sections', () => {
  it('are nineteen, H1 to H19, each in a known part, parts never interleaved', () => {
    expect(sections.map((section) => section.id)).toEqual(Array.from({ length: 19 }, (_, index) => `H${index + 1}`))
    expect(byPart(sections).flatMap((group) => group.sections)).toEqual(sections)
    expect(parts).toHaveLength(4)
  })

  it('have distinct slugs, and file names whose order is the course’s', () => {
    expect(new Set(sections.map((section) => section.slug)).size).toBe(19)
    expect(sections.map(lessonFile).toSorted()).toEqual(sections.map(lessonFile))
  })

  it.each([
    ['en/06-scheduler.mdx', 'lessons/scheduler'],
    ['es/06-scheduler.mdx', 'es/lessons/scheduler'],
    ['en/01-index.mdx', 'lessons'],
  ])('%s is the lesson %s', (file, id) => {
    expect(lessonIdOfFile(file)).toBe(id)
  })

  it('turn every file name into the id that links are made of', () => {
    for (const section of sections) expect(lessonIdOfFile(`es/${lessonFile(section)}`)).toBe(lessonId(section, 'es'))
  })

  it.each(['en/scheduler.mdx', 'en/05-scheduler.mdx', 'fr/06-scheduler.mdx', 'en/deep/06-scheduler.mdx'])(
    'refuse %s as a lesson’s name and say which names there are',
    (file) => expect(() => lessonIdOfFile(file)).toThrow(/is not the name of a lesson.*sections\.ts/s),
  )
})

describe('the course on disk', () => {
  it('without content or exercises is nineteen planned sections', () => {
    const course = readCourse(projectWith({}))
    expect(course).toHaveLength(19)
    expect(course.some((section) => section.isWritten || section.exercises.length > 0)).toBe(false)
  })

  it('calls a lesson written when its English file exists, and finds exercises by section', () => {
    const course = readCourse(
      projectWith({
        'content/en/06-scheduler.mdx': 'x',
        'content/es/03-control-plane-overview.mdx': 'x',
        'exercises/06-scheduler/02-b/task.mdx': task('b', 'H6'),
        'exercises/06-scheduler/01-a/task.mdx': task('a', 'scheduler'),
        'exercises/18-pod-to-pod/01-c/task.mdx': task('c', '18'),
        'exercises/18-pod-to-pod/02-unfinished/starter.ts': '',
      }),
    )
    expect(course.filter((section) => section.isWritten).map((section) => section.slug)).toEqual(['scheduler'])
    expect(course[2]).toMatchObject({ isWritten: false, writtenIn: ['es'] })
    expect(course[5]!.exercises.map((exercise) => exercise.id)).toEqual(['a', 'b'])
    expect(course[17]!.exercises).toMatchObject([{ id: 'c', estimate: 30 }])
  })

  it('knows the written neighbours of a lesson', () => {
    const course = readCourse(projectWith({ 'content/en/06-scheduler.mdx': 'x', 'content/en/18-pod-to-pod.mdx': 'x' }))
    expect(nextWritten(course, 'scheduler')?.slug).toBe('pod-to-pod')
    expect(nextWritten(course, 'pod-to-pod')).toBeUndefined()
    expect(previousWritten(course, 'pod-to-pod')?.slug).toBe('scheduler')
    expect(previousWritten(course, 'index')).toBeUndefined()
  })

  it('gives an exercise another version when what is graded changes, and not when our solution does', () => {
    const files = { 'task.mdx': task('a', 'H6'), 'checks.ts': '1', 'solution.ts': '1' }
    const { version } = readExercise(files, 'f/x')
    expect(version).toMatch(/^[0-9a-f]{16}$/)
    expect(readExercise({ ...files, 'checks.ts': '2' }, 'f/x').version).not.toBe(version)
    expect(readExercise({ ...files, 'solution.ts': '2' }, 'f/x').version).toBe(version)
  })

  it('calls an exercise by its name in each language, and by the English one where it has no other', () => {
    const root = projectWith({
      'exercises/06-s/01-a/task.mdx': `---\nid: a\ntitle: Does it fit?\nsection: H6\nsummary: Write it.\n---\n`,
      'exercises/06-s/01-a/task.es.mdx': `---\nid: a\ntitle: ¿Cabe?\nsection: H6\nsummary: Escríbelo.\n---\n`,
      'exercises/06-s/02-b/task.mdx': task('b', 'H6'),
    })
    const [a, b] = readCourse(root)[5]!.exercises
    expect([a!.title, a!.summary]).toEqual([
      { en: 'Does it fit?', es: '¿Cabe?' },
      { en: 'Write it.', es: 'Escríbelo.' },
    ])
    expect(b!.title).toEqual({ en: 'T b', es: 'T b' })
  })

  it('refuses two exercises with one id', () => {
    const root = projectWith({
      'exercises/06-s/01-a/task.mdx': task('a', 'H6'),
      'exercises/06-s/02-b/task.mdx': task('a', 'H6'),
    })
    expect(() => readCourse(root)).toThrow(/Two exercises have the id “a”/)
  })

  it.each([
    ['no title', '---\nid: a\nsection: H6\n---\n', /needs “id” and “title”/],
    ['no front matter', 'Only text', /needs “id” and “title”/],
    ['an unknown section', task('a', 'H20'), /section: “H20”, which is none of H1 to H19/],
  ])('refuses a task with %s', (_, text, message) => {
    expect(() => readExercise({ 'task.mdx': text }, 'f/x')).toThrow(message)
  })
})
