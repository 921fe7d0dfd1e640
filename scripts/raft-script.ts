/**
 * `npm run raft-script -- FILE|DIR …`: runs scripts in the notation of etcd-io/raft against our Raft.
 *
 * Prints, for each file, how many blocks passed and failed, and the first difference. With --rewrite the files get what
 * came out instead. Exit code 1: a block failed; 2: a path is no good.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createTwoFilesPatch } from 'diff'
import { type BlockResult, rewriteScript, runScript } from '#cluster/etcd/raft/script/run.ts'

/** The scripts at a path: itself, or all `.txt` below it. Throws where there are none. */
export function scriptsAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.txt'))
  if (files.length === 0) throw new Error('no .txt files in it')
  return files.sort().map((file) => join(path, file))
}

/** A unified diff of a block's output. */
function difference(file: string, { block, actual }: BlockResult): string {
  const title = `${file}:${block.line}`
  const patch = createTwoFilesPatch(title, title, block.expected, actual, 'expected', 'actual', { context: 3 })
  return patch.replace(/^(Index: .*\n)?=+\n/, '')
}

function runFile(file: string): { passed: number; failed: number } {
  let results: readonly BlockResult[]
  try {
    results = runScript(readFileSync(file, 'utf8'))
  } catch (error) {
    console.log(`✗ ${file}: ${(error as Error).message}`)
    return { passed: 0, failed: 1 }
  }
  const failures = results.filter(({ passed }) => !passed)
  const passed = results.length - failures.length
  console.log(`${failures.length === 0 ? '✓' : '✗'} ${file}: ${passed} passed, ${failures.length} failed`)
  if (failures[0]) console.log(difference(file, failures[0]))
  return { passed, failed: failures.length }
}

function main(): number {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { rewrite: { type: 'boolean' } } })
  if (positionals.length === 0) {
    console.error('✗ give files or folders: npm run raft-script -- cluster/etcd/raft/testdata')
    return 2
  }
  const files: string[] = []
  for (const path of positionals) {
    try {
      files.push(...scriptsAt(path))
    } catch (error) {
      console.error(
        `✗ ${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or folder' : (error as Error).message}`,
      )
      return 2
    }
  }
  if (values.rewrite) {
    for (const file of files) writeFileSync(file, rewriteScript(readFileSync(file, 'utf8')))
    console.log(`${files.length} files rewritten`)
    return 0
  }
  let [passed, failed] = [0, 0]
  for (const file of files) {
    const count = runFile(file)
    passed += count.passed
    failed += count.failed
  }
  console.log(`${passed + failed} blocks in ${files.length} files: ${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main()
