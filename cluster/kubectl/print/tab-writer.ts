/**
 * Columns of elastic width: a column is a run of neighbouring lines that have a cell there which a tab ends.
 *
 * Where to read upstream: Go `text/tabwriter`.
 */
export interface TabOptions {
  /** Smallest width of a cell, padding included. */
  readonly minWidth: number
  readonly padding: number
}

/** As `kubectl get` sets it. */
export const GET_TABS: TabOptions = { minWidth: 6, padding: 3 }
/** As `kubectl describe` sets it. */
export const DESCRIBE_TABS: TabOptions = { minWidth: 0, padding: 2 }

/** Lays out lines whose cells are parted by tabs. The last cell of a line is never padded. */
export function alignTabs(text: string, options: TabOptions): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths: number[][] = lines.map(() => [])
  measure(lines, widths, 0, lines.length, 0, options)
  return lines
    .map((cells, i) =>
      cells.map((cell, column) => (column < cells.length - 1 ? cell.padEnd(widths[i]![column]!) : cell)).join(''),
    )
    .join('\n')
}

function measure(
  lines: string[][],
  widths: number[][],
  from: number,
  to: number,
  column: number,
  options: TabOptions,
): void {
  for (let start = from; start < to; start++) {
    if (lines[start]!.length - 1 <= column) continue
    let end = start
    let width = 0
    while (end < to && lines[end]!.length - 1 > column) width = Math.max(width, lines[end++]![column]!.length)
    width = Math.max(width + options.padding, options.minWidth)
    for (let i = start; i < end; i++) widths[i]![column] = width
    measure(lines, widths, start, end, column + 1, options)
    start = end - 1
  }
}
