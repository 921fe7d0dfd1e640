/** The known word that was probably meant, if one is close enough. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  let best: { word: string; distance: number } | undefined
  for (const word of known) {
    const distance = word.includes(typed) || typed.includes(word) ? 1 : editDistance(typed, word)
    if (!best || distance < best.distance) best = { word, distance }
  }
  return best && best.distance <= Math.max(2, Math.floor(typed.length / 3)) ? best.word : undefined
}

/** Insertions, deletions and replacements that turn one into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced))
    }
    row = next
  }
  return row[b.length]!
}
