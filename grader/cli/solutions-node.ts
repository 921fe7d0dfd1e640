/** What a learner's tests are held against, as it stands on disk: right and wrong solutions, compiled as the page's build does. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readMistake } from '../author/mistake.ts'
import type { LearnerTests } from '../kit/learner-tests.ts'
import type { Solutions } from '../verdict/tests-verdict.ts'
import { ConfigurationError } from './errors.ts'
import { compileSubmission, type ExerciseFolder, loadModule, read } from './exercises-node.ts'

/** How the exercise takes learners' tests in; undefined where it takes none. */
export async function loadTests({ path, name }: ExerciseFolder): Promise<LearnerTests | undefined> {
  const file = join(path, 'tests.ts')
  if (!existsSync(file)) return undefined
  const tests = await loadModule<LearnerTests>(file, `exercises/${name}/tests.ts`)
  if (tests?.run) return tests
  throw new ConfigurationError(`exercises/${name}/tests.ts has no default export of defineTests(…)`)
}

/** Only what keeps a file from running is looked for: that ours compile cleanly is proved elsewhere. */
export function loadSolutions(folder: Pick<ExerciseFolder, 'path' | 'name'>): Solutions {
  const compiled = (file: string): string => {
    const { code, runnable, diagnostics } = compileSubmission(read(folder.path, file), false)
    if (runnable) return code
    throw new ConfigurationError(`exercises/${folder.name}/${file} does not compile: ${diagnostics[0]?.message ?? ''}`)
  }
  return {
    solution: compiled('solution.ts'),
    accepted: filesIn(folder, 'accepted').map(compiled),
    wrong: filesIn(folder, 'wrong').map((file) => {
      const { text, hint = '' } = readMistake(read(folder.path, file))
      return { name: file.slice('wrong/'.length, -'.ts'.length), code: compiled(file), text, hint }
    }),
  }
}

function filesIn({ path }: Pick<ExerciseFolder, 'path'>, kind: string): string[] {
  if (!existsSync(join(path, kind))) return []
  const files = readdirSync(join(path, kind)).filter((file) => file.endsWith('.ts'))
  return files.sort().map((file) => `${kind}/${file}`)
}
