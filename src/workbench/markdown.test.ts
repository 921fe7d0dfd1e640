import { describe, expect, it } from 'vitest'
import { readInline, readMarkdown } from './markdown.ts'

describe('a line', () => {
  it.each([
    ['plain', ['text:plain']],
    ['a `node-2` b', ['text:a ', 'code:node-2', 'text: b']],
    ['`a * b * c`', ['code:a * b * c']],
    ['**must** and *may*', ['strong:must', 'text: and ', 'emphasis:may']],
    ['snake_case_name stays', ['text:snake_case_name stays']],
    ['2 * 3 * 4 stays', ['text:2 * 3 * 4 stays']],
    ['[docs](https://example.org/a)', ['link:docs']],
    ['[x](javascript:alert(1))', ['text:[x](javascript:alert(1))']],
    ['[x](data:text/html,y)', ['text:[x](data:text/html,y)']],
    ['<b>tags</b> are text', ['text:<b>tags</b> are text']],
  ])('%s', (text, parts) => {
    const joined: string[] = []
    for (const part of readInline(text)) {
      const last = joined.at(-1)
      if (part.kind === 'text' && last?.startsWith('text:')) joined[joined.length - 1] = last + part.text
      else joined.push(`${part.kind}:${part.text}`)
    }
    expect(joined).toEqual(parts)
  })
})

describe('blocks', () => {
  it('are paragraphs, lists and code', () => {
    const blocks = readMarkdown('One\ntwo.\n\n- a\n- b\n  more\n\n1. x\n\n```ts\nif (a) {\n\n}\n```\nend')
    expect(blocks.map((block) => block.kind)).toEqual(['paragraph', 'list', 'list', 'code', 'paragraph'])
    expect(blocks[0]).toEqual({ kind: 'paragraph', content: [{ kind: 'text', text: 'One two.' }] })
    expect(blocks[1]).toMatchObject({ isOrdered: false, items: [[{ text: 'a' }], [{ text: 'b more' }]] })
    expect(blocks[2]).toMatchObject({ isOrdered: true })
    expect(blocks[3]).toEqual({ kind: 'code', text: 'if (a) {\n\n}' })
  })

  it('survive code that is never closed', () => {
    expect(readMarkdown('```\na')).toEqual([{ kind: 'code', text: 'a' }])
  })
})
