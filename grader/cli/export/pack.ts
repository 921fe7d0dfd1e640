/** A zip archive of a folder: the same bytes for the same files, and scripts that can be run once unpacked. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type Zippable, zipSync } from 'fflate'

/** The earliest that the format can say (local time), so that nothing hangs on when it was packed. */
const PACKED = '1980-01-01T00:00:00'
/** Unix, in the archive's words: its attributes are then a file's mode in the upper half. */
const UNIX = 3
const REGULAR_FILE = 0o100_000

/** `write` is handed an empty folder, and what it leaves there is packed. */
export function packFolder(write: (folder: string) => void): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'clusterwright-'))
  try {
    write(folder)
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
    const files: Zippable = {}
    for (const path of paths) {
      const mode = statSync(path).mode & 0o111 ? 0o755 : 0o644
      const attributes = { os: UNIX, attrs: ((REGULAR_FILE | mode) << 16) >>> 0, mtime: PACKED }
      files[relative(folder, path).replaceAll('\\', '/')] = [readFileSync(path), attributes]
    }
    return zipSync(files)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
