import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Verdict } from '../verdict/verdict.ts'
import { allCommands, COMMANDS } from './commands.ts'
import type { Surroundings } from './dispatch.ts'
import { runCommand } from './dispatch.ts'
import { findExercises } from './exercises-node.ts'

const command = fileURLToPath(new URL('clusterwright.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => runIn({}, ...args)

async function runIn(surroundings: Partial<Surroundings>, ...args: string[]) {
  let [stdout, stderr] = ['', '']
  const out = { write: (text: string) => (stdout += text) }
  const err = { write: (text: string) => (stderr += text) }
  const status = await runCommand(args, { out, err, env: {}, ...surroundings })
  return { status, stdout, stderr }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const exercise = findExercises().find(({ id }) => id === 'fit-filter')!

const commands = await allCommands()

describe('clusterwright', () => {
  it('has each command under its name', () => {
    expect(commands.map(({ name }) => name)).toEqual(Object.keys(COMMANDS))
  })

  it.each([
    [[], /say what to do/],
    [['grad'], /there is no command "grad"; did you mean "grade"\?/],
    [['grade', 'fit-filtr', 'x.ts'], /there is no exercise "fit-filtr"; did you mean "fit-filter"\?/],
    [['grade', 'fit-filter'], /grade takes an exercise and a file/],
    [['grade', 'fit-filter', join(folder, 'none.ts')], /there is no file ".*none\.ts"/],
    [['grade', 'fit-filter', folder], /--out DIR/],
    [['grade', 'fit-filter', command, '--seeds', 'many'], /--seeds is "many": write a whole number from 1/],
    [['up', '--control-planes', '99'], /--control-planes is "99": write a whole number from 1 to 7/],
    [['up', '--port', '70000'], /--port is "70000": write a whole number from 1 to 65535/],
    [['grade', 'fit-filter', command, '--mode', 'fast'], /--mode is "fast": write run or submit/],
    [['check', 'nothing'], /there is no exercise "nothing"/],
    [['list', '--colour'], /list has no option --colour; there are --json, --course, --help/],
    [['list', '--cours', 'x'], /list has no option --cours; did you mean "--course"\?/],
    [['list', 'fit-filter'], /list takes no "fit-filter"/],
    [['check', '--base', 'main'], /--base goes with --changed/],
    [['check', '--watch', '--update'], /--watch does not go with --update/],
    [['doctor', 'me'], /doctor takes no "me"/],
    [['grade', '--seeds'], /--seeds needs a value: write --seeds N/],
    [['grade', '--json=yes'], /--json takes no value/],
    [['--json', 'grade'], /there is no option --json before a command/],
    [['help', 'grad'], /there is no command "grad"; did you mean "grade"\?/],
    [['list', '--course', join(folder, 'none')], /--course: there is no folder ".*none"/],
    [['list', '--course', folder], /--course: ".*" is no course: .*clusterwright new course/],
  ] as [string[], RegExp][])('%j is a usage error that names the remedy', async (args, message) => {
    const { status, stderr, stdout } = await run(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  it.each([[[]], [['help']], [['--help']], [['-h']]] as [string[]][])('%j … says how it is used', async (args) => {
    const { status, stdout, stderr } = await run(...(args.length === 0 ? ['help'] : args))
    expect([status, stderr]).toEqual([0, ''])
    for (const { name, summary } of commands) expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
    expect(stdout).toMatch(/^Exit codes: 0 pass, 1 fail or error, 2 usage/m)
  })

  it.each(commands.map(({ name }) => name))('%s says how it is used, each option with a word', async (name) => {
    const [asOption, asCommand] = [await run(name, '--help'), await run('help', name)]
    expect(asCommand).toEqual(asOption)
    expect(asOption).toMatchObject({ status: 0, stderr: '' })
    const { options, usage } = commands.find((command) => command.name === name)!
    for (const form of usage) expect(asOption.stdout).toContain(`  clusterwright ${form}`)
    for (const option of [...Object.keys(options), 'course', 'help'])
      expect(asOption.stdout).toMatch(new RegExp(`^  .*--${option}\\b.* {2}\\S`, 'm'))
  })

  it('colours for a terminal; NO_COLOR and FORCE_COLOR are heard', async () => {
    const coloured = async (isTTY: boolean, env: NodeJS.ProcessEnv) => {
      let text = ''
      const out = { isTTY, write: (more: string) => (text += more) }
      await runIn({ out, env }, 'help')
      return text.includes('\u001b[')
    }
    expect(await coloured(true, {})).toBe(true)
    expect(await coloured(false, {})).toBe(false)
    expect(await coloured(true, { NO_COLOR: '1' })).toBe(false)
    expect(await coloured(false, { FORCE_COLOR: '1' })).toBe(true)
    expect(await coloured(true, { FORCE_COLOR: '0' })).toBe(false)
  })

  it('prints its version', async () => {
    expect(await run('--version')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })

  it('lists the exercises', async () => {
    const { status, stdout } = await run('list')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^fit-filter\s+Does the Pod fit\? \(scheduler · 30 min\)$/m)
  })

  it('lists them as JSON', async () => {
    const { stdout } = await run('list', '--json')
    const listed = JSON.parse(stdout) as { id: string }[]
    const folder = 'exercises/04-scheduler/01-fit-filter'
    expect(listed.find(({ id }) => id === 'fit-filter')).toEqual({
      id: 'fit-filter',
      title: 'Does the Pod fit?',
      section: 'scheduler',
      estimate: 30,
      folder,
    })
  })

  it('grades: 0 for a pass, and says the same as JSON', async () => {
    const { status, stdout } = await run(
      'grade',
      'fit-filter',
      join(exercise.path, 'solution.ts'),
      '--seeds',
      '3',
      '--json',
    )
    const verdict = JSON.parse(stdout) as Verdict
    expect([status, verdict.status, verdict.diagnostics]).toEqual([0, 'pass', []])
  })

  it('grades: 1 for a failure, with the story', async () => {
    const { status, stdout } = await run('grade', 'fit-filter', join(exercise.path, 'starter.ts'), '--mode', 'run')
    expect(status).toBe(1)
    expect(stdout).toMatch(/✗ .*\n {6}Pod .*\n {6}expected {2}.*\n {6}got {7}/)
    expect(stdout).not.toContain('\u001b[')
  })

  it('grades: 1 for what does not compile, with the line and a caret', async () => {
    const { status, stdout } = await run(
      'grade',
      'fit-filter',
      file('broken.ts', 'export default {\n  filter( {{{\n}\n'),
    )
    expect(status).toBe(1)
    expect(stdout).toMatch(/broken\.ts:\d+ │ .*\n\s+│ \s*\^/)
  })
})
