/**
 * How a word of the glossary is written: one row in the file of the section that teaches it (named as its lesson), in alphabetical order of the ids.
 *
 * A meaning is one to three sentences, at most 320 characters, true for Kubernetes 1.36, with defaults where they matter.
 * Kubernetes' own names of kinds and fields stay in English in every language.
 */
export type TermRow = readonly [
  /** Never changes: lessons and addresses use it. Unlike every other id of the glossary. */
  id: string,
  en: string,
  es: string,
  meaningEn: string,
  meaningEs: string,
]
