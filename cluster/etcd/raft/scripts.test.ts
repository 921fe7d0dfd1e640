/**
 * Golden scripts: ours in testdata/, and etcd-io/raft's own where they lie beside the repository (they are not copied here).
 * Renewed by `npm run raft-script -- --rewrite cluster/etcd/raft/testdata`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseScript } from './script/datadriven.ts'
import { rewriteScript, runScript } from './script/run.ts'

const OURS = join(import.meta.dirname, 'testdata')
const THEIRS = join(import.meta.dirname, '../../../../shared/third-party/etcd-raft')

const scriptsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.txt'))
    : []

describe.each([OURS, THEIRS].filter((folder) => scriptsIn(folder).length > 0))('scripts in %s', (folder) => {
  it.each(scriptsIn(folder))('%s', (file) => {
    for (const { block, actual } of runScript(readFileSync(join(folder, file), 'utf8'))) {
      expect(`line ${block.line}\n${actual}`).toBe(`line ${block.line}\n${block.expected}`)
    }
  })
})

describe('the notation', () => {
  it('has arguments with one value, several and none', () => {
    const [block] = parseScript('add-nodes 3 voters=(1, 2) flag index=5\nmore input\n----\nout\n')
    expect(block).toMatchObject({
      name: 'add-nodes',
      args: [
        { key: '3', values: [] },
        { key: 'voters', values: ['1', '2'] },
        { key: 'flag', values: [] },
        { key: 'index', values: ['5'] },
      ],
      input: 'more input',
      expected: 'out\n',
      line: 1,
    })
  })

  it('fences output that holds empty lines', () => {
    const blocks = parseScript('a\n----\n----\none\n\ntwo\n----\n----\n\nb\n----\nok\n')
    expect(blocks.map(({ expected, line }) => [line, expected])).toEqual([
      [1, 'one\n\ntwo\n'],
      [10, 'ok\n'],
    ])
  })

  it('says where a block has no output', () => {
    expect(() => parseScript('# prose\ncampaign 1\n')).toThrow('line 2: "campaign 1" has no ---- after it')
  })

  it('is rewritten with what came out, and then passes', () => {
    const rewritten = rewriteScript('# prose\nlog-level none\n----\nwrong\n\nvote-for 1\n----\n')
    expect(rewritten).toBe('# prose\nlog-level none\n----\nok\n\nvote-for 1\n----\nunknown command\n')
    expect(runScript(rewritten).every(({ passed }) => passed)).toBe(true)
  })

  it('fails what it does not know, and all that follows a block that breaks off', () => {
    const results = runScript('log-level loud\n----\nok\n\ncampaign 7\n----\nok\n\nraft-state\n----\n')
    expect(results.map(({ actual }) => actual)).toEqual([
      'log levels must be either of [DEBUG INFO WARN ERROR FATAL NONE]\n',
      'panic: there is no node 7\n',
      'not run, since an earlier block broke off (there is no node 7)\n',
    ])
  })
})

describe('what a script may not say', () => {
  const nodes = 'add-nodes 3 voters=(1,2,3) index=10\n----\nok\n\n'
  it.each([
    ['add-nodes 1 voters=(1) index=2 speed=9', /^unknown option "speed": there are voters, learners/],
    ['add-nodes 1 voters=(1) index=2 prevote=maybe', 'panic: strconv.ParseBool: parsing "maybe": invalid syntax\n'],
    ['add-nodes 1 voters=(1) index=1', 'index must be specified as > 1 due to bootstrap\n'],
    ['deliver-msgs 1 type=MsgNone', 'panic: unknown message type MsgNone\n'],
    ['deliver-msgs 1 drop=(1)', "panic: can't both deliver and drop msgs to 1\n"],
    ['deliver-msgs 1', 'no messages\n'],
    ['compact 1 4', 'requested index is unavailable due to compaction\n'],
    ['propose 1', 'panic: expected exactly one key with no vals\n'],
    ['stabilize log-level=loud', 'log levels must be either of [DEBUG INFO WARN ERROR FATAL NONE]\n'],
    ['propose-conf-change 1 transition=slow\nv4', 'unknown transition slow\n'],
    ['propose-conf-change 1 v1=true\nv4 v5', 'v1 conf change can only have one operation and no transition\n'],
    ['propose-conf-change 1\nx4', 'unknown input: x4\n'],
    ['report-unreachable 1', /^must specify exactly two node indexes/],
    ['fly 1', 'unknown command\n'],
    ['_breakpoint', 'ok\n'],
  ])('%s', (text, said) => {
    const { actual } = runScript(`${nodes}${text}\n----\n`).at(-1)!
    if (typeof said === 'string') expect(actual).toBe(said)
    else expect(actual).toMatch(said)
  })

  it.each([
    ['committed cfg=(1,2) idx=(5)', 'error: mismatched input (explicit or _) for voters map[1:{} 2:{}]: [5]\n'],
    ['vote cfg=(1,2) votes=(y,x)', 'panic: unknown vote: x\n'],
    ['vote cfg=(1,2) idx=(1,2)', 'panic: unknown arg idx\n'],
  ])('%s', (text, said) => expect(runScript(`${text}\n----\n`).at(-1)!.actual).toBe(said))
})
