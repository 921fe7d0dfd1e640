/** `kubectl kustomize`: writes out what a folder's kustomization makes. */
import { formatYaml } from '#cluster/api/yaml.ts'
import type { Command } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { build } from '../kustomize/build.ts'

// oxlint-disable-next-line require-yield
export const kustomize: Command = function* ({ args, files }) {
  if (args.length > 1)
    throw new CommandError('error: specify one path to kustomization.yaml, or none for the folder that one is in')
  const { objects, warnings } = build(files, args[0] ?? '')
  return {
    ...(warnings.length > 0 && { errors: warnings.map((text) => `${text}\n`).join('') }),
    output: objects.map(formatYaml).join('---\n'),
  }
}
