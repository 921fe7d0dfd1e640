/**
 * In which order test files begin: the dearest first, so that no long one is left when the others are done and one core has
 * nothing to do. Vitest knows how long files took only where they ran before; on a fresh clone it goes by their size, and a
 * short file may be long work. So the dearest are named here, for the suites whose files differ most.
 */
import { relative } from 'node:path'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/** By the time they take, the longest first. All others follow as Vitest has them. */
export const DEAREST: readonly string[] = [
  'test/e2e/verdicts.test.ts',
  'test/e2e/figures.test.ts',
  'test/e2e/every-page.test.ts',
  'test/e2e/hostile.test.ts',
  'test/e2e/offline.test.ts',
  'test/e2e/same-everywhere.test.ts',
  'test/e2e/own-tests.test.ts',
  'test/e2e/shared-replay.test.ts',
  'test/e2e/learner.test.ts',
  'test/e2e/drafts.test.ts',
  'test/e2e/runaway.test.ts',
  'test/clients/kubectl/transcript.test.ts',
  'test/clients/etcd/transcript.test.ts',
  'test/clients/kubectl/extension.test.ts',
  'test/clients/kubectl/own.test.ts',
  'test/clients/kubectl/workloads.test.ts',
]

/** Projects stay one after the other. */
export class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const place = ({ moduleId }: TestSpecification): number => {
      const named = DEAREST.indexOf(relative(this.ctx.config.root, moduleId).replaceAll('\\', '/'))
      return named < 0 ? DEAREST.length : named
    }
    const projects = [...new Set(sorted.map(({ project }) => project.name))]
    return projects.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).toSorted((a, b) => place(a) - place(b)),
    )
  }
}
