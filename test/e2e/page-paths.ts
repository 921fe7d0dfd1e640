/**
 * Which pages a built site has: what the tests of every page and the screenshots go through.
 */
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** The paths of all pages of a built site, from its root, in order: '' is the home page. */
export function pagePaths(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
    file.name.endsWith('.html'),
  )
  return files
    .map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/'))
    .map((file) => file.replace(/(^|\/)index\.html$/, '$1'))
    .sort()
}
