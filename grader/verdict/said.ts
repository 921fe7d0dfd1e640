/** The types of what a verdict says: by key and parameters, see `say.ts`. Plain data. */
export type Locale = 'en' | 'es'

export type Param = string | number | Said
export type Params = Readonly<Record<string, Param>>

/** Something said: which template, and what is put in. Plain data. */
export interface Said {
  readonly key: string
  readonly params?: Params
}

/** A text as it stands, the same in every language (a name, a value, JSON), or something said. */
export type Sayable = string | Said

/** One form, or one for a `count` of 1 and one for the rest. */
export type Template = string | readonly [one: string, rest: string]

export interface Texts {
  readonly en: Readonly<Record<string, Template>>
  readonly es: Readonly<Record<string, Template>>
  /** What the checks are called in Spanish, by their names: a check is named in English, and known by that name. */
  readonly names?: Readonly<Record<string, string>>
}
