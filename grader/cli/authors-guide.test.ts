/** The authors' guide is true: the exercise that it shows, file by file, is proven as it stands there. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const guide = readFileSync(fileURLToPath(new URL('../../AUTHORS.md', import.meta.url)), 'utf8')
const command = fileURLToPath(new URL('clusterwright.ts', import.meta.url))
const course = mkdtempSync(join(tmpdir(), 'authors-guide-'))
const folder = join(course, 'exercises/01-placement/01-gpu-nodes')
afterAll(() => rmSync(course, { recursive: true }))

/** Fenced blocks that name a file. */
const files = [...guide.matchAll(/^(`{3,4})\w+ file=(\S+)\n([\s\S]*?)^\1$/gm)].map(([, , name, text]) => ({
  name: name!,
  text: text!,
}))

/** As a process of its own: an author's checks are loaded through hooks that a test runner has none of. */
function clusterwright(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd: course, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('the authors’ guide', () => {
  it('shows a whole exercise', () => {
    const needed = ['task.mdx', 'solution.ts', 'starter.ts', 'checks.ts', 'hints.mdx']
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(needed))
    expect(files.filter(({ name }) => name.startsWith('wrong/'))).toHaveLength(3)
  })

  it('shows one that is proven as it stands, and whose files are kept on request', () => {
    writeFileSync(join(course, 'clusterwright.yaml'), 'name: The guide\nlanguages: [en]\n')
    for (const { name, text } of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const proof = clusterwright('check', 'gpu-nodes', '--seeds', '5', '--update')
    expect(proof.stdout.split('\n').filter((line) => line.includes('✗'))).toEqual([])
    expect([proof.status, proof.stderr]).toEqual([0, expect.stringContaining('check.html')])
    expect(readFileSync(join(folder, 'feedback.en.txt'), 'utf8')).toContain('Pod web asks for no GPU')
    expect(existsSync(join(folder, 'feedback.es.txt')), 'the course has no Spanish').toBe(false)
    expect(JSON.parse(readFileSync(join(folder, 'misconceptions.json'), 'utf8'))).toHaveLength(3)
    expect(clusterwright('check', 'gpu-nodes', '--seeds', '1')).toMatchObject({ status: 0 })
  }, 240_000)
})
