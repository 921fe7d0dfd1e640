/**
 * Finds the members of a family kept as one folder of files: benchmarks and soaks. Each file has a default export whose
 * name is the file's; one without is an error, because a benchmark that is not run is no benchmark. Only the files asked
 * for are loaded.
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
  const known = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
  if (known.length === 0) throw new Error(`There is nothing to run in ${folder}: add a file with a default export.`)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`There is no "${unknown}". Known: ${known.join(', ')}.`)

  const members: Member[] = []
  for (const name of names.length === 0 ? known : names) {
    const module = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as { default?: Partial<Member> }
    const member = module.default
    if (member?.name !== name || typeof member.run !== 'function')
      throw new Error(
        `${name}.ts has no default export {name: '${name}', run}: add one, or move the file out of ${folder}.`,
      )
    members.push(member as Member)
  }
  return members
}
