import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { engineId } from './engine-id.ts'
import { graderTexts } from './grader-texts.ts'
import type { Sayable } from './said.ts'
import { defineTexts, joinTexts, missingTexts, speak } from './say.ts'

const { texts, say } = defineTexts({
  en: {
    refused: 'Pod {pod} was refused',
    pods: ['{count} Pod', '{count} Pods'],
    both: '{first}, and {second}',
    only: 'In English',
  },
  es: {
    refused: 'El Pod {pod} fue rechazado',
    pods: ['{count} Pod', '{count} Pods'],
    both: '{first} y {second}',
  } as any,
})

describe('what is said by key', () => {
  it.each<[Sayable, string, string]>([
    ['{"code":"Success"}', '{"code":"Success"}', '{"code":"Success"}'],
    [say('refused', { pod: 'web' }), 'Pod web was refused', 'El Pod web fue rechazado'],
    [say('pods', { count: 1 }), '1 Pod', '1 Pod'],
    [say('pods', { count: 12_345 }), '12,345 Pods', '12.345 Pods'],
    [
      say('both', { first: say('refused', { pod: 'a' }), second: say('pods', { count: 2 }) }),
      'Pod a was refused, and 2 Pods',
      'El Pod a fue rechazado y 2 Pods',
    ],
    [say('only'), 'In English', 'In English'],
    [say('refused', { pod: '{count}' }), 'Pod {count} was refused', 'El Pod {count} fue rechazado'],
  ])('%j', (what, en, es) => {
    expect([speak(what, 'en', texts), speak(what, 'es', texts)]).toEqual([en, es])
  })

  it('is a defect where nothing is said, or something is missing', () => {
    expect(() => speak({ key: 'nothing' }, 'en', texts)).toThrow(/nothing is said by the key "nothing": add it/)
    expect(() => speak({ key: 'constructor' }, 'en', texts)).toThrow(/"constructor"/)
    expect(() => speak(say('refused'), 'en', texts)).toThrow(/needs the parameter "pod"/)
  })

  it('is joined from several catalogues, of which no two have the same key', () => {
    const more = { en: { again: 'Again' }, es: { again: 'Otra vez' }, names: { first: 'primero' } }
    const joined = joinTexts(texts, more)
    expect([speak({ key: 'again' }, 'es', joined), speak(say('pods', { count: 2 }), 'es', joined)]).toEqual([
      'Otra vez',
      '2 Pods',
    ])
    expect(joined.names).toEqual({ first: 'primero' })
    expect(() => joinTexts(texts, { en: { both: 'two' }, es: {} })).toThrow('have the key "both"')
  })

  it('is missing in a language where that language lacks the key', () => {
    expect(missingTexts(texts)).toEqual(['the text "only" is missing in es'])
  })
})

describe('the grader’s own texts', () => {
  it('are complete, with the same parameters in both languages', () => {
    expect(missingTexts(graderTexts)).toEqual([])
    const parameters = (template: unknown) => [...new Set(JSON.stringify(template).match(/\{\w+\}/g) ?? [])].toSorted()
    for (const [key, template] of Object.entries(graderTexts.en)) {
      expect(parameters(graderTexts.es[key]), key).toEqual(parameters(template))
    }
  })

  it('name the engine with the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(engineId).toMatch(new RegExp(`^clusterwright ${version}, quickjs [0-9a-f]{12}$`))
  })
})
