/** `kubectl kustomize` of the simulation beside the real one, over the folders of `kustomize/`. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatYaml } from '../../../cluster/api/yaml.ts'
import { CommandError } from '../../../cluster/kubectl/command-error.ts'
import { build } from '../../../cluster/kubectl/kustomize/build.ts'

const ROOT = join(import.meta.dirname, 'kustomize')
const names = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
const files = Object.fromEntries(
  names.filter((name) => /\.\w+$/.test(name)).map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]),
)
const folders = names.filter((name) => !name.includes('/') && name !== 'README.md')
/** Its text has the address of a pointer. */
const SAID_OTHERWISE = ['empty-merge']

const WARNING = /^# Warning/

function real(folder: string): string {
  const program = process.env['KUBECTL_1_36']
  if (!program) throw new Error('kubectl 1.36 is not named in the environment: npm test -- clients fetches it')
  try {
    return execFileSync(program, ['kustomize', folder], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    const said = (error as { stderr: string }).stderr.replaceAll(ROOT, '')
    const lines = said.split('\n').filter((line) => !WARNING.test(line))
    return lines.join('\n')
  }
}

function ours(folder: string): string {
  try {
    return build(files, folder).objects.map(formatYaml).join('---\n')
  } catch (error) {
    if (error instanceof CommandError) return `${error.message}\n`
    throw error
  }
}

it('there are folders', () => expect(folders.length).toBeGreaterThanOrEqual(16))

it.each(folders)('%s', (folder) => {
  if (SAID_OTHERWISE.includes(folder)) expect(ours(folder)).toContain('cannot merge or replace')
  else expect(ours(folder)).toBe(real(folder))
})
