/** The little of a shell that stories use around etcdctl: a long value from `yes`, and the beginning of a long answer. */

const REPEATED = /^\$\(yes (\S+) \| head -c (\d+)KiB\)$/

/** `$(yes red | head -c 16KiB)` → so many bytes of `red`, line by line. */
export function expand(word: string): string {
  const [, text, size] = REPEATED.exec(word) ?? []
  if (text === undefined) return word
  const bytes = Number(size) * 1024
  return `${text}\n`.repeat(Math.ceil(bytes / (text.length + 1))).slice(0, bytes)
}

/** `… | head -c 5`: the words before it, and what it does to what they print. */
export function piped(words: readonly string[]): { readonly args: readonly string[]; cut(text: string): string } {
  const at = words.indexOf('|')
  if (at < 0) return { args: words, cut: (text) => text }
  const [head, flag, count] = words.slice(at + 1)
  if (head !== 'head' || flag !== '-c')
    throw new Error(`a story knows no "${words.slice(at).join(' ')}" but "| head -c N"`)
  return { args: words.slice(0, at), cut: (text) => text.slice(0, Number(count)).trimEnd() }
}
