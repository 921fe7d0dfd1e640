import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const page = readFileSync(new URL('./SEMANTICS.md', import.meta.url), 'utf8')
const rows = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, , state]) => ['done', 'part', 'out'].includes(state ?? ''))
const proofs = [...page.matchAll(/`([^`]+\.test\.ts)`: "([^"]+)"/g)].map(([, file, title]) => [file!, title!] as const)

describe('the page of semantics', () => {
  it('says of each line how it stands, and why', () => {
    expect(rows.length).toBeGreaterThan(40)
    for (const [, what, , why] of rows) expect(why, what).not.toBe('')
  })

  it.each(proofs)('%s proves: %s', (file, title) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    expect(text.replaceAll("\\'", "'")).toContain(title)
  })
})
