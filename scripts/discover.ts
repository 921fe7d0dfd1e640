/**
 * Finds the members of a family kept as one folder of files, each with a default export that has a name: benchmarks
 * and soaks. A file without one, or two of the same name, is an error: a benchmark that is not run is no benchmark.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * @param folder absolute path @param names only these; none means all
 * @throws when a name is unknown, a file has no fitting default export, or the folder is empty
 */
export async function discover<Member extends { name: string; run: unknown }>(
  folder: string,
  names: string[],
): Promise<Member[]> {
  const files = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
  const members = new Map<string, Member>()
  for (const file of files) {
    const module = (await import(pathToFileURL(join(folder, file)).href)) as { default?: Partial<Member> }
    const member = module.default
    if (typeof member?.name !== 'string' || typeof member.run !== 'function')
      throw new Error(`${file} has no default export {name, run}: add one, or move the file out of ${folder}.`)
    if (members.has(member.name)) throw new Error(`${file} is the second named "${member.name}": rename one of them.`)
    members.set(member.name, member as Member)
  }
  const known = [...members.keys()].join(', ') || 'none'
  if (members.size === 0) throw new Error(`There is nothing to run in ${folder}: add a file with a default export.`)
  const unknown = names.find((name) => !members.has(name))
  if (unknown !== undefined) throw new Error(`There is no "${unknown}". Known: ${known}.`)
  return names.length === 0 ? [...members.values()] : names.map((name) => members.get(name)!)
}
