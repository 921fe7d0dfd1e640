/** `-o custom-columns=NAME:.metadata.name,…`: a table of paths. Where to read upstream: kubectl `pkg/cmd/get/customcolumn.go`. */
import { valuesAt } from '#cluster/api/json-path.ts'
import { CommandError } from '../command-error.ts'
import { relaxedPath, textOf } from './json-path.ts'
import { alignTabs, GET_TABS } from './tab-writer.ts'

export function customColumns(spec: string, objects: readonly unknown[], headers: boolean): string {
  const columns = spec.split(',').map((column) => {
    const colon = column.indexOf(':')
    if (colon < 1)
      throw new CommandError(`error: unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`)
    return { name: column.slice(0, colon), path: relaxedPath(column.slice(colon + 1)) }
  })
  const rows = objects.map((object) =>
    columns.map(({ path }) => valuesAt(object, path).map(textOf).join(',') || '<none>'),
  )
  const all = headers ? [columns.map(({ name }) => name), ...rows] : rows
  return `${alignTabs(all.map((cells) => cells.join('\t')).join('\n'), GET_TABS)}\n`
}
