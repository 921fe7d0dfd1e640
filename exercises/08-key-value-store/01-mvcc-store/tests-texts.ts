/** What is said about a learner's own examples for `mvcc-store`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-expectation': 'say what at least one step must be answered: expect: { revision: 2 }',
    'want-operand': 'write a whole number, or for VALUE a text',
    'answers-otherwise': '{call} is answered otherwise.',
  },
  es: {
    'want-expectation': 'di qué debe responderse al menos a un paso: expect: { revision: 2 }',
    'want-operand': 'escribe un número entero, o un texto para VALUE',
    'answers-otherwise': '{call} recibe otra respuesta.',
  },
})
