/**
 * The submissions in a folder: one file, one submission, named by its path with slashes, in the order of those names.
 *
 * Whatever lies in such a folder is somebody else's: each file is measured before it is read, no link leads out, and what
 * cannot be a submission gets a verdict that says why, instead of ending the batch.
 */
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'

export interface Submission {
  /** Its path below the folder, with slashes: `group-a/ada.ts`. */
  readonly name: string
  readonly path: string
}

/** `refusal`: it can have no other verdict than `error`. `unreadable`: we could not look, which is nobody's mistake but ours. */
export interface Read {
  /** SHA-256 of what was read, by which a later run knows it again. */
  readonly digest: string
  readonly source: string
  readonly refusal?: string
  readonly unreadable?: string
}

/** Bytes of one file. The compiler takes 200,000 characters, and says so itself. */
const FILE_MAX = 1_000_000
const FILES_MAX = 200_000

/** Files that end in .ts or .js, but no declarations; nothing hidden, nothing in `node_modules`. Links to folders are not followed. */
export function submissionsIn(folder: string): Submission[] {
  const found: Submission[] = []
  const visit = (path: string, prefix: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
      const at = { name: prefix + entry.name, path: join(path, entry.name) }
      if (entry.isDirectory()) visit(at.path, `${at.name}/`)
      else if (/\.[jt]s$/.test(entry.name) && !entry.name.endsWith('.d.ts')) found.push(at)
      if (found.length > FILES_MAX) throw new Error(`${folder} has more than ${FILES_MAX} files: grade it in parts`)
    }
  }
  visit(folder, '')
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

const refused = (refusal: string): Read => ({ digest: sha256(`refused: ${refusal}`), source: '', refusal })

/** Reads one. Never throws for what it finds. */
export function readSubmission({ path }: Submission, folder: string): Read {
  try {
    if (lstatSync(path).isSymbolicLink() && !realpathSync(path).startsWith(realpathSync(folder) + sep))
      return refused('The file is a link that leads out of the folder of submissions. Hand in the file itself.')
    // A pipe would otherwise wait for somebody who writes.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      return contentOf(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    const words = (error as NodeJS.ErrnoException).code ?? String(error)
    return { digest: sha256(`unreadable: ${words}`), source: '', unreadable: `the file cannot be read (${words})` }
  }
}

function contentOf(file: number): Read {
  const status = fstatSync(file)
  if (!status.isFile()) return refused('This is no regular file. Hand in the text of your program.')
  const tooLarge = `The file has more than ${FILE_MAX} bytes. Hand in your program alone.`
  if (status.size > FILE_MAX) return refused(tooLarge)
  const bytes = Buffer.alloc(FILE_MAX + 1)
  let length = 0
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(file, bytes, length, bytes.length - length, length)
  if (length > FILE_MAX) return refused(tooLarge)
  const content = bytes.subarray(0, length)
  const digest = sha256(content)
  try {
    return { digest, source: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) }
  } catch {
    return { ...refused('The file is not UTF-8 text. Save it as UTF-8 and hand it in again.'), digest }
  }
}
