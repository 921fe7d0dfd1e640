import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { frontMatter } from './course.ts'
import { sections } from './sections.ts'
import { englishFingerprint, translationState, withTranslationOf } from './translation.ts'

const root = mkdtempSync(join(tmpdir(), 'translation-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const scheduler = sections.find(({ slug }) => slug === 'scheduler')!
const write = (path: string, text: string) => writeFileSync(join(root, 'content', path), text)
const spanish = '---\ntitle: El planificador\n---\n\nHola.\n'

beforeEach(() => {
  rmSync(join(root, 'content'), { recursive: true, force: true })
  for (const locale of ['en', 'es']) mkdirSync(join(root, 'content', locale), { recursive: true })
  write('en/06-scheduler.mdx', '---\ntitle: The scheduler\n---\n\nHello.\n')
  write('en/06-scheduler.questions.yaml', '- id: a\n')
})

const translate = () =>
  write('es/06-scheduler.mdx', withTranslationOf(spanish, englishFingerprint(scheduler, root) ?? 'none'))

describe('a translation', () => {
  it('is missing, unmarked or current', () => {
    expect(translationState(scheduler, 'es', root)).toBe('missing')
    write('es/06-scheduler.mdx', spanish)
    expect(translationState(scheduler, 'es', root)).toBe('unmarked')
    translate()
    expect(translationState(scheduler, 'es', root)).toBe('current')
  })

  it.each([
    ['the English lesson', 'en/06-scheduler.mdx', '---\ntitle: The scheduler\n---\n\nHello, again.\n'],
    ['its questions', 'en/06-scheduler.questions.yaml', '- id: b\n'],
  ])('is stale once %s has changed, and current again when it is marked anew', (_, file, text) => {
    translate()
    write(file, text)
    expect(translationState(scheduler, 'es', root)).toBe('stale')
    translate()
    expect(translationState(scheduler, 'es', root)).toBe('current')
  })

  it('keeps all else of its text when it is marked', () => {
    const once = withTranslationOf(spanish, '0123456789ab')
    expect(frontMatter(once)).toEqual({ title: 'El planificador', translationOf: '0123456789ab' })
    expect(withTranslationOf(once, '111111111111')).toBe(once.replace('0123456789ab', '111111111111'))
    expect(once.endsWith('\n\nHola.\n')).toBe(true)
  })
})
