import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHints } from '../workbench/hints.ts'
import { readCourse } from './course.ts'
import { lessonSource } from './lesson-source.ts'
import { headingsIn, readingsOf } from './readings.ts'
import { sections } from './sections.ts'

const exercises = readCourse().flatMap((section) => section.exercises)
const hintsOf = (folder: string) => readHints(readFileSync(join('exercises', folder, 'hints.mdx'), 'utf8'))

it('headings are read as the page has them', () => {
  const source = '# No\n\n## The `etcd` store, [then](../x/)\n\n```sh\n## not one\n```\n\n### ¿Qué es un Pod?\n'
  expect(headingsIn(source).map(({ anchor, depth }) => [depth, anchor])).toEqual([
    [2, 'the-etcd-store-then'],
    [3, 'qué-es-un-pod'],
  ])
})

describe.each(exercises)('the hints of $id', ({ folder }) => {
  it.each(['en', 'es'] as const)('lead to places in lessons that exist (%s)', (locale) => {
    const readings = readingsOf(folder, locale)
    expect(readings.length).toBeGreaterThan(0)
    const keys = hintsOf(folder).map(({ key }) => key)
    expect(readings.map(({ hint }) => hint).filter((hint) => !keys.includes(hint))).toEqual([])
  })
})

const translated = sections.filter((section) => lessonSource(section, 'es'))
it.each(translated)('the translation of $slug has the headings of the English lesson', (section) => {
  const depths = (locale: 'en' | 'es') => headingsIn(lessonSource(section, locale)!.text).map(({ depth }) => depth)
  expect(depths('es')).toEqual(depths('en'))
})
