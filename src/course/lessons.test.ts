/**
 * The shape that every lesson has, in every language, and the questions beside it.
 *
 * Prose is counted without questions, notes and components.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from './course.ts'
import { claimsIn, factsIn, figuresIn, lessonSource, proseOf, wordCount } from './lesson-source.ts'
import { earlierQuestion, type Question, questionsFile, questionsOfFile } from './questions.ts'
import { type Locale, type Section, sections } from './sections.ts'
import { translationState } from './translation.ts'

const locales: Locale[] = ['en', 'es']
const lessons = sections.flatMap((section) => locales.flatMap((locale) => lessonSource(section, locale) ?? []))
const english = lessons.filter(({ locale }) => locale === 'en')

function questionsIn(section: Section, locale: Locale): Question[] {
  const file = `content/${locale}/${questionsFile(section)}`
  const path = join(projectRoot(), file)
  return existsSync(path) ? questionsOfFile(parse(readFileSync(path, 'utf8')), file) : []
}

/** References in `<Before questions={['…', …]} />`; undefined when there is none. */
function askedBefore(text: string): string[] | undefined {
  const inside = /<Before\s+questions=\{\[([^\]]*)\]\}/.exec(text)?.[1]
  return inside === undefined ? undefined : [...inside.matchAll(/'([^']+)'/g)].map(([, reference = '']) => reference)
}

describe.each(lessons)('$file', ({ section, locale, text }) => {
  it('opens with two questions of earlier lessons, but the first lesson', () => {
    if (section.number === 1) return expect(text).not.toContain('<Before')
    const asked = askedBefore(text)
    expect(asked).toHaveLength(2)
    for (const reference of asked ?? []) {
      const { lesson, id } = earlierQuestion(reference, section.slug)
      const earlier = sections.find(({ slug }) => slug === lesson)!
      expect(questionsIn(earlier, 'en').map((question) => question.id)).toContain(id)
    }
  })

  it('has its parts in their order', () => {
    const parts = ['<Objectives>', '</Objectives>', '{/* C', '<Questions />', '<ReadTheSource']
    const places = parts.map((part) => text.indexOf(part))
    for (const [index, place] of places.entries()) expect([parts[index], place]).not.toEqual([parts[index], -1])
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(text.match(/<Questions \/>/g)).toHaveLength(1)
  })

  it('says what the reader will be able to do, in two to five points', () => {
    const inside = text.slice(text.indexOf('<Objectives>'), text.indexOf('</Objectives>'))
    const points = inside.match(/^- /gm)?.length ?? 0
    expect(points).toBeGreaterThanOrEqual(2)
    expect(points).toBeLessThanOrEqual(5)
  })

  it('refutes what people wrongly believe: at least one sentence in bold', () => {
    expect(proseOf(text)).toMatch(/\*\*[^*]{15,}\*\*/)
  })

  it('asks six questions: four to recall, then two scenarios', () => {
    const questions = questionsIn(section, locale)
    expect(questions.map(({ kind }) => kind)).toEqual([...Array(4).fill('recall'), ...Array(2).fill('scenario')])
    const places = questions.map(({ choices }) => choices.findIndex(({ correct }) => correct))
    expect(new Set(places).size).toBeGreaterThan(1)
  })

  it('has 350 to 1100 words of prose', () => {
    expect(wordCount(text)).toBeGreaterThanOrEqual(350)
    expect(wordCount(text)).toBeLessThanOrEqual(locale === 'en' ? 1100 : 1300)
  })
})

it('has a median of 600 to 900 words of prose', () => {
  const counts = english.map(({ text }) => wordCount(text)).toSorted((a, b) => a - b)
  const median = counts[Math.floor(counts.length / 2)]!
  expect(median).toBeGreaterThanOrEqual(600)
  expect(median).toBeLessThanOrEqual(900)
})

describe.each(lessons.filter(({ locale }) => locale !== 'en'))('the translation $file', ({ section, locale, text }) => {
  const original = lessonSource(section, 'en')!

  it('was made from the English text as it is now', () => {
    const remedy = `translate what changed, then npm run lessons -- --translated ${section.slug}`
    expect([remedy, translationState(section, locale)]).toEqual([remedy, 'current'])
  })

  it('has the same claims, notes, figures and questions', () => {
    expect(claimsIn(text)).toEqual(claimsIn(original.text))
    expect(factsIn(text)).toEqual(factsIn(original.text))
    expect(figuresIn(text)).toEqual(figuresIn(original.text))
    expect(askedBefore(text)).toEqual(askedBefore(original.text))
    const shape = (questions: Question[]) =>
      questions.map(({ id, kind, choices }) => ({
        id,
        kind,
        choices: choices.map(({ id: choice, correct = false }) => ({ choice, correct })),
      }))
    expect(shape(questionsIn(section, locale))).toEqual(shape(questionsIn(section, 'en')))
  })
})
