/** What is said about a learner's own examples for `raft-log`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-step': 'write one of step, propose, readIndex, lead, tick and restart',
    'want-expectation': 'say at least once what is expected',
    'is-otherwise': 'After step {number} the node is not as expected.',
    'sends-not': 'Step {number} does not make it send what is expected.',
    'sends-it': 'Step {number} makes it send a {type}.',
  },
  es: {
    'want-step': 'escribe uno de step, propose, readIndex, lead, tick y restart',
    'want-expectation': 'di al menos una vez qué se espera',
    'is-otherwise': 'Tras el paso {number} el nodo no está como se espera.',
    'sends-not': 'El paso {number} no le hace enviar lo que se espera.',
    'sends-it': 'El paso {number} le hace enviar un {type}.',
  },
})
