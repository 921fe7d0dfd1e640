/** Each check is a name, a hint and a function of a trial; here a trial starts one process per call, with a store between. */
import {
  asyncGuest,
  type Chance,
  defineChecks,
  defineTexts,
  example,
  joinTexts,
  property,
  type Trial,
} from 'clusterwright/kit'
import { addressAt, addressIn, container, Node, texts as nodeTexts } from './node.ts'

/** What the checks say, in both languages, by key. */
const { texts, say } = defineTexts({
  en: {
    first: '{call} did not answer with the first free address.',
    full: '{call} found every address taken, but did not answer with an error.',
    anError: 'an error with a code from 100',
    shared: 'Two containers hold the address {address}.',
    own: 'an address of its own for each container',
  },
  es: {
    first: '{call} no respondió con la primera dirección libre.',
    full: '{call} encontró todas las direcciones ocupadas, pero no respondió con un error.',
    anError: 'un error con un código a partir de 100',
    shared: 'Dos contenedores tienen la dirección {address}.',
    own: 'una dirección propia para cada contenedor',
  },
  names: {
    'a full range is an error, and what is released can be had again':
      'un rango lleno es un error, y lo que se libera puede volver a obtenerse',
    'containers that come at the same time never share an address':
      'contenedores que llegan a la vez nunca comparten una dirección',
  },
})

/** Adds one container, to whom this address is due. */
function expectAddress(trial: Trial<any>, node: Node, index: number, due: number): void {
  const message = say('first', { call: `add ${container(index).containerID}` })
  trial.equal(addressIn(node.call('add', container(index))), `${addressAt(due)}/24`, message, { hint: 'first' })
}

const crowd = (chance: Chance) => ({ size: chance.between(1, 6), containers: chance.between(1, 6) })

export default defineChecks(
  asyncGuest({ functions: ['add', 'del'], methods: ['list', 'reserve', 'release'] }),
  [
    example('a full range is an error, and what is released can be had again', {
      hint: 'first',
      run(trial) {
        const node = new Node(trial, 2)
        expectAddress(trial, node, 0, 0)
        expectAddress(trial, node, 1, 1)
        const answer = node.call('add', container(2))!
        if (!('error' in answer)) {
          const actual = JSON.stringify(answer)
          trial.fail({ message: say('full', { call: 'add web-3' }), expected: say('anError'), actual, hint: 'full' })
        }
        node.call('del', container(0))
        node.call('del', container(0))
        expectAddress(trial, node, 3, 0)
      },
    }),

    property('containers that come at the same time never share an address', {
      hint: 'race',
      generate: crowd,
      run(trial, { size, containers }) {
        const node = new Node(trial, size)
        const processes = Array.from({ length: containers }, (_, index) => node.start('add', container(index)))
        node.host.run()
        const given = processes.map((process) => addressIn(node.answerOf(process)))
        const held = given.filter((address) => address !== undefined)
        const twice = held.find((address, index) => held.indexOf(address) !== index)
        const actual = given.map((address) => address ?? '-').join(', ')
        if (twice) trial.fail({ message: say('shared', { address: twice }), expected: say('own'), actual })
        const count = Math.min(size, containers)
        trial.equal(held.length, count, say('first', { call: 'add' }), { hint: 'first' })
      },
    }),
  ],
  joinTexts(nodeTexts, texts),
)
