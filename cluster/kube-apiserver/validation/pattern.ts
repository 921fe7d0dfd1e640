/**
 * Regular expressions as Go's RE2 reads them, run by JavaScript's engine: what means the same is written the other way, what RE2
 * does not have is refused.
 *
 * What we leave out: classes of Unicode by one letter within brackets, `\Q…\E`, `\C`, flags in the middle; and the promise that time grows
 * only with the text, as JavaScript's engine goes back where RE2 does not.
 * Where to read upstream: google/re2 `doc/syntax.txt`; Go `regexp/syntax`.
 */

const known = new Map<string, RegExp>()
const KNOWN_MAX = 1_000

/** What RE2 has not, as JavaScript writes it. */
const FOREIGN = /\(\?(?:<?[=!])/

/** Throws where it is no pattern. */
export function patternOf(text: string): RegExp {
  let pattern = known.get(text)
  if (pattern === undefined) {
    const foreign = FOREIGN.exec(text)?.[0]
    if (foreign !== undefined) {
      throw new SyntaxError(`error parsing regexp: invalid or unsupported Perl syntax: \`${foreign.slice(0, 3)}\``)
    }
    const [, flags = '', rest = text] = /^\(\?([ims]+)\)(.*)$/s.exec(text) ?? []
    const javaScript = rest
      .replaceAll('\\z', '$')
      .replaceAll('\\A', '^')
      .replaceAll('(?P<', '(?<')
      .replaceAll(/\[\[:(\w+):\]\]/g, (whole, name: string) => (POSIX[name] ? `[${POSIX[name]}]` : whole))
    pattern = new RegExp(javaScript, flags)
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(text, pattern)
  }
  return pattern
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
}

/** The same for who wants to say otherwise that it is none. */
export function searches(text: string, refuse: (why: string) => never): RegExp {
  try {
    return patternOf(text)
  } catch (error) {
    const { message } = error as Error
    return refuse(message.startsWith('error parsing') ? message : `error parsing regexp: ${message}`)
  }
}
