/**
 * How a verdict speaks: by key and parameters, so that the same finding can be said in another language, and so that what is
 * said can be tested without running anything.
 *
 * A catalogue has a template for each key and language. `{name}` is filled in; numbers are grouped as the language groups
 * them; a parameter may itself be something said. A template that is a pair has a form for one and a form for the rest,
 * chosen by the parameter `count`. Keys that begin with `grader.` are the grader's own, all others the exercise's.
 * English is always complete; where another language lacks a key, English speaks.
 */
import { graderTexts } from './grader-texts.ts'
import type { Locale, Params, Said, Sayable, Template, Texts } from './said.ts'

/** An exercise's texts, and `say`, which knows its keys. */
export function defineTexts<const Key extends string>(texts: {
  readonly en: Readonly<Record<Key, Template>>
  readonly es: Readonly<Record<Key, Template>>
  readonly names?: Readonly<Record<string, string>>
}): { readonly texts: Texts; say(key: Key, params?: Params): Said } {
  return { texts, say: (key, params) => (params === undefined ? { key } : { key, params }) }
}

/**
 * Several catalogues as one: an exercise that speaks with the words of another as well. Throws where two have the same key,
 * because one of them would then be said with the other's parameters.
 */
export function joinTexts(...catalogues: readonly Texts[]): Texts {
  const joined = (language: Locale): Record<string, Template> => {
    const templates: Record<string, Template> = {}
    for (const [key, template] of catalogues.flatMap((one) => Object.entries(one[language]))) {
      if (Object.hasOwn(templates, key))
        throw new Error(`two catalogues of texts have the key "${key}": give one of them another`)
      templates[key] = template
    }
    return templates
  }
  const names = Object.assign({}, ...catalogues.map((one) => one.names ?? {})) as Record<string, string>
  return { en: joined('en'), es: joined('es'), ...(Object.keys(names).length > 0 && { names }) }
}

/** What a check is called in a language. Reports for programs keep to its name. */
export const titleOf = (name: string, locale: Locale, texts?: Texts): string =>
  (locale === 'es' && texts?.names?.[name]) || name

/** Several things in one text, one after the other. */
export function listed(items: readonly Sayable[]): Sayable {
  const [first = '', ...rest] = items
  return rest.length === 0 ? first : { key: 'grader.list', params: { first, rest: listed(rest) } }
}

/** The words. Throws when no language has the key: that is a defect of ours. */
export function speak(what: Sayable, locale: Locale, texts?: Texts): string {
  if (typeof what === 'string') return what
  const { key, params = {} } = what
  const template = templateOf(key, locale, texts)
  if (template === undefined)
    throw new Error(`nothing is said by the key "${key}": add it to the texts of the exercise, in en and es`)
  const form = typeof template === 'string' ? template : template[params['count'] === 1 ? 0 : 1]
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`the text "${key}" needs the parameter "${name}"`)
    return typeof value === 'number' ? grouped(value, locale) : speak(value, locale, texts)
  })
}

function templateOf(key: string, locale: Locale, texts: Texts | undefined): Template | undefined {
  const source = key.startsWith('grader.') ? graderTexts : texts
  const found = source?.[locale]
  if (found && Object.hasOwn(found, key)) return found[key]
  return source && Object.hasOwn(source.en, key) ? source.en[key] : undefined
}

/** What is said, but for names and numbers: the key, and in brackets the keys of what is put into it. */
export function keysOf({ key, params = {} }: Said): string {
  const within = Object.values(params).flatMap((value) => (typeof value === 'object' ? [keysOf(value)] : []))
  return within.length === 0 ? key : `${key}(${within.join(' ')})`
}

const GROUP_MARK: Readonly<Record<Locale, string>> = { en: ',', es: '.' }

/** `12345` as `12,345` or `12.345`. */
export const grouped = (value: number, locale: Locale = 'en'): string =>
  Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+(?!\d))/g, GROUP_MARK[locale]) : String(value)

/** Which languages lack a key that English has, and keys that English lacks: for the lint of an exercise. */
export function missingTexts({ en, es }: Texts): string[] {
  const lacking = (from: object, than: object, language: string): string[] =>
    Object.keys(from)
      .filter((key) => !Object.hasOwn(than, key))
      .map((key) => `the text "${key}" is missing in ${language}`)
  return [...lacking(en, es, 'es'), ...lacking(es, en, 'en')]
}
