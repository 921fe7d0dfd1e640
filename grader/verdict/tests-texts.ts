/** What is said about a learner's own tests, by key, in English and Spanish. Part of `grader-texts.ts`. */
import type { Texts } from './said.ts'

export const testsTexts: Texts = {
  en: {
    'grader.tests.missing': 'missing',
    'grader.tests.whole': 'it as a whole',
    'grader.tests.malformed': 'In example “{example}”, {field} is {found}: {remedy}.',
    'grader.tests.unknown-field': 'there is no such field; there are {known}',
    'grader.tests.want-object': 'write an object, {…}',
    'grader.tests.want-list': 'write a list, […]',
    'grader.tests.want-shorter': 'write at most {most} entries',
    'grader.tests.want-text': 'write a text that is not empty',
    'grader.tests.want-whole': 'write a whole number from {least} to {most}',
    'grader.tests.want-flag': 'write true or false',
    'grader.tests.want-one-of': 'write one of {words}',
    'grader.tests.want-name': 'give it a name that no other example has',
    'grader.tests.no-list': 'The default export is no list of examples: write “export default [ … ]”.',
    'grader.tests.too-many': 'There are {count} examples; at most {most} are run. Keep those that show something new.',
    'grader.tests.none': 'There is no example yet: write the first one.',
    'grader.tests.does-not-load': 'The tests do not load: {what}',
    'grader.tests.wrong': 'Our solution does otherwise, and it is right. {finding}',
    'grader.tests.too-strict':
      'Another right solution does otherwise: the task leaves this open, so no test should ask for it. {finding}',
    'grader.tests.broke-down': 'Our solution breaks down on it: {what}',
    'grader.tests.malformed-count': ['One example cannot be read.', '{count} examples cannot be read.'],
    'grader.tests.wrong-count': [
      'One example is wrong: read the task again there.',
      '{count} examples are wrong: read the task again there.',
    ],
    'grader.tests.too-few': [
      'All examples are right. They catch {caught} of {possible} wrong solutions; one more is asked for.',
      'All examples are right. They catch {caught} of {possible} wrong solutions; {count} more are asked for.',
    ],
    'grader.tests.mine-fails': [
      'Your code does otherwise in one example.',
      'Your code does otherwise in {count} examples.',
    ],
    'grader.tests.mine-does-not-run': 'Your code cannot run: {what}',
  },
  es: {
    'grader.tests.missing': 'inexistente',
    'grader.tests.whole': 'todo él',
    'grader.tests.malformed': 'En el ejemplo «{example}», {field} es {found}: {remedy}.',
    'grader.tests.unknown-field': 'no hay tal campo; hay {known}',
    'grader.tests.want-object': 'escribe un objeto, {…}',
    'grader.tests.want-list': 'escribe una lista, […]',
    'grader.tests.want-shorter': 'escribe como mucho {most} elementos',
    'grader.tests.want-text': 'escribe un texto que no esté vacío',
    'grader.tests.want-whole': 'escribe un número entero de {least} a {most}',
    'grader.tests.want-flag': 'escribe true o false',
    'grader.tests.want-one-of': 'escribe uno de {words}',
    'grader.tests.want-name': 'dale un nombre que no tenga ningún otro ejemplo',
    'grader.tests.no-list': 'La exportación por defecto no es una lista de ejemplos: escribe «export default [ … ]».',
    'grader.tests.too-many':
      'Hay {count} ejemplos; se ejecutan como mucho {most}. Quédate con los que muestran algo nuevo.',
    'grader.tests.none': 'Aún no hay ningún ejemplo: escribe el primero.',
    'grader.tests.does-not-load': 'Las pruebas no se cargan: {what}',
    'grader.tests.wrong': 'Nuestra solución hace otra cosa, y es correcta. {finding}',
    'grader.tests.too-strict':
      'Otra solución correcta hace otra cosa: el enunciado lo deja abierto, así que ninguna prueba debería pedirlo. {finding}',
    'grader.tests.broke-down': 'Nuestra solución se interrumpe con él: {what}',
    'grader.tests.malformed-count': ['Un ejemplo no se puede leer.', '{count} ejemplos no se pueden leer.'],
    'grader.tests.wrong-count': [
      'Un ejemplo está equivocado: relee ahí el enunciado.',
      '{count} ejemplos están equivocados: relee ahí el enunciado.',
    ],
    'grader.tests.too-few': [
      'Todos los ejemplos son correctos. Descubren {caught} de {possible} soluciones erróneas; falta una más.',
      'Todos los ejemplos son correctos. Descubren {caught} de {possible} soluciones erróneas; faltan {count} más.',
    ],
    'grader.tests.mine-fails': [
      'Tu código hace otra cosa en un ejemplo.',
      'Tu código hace otra cosa en {count} ejemplos.',
    ],
    'grader.tests.mine-does-not-run': 'Tu código no se puede ejecutar: {what}',
  },
}
