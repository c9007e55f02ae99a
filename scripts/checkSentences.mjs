// Compares the sentences in the code with their translations: every `t('...')` of src and webview and every
// sentence of the manifest must be in every bundle, with the same placeholders, and nothing else may be there.
// `node scripts/checkSentences.mjs` says what is wrong; `--missing LANGUAGE` prints what is still to be translated.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parser } from '@lezer/javascript';
import { languages, readBundle } from './writeManifest.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const typescript = parser.configure({ dialect: 'ts' });

/** Sentences of the code with the first place of each, and the places where a sentence is not a plain text. */
export function collectSentences() {
  const sentences = new Map();
  const faults = [];
  for (const folder of ['src', 'webview']) {
    for (const name of fs.readdirSync(path.join(root, folder), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const file = path.join(folder, name);
      for (const { sentence, line } of sentencesIn(fs.readFileSync(path.join(root, file), 'utf8'))) {
        const place = `${file.replaceAll('\\', '/')}:${line}`;
        if (sentence === undefined) faults.push(`${place}: the sentence is not a plain text`);
        else if (!sentences.has(sentence)) sentences.set(sentence, place);
      }
    }
  }
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.nls.json'), 'utf8'));
  for (const [key, sentence] of Object.entries(manifest))
    if (!sentences.has(sentence)) sentences.set(sentence, `package.nls.json: ${key}`);
  return { sentences, faults };
}

/** First arguments of calls of `t`; undefined for one that is not a plain text. */
function* sentencesIn(text) {
  const cursor = typescript.parse(text).cursor();
  do {
    if (cursor.name !== 'CallExpression') continue;
    const node = cursor.node;
    const callee = node.firstChild;
    if (callee?.name !== 'VariableName' || text.slice(callee.from, callee.to) !== 't') continue;
    const args = node.getChild('ArgList');
    let first = args?.firstChild?.nextSibling;
    while (first && /Comment/.test(first.name)) first = first.nextSibling;
    const line = text.slice(0, node.from).split('\n').length;
    yield { sentence: first && plainText(first, text), line };
  } while (cursor.next());
}

function plainText(node, text) {
  const source = text.slice(node.from, node.to);
  const isText = node.name === 'String' || (node.name === 'TemplateString' && !source.includes('${'));
  // A literal of our own source: reading it is what the compiler does too.
  return isText ? new Function(`return ${source}`)() : undefined;
}

const placeholders = (sentence) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort().join(' ');
const commands = (sentence) => (sentence.match(/\(command:[\w.]+\)/g) ?? []).sort().join(' ');

/** Everything that is wrong, one line each. */
export function findFaults() {
  const { sentences, faults } = collectSentences();
  const all = [...faults];
  for (const language of languages) {
    const bundle = readBundle(language);
    const name = `l10n/bundle.l10n.${language}.json`;
    for (const [sentence, place] of sentences) {
      const translated = bundle[sentence];
      if (translated === undefined) all.push(`${name} lacks "${sentence}" (${place})`);
      else if (
        placeholders(translated) !== placeholders(sentence) ||
        commands(translated) !== commands(sentence)
      )
        all.push(`${name}: the placeholders differ in "${sentence}"`);
    }
    for (const sentence of Object.keys(bundle))
      if (!sentences.has(sentence)) all.push(`${name} has "${sentence}", which nobody says`);
  }
  return all;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const asked = process.argv.indexOf('--missing');
  if (asked > 0) {
    const bundle = readBundle(process.argv[asked + 1]);
    const missing = [...collectSentences().sentences.keys()].filter((sentence) => !(sentence in bundle));
    process.stdout.write(`${JSON.stringify(missing, null, 1)}\n`);
  } else {
    const faults = findFaults();
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    process.stdout.write(
      faults.length === 0 ? 'All sentences are translated.\n' : `${faults.length} faults\n`,
    );
    process.exitCode = faults.length === 0 ? 0 : 1;
  }
}
