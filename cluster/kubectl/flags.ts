/** Flags as kubectl reads them: `--name value`, `--name=value`, `-n value`, `-nvalue`, and bare switches. */
import { CommandError } from './command-error.ts'

export type Flags = Readonly<Record<string, string | true>>

export interface FlagSpec {
  /** Flags with a value, by long name. */
  readonly values?: readonly string[]
  /** Switches. */
  readonly switches?: readonly string[]
  /** Letters that mean something else than elsewhere: `-f` of `logs` follows. */
  readonly shorts?: Readonly<Record<string, string>>
}

export interface Parsed {
  readonly args: readonly string[]
  readonly flags: Flags
  readonly rest: readonly string[]
}

/** Known to every command. */
const GLOBAL: Required<Pick<FlagSpec, 'values' | 'switches'>> = {
  values: ['namespace', 'v', 'request-timeout', 'context', 'as', 'as-group'],
  switches: ['help'],
}

const SHORT: Readonly<Record<string, string>> = {
  n: 'namespace',
  o: 'output',
  l: 'selector',
  f: 'filename',
  A: 'all-namespaces',
  L: 'label-columns',
  h: 'help',
  v: 'v',
  w: 'watch',
  R: 'recursive',
  k: 'kustomize',
}

/** Flags that may be given several times, each adding to the last. */
const LISTS = new Set(['from-literal', 'hard', 'verb', 'resource', 'resource-name', 'user', 'group', 'serviceaccount', 'tcp', 'env', 'as-group']) // prettier-ignore

/** Flags that mean something without a value, which they only have after `=`. */
const OPTIONAL = new Set(['dry-run', 'cascade', 'validate'])

/** Throws a CommandError in kubectl's words for a flag that the command does not have. */
export function parseFlags(given: readonly string[], spec: FlagSpec, command: string): Parsed {
  let words = given
  const values = [...GLOBAL.values, ...(spec.values ?? [])]
  const switches = [...GLOBAL.switches, ...(spec.switches ?? [])]
  const shorts = { ...SHORT, ...spec.shorts }
  const args: string[] = []
  const flags: Record<string, string | true> = {}
  const see = `\nSee 'kubectl ${command} --help' for usage.`
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') return { args, flags, rest: words.slice(i + 1) }
    if (!word.startsWith('-') || word === '-') {
      args.push(word)
      continue
    }
    const long = word.startsWith('--')
    const equals = word.indexOf('=')
    const typed = long ? word.slice(2, equals < 0 ? undefined : equals) : word[1]!
    const name = long ? typed : shorts[typed]
    const known = name !== undefined && (values.includes(name) || switches.includes(name))
    if (!known) {
      if (long) throw new CommandError(`error: unknown flag: --${typed}${see}`)
      throw new CommandError(`error: unknown shorthand flag: '${typed}' in ${word}${see}`)
    }
    if (switches.includes(name) || (long && OPTIONAL.has(name))) {
      flags[name] = equals < 0 ? true : word.slice(equals + 1)
      // Letters in one word: `-it`.
      if (!long && word.length > 2 && equals < 0) words = words.toSpliced(i + 1, 0, `-${word.slice(2)}`)
      continue
    }
    const inline = equals >= 0 ? word.slice(equals + 1) : long || word.length === 2 ? undefined : word.slice(2)
    const value = inline ?? words[++i]
    if (value === undefined) {
      const what = long ? `--${typed}` : `'${typed}' in ${word}`
      throw new CommandError(`error: flag needs an argument: ${what}${see}`)
    }
    flags[name] = LISTS.has(name) && typeof flags[name] === 'string' ? `${flags[name]},${value}` : value
  }
  return { args, flags, rest: [] }
}

export const valueOf = (flags: Flags, name: string): string | undefined => {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** Where the context says what namespace is meant; a line's own flag goes before it. */
export const CONTEXT_NAMESPACE = 'context-namespace'

/** The namespace that a line is about. */
export const namespaceOf = (flags: Flags): string =>
  valueOf(flags, 'namespace') ?? valueOf(flags, CONTEXT_NAMESPACE) ?? 'default'

export const isSet = (flags: Flags, name: string): boolean => flags[name] === true || flags[name] === 'true'

/** Splits a line as a shell would: spaces, single and double quotes, backslashes. */
export function splitLine(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (char === ' ' || char === '\t' || char === '\n') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + (char === '\\' && i + 1 < line.length ? line[++i]! : char)
  }
  return word === undefined ? words : [...words, word]
}
