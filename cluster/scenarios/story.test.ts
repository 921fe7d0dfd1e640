/** Every `*.txt` beside this file is played and compared. `UPDATE_STORIES=1` writes what came out; read it in review. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseScript, renderScript } from './script.ts'
import { playStory } from './story.ts'

const folder = new URL('.', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'))

describe('cluster stories', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(0)
  })

  it.each(files)(
    '%s comes out as written',
    (name) => {
      const path = new URL(name, folder)
      const text = readFileSync(path, 'utf8')
      const { scenes } = playStory(text, name)
      if (process.env['UPDATE_STORIES'])
        writeFileSync(
          path,
          renderScript(
            text,
            scenes.map((scene) => scene.output),
          ),
        )
      const expected = parseScript(readFileSync(path, 'utf8'), name)
      for (const [i, scene] of scenes.entries()) {
        const title = `${name}:${scene.block.line}: ${scene.block.command} ${scene.block.args.join(' ')}`
        expect(`${title}\n${scene.output.replace(/[^\S\n]+$/gm, '')}`).toBe(`${title}\n${expected[i]!.expected}`)
      }
    },
    60_000,
  )
})
