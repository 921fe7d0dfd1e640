/** Archives in the format ustar, as `kubectl cp` sends and fetches them: bytes as one character each. */
const BLOCK = 512

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

function header(name: string, size: number, seconds: number): string {
  const blank = ' '.repeat(8)
  const fields = [
    name.slice(0, 100).padEnd(100, '\0'),
    ...[octal(0o644, 8), octal(0, 8), octal(0, 8), octal(size, 12), octal(seconds, 12)],
    ...[blank, '0', '\0'.repeat(100), 'ustar\0', '00'],
  ]
  const text = fields.join('').padEnd(BLOCK, '\0')
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += text.charCodeAt(i)
  return text.slice(0, 148) + `${sum.toString(8).padStart(6, '0')}\0 ` + text.slice(156)
}

const padding = (size: number): string => '\0'.repeat((BLOCK - (size % BLOCK)) % BLOCK)

/** Names are as they stand in the archive, without a slash in front. */
export function packTar(files: readonly (readonly [name: string, bytes: string])[], seconds: number): string {
  const entries = files.map(([name, bytes]) => header(name, bytes.length, seconds) + bytes + padding(bytes.length))
  return entries.join('') + '\0'.repeat(2 * BLOCK)
}

/** The plain files in an archive; undefined where it is none. */
export function unpackTar(archive: string): readonly (readonly [name: string, bytes: string])[] | undefined {
  const files: [string, string][] = []
  const text = (at: number, length: number): string => archive.slice(at, at + length).split('\0')[0]!
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= archive.length;) {
    if (archive.slice(at, at + BLOCK) === '\0'.repeat(BLOCK)) return files
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8)
    if (!(size >= 0) || archive.slice(at + 257, at + 262) !== 'ustar') return undefined
    const prefix = text(at + 345, 155)
    const name = longName ?? (prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`)
    const bytes = archive.slice(at + BLOCK, at + BLOCK + size)
    const type = archive[at + 156]
    longName = type === 'L' ? bytes.split('\0')[0] : undefined
    if (type === '0' || type === '\0') files.push([name, bytes])
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}
