/**
 * A submission as a link: `…/exercises/packing/#submission=<the packed source>`. Whoever opens it grades it again and gets the same
 * verdict, since all that a verdict hangs on is the source. What stands after the # never leaves the browser that opens it.
 */
import { pack, unpack } from './packed-text.ts'

const MARK = '#submission='
/** Beyond that, programs that pass links on begin to cut them. Send the file instead. */
const LINK_CHARACTERS_MAX = 32_000
const SOURCE_CHARACTERS_MAX = 200_000

/** `#submission=…`, or undefined where it would be too long. */
export async function submissionHash(source: string): Promise<string | undefined> {
  const hash = `${MARK}${await pack(source)}`
  return hash.length <= LINK_CHARACTERS_MAX ? hash : undefined
}

export const isSubmissionHash = (hash: string): boolean => hash.startsWith(MARK)

/** The source. Throws `BadPack` where the link is damaged. */
export const submissionIn = (hash: string): Promise<string> =>
  unpack(hash.slice(MARK.length, LINK_CHARACTERS_MAX + 1), SOURCE_CHARACTERS_MAX)

/**
 * A submission as a file that says what it is. The words stand at its end, so that every line keeps its number: `clusterwright
 * grade` gives it the verdict and the digest that it had.
 */
export const submissionFile = (source: string, exercise: string, words: string): string =>
  `${source.replace(/\n*$/, '\n')}\n// ${words.replace(/\s+/g, ' ')}\n// npx clusterwright grade ${exercise} FILE\n`
