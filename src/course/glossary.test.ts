import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { glossary, glossaryEntry } from './glossary.ts'
import { lessonSource } from './lesson-source.ts'
import { lessonFile, type Locale, sections } from './sections.ts'

const locales: Locale[] = ['en', 'es']
const written = sections.flatMap((section) => locales.flatMap((locale) => lessonSource(section, locale) ?? []))

describe('the glossary', () => {
  it('names each term once', () => {
    const ids = glossary.map((entry) => entry.id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it.each(sections)('has a file for $slug, in alphabetical order of ids', (section) => {
    expect(existsSync(join(import.meta.dirname, 'terms', lessonFile(section).replace('.mdx', '.ts')))).toBe(true)
    const ids = glossary.filter((entry) => entry.section === section.slug).map((entry) => entry.id)
    expect(ids).toEqual(ids.toSorted())
  })

  it('explains in one to three sentences, in both languages', () => {
    for (const { meaning } of glossary) {
      for (const text of [meaning.en, meaning.es]) {
        expect(text).toMatch(/[.?]$/)
        expect(text.length).toBeLessThan(320)
      }
    }
  })

  it.each(written)('has every word that $file uses', ({ text }) => {
    const used = [...text.matchAll(/<Term\s+id="([^"]+)"/g)].map(([, id]) => id)
    const ids = glossary.map(({ id }) => id)
    expect(used.filter((id) => !ids.includes(id!))).toEqual([])
  })

  it('tells an author what to do about a term it does not have', () => {
    expect(() => glossaryEntry('nonsense')).toThrow(/Add it to its section’s file in src\/course\/terms/)
  })
})
