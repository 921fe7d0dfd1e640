/**
 * The commands, in the order in which `--help` lists them. Each is loaded when it is asked for: a list is quick, though
 * grading needs a compiler.
 */
import type { Command } from './command.ts'

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  list: async () => (await import('./commands/list.ts')).list,
  grade: async () => (await import('./commands/grade.ts')).grade,
  'test-tests': async () => (await import('./commands/test-tests.ts')).testTests,
  replay: async () => (await import('./commands/replay.ts')).replay,
  verify: async () => (await import('./commands/verify.ts')).verify,
  new: async () => (await import('./commands/new.ts')).newCommand,
  check: async () => (await import('./commands/check.ts')).check,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  schema: async () => (await import('./commands/schema.ts')).schema,
  up: async () => (await import('./commands/up.ts')).up,
  fault: async () => (await import('./commands/fault.ts')).fault,
  world: async () => (await import('./commands/world.ts')).world,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
}

export const allCommands = (): Promise<Command[]> => Promise.all(Object.values(COMMANDS).map((load) => load()))
