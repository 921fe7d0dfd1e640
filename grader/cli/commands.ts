/** The commands, in the order in which `--help` lists them. */
import type { Command } from './command.ts'
import { check } from './commands/check.ts'
import { grade } from './commands/grade.ts'
import { list } from './commands/list.ts'
import { replay } from './commands/replay.ts'
import { newCommand } from './commands/new.ts'
import { testTests } from './commands/test-tests.ts'
import { verify } from './commands/verify.ts'

export const COMMANDS: readonly Command[] = [list, grade, testTests, replay, verify, newCommand, check]
