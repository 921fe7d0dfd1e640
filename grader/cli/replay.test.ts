import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { replayIn } from '../verdict/replay-link.ts'
import { runCommand } from './dispatch.ts'
import { findExercises } from './exercises-node.ts'

const wrong = join(findExercises().find(({ id }) => id === 'ipam-host-local')!.path, 'wrong/no-lock.ts')
const CROWD = 'several ADDs at once get different addresses, in turn'

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const out = { write: (text: string) => void (written.out += text) }
  const err = { write: (text: string) => void (written.err += text) }
  const status = await runCommand(args, { out, err, env: {} })
  return { status, ...written }
}

describe('clusterwright replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clusterwright-replay-'))
  const verdictFile = join(folder, 'verdict.json')
  let replayFile = ''

  const changed = (name: string, change: (text: string) => string): string => {
    const path = join(folder, name)
    writeFileSync(path, change(readFileSync(replayFile, 'utf8')))
    return path
  }

  beforeAll(async () => {
    const replays = join(folder, 'replays')
    const { out } = await run('grade', 'ipam-host-local', wrong, '--json', '--seeds', '8', '--replay-dir', replays)
    writeFileSync(verdictFile, out)
    const name = 'ipam-host-local-several-adds-at-once-get-different-addresses-in-turn.replay.json'
    replayFile = join(replays, name)
  }, 120_000)

  it('shows the run of a replay file, and the same from the verdict and the submission', async () => {
    const { status, out } = await run('replay', replayFile)
    expect([status, out.includes('◀ 1'), out.includes('◀ 2'), out.split('\n').length < 40]).toEqual([
      0,
      true,
      true,
      true,
    ])
    const again = await run('replay', verdictFile, '--check', CROWD, '--file', wrong)
    expect(again.out).toBe(out)
    const first = await run('replay', verdictFile, '--file', wrong)
    expect([first.status, first.out !== '']).toEqual([0, true])
  })

  it('is named by grade, with a link to the same run, in the text for people and in Markdown', async () => {
    const notes = join(folder, 'notes.md')
    const options = ['--seeds', '1', '--replay-dir', join(folder, 'named'), '--reporter', `markdown=${notes}`]
    const { out } = await run('grade', 'ipam-host-local', wrong, ...options, '--site', 'https://example.org/course')
    for (const text of [out, readFileSync(notes, 'utf8')]) {
      const [, path = ''] = /see it again +clusterwright replay (\S+)/.exec(text) ?? []
      expect((await run('replay', path)).status).toBe(0)
      const [, hash = ''] = /in the workbench +https:\/\/example\.org\/course\/exercises\/ipam-host-local\/(#\S+)/.exec(
        text,
      )!
      expect(await replayIn(hash)).toEqual(JSON.parse(readFileSync(path, 'utf8')))
    }
  })

  it('goes step by step, in Spanish too', async () => {
    const { out } = await run('replay', replayFile, '--step', '8', '--lang', 'es', '--width', '80')
    expect(out).toMatch(/▶8 .*reserve/)
    expect(out).toContain('Lo que cambió con 8:')
  })

  it('prints a link that holds the file', async () => {
    const { out } = await run('replay', replayFile, '--link', '--site', 'https://example.org/course')
    const { origin, pathname, hash } = new URL(out.trim())
    expect(`${origin}${pathname}`).toBe('https://example.org/course/exercises/ipam-host-local/')
    expect(await replayIn(hash)).toEqual(JSON.parse(readFileSync(replayFile, 'utf8')))
  })

  it.each([
    ['is cut', (text: string) => text.slice(0, -20), 'it is not JSON'],
    ['is of another engine', (text: string) => text.replace(/clusterwright \d+/, 'clusterwright 99'), 'add --anyway'],
    [
      'is of another version',
      (text: string) => text.replace(/"exerciseVersion": "./, '"exerciseVersion": "x'),
      'add --anyway',
    ],
    ['has another submission', (text: string) => text.replace('"source": "', '"source": "let x = 1;'), 'add --anyway'],
    ['has no plan', (text: string) => text.replace('"plan"', '"plane"'), 'its field replay.plan'],
  ])('refuses a file that %s', async (what, change, message) => {
    const path = changed(`${what.replaceAll(' ', '-')}.json`, change)
    const { status, out, err } = await run('replay', path)
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(path)
    expect(err).toContain(message)
  })

  it('tries a file of another engine when one insists, and says so', async () => {
    const path = changed('insisted.json', (text) => text.replace(/clusterwright \d+/, 'clusterwright 99'))
    const { status, out, err } = await run('replay', path, '--anyway')
    expect([status, out.includes('◀ 1'), err.includes('it was made by clusterwright 99')]).toEqual([0, true, true])
  })

  it.each([
    ['no file', ['replay'], 'replay takes one file'],
    ['a file that is not there', ['replay', '/nowhere/x.json'], 'there is no file "/nowhere/x.json"'],
    ['a verdict without its submission', ['replay', verdictFile], 'name it with --file'],
    ['a check that did not fail', ['replay', verdictFile, '--check', 'no', '--file', wrong], CROWD],
    ['a step beyond the end', ['replay', '@', '--step', '4000'], '--step: there is no event 4000'],
    ['a site that is none', ['replay', '@', '--link', '--site', 'there'], '--site is "there"'],
    ['a language that is not spoken', ['replay', '@', '--lang', 'fr'], '--lang is "fr"'],
  ])('says what to do about %s', async (_, args, message) => {
    const { status, err } = await run(...args.map((arg) => (arg === '@' ? replayFile : arg)))
    expect(status).toBe(2)
    expect(err).toContain(message)
  })
})
