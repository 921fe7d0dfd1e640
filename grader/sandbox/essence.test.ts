import { describe, expect, it } from 'vitest'
import { compileNode } from './compile-node.ts'

const essence = (source: string): string | undefined => compileNode(source, { fileName: 'main.ts', types: {} }).essence

const PLAIN = `export default { score(state, node) { const share = node.used / 1000; return share > 0.5 ? 'full' : share } }`

describe('the essence of a submission', () => {
  it.each([
    ['comments', `// mine\n/** all mine */\n${PLAIN.replace('{ score', '{ /* here */ score')}`],
    ['layout', PLAIN.replaceAll('; ', ';\n\n   ').replaceAll('{ ', '{\n')],
    ['semicolons that the language adds by itself', PLAIN.replace('1000; return', '1000\nreturn')],
    ['quotes, and how a number is written', PLAIN.replaceAll("'", '"').replace('1000', '1e3').replace('0.5', '.50')],
    ['types', PLAIN.replace('(state, node)', '(state: unknown, node: { used: number }): number | string')],
  ])('does not change with %s', (_, source) => {
    expect(essence(PLAIN)).toMatch(/^[0-9a-f]{64}$/)
    expect(essence(source)).toBe(essence(PLAIN))
  })

  it.each([
    ['a number', PLAIN.replace('1000', '1001')],
    ['a name', PLAIN.replaceAll('share', 'part')],
    ['a text', PLAIN.replace("'full'", "'Full'")],
    ['the text of a number', PLAIN.replace('0.5', "'0.5'")],
    ['brackets', PLAIN.replace('node.used / 1000', '(node.used) / 1000')],
    ['a line break that ends a statement', PLAIN.replace('return share', 'return\nshare')],
    ['what looks like a comment, within a text', PLAIN.replace("'full'", "'/* full */'")],
    ['a regular expression', PLAIN.replace("'full'", '/[/*]x/')],
  ])('changes with %s', (_, source) => {
    expect(essence(source)).toMatch(/^[0-9a-f]{64}$/)
    expect(essence(source)).not.toBe(essence(PLAIN))
  })
})
