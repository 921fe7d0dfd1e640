/** `clusterwright world`: a whole simulated cluster as a file, and back. */
import { resolve } from 'node:path'
import { defineCommand, EXIT } from '../command.ts'
import { ConfigurationError, UsageError } from '../errors.ts'
import { bringUpAndWait, DOOR_OPTIONS, doorsOf, KUBECONFIG_DEFAULT } from '../up-node.ts'

export const world = defineCommand({
  name: 'world',
  summary: 'saves the cluster that is up as a file, or brings one up from a file',
  usage: ['world save <file> [--kubeconfig FILE]', 'world load <file> [--port P] [--kubeconfig FILE] [--speed X]'],
  options: DOOR_OPTIONS,
  details:
    'A saved world is what it began with, and everything that came in from outside, each with its time: loading it lives through all of it again, as fast as that goes, and then goes on where it was. The file has the tokens of the people in it. Watches and other open requests of the time are closed; kubectl and the others ask again.',
  async run({ positionals: [verb, file, ...more], values, ...streams }) {
    if ((verb !== 'save' && verb !== 'load') || file === undefined || more.length > 0)
      throw new UsageError('say what to do with which file: world save FILE, or world load FILE')
    const path = resolve(streams.workingFolder, file)
    if (verb === 'load') return bringUpAndWait({ ...doorsOf(values), load: path }, streams)
    const { askControl, kubeconfigMeant } = await import('../../../ports/control.ts')
    const { writeWorld } = await import('../../../ports/saved-world.ts')
    try {
      const kubeconfig = kubeconfigMeant(values.kubeconfig, streams.env, KUBECONFIG_DEFAULT)
      writeWorld(path, await askControl(kubeconfig, 'GET', '/world'))
    } catch (error) {
      throw new ConfigurationError((error as Error).message)
    }
    streams.out.write(`The world is in ${file}: clusterwright world load ${file}\n`)
    return EXIT.pass
  },
})
