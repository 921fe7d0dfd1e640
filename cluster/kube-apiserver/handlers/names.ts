/**
 * Names and identities that the server makes up, from the world's own chance.
 *
 * Where to read upstream: apiserver `pkg/storage/names/generate.go`, apimachinery `pkg/util/rand/rand.go`.
 */
import { wordInHex } from '#cluster/api/hex.ts'
import type { Context } from '#cluster/kernel/component.ts'

const NAME_LENGTH_MAX = 58
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Upstream's alphabet: no vowels and no look-alikes, so that no word arises by chance. */
export function generatedSuffix(ctx: Context): string {
  const random = ctx.random('generate-name')
  let suffix = ''
  for (let i = 0; i < 5; i++) suffix += SUFFIX_ALPHABET[random.int(SUFFIX_ALPHABET.length)]
  return suffix
}

export const generateName = (base: string, ctx: Context): string =>
  base.slice(0, NAME_LENGTH_MAX) + generatedSuffix(ctx)

/** A version-4 UUID. */
export function newUid(ctx: Context, stream = 'uid'): string {
  const random = ctx.random(stream)
  const word = (): string => wordInHex(random.int(0x1_0000_0000))
  const [a, b, c, d] = [word(), word(), word(), word()]
  const variant = '89ab'[random.int(4)]
  // Joined, it is one text; put together from pieces, it would hold on to all of them as long as the object lives.
  return [a, '-', b.slice(0, 4), '-4', b.slice(5), '-', variant, c.slice(1, 4), '-', c.slice(4), d].join('')
}
